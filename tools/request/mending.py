"""Clauses that only ask to put right what the one before told of the photo.

They say so barely ("greenish. fix."), by what it should be like ("very orange, make it natural"), or by the colour that
a thing has by nature ("the ceiling reads pink. Should be white").
"""

from tools.request.clause import ADJECTIVES, Clause
from tools.request.colours import NEUTRAL

_RIGHT = frozenset(("natural", "normal", "neutral", "neutraler", "balanced"))
"""What a picture should be that has too much of something."""
_BARE = frozenset(("cure", "filler", "pronoun", "wish", "whole", "unchanged", "remove", "tone", "copula"))


def mend(clause: Clause, before: Clause) -> None:
    """Let a clause that only asks for it turn the one before into a complaint."""
    if before.has("wish", "keep", "liking") or before.negated or clause.negated or clause.wishes or clause.places:
        return
    if _names_true_colour(clause) and before.has("copula") and before.tints:
        clause.tints.clear()
        _complain(before, cast=True)
    elif _only_mends(clause) or (_only_rights(clause) and before.has("intensities", "colours")):
        _complain(before, cast=False)


def _names_true_colour(clause: Clause) -> bool:
    """Whether it says that something should be white, grey or black."""
    neutral = all(tint.names[0] in NEUTRAL and not tint.target for tint in clause.tints)
    return bool(clause.tints) and neutral and clause.has("wish")


def _only_mends(clause: Clause) -> bool:
    return _is_bare(clause) and clause.has("cure")


def _only_rights(clause: Clause) -> bool:
    return _is_bare(clause) and clause.has("wish") and any(item.text.lower() in _RIGHT for item in clause.items)


def _is_bare(clause: Clause) -> bool:
    bare = all(item.role in _BARE or item.text.lower() in _RIGHT for item in clause.items)
    return bare and not (clause.tints or clause.objects)


def _complain(clause: Clause, *, cast: bool) -> None:
    for wish in clause.wishes:
        if wish.item.role in ADJECTIVES and wish.sign > 0 and not (wish.relative or wish.directed):
            wish.sign, wish.relative = -1, True
    for tint in clause.tints:
        if not (tint.sign or tint.target or tint.relative):
            tint.complaint, tint.form = True, "cast" if cast else tint.form
