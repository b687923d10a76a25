"""How a clause speaks: whether it wishes for something, or tells how the photo is."""

from tools.request.clause import Clause
from tools.request.match import Item

_GRADES = frozenset(
    ("a bit", "bit", "a little", "little bit", "a little bit", "a tad", "kinda", "kind of", "rather", "quite", "pretty")
)
_SUBJECTS = ("regions", "whole", "colours", "dials", "pronoun")
"""What "look" says something of."""


def content_before(clause: Clause, item: Item) -> Item | None:
    """The item before another, fillers and intensities left aside."""
    before = clause.items[: clause.items.index(item)]
    return next((each for each in reversed(before) if each.role not in ("filler", "intensities", "stops")), None)


def content_after(clause: Clause, item: Item) -> Item | None:
    """The item after another, fillers and intensities left aside."""
    after = clause.items[clause.items.index(item) + 1 :]
    return next((each for each in after if each.role not in ("filler", "intensities")), None)


def wishes(clause: Clause, before: Clause | None) -> bool:
    """Whether a clause wishes, or goes on with one that does."""
    return clause.has("wish") or (before is not None and before.has("wish") and not clause.has("copula"))


def is_graded(clause: Clause, item: Item) -> bool:
    """Whether "a bit" stands before an item: "a bit dark" finds fault, for who wants it says "darker"."""
    at = clause.items.index(item)
    return at > 0 and clause.items[at - 1].text.lower() in _GRADES


def is_stated(clause: Clause, item: Item) -> bool:
    """Whether "is", or "look" after what it is said of, stands before an item."""
    before = clause.items[: clause.items.index(item)]
    looks = [content_before(clause, each) for each in before if each.text.lower() == "look"]
    return any(each.role == "copula" for each in before) or any(each and each.role in _SUBJECTS for each in looks)


def tells_of_photo(clause: Clause, item: Item) -> bool:
    """Whether what is before an item begins to tell how the photo is: "the picture looks", "this looks"."""
    before = [each for each in clause.items[: clause.items.index(item)] if each.role != "intensities"]
    if not before or before[-1].role != "copula":
        return False
    subject = before[-2] if len(before) > 1 else None
    return subject is not None and (subject.role in _SUBJECTS or subject.text.lower() in ("this", "it", "that"))


def lists(clause: Clause) -> bool:
    """Whether a clause only goes on with the one before it ("it is dark" "and grainy")."""
    return not clause.has("wish", "verbs", "add", "turn", "more", "less")


def lists_excess(clause: Clause, before: Clause | None) -> bool:
    """Whether a clause goes on with what is too much ("too dark" "and moody")."""
    return lists(clause) and clause.joint == "and" and bool(before and before.has("too"))
