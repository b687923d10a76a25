"""Reads a clause from left to right, each item by its role: directions, wishes, colours, places.

Words before ("more contrast") and after ("contrast up") both count, and a list goes on with what its first member began
("less contrast and clarity"). What stands open at the end is settled by `endings`.
"""

import re
from collections.abc import Callable

from tools.request.change import content_change, unwanted_thing
from tools.request.clause import (
    ADJECTIVES,
    POSTFIX,
    SAYS,
    SIGNS,
    Clause,
    Wish,
    cut,
)
from tools.request.endings import settle_direction, settle_moods
from tools.request.lexicon import Entry, Term
from tools.request.match import Item
from tools.request.measure import change_to, is_number, percent_strength, slider_strength, stop_strength
from tools.request.mending import mend
from tools.request.naming import name_cast, name_place_within, read_place, read_thing, read_tint
from tools.request.reading import Reading, turn_dial
from tools.request.telling import (
    content_before,
    is_content,
    keeps_it_so,
    lacks_yardstick,
    tells_of_photo,
    wishes,
)
from tools.request.wishing import read_wish
from tools.request.words import plain

_NOT_AS = frozenset(("not as", "not nearly as", "nowhere near as", "not quite as"))
_FETCH = frozenset(("bring", "get", "put", "give", "want", "need"))
_HOLD = frozenset(
    ("dial", "pull", "knock", "take", "hold", "wind", "turn", "scale", "tone", "ease", "reel", "cut", "roll")
)
"""Verbs that a "back" further on belongs to."""
_VERB_FINAL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
"""Scripts of Japanese and Korean, where a verb stands after what it turns."""


def _stands_last(item: Item) -> bool:
    """Whether a direction is a verb of a language in which it stands after what it turns."""
    return bool(_VERB_FINAL.search(item.text))


def _darkens_corners(wish: Wish, direction: Item) -> bool:
    """Whether "vignette -20" is an editor's slider, which darkens the corners with negative numbers."""
    return is_number(direction) and any(term.attribute == "vignette" for term in wish.terms)


def clauses(items: list[Item]) -> list[Clause]:
    """Cut items into clauses and read each."""
    read: list[Clause] = []
    for clause in cut(items):
        read.append(Reader(clause, read[-1] if read else None).read())
        if len(read) > 1:
            mend(clause, read[-2])
    return read


class Reader:
    """Reads the items of one clause from left to right."""

    def __init__(self, clause: Clause, before: Clause | None) -> None:
        self.clause = clause
        self.before = before if before and clause.joint in ("and", "soft", "colon") else None
        self.reading = Reading(clause, self.before)

    def read(self) -> Clause:
        """Fill the clause."""
        clause = self.clause
        clause.keeps = clause.has("keep", "unchanged", "liking") and not keeps_it_so(clause)
        clause.negated = self._carries_negation()
        for at, item in enumerate(clause.items):
            self._take(item, at)
        settle_direction(self.reading)
        if clause.has("culprit") and not clause.has("aside", "too", "excess") and not wishes(clause, self.before):
            self._undo_what_was_done()
        settle_moods(clause)
        if any(item.text.lower() == "everything" for item in clause.items) and clause.has("copula"):
            clause.objects.clear()
        clause.nothing |= is_content(clause)
        return clause

    def _undo_what_was_done(self) -> None:
        """Read "someone turned the contrast up" as a wish for less of it."""
        for wish in self.clause.wishes:
            if wish.item.role in ("nouns", "dials", "verbs") and not wish.limit:
                wish.sign, wish.relative = -(wish.sign or 1), True
        for tint in self.clause.tints:
            tint.complaint = not tint.limit

    def _carries_negation(self) -> bool:
        """Whether a negation reaches over "and" ("without grain or vignette"), because nothing new begins."""
        fresh = self.clause.has("wish", "more", "less", "add", "remove", "keep", "verbs", "up", "down", "copula")
        return bool(self.before and self.clause.joint == "and" and self.before.negated and not fresh)

    def _take(self, item: Item, at: int) -> None:
        clause = self.clause
        match item.role:
            case "less" if plain(item.text) in _NOT_AS and lacks_yardstick(clause, item):
                item.entry, clause.negated = Entry("degree"), True
            case "more" | "less" | "up" | "down" | "in" | "out" | "high" | "low" | "recover" | "cure":
                self._direct(item)
            case "ugly":
                if content_before(clause, item) in [wish.item for wish in clause.wishes]:
                    self._direct(item)
            case "excess":
                item.entry = Entry("more") if clause.has("wish") else item.entry
                self._direct(item)
            case "back":
                self._bring_back(item, at)
            case "out" if item.text.lower() == "off" and clause.items[0].text.lower() in _HOLD:
                self._bring_back(item, at)
            case "add" | "remove" | "replace" | "turn":
                self._change(item, at)
            case "too":
                self._complain(item)
            case "not" | "limit":
                clause.negated = True
                if phrase := unwanted_thing(clause, at):
                    clause.editor.append(phrase)
            case "except":
                self.reading.excepting = True
            case "only":
                clause.only = True
            case "rest":
                clause.rest = True
            case "aside":
                told = item.text.lower() == "like" and tells_of_photo(clause, item)
                self.reading.aside = not told and not (item.text.lower() == "from" and clause.has("remove"))
            case "nothing":
                clause.nothing = True
            case "editor" | "unreal":
                if not clause.negated:
                    clause.editor.append(item.text)
            case "ease":
                self._ease(item)
            case "intensities":
                self._strengthen(float(item.value), item)
            case "percent":
                self._measure(at, percent_strength)
            case "" if is_number(item):
                self._set_dial(item, at)
            case "stops":
                self.reading.stops = True
                self._strengthen(float(item.value), item)
            case "stop":
                self.reading.stops = True
                self._measure(at, stop_strength)
            case "colours":
                read_tint(self.reading, item, at)
            case "cast" | "tone":
                name_cast(self.reading, item, at)
            case "regions":
                read_place(self.reading, item, at)
            case "object":
                read_thing(self.reading, item, at)
            case role if role in SAYS:
                read_wish(self.reading, item)
                name_place_within(self.reading, item)

    def _direct(self, item: Item) -> None:
        """Take up a direction; "up" and "down" belong to the dial before them ("contrast up")."""
        before = content_before(self.clause, item) if item.role in POSTFIX or _stands_last(item) else None
        wish = next((w for w in self.clause.wishes if w.item is before), None)
        tint = next((t for t in self.clause.tints if t.item is before and t.sign == 0), None)
        if is_number(item):
            self._strengthen(slider_strength(item.text), item)
        if wish and wish.item.role in ("nouns", "dials"):
            turn_dial(wish, item)
            wish.sign = 1 if _darkens_corners(wish, item) else wish.sign
        elif tint:
            tint.sign, item.used = SIGNS[item.role], True
        elif item.role not in ("in", "out") and not self._is_less_intense(item) and not self._is_repeated(item):
            self.reading.take(item)

    def _bring_back(self, item: Item, at: int) -> None:
        """Read a "back" that its verb left behind: "bring the clouds back", "dial the clarity back"."""
        verbs = {each.text.lower().split()[0] for each in self.clause.items[:at]}
        role = "recover" if verbs & _FETCH else "less" if verbs & _HOLD else ""
        if role and not self.reading.is_open:
            item.entry = Entry(role)
            last = self.clause.wishes[-1] if self.clause.wishes else None
            if last and last.item.role in ("nouns", "dials") and not last.directed:
                turn_dial(last, item)
            else:
                self.reading.take(item)

    def _is_repeated(self, item: Item) -> bool:
        """Whether a last "more" only says again what the verb before it does ("bring out the trees more")."""
        opened = self.reading.open
        return opened is not None and opened.role == item.role and item is self.clause.items[-1]

    def _is_less_intense(self, item: Item) -> bool:
        """Whether "intense" only strengthens the "less" before it."""
        return item.role in ("high", "low") and self.reading.is_open

    def _complain(self, item: Item) -> None:
        """Note a "too"; after its adjective (as in Japanese) it turns that."""
        self.reading.too = item
        last = self.clause.wishes[-1] if self.clause.wishes else None
        if last and self.clause.items[-1] is item and last.item.role in ADJECTIVES:
            last.sign, last.relative, item.used = -1, True, True

    def _change(self, item: Item, at: int) -> None:
        """Read a verb that may ask for new or lost content."""
        if item.role in SIGNS:
            self.reading.take(item)
        self.clause.turns |= item.role in ("turn", "replace")
        if not self.clause.negated and item.role != "turn" and (phrase := content_change(self.clause, at, self.before)):
            self.clause.editor.append(phrase)
            self.reading.spent = True

    def _ease(self, item: Item) -> None:
        """Read "tone it down": it confirms a complaint, and else asks for less of everything."""
        item.used = True
        if not (self.before and self.before.asks):
            terms = (Term("brightness" if self.clause.places else "contrast", -1), Term("saturation", -1))
            self.clause.wishes.append(
                Wish(item, terms, (), sign=1, relative=True, limit=self.clause.negated, start=item.start)
            )

    def _strengthen(self, strength: float, item: Item) -> None:
        self.clause.strength = strength
        item.used = True

    def _set_dial(self, number: Item, at: int) -> None:
        """Read a number that a dial is set to: "sharpness at 40", "colour to 120 %"."""
        before, after = content_before(self.clause, number), self.clause.items[at + 1 : at + 2]
        to = before is not None and before.role == "to"
        dial = content_before(self.clause, before) if before and to else before
        wish = next((each for each in self.clause.wishes if each.item is dial), None)
        percent = any(each.role == "percent" for each in after)
        if wish is None or wish.directed or wish.item.role not in ("nouns", "dials") or self.reading.is_open:
            return
        if any(each.role in SIGNS or each.role in ("stop", "") for each in after):
            return
        change = change_to(number.text, percent=percent, to=to)
        wish.sign, wish.relative, wish.directed = -1 if change < 0 else 1, True, True
        self._strengthen(slider_strength(f"{change:g}"), number)

    def _measure(self, at: int, scale: Callable[[str], float]) -> None:
        """Read the number before a unit."""
        if at and is_number(self.clause.items[at - 1]) and not self.clause.items[at - 1].used:
            self._strengthen(scale(self.clause.items[at - 1].text), self.clause.items[at])
            self.clause.items[at - 1].used = True
