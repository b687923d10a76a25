"""Places: which region each clause's wishes are for.

A clause has the places it names. Without one it may take its neighbour's: through a pronoun ("darken the sky and make
it bluer"), as the next adjective about the same thing ("make the sky darker and bluer"), as the first of two verbs with
one object ("darken and desaturate the sky"), or under a heading ("Sky: darker, bluer"). A place alone is a heading, one
more place for its neighbour ("the sky and the trees"), or a restriction ("... Just the clouds").
"""

from tools.region import outside
from tools.request.clause import ADJECTIVES, Clause
from tools.request.match import Item
from tools.request.telling import content_before

CORNERS = "corners"
"""A place that only a vignette speaks of."""
EVERYWHERE = "everywhere"
_PICTURES = frozenset(("photo", "photograph", "picture", "image", "shot", "snapshot", "pic", "portrait"))


def settle_places(clauses: list[Clause]) -> None:
    """Give every clause its region, or mark it as being about a thing that cannot be located."""
    for clause in clauses:
        clause.places = [place for place in clause.places if not _is_pictured(clause, place)]
        if any(place.value == "skin" for place in clause.places):
            clause.places = [place for place in clause.places if place.value != "subject"]
        if clause.places:
            clause.region = " | ".join(dict.fromkeys(place.value for place in clause.places))
        elif clause.excepted and not clause.keeps:
            clause.region = outside(" | ".join(dict.fromkeys(place.value for place in clause.excepted)))
    _join_lone_places(clauses)
    topic: Clause | None = None
    for at, clause in enumerate(clauses):
        before = clauses[at - 1] if at else None
        following = clauses[at + 1] if at + 1 < len(clauses) else None
        _settle(clause, before, following, topic)
        if (clause.region or clause.objects) and not clause.excepted:
            topic = clause
    for clause in clauses:
        clause.lost |= bool(clause.objects and not clause.region)


def _is_pictured(clause: Clause, place: Item) -> bool:
    """Whether a place only says what the picture is of: "a moody portrait of the man"."""
    before = content_before(clause, place) if place in clause.items else None
    if before is None or before.text.lower() not in _PICTURES:
        return False
    between = clause.items[clause.items.index(before) + 1 : clause.items.index(place)]
    pictured = any(item.text.lower() == "of" for item in between)
    place.used |= pictured
    return pictured


def _settle(clause: Clause, before: Clause | None, following: Clause | None, topic: Clause | None) -> None:
    if clause.rest:
        clause.region = outside(topic.region) if topic and topic.region else None if clause.keeps else "background"
    elif clause.region is None and not clause.objects and clause.asks:
        if before and (_points_back(clause, before) or _continues(clause, before) or _is_under_heading(clause, before)):
            clause.region, clause.lost = before.region, before.lost or bool(before.objects and not before.region)
        elif following and _shares_object(clause, following):
            clause.region, clause.lost = following.region, bool(following.objects and not following.region)


def _points_back(clause: Clause, before: Clause) -> bool:
    """Whether a pronoun stands for the neighbour's place."""
    if not clause.has("pronoun") or before.keeps or before.excepted or clause.has("whole"):
        return False
    complained = any(wish.item.role == "faults" or wish.sign < 0 for wish in before.wishes) or before.has("copula")
    return before.asks and (clause.joint != "hard" or complained)


def _continues(clause: Clause, before: Clause) -> bool:
    """Whether these are more adjectives about the place that stood before the last ones."""
    if clause.joint not in ("and", "soft") or before.keeps or not before.asks or clause.has("whole", "wish", "nouns"):
        return False
    if not all(wish.item.role in ADJECTIVES for wish in clause.wishes):
        return False
    first = min(item.start for item in (*(w.item for w in before.wishes), *(t.item for t in before.tints)))
    places = [place.start for place in before.places]
    return (bool(places) and min(places) < first) or (not places and bool(before.region))


def _is_under_heading(clause: Clause, before: Clause) -> bool:
    """Whether the neighbour is only a place with a colon after it, or hangs on one itself."""
    if clause.joint == "colon":
        return bool(before.region) and not before.asks and not before.keeps
    return clause.joint in ("soft", "and") and before.joint == "colon" and not before.places and bool(before.region)


def _shares_object(clause: Clause, following: Clause) -> bool:
    """Whether "darken and ..." waits for the place that follows; "blur the background and ..." names its own."""
    named = clause.has("pronoun", "whole", "wish", "dials", "nouns")
    if following.joint != "and" or not following.asks or named:
        return False
    last = clause.items[-1]
    waits = last.role in ADJECTIVES | {"verbs"} and " the " not in last.text.lower()
    return bool(clause.wishes) and last is clause.wishes[-1].item and waits


def _join_lone_places(clauses: list[Clause]) -> None:
    """Let a place without a wish be its neighbour's second place, its heading, or a restriction of what was wished."""
    for at, clause in enumerate(clauses):
        if clause.asks or clause.keeps or clause.negated or not clause.places or clause.editor or clause.rest:
            continue
        before = clauses[at - 1] if at else None
        following = clauses[at + 1] if at + 1 < len(clauses) else None
        for place in clause.places:
            place.used = True
        if clause.only:
            _restrict(clauses, at)
        elif before and clause.joint in ("and", "soft") and before.places:
            before.region = f"{before.region} | {clause.region}"
            before.places += clause.places
        elif following and following.joint in ("and", "soft") and (following.asks or following.keeps):
            second = f" | {following.region}" if following.region else ""
            following.region = f"{clause.region}{second}"
            following.places = clause.places + following.places


def _restrict(clauses: list[Clause], at: int) -> None:
    """Make the wishes before "just the clouds", or else those after, be for that place."""
    earlier = [clause for clause in clauses[:at] if clause.asks and clause.region is None]
    later = [clause for clause in clauses[at + 1 :] if clause.asks and clause.region is None]
    for clause in earlier or later:
        clause.region, clause.places = clauses[at].region, clauses[at].places
