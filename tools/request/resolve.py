"""From clauses to goals, effects and keeps; `conflicts` and `limits` say what counts where words disagree."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tools.goals import Attribute, Effect, Goal, Keep
from tools.region import COLOURS, outside
from tools.request.clause import FOUND, LOOKS, Clause, Wish
from tools.request.colours import tint_terms
from tools.request.conflicts import Voiced, as_goal, settled
from tools.request.lexicon import Scene, Term, meaning
from tools.request.limits import limited, limits_of
from tools.request.match import Item
from tools.request.scope import CORNERS, EVERYWHERE

PLAIN = 0.6
TONAL: dict[str, Attribute] = {"highlights": "highlights", "shadows": "shadows"}
DETAILED: dict[str, tuple[Attribute, int]] = {
    "highlights": ("highlights", -1),
    "sky": ("highlights", -1),
    "shadows": ("shadows", 1),
}
"""What shows the detail in a place."""
CLEARED = Term("contrast", 1, 0.3)
"""What comes with haze taken away."""
UNSEEN = meaning("brightness+ shadows+")[0]
"""What "can't see it" asks for, but where haze hides it."""
GLOBAL = frozenset(("grain", "vignette", "bloom", "leak", "rays", "fade", "noise"))
"""Attributes of the whole picture, whatever place the clause names."""


_BEHIND = ("background", "backdrop", "behind", "distance", "distant", "bg")
"""Words that set what lies far apart from the rest; mountains do not."""
_IN_COLOUR = ("in colour", "in color")
_DECADE = re.compile(r"\d0s\b|\b(?:twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b")


class Outcome(NamedTuple):
    """What the clauses come to."""

    goals: list[Goal]
    effects: list[Effect]
    keeps: list[Keep]


def outcome(text: str, clauses: list[Clause]) -> Outcome:
    """Settle what the clauses ask for."""
    voiced = [
        goal._replace(clause=at)
        for at, clause in enumerate(clauses)
        if not clause.keeps
        for goal in _goals(text, clause)
    ]
    limits = [limit for clause in clauses if not clause.lost for limit in limits_of(clause)]
    effects = _effects(text, clauses)
    keeps = [keep for clause in clauses for keep in _keeps(clause)]
    if any(each.goal.attribute == "haze" and each.goal.direction < 0 for each in voiced):
        voiced = [each for each in voiced if each.meaning != UNSEEN]
    voiced, unmet = limited(settled(voiced), limits)
    goals = [each.goal for each in voiced] or list(_selective_colour(clauses, keeps))
    touched = {goal.region for goal in goals} | {effect.region for effect in effects}
    keeps = [keep for keep in keeps if keep.region is None or keep.region not in touched]
    moved = {goal.attribute for goal in goals if goal.region == EVERYWHERE}
    keeps = [keep for keep in (*keeps, *unmet) if keep.attribute not in moved]
    return Outcome(goals, effects, list({(keep.region, keep.attribute): keep for keep in keeps}.values()))


def _goals(text: str, clause: Clause) -> Iterator[Voiced]:
    for wish in clause.wishes:
        in_the_air = wish.sign >= 0 and any(_fills_the_air(scene, clause) for scene in wish.scenes)
        region = EVERYWHERE if in_the_air else clause.region or EVERYWHERE
        terms = [term for term in wish.terms if not clause.lost or _needs_no_place(wish, term)]
        if wish.limit or not terms:
            continue
        wish.item.used = True
        words = text[min(wish.start, wish.item.start) : wish.item.end]
        for term in terms:
            if term.attribute == "brightness" and region in TONAL and not wish.explicit:
                continue
            turned = term._replace(direction=term.direction * wish.sign)
            if region == "foliage" and wish.item.role == "faults" and term.attribute == "saturation":
                turned = turned._replace(attribute="colour", colour="green")
            goal = _goal(turned, clause, region, words, relative=wish.relative)
            end = goal.attribute in TONAL and _is_of_an_end(clause)
            yield Voiced(goal, wish.explicit, wish.terms, end=end, effect=bool(wish.scenes))
            if turned[:2] == ("haze", -1) and wish.explicit:
                yield Voiced(_goal(CLEARED, clause, region, words, relative=wish.relative), False, wish.terms)
    region = clause.region or EVERYWHERE
    for term, tint in tint_terms(clause):
        if clause.lost and not (tint.form or tint.plural or (tint.definite and tint.sign)):
            continue
        tint.item.used = True
        relative = tint.relative or tint.complaint or bool(tint.sign)
        yield Voiced(_goal(term, clause, region, tint.item.text, relative=relative), True)


def _is_of_an_end(clause: Clause) -> bool:
    """Whether a clause is about the blacks or the whites, which are only the ends of shadows and highlights."""
    return any(place.text.lower().endswith(("blacks", "whites")) for place in clause.places)


def _selective_colour(clauses: list[Clause], keeps: Iterable[Keep]) -> Iterator[Goal]:
    """What "only the umbrella in colour" asks of everything else."""
    kept = " | ".join(keep.region for keep in keeps if keep.region)
    alone = any(clause.only and item.text.lower() in _IN_COLOUR for clause in clauses for item in clause.items)
    if kept and alone:
        yield as_goal(Term("monochrome", 1), outside(kept), PLAIN, kept, relative=True)


def _needs_no_place(wish: Wish, term: Term) -> bool:
    """Whether a wish about a thing that cannot be located is good for the picture: a mood, a glow, a cast."""
    cast = wish.item.role == "faults" and term.attribute in ("warmth", "tint")
    return wish.item.role in LOOKS or term.attribute in FOUND or cast


def _goal(term: Term, clause: Clause, region: str, words: str, *, relative: bool) -> Goal:
    attribute, direction = term.attribute, term.direction
    if region == CORNERS:
        attribute, direction = ("vignette", -direction) if attribute == "brightness" else (attribute, direction)
    elif attribute == "brightness" and region in TONAL:
        attribute = TONAL[region]
    elif region == "background" and (attribute, direction) in (("sharpness", -1), ("clarity", -1)):
        attribute, direction = "bokeh", 1
    elif region == "sky" and attribute == "shadows":
        attribute = "brightness"  # nothing in a sky lies in shadow
    elif (attribute, direction) == ("sharpness", 1) and region in DETAILED:
        attribute, direction = DETAILED[region]
    whole = attribute in GLOBAL or region == CORNERS or (region in TONAL and TONAL[region] == attribute)
    strength = term.strength if clause.strength is None else term.strength * clause.strength / PLAIN
    turned = term._replace(attribute=attribute, direction=direction)
    return as_goal(turned, EVERYWHERE if whole else region, strength, words, relative=relative)


def _effects(text: str, clauses: list[Clause]) -> list[Effect]:
    """The effects wished for: one of each kind and place, the later one, and none that was ruled out."""
    found: dict[tuple[str, str], Effect] = {}
    barred: set[Scene] = set()
    for clause in clauses:
        if clause.keeps:
            continue
        for wish in clause.wishes:
            if wish.limit or wish.sign < 0:
                barred.update(wish.scenes if wish.limit else ())
                continue
            wish.item.used |= bool(wish.scenes)
            for scene in wish.scenes:
                effect = _effect(scene, clause, text[wish.item.start : wish.item.end])
                earlier = found.get((effect.kind, effect.region))
                if earlier and _dates(effect) and not _dates(earlier):
                    continue
                found.pop((effect.kind, effect.region), None)
                found[effect.kind, effect.region] = effect
    return [effect for effect in found.values() if Scene(effect.kind, effect.value) not in barred]


def _dates(effect: Effect) -> bool:
    """Whether its words only say from when another look is ("Kodachrome from the 60s")."""
    return effect.kind == "look" and bool(_DECADE.search(effect.words.lower()))


def _fills_the_air(scene: Scene, clause: Clause) -> bool:
    """Whether a place only says where a weather is best seen: fog between the trees is not in the leaves alone."""
    named = any(word in place.text.lower() for place in clause.places for word in _BEHIND)
    return scene.kind == "weather" and clause.region != "sky" and not (clause.region == "background" and named)


def _effect(scene: Scene, clause: Clause, words: str) -> Effect:
    nowhere = clause.region in (None, CORNERS) or _fills_the_air(scene, clause)
    region = EVERYWHERE if nowhere else clause.region
    return Effect(kind=scene.kind, value=scene.value, strength=clause.strength or PLAIN, region=region, words=words)


def _keeps(clause: Clause) -> Iterator[Keep]:
    """What a clause asks to keep: its places, or else what its words speak of."""
    excepted = clause.excepted or (clause.places if clause.negated and not (clause.asks or clause.editor) else [])
    yield from _kept_places(excepted)
    if not clause.keeps:
        return
    if clause.lost:
        yield from _kept_colours(clause)
        return
    if clause.rest and clause.region:
        yield Keep(region=clause.region)
    elif clause.places:
        yield from _kept_places(clause.places)
    else:
        yield from _kept_attributes(clause.wishes)
        yield from _kept_colours(clause)


def _kept_colours(clause: Clause) -> Iterator[Keep]:
    """The colours of a clause that keeps: "keep the red", and "keep the flowers red", which finds them by it."""
    for tint in clause.tints:
        if tint.names[0] in COLOURS:
            tint.item.used = True
            yield Keep(region=tint.names[0], words=tint.item.text)


def _kept_places(places: Iterable[Item]) -> Iterator[Keep]:
    for place in places:
        place.used = True
        value, words = place.value, place.text
        if value in TONAL:
            yield Keep(attribute=TONAL[value], words=words)
        elif value == CORNERS:
            yield Keep(attribute="vignette", words=words)
        else:
            yield Keep(region=value, words=words)


def _kept_attributes(wishes: list[Wish]) -> Iterator[Keep]:
    for wish in wishes:
        wish.item.used = True
        for term in wish.terms:
            if term.attribute not in ("colour", "hue"):
                yield Keep(attribute=term.attribute, words=wish.item.text)
