"""Changes of content: things to be added, removed or replaced, which only a generative editor can do."""

from tools.request.clause import SAYS, Clause, written
from tools.request.match import Item
from tools.request.measure import is_number

_QUALIFIES = frozenset(
    ("filler", "and", "intensities", "colours", "pronoun", "adjectives", "complaints", "descriptions", "more")
)
"""Roles of words that may stand between a verb and its object."""
_THINGS = frozenset(("object", "unreal", "kin"))
_PLACES = frozenset(("subject", "sky", "background", "foliage"))
"""Places that are things too, so that they can be removed or replaced."""


def content_change(clause: Clause, at: int) -> str | None:
    """Return the words that ask for new or lost content with the verb at `at`, or None where it asks for no such thing.

    "Add grain" does not, "add a tree" does.
    """
    verb = clause.items[at]
    target = next(
        (item for item in clause.items[at + 1 :] if item.role not in _QUALIFIES and not is_number(item)), None
    )
    if target is None or not _is_content(clause, verb, target):
        return None
    verb.used = target.used = True
    return written(clause.items, verb, target)


def _is_content(clause: Clause, verb: Item, target: Item) -> bool:
    is_thing = target.role in _THINGS or target.value in _PLACES
    if verb.role == "replace":
        scenes = any(item.entry and item.entry.scenes for item in clause.items)
        return (is_thing or not target.role) and not scenes and not clause.has("colours")
    is_unknown = not target.role and len(target.text) > 2 and not clause.has(*SAYS, "regions", "colours")
    return is_thing or is_unknown
