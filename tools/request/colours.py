"""What a named colour asks for: a cast taken away or given, a colour stronger or weaker, or a hue that turns.

"Too blue" of the whole picture complains of a cast, whose cure is the opposite temperature or tint; "fewer blues" and
"less blue in the sky" speak of the things that are blue. "Pinks to peach" turns a hue.
"""

from collections.abc import Iterator
from functools import cache

from tools.goals import Colour
from tools.region import COLOURS
from tools.request.clause import POSTFIX, Clause, Tint, Wish
from tools.request.lexicon import Term, meaning

CASTS = {
    "red": "warmth+ tint+",
    "orange": "warmth+",
    "yellow": "warmth+",
    "green": "tint-",
    "aqua": "warmth-",
    "blue": "warmth-",
    "purple": "tint+",
    "magenta": "tint+",
    "pink": "tint+",
    "brown": "warmth+",
    "grey": "saturation-",
    "white": "brightness+",
    "black": "brightness-",
}
"""What a picture that leans to a colour has more of."""
CURES = CASTS | {"red": "sat:red-", "purple": "sat:purple-", "white": "highlights+", "grey": "saturation-"}
"""What a picture that leans too far to a colour has too much of; a `-` colour is the cure itself."""
LIGHTS = frozenset(("yellow", "orange", "blue"))
"""Colours of light, of which too much is cured in the light and, a little, in the colour itself."""
FLESH = frozenset(("skin", "subject"))
"""Places that take on the colour of the light."""
TONES = frozenset(("shadows", "midtones", "highlights"))
"""Places that have no colour of their own."""
GROWING = frozenset(("green", "red"))
"""Colours of which a picture has more where the things of that colour have: "greener" is not a cast."""
NATURAL = {"sky": ("blue",), "foliage": ("green",)}
"""The colours that a place has by nature: more of them is more colour, others are a cast."""
NEUTRAL = ("white", "grey", "black")
LEANING = 0.3
"""Strength of a turn that makes a colour lean to its neighbour, and not become it."""


@cache
def casts_of(colour: str) -> tuple[Term, ...]:
    """The attribute directions of a cast."""
    return meaning(CASTS[colour])[0]


@cache
def _cures_of(colour: str) -> tuple[Term, ...]:
    """What takes a cast away."""
    terms = meaning(CURES[colour])[0]
    return tuple(term if term.attribute == "colour" else term._replace(direction=-term.direction) for term in terms)


def absorb_wishes(clause: Clause, before: Clause | None) -> None:
    """Let "muted greens (and reds)" mute them, and "darker blues" be a wish for the place that is blue."""
    listed = clause.joint in ("and", "soft") and not (clause.wishes or clause.turns)
    if before and before.tints and listed and not before.has(*POSTFIX):
        for tint in clause.tints:
            tint.sign = tint.sign or (before.tints[-1].sign if tint.plural and not tint.target else 0)
    tints = before.tints if before and _goes_on_with(clause, before) else clause.tints
    sources = [tint for tint in tints if not (tint.target or tint.sign or tint.complaint or tint.form)]
    counted = any(wish.item.role in ("nouns", "dials") for wish in clause.wishes if _saturates(clause, wish))
    if not sources or not (counted or any(tint.plural or tint.definite or clause.region for tint in sources)):
        return
    saturating = [wish for wish in clause.wishes if _saturates(clause, wish)]
    for wish in saturating:
        for tint in sources:
            saturates = next(term for term in wish.terms if term.attribute == "saturation")
            tint.sign, tint.relative = wish.sign * saturates.direction, wish.relative
            tint.limit |= wish.limit
        wish.item.used = True
        clause.wishes.remove(wish)
    toned = clause.wishes and clause.region is None and all(tint.plural and not tint.sign for tint in sources)
    names = [tint.names[0] for tint in sources if tint.names[0] in COLOURS]
    if toned and names and all(wish.explicit for wish in clause.wishes):
        clause.region = " | ".join(names)
        clause.tints = [tint for tint in clause.tints if tint not in sources]


def _goes_on_with(clause: Clause, before: Clause) -> bool:
    """Whether a clause wishes something of the colour that stands alone before it ("the blue" "should be calmer")."""
    wishes = clause.joint == "soft" and clause.items[0].role == "wish" and not clause.tints
    return wishes and not (before.wishes or before.keeps or before.has("wish"))


def tint_terms(clause: Clause) -> Iterator[tuple[Term, Tint]]:
    """Yield what each of the clause's colours asks for."""
    tints = [tint for tint in clause.tints if not tint.limit or clause.region]
    if (leaning := _leaning(tints)) is not None:
        yield leaning, tints[0]
        return
    targets = [tint for tint in tints if tint.target]
    sources = [tint for tint in tints if not tint.target]
    for target in targets:
        yield from ((term, target) for term in _turned(clause, sources, target))
    for tint in sources:
        tint.item.used = True
        if tint.sign or not targets:
            yield from ((term, tint) for term in _terms(clause, tint))


def _leaning(tints: list[Tint]) -> Term | None:
    """What makes a colour lean to another or away from it: "make the reds more orange", "the greens less yellow"."""
    if len(tints) != 2 or any(tint.target or tint.form for tint in tints):
        return None
    thing, other = sorted(tints, key=lambda tint: not tint.plural)
    names = thing.names[0], other.names[0]
    way = -1 if other.complaint else other.sign
    if not thing.plural or other.plural or thing.sign or way == 0 or not set(names) <= set(COLOURS):
        return None
    thing.item.used = other.item.used = True
    if way < 0:
        return Term("colour", -1, colour=_colour(names[1]))
    return Term("hue", 1, LEANING, colour=_colour(names[0]), to_colour=_colour(names[1]))


def _turned(clause: Clause, sources: list[Tint], target: Tint) -> Iterator[Term]:
    """A hue that turns: that of each source colour, or of the place."""
    names: list[str | None] = [tint.names[0] for tint in sources]
    for source in names or [None]:
        to = next((name for name in target.names if name != source), target.names[0])
        if to not in NEUTRAL:
            yield Term("hue", 1, colour=_colour(source), to_colour=_colour(to))
    if not sources:
        yield from _given(clause.region, target.names[0])


def _terms(clause: Clause, tint: Tint) -> Iterator[Term]:
    colour, region = tint.names[0], clause.region
    if tint.form == "cast" and tint.sign < 1:
        yield from _cures_of(colour)
    elif tint.complaint and not (tint.plural or (tint.definite and colour in GROWING)):
        yield from _taken(region, colour, cast=True)
    elif tint.complaint or tint.limit or tint.sign < 0:
        growing = tint.definite and colour in GROWING
        yield from (Term("colour", -1, colour=_colour(colour)),) if tint.plural or growing else _taken(region, colour)
    elif (tint.plural or tint.definite) and not tint.form:
        if tint.sign or (colour not in NEUTRAL and not clause.has("", "aside", "copula")):
            yield Term("colour", 1, colour=_colour(colour))
    else:
        yield from _given(region, colour, compared=tint.relative)
        if (
            not tint.relative
            and _recolours(clause, colour)
            and colour not in (*NEUTRAL, *NATURAL.get(region or "", ()))
        ):
            yield Term("hue", 1, to_colour=_colour(colour))


def _recolours(clause: Clause, colour: str) -> bool:
    """Whether a colour is to be taken on: "turn it blue", and "make it pink", which no temperature is."""
    makes = clause.region is None and clause.has("wish") and clause.has("pronoun", "whole") and not clause.has("tone")
    return clause.turns or (makes and all(term.attribute != "warmth" for term in casts_of(colour)))


def _taken(region: str | None, colour: str, *, cast: bool = False) -> tuple[Term, ...]:
    """Less of a colour: a cast cured in the whole picture, the colour itself in a place."""
    if colour == "grey" and region in NATURAL:
        return (Term("colour", 1, colour=_colour(NATURAL[region][0])),)
    if region is None or colour in NEUTRAL:
        less = (Term("colour", -1, 0.3, colour=_colour(colour)),) if colour in LIGHTS else ()
        return (*_cures_of(colour), *less)
    if region in TONES and colour != "red":
        return _cures_of(colour)
    if cast and region in FLESH and colour in LIGHTS | {"green"}:
        return (*_cures_of(colour), Term("colour", -1, 0.3, colour=_colour(colour)))
    return (Term("colour", -1, colour=_colour(colour)),)


def _given(region: str | None, colour: str, *, compared: bool = False) -> tuple[Term, ...]:
    """More of a colour: the colour itself where it is at home, a cast elsewhere."""
    if colour in NATURAL.get(region or "", ()) or (compared and colour in GROWING):
        return (Term("colour", 1, colour=_colour(colour)),)
    return casts_of(colour)


def _saturates(clause: Clause, wish: Wish) -> bool:
    """Whether a wish is about how strong the colours are; of moods only "earthy greens" and "less electric"."""
    following = next((item for item in clause.items if item.start >= wish.item.end), None)
    qualifies = following is not None and following.role == "colours"
    return (qualifies or wish.directed or wish.item.role != "descriptions") and any(
        t.attribute == "saturation" for t in wish.terms
    )


def _colour(name: str | None) -> Colour | None:
    return name  # type: ignore[return-value]  # the lexicon's colours are checked against Colour in a test
