"""Things that a picture is likened to without a "like": a request that is a mere list ("steel, rain, concrete").

Where anything is asked or told of the photo, the same words are only things that are in it.
"""

from collections.abc import Sequence
from dataclasses import replace

from tools.request.match import Item

_POETIC = frozenset(
    (
        *("likeness", "similes", "descriptions", "adjectives", "complaints", "nouns", "colours", "object"),
        *("filler", "and", "intensities", "aside", ""),
    )
)
"""Roles of the words of which such a list is made."""


def settle_likenesses(found: Sequence[Item]) -> None:
    """Let the words that stand for a look speak in a list of them, and be nothing special elsewhere."""
    speak = all(item.mark or item.role in _POETIC for item in found)
    for item in found:
        if item.entry and item.role == "likeness":
            item.entry = replace(item.entry, role="similes") if speak else None
