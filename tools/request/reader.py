"""Reads a clause from left to right, each item by its role: directions, wishes, colours, places.

Words before ("more contrast") and after ("contrast up") both count, and a list goes on with what its first member began
("less contrast and clarity"). What stands open at the end is settled by `endings`.
"""

from collections.abc import Callable

from tools.region import COLOURS
from tools.request.change import content_change, unwanted_thing
from tools.request.clause import (
    ADJECTIVES,
    CURED,
    LACKED,
    LOOKS,
    POSTFIX,
    SAYS,
    SIGNS,
    Clause,
    Tint,
    Wish,
    cut,
    written,
)
from tools.request.colours import NEUTRAL
from tools.request.endings import Pending, settle_direction, settle_moods, turn_dial
from tools.request.lexicon import Entry, Term
from tools.request.match import Item
from tools.request.measure import is_number, percent_strength, stop_strength
from tools.request.telling import (
    content_after,
    content_before,
    is_asked_for,
    is_content,
    is_done_to,
    is_graded,
    is_look,
    is_low,
    is_mention,
    is_present,
    is_stated,
    is_wanted,
    keeps_it_so,
    lacks_yardstick,
    lists,
    lists_excess,
    tells_of_photo,
    wishes,
)
from tools.request.words import plain

_FORBIDS = frozenset(("dont", "do not", "dont let", "never", "never let", "avoid"))
"""Negations of something to be done, and not of something that is there."""
_GLOWS = frozenset(("glow", "haze", "veil", "sheen", "halo"))
"""Nouns that a colour before them makes a cast ("an orange glow")."""
_PHOTOS = frozenset(("photo", "photos", "picture", "pictures", "pic", "pics", "image", "images", "shot", "shots"))
"""What a thing before it says the subject of ("product shots")."""
_NOT_AS = frozenset(("not as", "not nearly as", "nowhere near as", "not quite as"))
_MEASURES = frozenset(("till", "til", "until"))
"""After these a place says how far to go, and not where ("lift it till the skin glows")."""
_FETCH = frozenset(("bring", "get", "put", "give", "want", "need"))
_HOLD = frozenset(("dial", "pull", "knock", "take", "hold", "wind", "turn", "scale", "tone", "ease", "reel", "cut"))
"""Verbs that a "back" further on belongs to."""


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
        self.before = before if before and clause.joint in ("and", "soft", "colon") else None
        self.state = Pending(clause, self.before)
        self.too: Item | None = None
        self.excepting = False
        self.aside = False

    def read(self) -> Clause:
        """Fill the clause."""
        clause = self.clause
        clause.keeps = clause.has("keep", "unchanged", "liking") and not keeps_it_so(clause)
        clause.negated = self._carries_negation()
        for at, item in enumerate(clause.items):
            self._take(item, at)
        settle_direction(self.state)
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
            case "add" | "remove" | "replace" | "turn":
                self._change(item, at)
            case "too":
                self._complain(item)
            case "not" | "limit":
                clause.negated = True
                if phrase := unwanted_thing(clause, at):
                    clause.editor.append(phrase)
            case "except":
                self.excepting = True
            case "only":
                clause.only = True
            case "rest":
                clause.rest = True
            case "aside":
                told = item.text.lower() == "like" and tells_of_photo(clause, item)
                self.aside = not told and not (item.text.lower() == "from" and clause.has("remove"))
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
        before = content_before(self.clause, item) if item.role in POSTFIX else None
        wish = next((w for w in self.clause.wishes if w.item is before), None)
        tint = next((t for t in self.clause.tints if t.item is before and t.sign == 0), None)
        if wish and wish.item.role in ("nouns", "dials"):
            turn_dial(wish, item)
        elif tint:
            tint.sign, item.used = SIGNS[item.role], True
        elif item.role not in ("in", "out") and not self._is_less_intense(item):
            self.state.take(item)

    def _bring_back(self, item: Item, at: int) -> None:
        """Read a "back" that its verb left behind: "bring the clouds back", "dial the clarity back"."""
        verbs = {each.text.lower().split()[0] for each in self.clause.items[:at]}
        role = "recover" if verbs & _FETCH else "less" if verbs & _HOLD else ""
        if role and not self.state.is_open:
            item.entry = Entry(role)
            last = self.clause.wishes[-1] if self.clause.wishes else None
            if last and last.item.role in ("nouns", "dials") and not last.directed:
                turn_dial(last, item)
            else:
                self.state.take(item)

    def _is_less_intense(self, item: Item) -> bool:
        """Whether "intense" only strengthens the "less" before it."""
        return item.role in ("high", "low") and self.state.is_open

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
        if not self.clause.negated and item.role != "turn" and (phrase := content_change(self.clause, at, self.before)):
            self.clause.editor.append(phrase)
            self.state.spent = True

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

    def _measure(self, at: int, scale: Callable[[str], float]) -> None:
        """Read the number before a unit."""
        if at and is_number(self.clause.items[at - 1]):
            self._strengthen(scale(self.clause.items[at - 1].text), self.clause.items[at])
            self.clause.items[at - 1].used = True

    def _wish(self, item: Item) -> None:
        entry = item.entry
        assert entry is not None
        if item.text.lower() in _GLOWS and self._name_cast(item, self.clause.items.index(item)):
            return
        if is_mention(self.clause, item, directed=self.state.direction is not None) or self._directs_object(item):
            return
        wish = Wish(item, entry.terms, entry.scenes, 1, entry.relative, self.clause.negated, start=item.start)
        wish.present = is_present(self.clause, item)
        self.clause.wishes.append(wish)
        if self.too:
            self._turn_complaint(wish)
        elif item.role in ("nouns", "dials"):
            self._direct_noun(wish)
        elif item.role == "faults":
            self._cure(wish)
        elif self._is_description(item):
            self._describe(wish)
        elif (direction := self.state.open) and self._reaches(direction, item):
            turn_dial(wish, direction)
            self.state.spent = True
        elif self._complains(item, entry):
            self._turn_complaint(wish)
        elif item.role == "adjectives" and is_done_to(self.clause, item):
            wish.relative = True
        if item.role == "nouns" and wish.limit and wish.terms:
            self._settle_none(wish)

    def _reaches(self, direction: Item, item: Item) -> bool:
        """Whether a direction turns an adjective or verb; "strip it back to black and white" does not."""
        between = [each.role for each in self.clause.items if direction.start < each.start < item.start]
        return direction.role in ("more", "less", "remove", "cure") and "to" not in between[-3:]

    def _settle_none(self, wish: Wish) -> None:
        """Read "no haze" as less of it, and "no contrast" as a lack of it."""
        at = self.clause.items.index(wish.item)
        attribute = wish.terms[0].attribute
        if attribute in CURED:
            wish.sign, wish.limit = -1, False
        elif (
            attribute in LACKED
            and self.clause.items[at - 1].text.lower() in ("no", "zero")
            and wish.item.role == "nouns"
        ):
            wish.limit, wish.relative, wish.directed = False, True, True

    def _directs_object(self, item: Item) -> bool:
        """Whether a vague verb only says which way its object goes ("soften the contrast", "restore the warmth")."""
        assert item.entry is not None
        signs = {term.direction for term in item.entry.terms}
        following = content_after(self.clause, item)
        weakens = item.role == "adjectives" and signs == {-1} and item.entry.relative
        vague = (item.role == "verbs" or weakens) and len(item.entry.terms) > 1 and len(signs) == 1
        if not vague or following is None:
            return False
        plural = bool(following.entry and following.entry.plural)
        if following.role not in ("nouns", "dials") and not (following.role == "colours" and plural):
            return False
        item.entry = Entry("more" if signs == {1} else "less")
        self.state.take(item)
        return True

    def _is_description(self, item: Item) -> bool:
        """Whether "it is sunny", "it looks gloomy" only tell how the photo is, where no one wishes for anything."""
        assert item.entry is not None
        if (
            item.role not in (*LOOKS, "adjectives")
            or item.entry.relative
            or wishes(self.clause, self.before)
            or self.aside
        ):
            return False
        opens = not (self.before and self.before.asks)
        stated = is_stated(self.clause, item) or lists_excess(self.clause, self.before)
        stated |= opens and is_graded(self.clause, item)
        return stated and not (self.clause.negated or self.clause.keeps or self.clause.has("tone"))

    def _describe(self, wish: Wish) -> None:
        """Take what is told of the photo as a complaint where it has a degree ("a bit bright") or is a low mood."""
        graded = self.clause.has("intensities") and wish.item.role == "adjectives"
        low = wish.item.role == "descriptions" and any(is_low(term) for term in wish.terms)
        graded |= lists_excess(self.clause, self.before) or wish.item.role == "similes"
        self._turn_complaint(wish)
        if low:
            wish.terms = tuple(term for term in wish.terms if is_low(term))
            wish.scenes = ()
        elif not graded:
            self.clause.wishes.remove(wish)

    def _turn_complaint(self, wish: Wish) -> None:
        """Turn what is complained of into its cure; under a negation ("not too dark") it is a limit."""
        if self.too:
            wish.start, self.too.used, self.too = self.too.start, True, None
        wish.limit = self.clause.negated
        if wish.item.role == "faults" or wish.limit:
            return
        wish.sign, wish.relative = -1, True
        if wish.item.role in ADJECTIVES:
            wish.terms = tuple(t._replace(attribute="noise") if t.attribute == "grain" else t for t in wish.terms)

    def _direct_noun(self, wish: Wish) -> None:
        """Give a noun its direction: the one before it, the one its list began with, or its own."""
        if self.state.direction:
            turn_dial(wish, self.state.direction)
            self.state.spent = True
            return
        before = self.before.wishes[-1] if self.before and self.before.wishes else None
        listed = self.clause.joint == "and" or " " not in wish.item.text
        if self._hides_something(wish):
            wish.sign, wish.relative = -1, True
        elif before and before.item.role in ("nouns", "dials") and before.sign and listed and self._is_bare():
            wish.sign, wish.relative = before.sign, before.relative
        elif wish.item.role == "dials" and not is_asked_for(self.clause, wish.item):
            wish.sign = 0

    def _hides_something(self, wish: Wish) -> bool:
        """Whether haze or noise is why something is not seen ("can't see the hills for the haze")."""
        blind = any(each.item.role == "faults" for each in self.clause.wishes)
        return blind and not self.clause.negated and any(term.attribute in CURED for term in wish.terms)

    def _is_bare(self) -> bool:
        return not self.clause.has(*(SAYS - {"nouns", "dials"}), *SIGNS, "wish", "copula", "to", "intensities")

    def _cure(self, wish: Wish) -> None:
        """A fault is named to be cured, whatever the verb, except where it is added."""
        wish.limit = False
        direction = self.state.direction
        at = self.clause.items.index(wish.item)
        if not wish.present and self._is_forbidden(wish.item):
            self.clause.wishes.remove(wish)
        elif direction:
            adjacent = at > 0 and self.clause.items[at - 1] is direction and direction.role == "more"
            wish.sign = -1 if adjacent or direction.role == "add" else wish.sign
            direction.used = self.state.spent = True
        elif self._goes_on_describing(wish.item):
            self.clause.wishes.remove(wish)
        elif is_look(self.clause, wish.item) or is_wanted(self.clause, wish.item):
            wish.sign = -1

    def _goes_on_describing(self, fault: Item) -> bool:
        """Whether a bare fault goes on with the look that is wanted ("disposable camera, harsh"): who can tell."""
        described = self.before and any(w.item.role in LOOKS and w.sign > 0 for w in self.before.wishes)
        return bool(described) and self.clause.joint != "colon" and not self.clause.has("copula", "too", "cure")

    def _is_forbidden(self, fault: Item) -> bool:
        """Whether a fault is only to be avoided ("without washing it out", "but not garish"), and not there yet."""
        denials = [each for each in self.clause.items if each.role in ("not", "limit") and each.start < fault.start]
        forbids = any(plain(each.text) in _FORBIDS for each in denials)
        return forbids or (bool(denials) and denials[-1].text.lower() != "no" and not self.clause.has("copula", "past"))

    def _complains(self, item: Item, entry: Entry) -> bool:
        """Whether "the photo is dark" or "came out yellow" complains of it."""
        may = item.role in ("complaints", "colours") and not entry.relative
        stated = is_stated(self.clause, item) or (
            lists(self.clause) and self.before is not None and self.before.complains
        )
        opens = not (self.before and self.before.asks)
        graded = opens and is_graded(self.clause, item)
        others = (
            wishes(self.clause, self.before)
            or self.aside
            or self.clause.negated
            or (lists(self.clause) and self.clause.has("past"))
        )
        return may and (stated or graded) and not others

    def _tint(self, item: Item, at: int) -> None:
        entry = item.entry
        assert entry is not None
        following = self.clause.items[at + 1] if at + 1 < len(self.clause.items) else None
        names_a_thing = not (entry.relative or self.too or self.state.is_open)
        if self.excepting and item.value.split()[0] in COLOURS:
            place = Item(item.text, item.start, item.end, Entry("regions", item.value.split()[0]))
            self.clause.excepted.append(place)
            item.used = True
            return
        if following and following.role == "object" and names_a_thing:
            return
        definite = at > 0 and self.clause.items[at - 1].text.lower() == "the"
        said = self.clause.tints + (self.before.tints if self.before else [])
        neutral = [each for each in said if each.names[0] in NEUTRAL]
        tint = Tint(item, limit=self.clause.negated, relative=entry.relative, definite=definite)
        tint.present = is_present(self.clause, item)
        self.clause.tints.append(tint)
        leading = [each.role for each in self.clause.items[max(0, at - 4) : at]]
        tint.target = "to" in leading and not any(role in SIGNS for role in leading[leading.index("to") :])
        if self.too:
            tint.complaint, self.too.used, self.too = not tint.limit, True, None
        elif tint.limit and neutral:
            tint.limit, tint.complaint = False, True
            self._drop(neutral)
        elif (direction := self.state.open) and not tint.target:
            tint.sign, direction.used, self.state.spent = SIGNS[direction.role], True, True
        elif self._carried_sign():
            tint.sign = self._carried_sign()
        elif self._complains(item, entry):
            tint.complaint = True

    def _drop(self, tints: list[Tint]) -> None:
        """Forget colours that only said what another should be instead ("white, not blue")."""
        for clause in (self.clause, self.before):
            if clause:
                clause.tints = [tint for tint in clause.tints if tint not in tints]

    def _carried_sign(self) -> int:
        """The direction that a list of colours began with."""
        before = self.before.tints[-1] if self.before and self.before.tints else None
        prefixed = (
            before
            and self.before
            and any(each.role in SIGNS and each.start < before.item.start for each in self.before.items)
        )
        return before.sign if before and prefixed and self._is_bare() else 0

    def _name_cast(self, item: Item, at: int) -> bool:
        """Let "cast" or "tone" say what the colour right before it is."""
        names = bool(at and self.clause.tints and self.clause.items[at - 1] is self.clause.tints[-1].item)
        if names:
            self.clause.tints[-1].form = "cast" if item.role == "cast" else "tone"
            item.used = True
        return names

    def _place(self, item: Item, at: int) -> None:
        following = self.clause.items[at + 1] if at + 1 < len(self.clause.items) else None
        if any(each.text.lower() in _MEASURES for each in self.clause.items[:at]):
            return
        if item.value == "subject" and (self.aside or (following and following.role == "object")):
            return
        (self.clause.excepted if self.excepting else self.clause.places).append(item)

    def _thing(self, item: Item, at: int) -> None:
        located = any(place.value != "subject" for place in self.clause.places)
        whole = any(each.role == "whole" for each in self.clause.items[:at])
        names_photo = any(each.text.lower() in _PHOTOS for each in self.clause.items[at + 1 : at + 2])
        if self.aside or located or whole or names_photo or self.clause.editor:
            return
        first = item
        for each in reversed(self.clause.items[:at]):
            if each.role not in ("colours", "object") and each.value != "subject":
                break
            first = each
        self.clause.objects.append(written(self.clause.items, first, item))
