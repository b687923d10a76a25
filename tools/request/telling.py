"""How a clause speaks: whether it wishes for something, or tells how the photo is."""

from tools.request.clause import ADJECTIVES, Clause
from tools.request.lexicon import Term
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


def is_mention(clause: Clause, item: Item, *, directed: bool) -> bool:
    """Whether "the snow" (is blue) speaks of what is there, not of what is wanted.

    Args:
        clause: the clause.
        item: a phrase with a meaning.
        directed: whether a direction stands before it ("less snow").
    """
    scenes = item.entry.scenes if item.entry else ()
    at = clause.items.index(item)
    definite = at > 0 and clause.items[at - 1].text.lower() in ("the", "this", "that")
    lying = any(scene.kind == "weather" for scene in scenes) and not directed
    if lying and _is_compared(clause, item):
        return True
    told = any(each.role == "copula" for each in clause.items[at + 1 :])
    return definite and ((told and (bool(scenes) or item.role == "descriptions")) or lying)


def _is_compared(clause: Clause, item: Item) -> bool:
    """Whether what follows says how it should be ("make snow whiter")."""
    following = content_after(clause, item)
    compared = following and following.role in (*ADJECTIVES, "colours") and following.entry
    return bool(compared and compared.relative)


def is_done_to(clause: Clause, item: Item) -> bool:
    """Whether "warm" is done to something ("warm the skin") rather than said of it."""
    at = clause.items.index(item)
    following = clause.items[at + 1].text.lower() if at + 1 < len(clause.items) else ""
    return at == 0 and following in ("the", "my", "our", "it", "this", "his", "her", "everything")


def keeps_it_so(clause: Clause) -> bool:
    """Whether "keep it soft" wishes for what it says."""
    roles = [item.role for item in clause.items if item.role not in ("filler", "intensities")]
    return any(
        one == "keep" and two == "pronoun" and three in ("adjectives", "complaints", "descriptions")
        for one, two, three in zip(roles, roles[1:], roles[2:], strict=False)
    )


def is_content(clause: Clause) -> bool:
    """Whether "I love it as it is" asks for nothing."""
    stays = clause.has("keep", "liking") and clause.has("unchanged")
    return stays and not (clause.places or clause.asks or clause.objects or clause.rest)


def is_low(term: Term) -> bool:
    """Whether a term makes a picture dark, pale, hazy or cold, which nobody tells of a photo as praise."""
    return (term.attribute, term.direction) in (("brightness", -1), ("saturation", -1), ("haze", 1), ("warmth", -1))
