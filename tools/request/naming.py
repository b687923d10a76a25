"""Reads what a clause names: colours, places and things."""

from tools.region import COLOURS
from tools.request.clause import SIGNS, Tint, written
from tools.request.colours import NEUTRAL
from tools.request.lexicon import Entry
from tools.request.match import Item
from tools.request.reading import Reading
from tools.request.telling import is_present, is_stated

_PHOTOS = frozenset(("photo", "photos", "picture", "pictures", "pic", "pics", "image", "images", "shot", "shots"))
"""What a thing before it says the subject of ("product shots")."""
_ARTICLES = frozenset(("the", "les", "los", "las", "das", "gli", "os"))
"""Articles that make a colour the one that is there."""
_WITHIN = {"skin": "skin", "face": "skin", "faces": "skin", "sky": "sky", "clouds": "sky"}
_MEASURES = frozenset(("till", "til", "until"))
"""After these a place says how far to go, and not where ("lift it till the skin glows")."""


def read_tint(reading: Reading, item: Item, at: int) -> None:
    """Read a colour."""
    entry = item.entry
    assert entry is not None
    following = reading.clause.items[at + 1] if at + 1 < len(reading.clause.items) else None
    names_a_thing = not (entry.relative or reading.too or reading.is_open)
    if reading.excepting and item.value.split()[0] in COLOURS:
        place = Item(item.text, item.start, item.end, Entry("regions", item.value.split()[0]))
        reading.clause.excepted.append(place)
        item.used = True
        return
    if following and following.role == "object" and names_a_thing:
        reading.neutral_thing |= item.value in NEUTRAL
        return
    definite = at > 0 and reading.clause.items[at - 1].text.lower().split()[-1] in _ARTICLES
    said = reading.clause.tints + (reading.before.tints if reading.before else [])
    neutral = [each for each in said if each.names[0] in NEUTRAL]
    tint = Tint(item, limit=reading.clause.negated, relative=entry.relative, definite=definite)
    tint.present = is_present(reading.clause, item)
    if reading.neutral_thing and is_stated(reading.clause, item):
        tint.form, reading.clause.objects = "cast", []
    reading.clause.tints.append(tint)
    leading = [each.role for each in reading.clause.items[max(0, at - 4) : at]]
    tint.target = "to" in leading and not any(role in SIGNS for role in leading[leading.index("to") :])
    if reading.too:
        tint.complaint, reading.too.used, reading.too = not tint.limit, True, None
    elif tint.limit and neutral:
        tint.limit, tint.complaint = False, True
        _drop(reading, neutral)
    elif (direction := reading.open) and not tint.target:
        tint.sign, direction.used, reading.spent = SIGNS[direction.role], True, True
    elif _carried_sign(reading):
        tint.sign = _carried_sign(reading)
    elif reading.complains_of(item, entry):
        tint.complaint = True


def _drop(reading: Reading, tints: list[Tint]) -> None:
    """Forget colours that only said what another should be instead ("white, not blue")."""
    for clause in (reading.clause, reading.before):
        if clause:
            clause.tints = [tint for tint in clause.tints if tint not in tints]


def _carried_sign(reading: Reading) -> int:
    """The direction that a list of colours began with."""
    before = reading.before.tints[-1] if reading.before and reading.before.tints else None
    prefixed = (
        before
        and reading.before
        and any(each.role in SIGNS and each.start < before.item.start for each in reading.before.items)
    )
    return before.sign if before and prefixed and reading.is_bare else 0


def name_cast(reading: Reading, item: Item, at: int) -> bool:
    """Let "cast" or "tone" say what the colour right before it is."""
    names = bool(at and reading.clause.tints and reading.clause.items[at - 1] is reading.clause.tints[-1].item)
    if names:
        reading.clause.tints[-1].form = "cast" if item.role == "cast" else "tone"
        item.used = True
    return names


def name_place_within(reading: Reading, item: Item) -> None:
    """Let a phrase that speaks of a place be for it: "soften the skin", "red faces", "deepen the sky"."""
    assert item.entry is not None
    places = {_WITHIN[word]: None for word in item.text.lower().split() if word in _WITHIN}
    if item.role != "similes" and not item.entry.scenes and not reading.aside:
        reading.clause.places += [Item(item.text, item.start, item.end, Entry("regions", place)) for place in places]


def read_place(reading: Reading, item: Item, at: int) -> None:
    """Read a place that can be found by measurement."""
    following = reading.clause.items[at + 1] if at + 1 < len(reading.clause.items) else None
    if any(each.text.lower() in _MEASURES for each in reading.clause.items[:at]):
        return
    if item.value == "subject" and (reading.aside or (following and following.role == "object")):
        return
    (reading.clause.excepted if reading.excepting else reading.clause.places).append(item)


def read_thing(reading: Reading, item: Item, at: int) -> None:
    """Read a thing that cannot."""
    located = any(place.value != "subject" for place in reading.clause.places)
    whole = any(each.role == "whole" for each in reading.clause.items[:at])
    names_photo = any(each.text.lower() in _PHOTOS for each in reading.clause.items[at + 1 : at + 2])
    if reading.aside or located or whole or names_photo or reading.clause.editor:
        return
    first = item
    for each in reversed(reading.clause.items[:at]):
        if each.role not in ("colours", "object") and each.value != "subject":
            break
        first = each
    reading.clause.objects.append(written(reading.clause.items, first, item))
