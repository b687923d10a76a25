"""Small words that mean one thing or another by their neighbours: "so dark" or "so that", "the light" or "light"."""

from tools.request.lexicon import Entry, Term, meaning
from tools.request.match import Item

_DESCRIBING = frozenset(("adjectives", "complaints", "colours", "faults", "descriptions"))
_AMOUNTS = frozenset(("nouns", "dials"))
_PRAISE = frozenset(("fine", "ok", "okay", "good", "great", "perfect", "lovely", "right"))
_PRAISED = frozenset(("regions", "colours", "nouns", "dials", "copula"))
"""What is left alone where praise ends a clause ("the red's fine")."""
_STATES = frozenset(("copula", "intensities", "not", "pronoun", "remove", "regions"))
"""Roles after which "so dark" speaks of how it is."""
_TURNS = frozenset(("more", "less", "up", "down", "add", "remove", "too", "recover"))
_FELT = frozenset(("feel", "see", "show", "remember", "convey", "know", "sense", "to feel", "to see", "to show"))
_AMOUNTING = {"not much": ("less", ""), "moderate": ("intensities", "0.4")}
"""What these are before what there is some of: "not much colour", "moderate grain"."""
_INSIDE = ("in ", "in the ", "into ", "under ", "behind ", "to ")
"""Beginnings of what something is lost in; without them a thing is lost because there is too little of it."""
_BEING = frozenset(("be", "being", "it", "this"))


def settle(item: Item, current: list[Item], following: list[Item]) -> None:
    """Give a small word the role that it has between `current`, its clause so far, and the items `following`."""
    word = item.text.lower()
    after = next((each for each in following if each.role != "intensities"), None)
    if word == "with" and _has(current, "replace"):
        item.entry = Entry("to")
    elif word in ("so", "to", "how", "this", "that") and after and (after.role in _DESCRIBING or after.text == "light"):
        _settle_degree(item, current, after)
    elif word == "2" and following and following[0].role in ("stop", "percent", "up", "down"):
        item.entry = None
    elif word == "than" and (rather := [each for each in current if each.text.lower() == "rather"]):
        rather[0].entry, item.entry = Entry("wish"), Entry("not")
    elif word.endswith(" lost") and following and f"{following[0].text.lower()} ".startswith(_INSIDE):
        item.entry = Entry("copula")
    elif word == "hot" and _has(current, "wish") and not _has(current, "regions", "not", "too"):
        item.entry = Entry("descriptions", "", *meaning("warmth+ saturation+.4"))
    elif word in _AMOUNTING and following and following[0].role in _AMOUNTS:
        item.entry = Entry(*_AMOUNTING[word])
    elif word == "calm" and _ends(following):
        item.entry = Entry("descriptions", "", *meaning("contrast- saturation-.4 clarity-.3"))
    elif word in ("so much", "this", "that") and after and after.role in _AMOUNTS and _has(current, "not"):
        if word == "so much" or following[0].text.lower() == "much":
            item.entry = Entry("degree")
    elif word == "with no" and following and following[0].role == "colours":
        item.entry = Entry("less")
    elif word in ("has no", "theres no", "there is no") and following and following[0].role == "colours":
        item.entry = Entry("not")
    elif word == "light" and (described := _described(current, following)):
        item.entry = Entry(described, "", (Term("brightness", 1),))
    elif word == "tint" and following and following[0].role in ("up", "down"):
        item.entry = Entry("dials", "", (Term("tint", 1),))
    elif item.role in ("low", "high") and _has(current, "copula") and _ends(following):
        if not _has(current, "wish", *_TURNS, "in", "out", "high", "low", "cure", "excess", "ugly"):
            item.entry = Entry("up" if item.role == "low" else "down")
    elif (word == "turned" and current and not _has(current, "wish")) or (word == "gone" and _has_gone(current, after)):
        item.entry = Entry("copula")
    elif word in _PRAISE and current and current[-1].role in _PRAISED and _ends(following):
        item.entry = Entry("unchanged")


def is_comparative(item: Item) -> bool:
    """Whether an item is an adjective that compares ("warmer")."""
    return bool(item.entry and item.entry.relative) and item.role in _DESCRIBING - {"faults"}


def _settle_degree(item: Item, current: list[Item], described: Item) -> None:
    """Read "so dark" as a complaint, and "not so dark", "not this dark" as how it is and should not be."""
    word = item.text.lower()
    if is_comparative(described) or _has(current, "liking") or (word == "to" and not _has(current[-2:], "copula")):
        return
    if _has(current, "not", "too") and word in ("so", "this", "that"):
        item.entry = Entry("degree")
    elif (word == "how" and not _is_felt(current)) or (
        word != "how" and _tells_state(item, current, described) and not _has(current, "wish")
    ):
        item.entry = Entry("too")


def _is_felt(current: list[Item]) -> bool:
    """Whether "how cold it was" is what the picture should let one feel."""
    return bool(current) and current[-1].text.lower() in _FELT


def _tells_state(item: Item, current: list[Item], described: Item) -> bool:
    """Whether "so dark" says how the photo is: after "is", after what it is said of, or as an outcry."""
    word = item.text.lower()
    cries = word == "so" and not current and described.role != "descriptions"
    follows = bool(current) and (current[-1].role in _STATES or current[-1].text.lower() in _BEING)
    return cries or (word != "that" and (follows or _has(current, "copula", "intensities")))


def _has_gone(current: list[Item], after: Item | None) -> bool:
    """Whether "gone" stands after "they've" or "skin's", and not after "the sky", and before how it has gone."""
    describes = after is not None and after.role in _DESCRIBING
    return describes and bool(current) and current[-1].text.lower().replace("'", "").endswith(("ve", "s"))


def _described(current: list[Item], following: list[Item]) -> str:
    """The role of "light" where it is how much light there is ("less light") or a state ("too light")."""
    last = next((each for each in reversed(current) if each.role != "filler"), None)
    if last and _ends(following) and (last.role in ("too", "degree", "pronoun") or _has(current[-2:], "copula")):
        return "complaints"
    directed = last is not None and last.role in (*_TURNS, "not")
    turned = any(each.role in ("up", "down", "excess") for each in following[:2])
    return "dials" if directed or turned else ""


def _has(items: list[Item], *roles: str) -> bool:
    return any(each.role in roles for each in items)


def _ends(following: list[Item]) -> bool:
    return not following or bool(following[0].mark)
