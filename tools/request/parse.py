"""The parser's one entry: text to `Request`."""

from collections.abc import Iterable
from itertools import pairwise

from tools.goals import Request
from tools.request.clause import ADJECTIVES, LOOKS, SAYS, Clause
from tools.request.colours import absorb_wishes
from tools.request.likeness import settle_likenesses
from tools.request.match import Item, items
from tools.request.reader import clauses
from tools.request.resolve import outcome
from tools.request.scope import settle_places

_MODIFIES = (
    "more",
    "less",
    "up",
    "down",
    "high",
    "low",
    "remove",
    "too",
    "not",
    "limit",
    "keep",
    "only",
    "except",
    "rest",
)
"""Roles whose words are understood where their clause came to something."""
_MEANINGFUL = SAYS | {"colours", "regions"}


def parse_request(text: str) -> Request:
    """Read a person's sentence, in any of the lexicon's languages.

    Never fails: what is not understood is listed as `ignored`.
    """
    found = items(text)
    settle_likenesses(found)
    read = clauses(found)
    settle_places(read)
    for clause, before in zip(read, [None, *read], strict=False):
        absorb_wishes(clause, before)
    goals, effects, keeps = outcome(text, read)
    for clause in read:
        _mark_modifiers(clause)
    editor = _unique(phrase for clause in read for phrase in clause.editor)
    asked = bool(goals or effects or editor)
    return Request(
        text=text,
        goals=goals,
        effects=effects,
        keeps=keeps,
        understood=[item.text for item in found if item.used],
        ignored=[item.text for item in found if _is_ignored(item)],
        needs_editor=editor,
        unlocated=_unique(thing for clause in read if clause.is_about_things for thing in clause.objects),
        nothing_asked=not asked and any(clause.nothing for clause in read),
    )


def _mark_modifiers(clause: Clause) -> None:
    """Count as understood directions and places of a clause that came to something, and the noun of "muted colours"."""
    if any(item.used for item in clause.items):
        for item in clause.items:
            item.used |= item.role in _MODIFIES or item in clause.places
    for adjective, noun in pairwise(clause.items):
        noun.used |= noun.role == "dials" and adjective.used and adjective.role in ADJECTIVES | LOOKS


def _is_ignored(item: Item) -> bool:
    if item.used or item.mark or not any(letter.isalpha() for letter in item.text):
        return False
    return not item.role or item.role in _MEANINGFUL


def _unique(phrases: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(phrases))
