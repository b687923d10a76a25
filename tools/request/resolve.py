"""From clauses to goals, effects and keeps: limits held, conflicts settled.

Where words disagree, explicit ones ("warm") win over implied ones (the warmth in "golden hour"), and later ones over
earlier ones. A limit ("not too dark") makes the wish for it mild, takes away what was only implied, and otherwise is a
thing to keep.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tools.goals import Attribute, Effect, Goal, Keep
from tools.region import COLOURS
from tools.request.clause import FOUND, LOOKS, Clause, Wish
from tools.request.colours import casts_of, tint_terms
from tools.request.lexicon import Scene, Term, meaning
from tools.request.match import Item
from tools.request.scope import CORNERS, EVERYWHERE

MILD = 0.3
NUDGE = 0.2
NUDGED = frozenset(("warmth", "tint", "saturation"))
"""Attributes of colour, whose "not too yellow" is also a cautious wish for less."""
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


_DECADE = re.compile(r"\d0s\b|\b(?:twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b")


class Voiced(NamedTuple):
    """A goal and how firmly it was said."""

    goal: Goal
    explicit: bool
    meaning: tuple[Term, ...] = ()
    """The whole meaning of its words."""


class Limit(NamedTuple):
    """An attribute direction not to go far in."""

    term: Term
    explicit: bool
    mild: bool
    """Whether a little is fine ("not too"), or none is wanted ("without")."""
    words: str
    meaning: tuple[Term, ...] = ()
    present: bool = False
    """Whether it is so now, and should not be ("not so dark")."""


class Outcome(NamedTuple):
    """What the clauses come to."""

    goals: list[Goal]
    effects: list[Effect]
    keeps: list[Keep]


def outcome(text: str, clauses: list[Clause]) -> Outcome:
    """Settle what the clauses ask for."""
    voiced = [goal for clause in clauses if not clause.keeps for goal in _goals(text, clause)]
    limits = [limit for clause in clauses if not clause.lost for limit in _limits(clause)]
    effects = _effects(text, clauses)
    keeps = [keep for clause in clauses for keep in _keeps(clause)]
    if any(each.goal.attribute == "haze" and each.goal.direction < 0 for each in voiced):
        voiced = [each for each in voiced if each.meaning != UNSEEN]
    voiced, unmet = _limited(_settled(voiced), limits)
    goals = [each.goal for each in voiced]
    touched = {goal.region for goal in goals} | {effect.region for effect in effects}
    keeps = [keep for keep in keeps if keep.region is None or keep.region not in touched]
    moved = {goal.attribute for goal in goals if goal.region == EVERYWHERE}
    keeps = [keep for keep in (*keeps, *unmet) if keep.attribute not in moved]
    return Outcome(goals, effects, list({(keep.region, keep.attribute): keep for keep in keeps}.values()))


def _goals(text: str, clause: Clause) -> Iterator[Voiced]:
    for wish in clause.wishes:
        in_the_air = any(_fills_the_air(scene, clause) for scene in wish.scenes)
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
            yield Voiced(_goal(turned, clause, region, words, relative=wish.relative), wish.explicit, wish.terms)
            if turned[:2] == ("haze", -1) and wish.explicit:
                yield Voiced(_goal(CLEARED, clause, region, words, relative=wish.relative), False, wish.terms)
    region = clause.region or EVERYWHERE
    for term, tint in tint_terms(clause):
        if clause.lost and not (tint.form or tint.plural):
            continue
        tint.item.used = True
        relative = tint.relative or tint.complaint or bool(tint.sign)
        yield Voiced(_goal(term, clause, region, tint.item.text, relative=relative), True)


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
    elif (attribute, direction) == ("sharpness", 1) and region in DETAILED:
        attribute, direction = DETAILED[region]
    whole = attribute in GLOBAL or region == CORNERS or (region in TONAL and TONAL[region] == attribute)
    strength = term.strength if clause.strength is None else term.strength * clause.strength / PLAIN
    turned = term._replace(attribute=attribute, direction=direction)
    return _as_goal(turned, EVERYWHERE if whole else region, strength, words, relative=relative)


def _as_goal(term: Term, region: str, strength: float, words: str, *, relative: bool) -> Goal:
    return Goal(
        attribute=term.attribute,
        direction=1 if term.direction > 0 else -1,
        strength=round(min(1.0, max(0.1, strength)), 2),
        region=region,
        relative=relative,
        colour=term.colour,
        to_colour=term.to_colour,
        words=words,
    )


def _settled(voiced: list[Voiced]) -> list[Voiced]:
    """One goal for each attribute and place: explicit over implied, later over earlier, stronger over weaker."""
    chosen: dict[tuple[str, str, str | None], Voiced] = {}
    for new in voiced:
        key = (new.goal.attribute, new.goal.region, new.goal.colour)
        old = chosen.get(key)
        if old is None:
            chosen[key] = new
        elif old.goal.direction == new.goal.direction:
            first = old if old.explicit or not new.explicit else new
            agreed = _together(old.goal, new.goal)
            strength = agreed if old.explicit == new.explicit else first.goal.strength
            relative = old.goal.relative or new.goal.relative
            chosen[key] = first._replace(
                goal=first.goal.model_copy(update={"strength": strength, "relative": relative})
            )
        elif (new.explicit, new.goal.strength) >= (old.explicit, 0 if new.explicit else old.goal.strength):
            chosen[key] = new
    explicit = {
        (v.goal.attribute, v.goal.direction) for v in chosen.values() if v.explicit and v.goal.region == EVERYWHERE
    }
    return [v for v in chosen.values() if v.explicit or (v.goal.attribute, -v.goal.direction) not in explicit]


def _together(one: Goal, other: Goal) -> float:
    """Strength of what is said twice in other words ("dark, gloomy"): more than either, and never beyond the scale."""
    if one.words == other.words:
        return max(one.strength, other.strength)
    return round(1 - (1 - one.strength) * (1 - other.strength), 2)


def _limits(clause: Clause) -> Iterator[Limit]:
    for wish in clause.wishes:
        if wish.limit and not clause.keeps:
            wish.item.used = True
            for term in wish.terms:
                turned = term._replace(direction=term.direction * wish.sign)
                mild = clause.is_mild or wish.present
                yield Limit(turned, wish.explicit, mild, wish.item.text, wish.terms, wish.present)
    for tint in clause.tints:
        if tint.limit and not clause.region:
            tint.item.used = True
            for term in casts_of(tint.names[0]):
                yield Limit(term, True, clause.is_mild, tint.item.text, present=tint.present)


def _limited(voiced: list[Voiced], limits: list[Limit]) -> tuple[list[Voiced], list[Keep]]:
    """Hold the wishes to the limits; those that meet no wish are things to keep."""
    keeps = []
    for limit in limits:
        met = [
            v for v in voiced if (v.goal.attribute, v.goal.direction) == (limit.term.attribute, limit.term.direction)
        ]
        for each in met:
            at = voiced.index(each)
            if not limit.explicit and each.meaning != limit.meaning:
                continue
            if each.explicit or limit.mild or each.meaning == limit.meaning:
                voiced[at] = each._replace(
                    goal=each.goal.model_copy(update={"strength": min(MILD, each.goal.strength)})
                )
            else:
                voiced.pop(at)
        against = any(
            (v.goal.attribute, v.goal.direction) == (limit.term.attribute, -limit.term.direction) for v in voiced
        )
        if not (limit.explicit or limit.present) or met or against:
            continue
        turned = limit.term._replace(direction=-limit.term.direction)
        if limit.present:
            voiced.append(Voiced(_as_goal(turned, EVERYWHERE, turned.strength, limit.words, relative=True), True))
        elif limit.mild and limit.term.attribute in NUDGED:
            voiced.append(Voiced(_as_goal(turned, EVERYWHERE, NUDGE, limit.words, relative=False), True))
        else:
            keeps.append(Keep(attribute=limit.term.attribute, words=limit.words))
    return voiced, keeps


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
    return scene.kind == "weather" and clause.region not in ("sky", "background")


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
