"""Reads a phrase with a meaning: a wish, a complaint, a limit, a fault to cure, or only something told."""

from tools.request.clause import ADJECTIVES, CURED, LACKED, LOOKS, Wish
from tools.request.lexicon import Entry
from tools.request.match import Item
from tools.request.naming import name_cast
from tools.request.reading import Reading, turn_dial
from tools.request.telling import (
    content_after,
    is_asked_for,
    is_done_to,
    is_graded,
    is_look,
    is_low,
    is_mention,
    is_present,
    is_reported,
    is_stated,
    is_wanted,
    lists_excess,
    wishes,
)
from tools.request.words import plain

_FORBIDS = frozenset(("dont", "do not", "dont let", "never", "never let", "avoid"))
"""Negations of something to be done, and not of something that is there."""
_GLOWS = frozenset(("glow", "haze", "veil", "sheen", "halo"))
"""Nouns that a colour before them makes a cast ("an orange glow")."""


def read_wish(reading: Reading, item: Item) -> None:
    """Read an item with a meaning."""
    entry = item.entry
    assert entry is not None
    if item.text.lower() in _GLOWS and name_cast(reading, item, reading.clause.items.index(item)):
        return
    if is_mention(reading.clause, item, directed=reading.direction is not None) or _directs_object(reading, item):
        return
    wish = Wish(item, entry.terms, entry.scenes, 1, entry.relative, reading.clause.negated, start=item.start)
    wish.present = is_present(reading.clause, item)
    reading.clause.wishes.append(wish)
    if reading.too:
        turn_complaint(reading, wish)
    elif item.role in ("nouns", "dials"):
        _direct_noun(reading, wish)
    elif item.role == "faults":
        _cure(reading, wish)
    elif _is_description(reading, item):
        _describe(reading, wish)
    elif (direction := reading.open) and _reaches(reading, direction, item):
        turn_dial(wish, direction)
        reading.spent = True
    elif reading.complains_of(item, entry):
        turn_complaint(reading, wish)
    elif item.role == "adjectives" and is_done_to(reading.clause, item):
        wish.relative = True
    if item.role == "nouns" and wish.limit and wish.terms:
        _settle_none(reading, wish)


def _reaches(reading: Reading, direction: Item, item: Item) -> bool:
    """Whether a direction turns an adjective or verb; "strip it back to black and white" does not."""
    between = [each.role for each in reading.clause.items if direction.start < each.start < item.start]
    return direction.role in ("more", "less", "remove", "cure") and "to" not in between[-3:]


def _settle_none(reading: Reading, wish: Wish) -> None:
    """Read "no haze" as less of it, and "no contrast" as a lack of it."""
    at = reading.clause.items.index(wish.item)
    attribute = wish.terms[0].attribute
    if attribute in CURED:
        wish.sign, wish.limit = -1, False
    elif (
        attribute in LACKED
        and reading.clause.items[at - 1].text.lower() in ("no", "zero")
        and wish.item.role == "nouns"
    ):
        wish.limit, wish.relative, wish.directed = False, True, True


def _directs_object(reading: Reading, item: Item) -> bool:
    """Whether a vague verb only says which way its object goes ("soften the contrast", "restore the warmth")."""
    assert item.entry is not None
    signs = {term.direction for term in item.entry.terms}
    following = content_after(reading.clause, item)
    weakens = item.role == "adjectives" and signs == {-1} and item.entry.relative
    vague = (item.role == "verbs" or weakens) and len(item.entry.terms) > 1 and len(signs) == 1
    if not vague or following is None:
        return False
    plural = bool(following.entry and following.entry.plural)
    if following.role not in ("nouns", "dials") and not (following.role == "colours" and plural):
        return False
    item.entry = Entry("more" if signs == {1} else "less")
    reading.take(item)
    return True


def _is_description(reading: Reading, item: Item) -> bool:
    """Whether "it is sunny", "it looks gloomy" only tell how the photo is, where no one wishes for anything."""
    assert item.entry is not None
    if (
        item.role not in (*LOOKS, "adjectives")
        or item.entry.relative
        or wishes(reading.clause, reading.before)
        or reading.aside
    ):
        return False
    opens = not (reading.before and reading.before.asks)
    stated = is_stated(reading.clause, item) or lists_excess(reading.clause, reading.before)
    stated |= opens and is_graded(reading.clause, item, faintly=True)
    named = any(each.role == "tone" and each.text.lower() != "look" for each in reading.clause.items)
    return stated and not (reading.clause.negated or reading.clause.keeps or named)


def _describe(reading: Reading, wish: Wish) -> None:
    """Take what is told of the photo as a complaint where it has a degree ("a bit bright") or is a low mood."""
    graded = reading.clause.has("intensities") and wish.item.role == "adjectives"
    low = wish.item.role == "descriptions" and any(is_low(term) for term in wish.terms)
    graded |= lists_excess(reading.clause, reading.before) or wish.item.role == "similes"
    turn_complaint(reading, wish)
    if low:
        wish.terms = tuple(term for term in wish.terms if is_low(term))
        wish.scenes = ()
    elif not graded:
        reading.clause.wishes.remove(wish)


def turn_complaint(reading: Reading, wish: Wish) -> None:
    """Turn what is complained of into its cure; under a negation ("not too dark") it is a limit."""
    if reading.too:
        wish.start, reading.too.used, reading.too = reading.too.start, True, None
    wish.limit = reading.clause.negated
    if wish.item.role == "faults" or wish.limit:
        return
    wish.sign, wish.relative = -1, True
    if wish.item.role in ADJECTIVES:
        wish.terms = tuple(t._replace(attribute="noise") if t.attribute == "grain" else t for t in wish.terms)


def _direct_noun(reading: Reading, wish: Wish) -> None:
    """Give a noun its direction: the one before it, the one its list began with, or its own."""
    if reading.direction:
        turn_dial(wish, reading.direction)
        reading.spent = True
        return
    before = reading.before.wishes[-1] if reading.before and reading.before.wishes else None
    listed = reading.clause.joint == "and" or " " not in wish.item.text
    if _hides_something(reading, wish) or is_reported(reading.clause, wish):
        wish.sign, wish.relative = -1, True
    elif before and before.item.role in ("nouns", "dials") and before.sign and listed and reading.is_bare:
        wish.sign, wish.relative = before.sign, before.relative
    elif wish.item.role == "dials" and not is_asked_for(reading.clause, wish.item):
        wish.sign = 0


def _hides_something(reading: Reading, wish: Wish) -> bool:
    """Whether haze or noise is why something is not seen ("can't see the hills for the haze")."""
    blind = any(each.item.role == "faults" for each in reading.clause.wishes)
    return blind and not reading.clause.negated and any(term.attribute in CURED for term in wish.terms)


def _cure(reading: Reading, wish: Wish) -> None:
    """A fault is named to be cured, whatever the verb, except where it is added."""
    wish.limit = False
    direction = reading.direction
    at = reading.clause.items.index(wish.item)
    if not wish.present and _is_forbidden(reading, wish.item):
        reading.clause.wishes.remove(wish)
    elif direction:
        adjacent = at > 0 and reading.clause.items[at - 1] is direction and direction.role == "more"
        wish.sign = -1 if adjacent or direction.role == "add" else wish.sign
        direction.used = reading.spent = True
    elif _goes_on_describing(reading, wish.item):
        reading.clause.wishes.remove(wish)
    elif is_look(reading.clause, wish.item) or is_wanted(reading.clause, wish.item) or _is_bokeh(reading, wish):
        wish.sign = -1


def _goes_on_describing(reading: Reading, fault: Item) -> bool:
    """Whether a bare fault goes on with the look that is wanted ("disposable camera, harsh"): who can tell."""
    described = reading.before and any(w.item.role in LOOKS and w.sign > 0 for w in reading.before.wishes)
    return bool(described) and reading.clause.joint != "colon" and not reading.clause.has("copula", "too", "cure")


def _is_bokeh(reading: Reading, wish: Wish) -> bool:
    """Whether something is wished unsharp that may well be: "a blurrier background", where nothing is complained of."""
    behind = any(each.value == "background" for each in reading.clause.items)
    unsharp = [term.attribute for term in wish.terms] == ["sharpness"]
    return behind and unsharp and not reading.clause.has("copula", "cure", "remove", "not")


def _is_forbidden(reading: Reading, fault: Item) -> bool:
    """Whether a fault is only to be avoided ("without washing it out", "but not garish"), and not there yet."""
    denials = [each for each in reading.clause.items if each.role in ("not", "limit") and each.start < fault.start]
    forbids = any(plain(each.text) in _FORBIDS for each in denials)
    return forbids or (bool(denials) and denials[-1].text.lower() != "no" and not reading.clause.has("copula", "past"))
