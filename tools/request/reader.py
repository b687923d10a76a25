"""Reads a clause from left to right, each item by its role: directions, wishes, colours, places.

Words before ("more contrast") and after ("contrast up") both count, and a list goes on with what its first member began
("less contrast and clarity"). What stands open at the end is settled by `endings`.
"""

from collections.abc import Callable

from tools.region import COLOURS
from tools.request.change import content_change
from tools.request.clause import ADJECTIVES, CURED, POSTFIX, SAYS, SIGNS, Clause, Tint, Wish, cut, written
from tools.request.endings import Pending, settle_direction, settle_moods, turn_dial
from tools.request.lexicon import Entry, Term
from tools.request.match import Item
from tools.request.measure import is_number, percent_strength, stop_strength


def clauses(items: list[Item]) -> list[Clause]:
    """Cut items into clauses and read each."""
    read: list[Clause] = []
    for clause in cut(items):
        read.append(Reader(clause, read[-1] if read else None).read())
    return read


class Reader:
    """Reads the items of one clause from left to right."""

    def __init__(self, clause: Clause, before: Clause | None) -> None:
        self.clause = clause
        self.before = before if before and clause.joint in ("and", "soft") else None
        self.state = Pending(clause, self.before)
        self.too: Item | None = None
        self.excepting = False
        self.aside = False

    def read(self) -> Clause:
        """Fill the clause."""
        clause = self.clause
        clause.keeps = clause.has("keep", "unchanged", "liking")
        clause.negated = self._carries_negation()
        for at, item in enumerate(clause.items):
            self._take(item, at)
        settle_direction(self.state)
        settle_moods(clause)
        clause.nothing |= self._is_content()
        return clause

    def _is_content(self) -> bool:
        """Whether "I love it as it is" asks for nothing."""
        clause = self.clause
        stays = clause.has("keep", "liking") and clause.has("unchanged")
        return stays and not (clause.places or clause.asks or clause.objects or clause.rest)

    def _carries_negation(self) -> bool:
        """Whether a negation reaches over "and" ("without grain or vignette"), because nothing new begins."""
        fresh = self.clause.has("wish", "more", "less", "add", "remove", "keep", "verbs", "up", "down", "copula")
        return bool(self.before and self.clause.joint == "and" and self.before.negated and not fresh)

    def _take(self, item: Item, at: int) -> None:
        clause = self.clause
        match item.role:
            case "more" | "less" | "up" | "down" | "in" | "out" | "high" | "low":
                self._direct(item)
            case "add" | "remove" | "replace" | "turn":
                self._change(item, at)
            case "too":
                self._complain(item)
            case "not" | "limit":
                clause.negated = True
            case "except":
                self.excepting = True
            case "only":
                clause.only = True
            case "rest":
                clause.rest = True
            case "aside":
                self.aside = not (item.text.lower() == "from" and clause.has("remove"))
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
            case "stops":
                self.state.stops = True
                self._strengthen(float(item.value), item)
            case "stop":
                self.state.stops = True
                self._measure(at, stop_strength)
            case "colours":
                self._tint(item, at)
            case "cast" | "tone":
                self._name_cast(item, at)
            case "regions":
                self._place(item, at)
            case "object":
                self._thing(item, at)
            case role if role in SAYS:
                self._wish(item)

    def _direct(self, item: Item) -> None:
        """Take up a direction; "up" and "down" belong to the dial before them ("contrast up")."""
        before = self._content_before(item) if item.role in POSTFIX else None
        wish = next((w for w in self.clause.wishes if w.item is before and not w.directed), None)
        tint = next((t for t in self.clause.tints if t.item is before and t.sign == 0), None)
        if wish and wish.item.role in ("nouns", "dials"):
            turn_dial(wish, item)
        elif tint:
            tint.sign, item.used = SIGNS[item.role], True
        elif item.role not in ("in", "out") and not self._is_less_intense(item):
            self.state.take(item)

    def _is_less_intense(self, item: Item) -> bool:
        """Whether "intense" only strengthens the "less" before it."""
        return item.role in ("high", "low") and self.state.is_open

    def _content_before(self, item: Item) -> Item | None:
        """The item before another, fillers and intensities left aside."""
        before = self.clause.items[: self.clause.items.index(item)]
        return next((each for each in reversed(before) if each.role not in ("filler", "intensities", "stops")), None)

    def _complain(self, item: Item) -> None:
        """Note a "too"; after its adjective (as in Japanese) it turns that."""
        self.too = item
        last = self.clause.wishes[-1] if self.clause.wishes else None
        if last and self.clause.items[-1] is item and last.item.role in ADJECTIVES:
            last.sign, last.relative, item.used = -1, True, True

    def _change(self, item: Item, at: int) -> None:
        """Read a verb that may ask for new or lost content."""
        if item.role in SIGNS:
            self.state.take(item)
        self.clause.turns |= item.role in ("turn", "replace")
        if not self.clause.negated and item.role != "turn" and (phrase := content_change(self.clause, at)):
            self.clause.editor.append(phrase)

    def _ease(self, item: Item) -> None:
        """Read "tone it down": it confirms a complaint, and else asks for less of everything."""
        item.used = True
        if not (self.before and self.before.asks):
            terms = (Term("contrast", -1), Term("saturation", -1))
            self.clause.wishes.append(
                Wish(item, terms, (), sign=1, relative=True, limit=self.clause.negated, start=item.start)
            )

    def _strengthen(self, strength: float, item: Item) -> None:
        self.clause.strength = strength
        item.used = True

    def _measure(self, at: int, scale: Callable[[str], float]) -> None:
        """Read the number before a unit."""
        if at and is_number(self.clause.items[at - 1]):
            self._strengthen(scale(self.clause.items[at - 1].text), self.clause.items[at])
            self.clause.items[at - 1].used = True

    def _wish(self, item: Item) -> None:
        entry = item.entry
        assert entry is not None
        if self._is_mention(item):
            return
        wish = Wish(item, entry.terms, entry.scenes, 1, entry.relative, self.clause.negated, start=item.start)
        self.clause.wishes.append(wish)
        if self.too:
            self._turn_complaint(wish)
        elif item.role in ("nouns", "dials"):
            self._direct_noun(wish)
        elif item.role == "faults":
            self._cure(wish)
        elif (direction := self.state.open) and direction.role in ("more", "less", "remove"):
            turn_dial(wish, direction)
            self.state.spent = True
        elif self._complains(item, entry):
            self._turn_complaint(wish)
        elif item.role == "adjectives" and self._is_verb(item):
            wish.relative = True
        if item.role == "nouns" and wish.limit and wish.terms and wish.terms[0].attribute in CURED:
            wish.sign, wish.limit = -1, False

    def _is_mention(self, item: Item) -> bool:
        """Whether "the snow" (is blue) speaks of what is there, not of what is wanted."""
        assert item.entry is not None
        at = self.clause.items.index(item)
        definite = at > 0 and self.clause.items[at - 1].text.lower() in ("the", "this", "that")
        lying = any(scene.kind == "weather" for scene in item.entry.scenes) and not self.state.direction
        return definite and bool(item.entry.scenes) and (lying or self.clause.has("copula"))

    def _turn_complaint(self, wish: Wish) -> None:
        """Turn what is complained of into its cure; under a negation ("not too dark") it is a limit."""
        if self.too:
            wish.start, self.too.used, self.too = self.too.start, True, None
        wish.limit = self.clause.negated
        if wish.item.role == "faults" or wish.limit:
            return
        wish.sign, wish.relative = -1, True
        wish.terms = tuple(
            term._replace(attribute="noise") if term.attribute == "grain" else term for term in wish.terms
        )

    def _is_verb(self, item: Item) -> bool:
        """Whether "warm" is done to something ("warm the skin") rather than said of it."""
        at = self.clause.items.index(item)
        following = self.clause.items[at + 1].text.lower() if at + 1 < len(self.clause.items) else ""
        return at == 0 and following in ("the", "my", "our", "it", "this", "his", "her", "everything")

    def _direct_noun(self, wish: Wish) -> None:
        """Give a noun its direction: the one before it, the one its list began with, or its own."""
        if self.state.direction:
            turn_dial(wish, self.state.direction)
            self.state.spent = True
            return
        before = self.before.wishes[-1] if self.before and self.before.wishes else None
        if before and before.item.role in ("nouns", "dials") and before.sign and self._is_bare():
            wish.sign, wish.relative = before.sign, before.relative
        elif wish.item.role == "dials":
            wish.sign = 0

    def _is_bare(self) -> bool:
        return not self.clause.has(*(SAYS - {"nouns", "dials"}), *SIGNS, "wish", "copula", "to", "intensities")

    def _cure(self, wish: Wish) -> None:
        """A fault is named to be cured, whatever the verb, except where it is added."""
        wish.limit = False
        direction = self.state.direction
        if direction:
            wish.sign = -1 if direction.role == "add" else wish.sign
            direction.used = self.state.spent = True

    def _complains(self, item: Item, entry: Entry) -> bool:
        """Whether "the photo is dark" or "came out yellow" complains of it."""
        wished = self.clause.has("wish") or (self.before is not None and self.before.has("wish"))
        may = item.role in ("complaints", "colours") and not entry.relative
        stated = self._is_stated(item) or (self._lists() and self.before is not None and self.before.has("copula"))
        return may and stated and not (wished or self.aside or self.clause.negated)

    def _is_stated(self, item: Item) -> bool:
        """Whether "is", or "look" after what it is said of, stands before an item."""
        before = self.clause.items[: self.clause.items.index(item)]
        looks = [each for each in before if each.text.lower() == "look" and self._content_before(each)]
        subjects = ("regions", "whole", "colours", "dials", "pronoun")
        said = [self._content_before(each) for each in looks]
        return any(each.role == "copula" for each in before) or any(each and each.role in subjects for each in said)

    def _lists(self) -> bool:
        """Whether this only goes on with the clause before it ("it is dark" "and grainy")."""
        return not self.clause.has("wish", "verbs", "add", "turn", "more", "less")

    def _tint(self, item: Item, at: int) -> None:
        entry = item.entry
        assert entry is not None
        following = self.clause.items[at + 1] if at + 1 < len(self.clause.items) else None
        names_a_thing = not (entry.relative or self.too or self.state.is_open)
        if following and following.role == "object" and names_a_thing:
            return
        definite = at > 0 and self.clause.items[at - 1].text.lower() == "the"
        if self.excepting and item.value.split()[0] in COLOURS:
            place = Item(item.text, item.start, item.end, Entry("regions", item.value.split()[0]))
            self.clause.excepted.append(place)
            item.used = True
            return
        tint = Tint(item, limit=self.clause.negated, relative=entry.relative, definite=definite)
        self.clause.tints.append(tint)
        tint.target = any(each.role == "to" for each in self.clause.items[max(0, at - 4) : at])
        if self.too:
            tint.complaint, self.too.used, self.too = not tint.limit, True, None
        elif (direction := self.state.open) and not tint.target:
            tint.sign, direction.used, self.state.spent = SIGNS[direction.role], True, True
        elif self._carried_sign():
            tint.sign = self._carried_sign()
        elif self._complains(item, entry):
            tint.complaint = True

    def _carried_sign(self) -> int:
        """The direction that a list of colours began with."""
        before = self.before.tints[-1] if self.before and self.before.tints else None
        prefixed = (
            before
            and self.before
            and any(each.role in SIGNS and each.start < before.item.start for each in self.before.items)
        )
        return before.sign if before and prefixed and self._is_bare() else 0

    def _name_cast(self, item: Item, at: int) -> None:
        if at and self.clause.tints and self.clause.items[at - 1] is self.clause.tints[-1].item:
            self.clause.tints[-1].form = item.role
            item.used = True

    def _place(self, item: Item, at: int) -> None:
        following = self.clause.items[at + 1] if at + 1 < len(self.clause.items) else None
        if item.value == "subject" and (self.aside or (following and following.role == "object")):
            return
        (self.clause.excepted if self.excepting else self.clause.places).append(item)

    def _thing(self, item: Item, at: int) -> None:
        located = any(place.value != "subject" for place in self.clause.places)
        whole = any(each.role == "whole" for each in self.clause.items[:at])
        if self.aside or located or whole or self.clause.editor:
            return
        first = item
        for each in reversed(self.clause.items[:at]):
            if each.role not in ("colours", "object") and each.value != "subject":
                break
            first = each
        self.clause.objects.append(written(self.clause.items, first, item))
