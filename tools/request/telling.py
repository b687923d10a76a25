"""How a clause speaks: whether it wishes for something, or tells how the photo is."""

from tools.request.clause import ADJECTIVES, Clause, Wish
from tools.request.lexicon import Term
from tools.request.match import Item
from tools.request.words import plain

_GRADES = frozenset(
    (
        *("a bit", "bit", "a little", "little bit", "a little bit", "a tad"),
        *("kinda", "kind of", "sort of", "sorta", "rather", "quite", "pretty", "awfully", "terribly", "so so"),
    )
)
_FAINT = frozenset(("a bit", "bit", "a little", "little bit", "a little bit", "a tad", "rather", "awfully", "terribly"))
_SO = frozenset(("so", "zo", "si", "tan", "così", "cosi", "tão", "tao", "så"))
_POINTS = frozenset(("the", "this", "that", "of", "all", "any", "some", "these", "those"))
_SEEN_AS = frozenset(("like", "as if", "as though", "as seen"))
_REPORTS = frozenset(("theres", "there is", "there are", "has a", "has some", "has got", "got a", "i see", "there"))
_UNWANTED = frozenset(("haze", "grain", "vignette", "bloom", "leak", "fade"))
_LOOKS = frozenset(("print", "photo", "picture", "image", "style", "aesthetic", "effect", "finish", "poster"))
_WHY = frozenset(("why", "why does", "why do", "how come"))
_SOME = frozenset(("some", "a bit of", "bit of", "any"))
_SUBJECTS = ("regions", "whole", "colours", "dials", "pronoun", "object", "")
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


def is_graded(clause: Clause, item: Item, *, faintly: bool = False) -> bool:
    """Whether a clause begins with "a bit" and an item: "a bit dark" finds fault, for who wants it says "darker".

    With `faintly` "sort of" and the like do not count, after which a person also says what is wanted ("sort of soft").
    """
    at = clause.items.index(item)
    graded = at > 0 and clause.items[at - 1].text.lower() in (_FAINT if faintly else _GRADES)
    following = clause.items[at + 1].role if at + 1 < len(clause.items) else ""
    opens = all(each.role in ("filler", "intensities", "") for each in clause.items[:at])
    return graded and opens and following not in ("nouns", "dials", "tone", "colours")


def is_asked_for(clause: Clause, dial: Item) -> bool:
    """Whether a dial is wished as a substance: "some light", "a hint of colour", "it needs sharpness"."""
    at = clause.items.index(dial)
    before = [each for each in clause.items[:at] if each.role != "pronoun"][-1:]
    return any(each.role in ("intensities", "wish", "degree") or each.text.lower() in _SOME for each in before)


def is_present(clause: Clause, item: Item) -> bool:
    """Whether "so" or "this" under a negation stands before an item: "not so dark" says that it is dark now."""
    before = clause.items[: clause.items.index(item)][-2:]
    return any(each.role == "degree" or (each.role == "limit" and _ends_in_so(each)) for each in before)


def _ends_in_so(limit: Item) -> bool:
    """Whether a limit is a "not so" of some language, which speaks of how it is now."""
    return limit.text.lower().split()[-1] in _SO


def is_stated(clause: Clause, item: Item) -> bool:
    """Whether "is", or "look" after what it is said of, stands before an item."""
    before = clause.items[: clause.items.index(item)]
    looks = [content_before(clause, each) for each in before if each.text.lower() == "look"]
    asks_why = any(each.text.lower() in _WHY for each in before[:2])
    return asks_why or any(each.role == "copula" for each in before) or any(e and e.role in _SUBJECTS for e in looks)


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
    """Whether a clause goes on with what is wrong ("too dark" "and moody", "looks grey" "and sad")."""
    return lists(clause) and clause.joint == "and" and before is not None and (before.has("too") or before.complains)


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
    subject = not any(each.role in ("wish", "add", "turn", "aside", "more") for each in clause.items[:at])
    if lying and subject and (told or any(each.role == "not" for each in clause.items[at + 1 :])):
        return True
    return definite and ((told and not directed and (bool(scenes) or item.role == "descriptions")) or lying)


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


def is_look(clause: Clause, fault: Item) -> bool:
    """Whether a fault is named as a look ("a washed-out feel", "milky print")."""
    after = clause.items[clause.items.index(fault) + 1 :][:1]
    return any(each.role == "tone" or plain(each.text) in _LOOKS for each in after) and not is_stated(clause, fault)


def lacks_yardstick(clause: Clause, direction: Item) -> bool:
    """Whether "not as" is said without what it should be as."""
    return not clause.has("yardstick") and not is_stated(clause, direction)


def is_reported(clause: Clause, wish: Wish) -> bool:
    """Whether "there's a veil", "it has grain" tells of what a photo should not have."""
    reports = any(plain(each.text) in _REPORTS for each in clause.items if each.start < wish.item.start)
    unwanted = all(term.attribute in _UNWANTED for term in wish.terms)
    return reports and unwanted and not clause.has("wish", "add", "not")


def is_wanted(clause: Clause, fault: Item) -> bool:
    """Whether a fault is wished for all the same: "make it blurry", "I want it to look washed out"."""
    at = clause.items.index(fault)
    likened = any(each.text.lower() in _SEEN_AS for each in clause.items[:at])
    if likened and not is_stated(clause, fault) and not any(each.role == "faults" for each in clause.items[:at]):
        return True
    wish = next((each for each in clause.items[:at] if each.role == "wish"), None)
    if wish is None or not all(each.role in ("filler", "wish") for each in clause.items[at + 1 :]):
        return False
    between = clause.items[clause.items.index(wish) + 1 : at]
    leads = [each for each in between if each.role not in ("filler", "intensities")]
    named = all(each.role in ("pronoun", "whole", "regions", "wish") for each in leads)
    return bool(leads) and named and between[-1].text.lower() not in _POINTS


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
