"""Changes of content: things to be added, removed or replaced, which only a generative editor can do."""

from tools.request.clause import SAYS, Clause, written
from tools.request.match import Item
from tools.request.measure import is_number

_QUALIFIES = frozenset(
    ("filler", "and", "intensities", "colours", "pronoun", "adjectives", "complaints", "descriptions", "more")
)
"""Roles of words that may stand between a verb and its object."""
_THINGS = frozenset(("object", "unreal", "kin"))
_WITHOUT = frozenset(("no", "without", "without any", "no more"))
_PLACES = frozenset(("subject", "sky", "background", "foliage"))
"""Places that are things too, so that they can be removed or replaced."""


def content_change(clause: Clause, at: int, before: Clause | None) -> str | None:
    """Return the words that ask for new or lost content with the verb at `at`, or None where it asks for no such thing.

    "Add grain" does not, "add a tree" does.
    """
    verb = clause.items[at]
    target = next(
        (item for item in clause.items[at + 1 :] if item.role not in _QUALIFIES and not is_number(item)), None
    )
    if verb.role == "remove" and _takes_colour_away(clause, at):
        return None
    if target is None:
        removes = verb.role == "remove" and clause.has("pronoun")
        named = before.objects if before and removes and not _is_stated(before) else []
        return f"{verb.text} {named[-1]}" if named else None
    if verb.role == "remove" and target.role in ("", "aside") and not clause.has(*SAYS, "regions", "colours"):
        target = next((item for item in clause.items[at + 1 :] if item.role in _THINGS), target)
    if not _is_content(clause, verb, target):
        return None
    verb.used = target.used = True
    return written(clause.items, verb, target)


def unwanted_thing(clause: Clause, at: int) -> str | None:
    """Return the words that want a thing gone with the "no" at `at` ("no tourists please"), or None."""
    denial = clause.items[at]
    target = next((item for item in clause.items[at + 1 :] if item.role not in _QUALIFIES), None)
    is_thing = target is not None and (target.role in _THINGS or target.value == "subject")
    if denial.text.lower() not in _WITHOUT or target is None or not is_thing or clause.has(*SAYS, "keep", "unchanged"):
        return None
    target.used = denial.used = True
    return written(clause.items, denial, target)


def _takes_colour_away(clause: Clause, at: int) -> bool:
    """Whether a colour is what is removed ("kill the cyan in the sky"), and not the colour of a thing."""
    after = [item for item in clause.items[at + 1 :] if item.role not in ("filler", "intensities")]
    following = [item for item in clause.items[at + 1 :] if item.role != "intensities"]
    if not after or after[0].role != "colours":
        return False
    behind = following[following.index(after[0]) + 1 :][:1]
    return all(item.role == "filler" for item in behind)


def _is_stated(clause: Clause) -> bool:
    """Whether something is said of the thing that a clause is about, rather than only that it is there."""
    return bool(clause.tints) or any(wish.item.role not in ("adjectives", "descriptions") for wish in clause.wishes)


def _is_content(clause: Clause, verb: Item, target: Item) -> bool:
    is_thing = target.role in _THINGS or target.value in _PLACES
    if verb.role == "replace":
        scenes = any(item.entry and item.entry.scenes for item in clause.items)
        return (is_thing or not target.role) and not scenes and not clause.has("colours")
    is_unknown = not target.role and len(target.text) > 2 and not clause.has(*SAYS, "regions", "colours")
    return is_thing or is_unknown
