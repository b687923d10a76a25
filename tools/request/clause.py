"""Clauses: a sentence cut where one wish ends and the next begins.

Once read, a `Clause` says what is wished (`wishes`, `tints`), with which strength, where, and in which mood: a thing to
keep, a limit ("not too dark"), a complaint ("too dark"), or a place alone ("just the clouds").
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tools.request.lexicon import Entry, Scene, Term
from tools.request.match import Item
from tools.request.small_words import settle

Joint = Literal["start", "hard", "colon", "soft", "and", "but"]
"""How a clause hangs on the one before."""

ADJECTIVES = frozenset(("adjectives", "complaints"))
SAYS = ADJECTIVES | {"descriptions", "similes", "verbs", "nouns", "dials", "faults"}
"""Roles that carry a meaning."""
LOOKS = frozenset(("descriptions", "similes"))
"""Roles that say how the whole picture should look."""
SIGNS = {
    **{"more": 1, "up": 1, "in": 1, "high": 1, "add": 1, "recover": 1},
    **{"less": -1, "down": -1, "out": -1, "low": -1, "remove": -1, "cure": -1, "excess": -1, "ugly": -1},
}
POSTFIX = frozenset(("up", "down", "in", "out", "excess", "ugly"))
"""Directions that may stand after what they turn ("contrast up", "the greens are screaming")."""
CURED = frozenset(("noise", "haze"))
"""Attributes whose "no" asks for less of them, and not merely for none added."""
LACKED = frozenset(("contrast", "clarity", "sharpness", "saturation"))
"""Attributes whose "no" says that they are missing."""
FOUND = frozenset(
    ("highlights", "shadows", "grain", "vignette", "bloom", "leak", "rays", "fade", "noise", "haze", "clarity")
)
"""Attributes that are found wherever they are, so that it matters little which thing they are on."""


@dataclass
class Wish:
    """A meaning that was asked for, was complained of, or is a limit."""

    item: Item
    terms: tuple[Term, ...]
    scenes: tuple[Scene, ...]
    sign: int = 0
    """1 as the words mean it, -1 the opposite, 0 undecided (a dial without a direction)."""
    relative: bool = False
    limit: bool = False
    """Whether it says how far not to go."""
    directed: bool = False
    """Whether a direction ("more", "down") belongs to it."""
    present: bool = False
    """Whether it is "so dark", which it is now, and should not be."""
    start: int = 0
    """Where the words that belong to it begin in the text."""

    @property
    def explicit(self) -> bool:
        """Whether it says one thing plainly, rather than implying several."""
        return len(self.terms) == 1 and not self.scenes and self.item.role not in LOOKS

    @property
    def cures(self) -> bool:
        """Whether it is the cure of something complained of, which "tone it down" only confirms."""
        return self.item.role == "faults" or self.sign < 0


@dataclass
class Tint:
    """A colour that was named."""

    item: Item
    sign: int = 0
    complaint: bool = False
    limit: bool = False
    form: str = ""
    """`cast` ("a green cast", a fault) or `tone` ("a green tint")."""
    target: bool = False
    """Whether it is what another colour turns to."""
    relative: bool = False
    definite: bool = False
    """Whether it is "the red", which is there already."""
    present: bool = False
    """Whether it is "so red", which it is now, and should not be."""

    @property
    def names(self) -> list[str]:
        """The plain colours it is, the nearest first."""
        return self.item.value.split()

    @property
    def plural(self) -> bool:
        """Whether it speaks of all things of that colour ("the blues")."""
        return bool(self.item.entry and self.item.entry.plural)


@dataclass
class Clause:
    """A piece of the request, read."""

    items: list[Item]
    joint: Joint
    wishes: list[Wish] = field(default_factory=list)
    tints: list[Tint] = field(default_factory=list)
    places: list[Item] = field(default_factory=list)
    excepted: list[Item] = field(default_factory=list)
    objects: list[str] = field(default_factory=list)
    """Things named as the place, as written."""
    editor: list[str] = field(default_factory=list)
    strength: float | None = None
    keeps: bool = False
    only: bool = False
    rest: bool = False
    turns: bool = False
    negated: bool = False
    nothing: bool = False
    region: str | None = None
    """The place of the wishes, once `scope` has settled it."""
    lost: bool = False
    """Whether its plain wishes are about a thing that cannot be located."""

    def has(self, *roles: str) -> bool:
        """Whether an item with one of the roles stands in the clause."""
        return any(item.role in roles for item in self.items)

    @property
    def is_mild(self) -> bool:
        """Whether its limits say "not too much" rather than "none"."""
        return self.has("limit", "too")

    @property
    def is_about_things(self) -> bool:
        """Whether something plain is asked of the things it names, not only a mood of the picture around them."""
        plain = any(
            wish.item.role not in LOOKS and any(term.attribute not in FOUND for term in wish.terms)
            for wish in self.wishes
        )
        found_by_colour = self.keeps and bool(self.tints)
        return bool(self.objects) and not found_by_colour and (plain or bool(self.tints) or self.keeps)

    @property
    def complains(self) -> bool:
        """Whether it tells what is wrong."""
        turned = any(wish.sign < 0 and not wish.directed and not wish.limit for wish in self.wishes)
        return self.tells or self.has("faults") or turned or any(tint.complaint for tint in self.tints)

    @property
    def tells(self) -> bool:
        """Whether it tells how the photo, or a place or colour in it, is; and not only of a thing."""
        before = [one.role for one, two in zip(self.items, self.items[1:], strict=False) if two.role == "copula"]
        opens = bool(self.items) and self.items[0].role == "copula"
        return opens or any(role not in ("object", "") for role in before)

    @property
    def asks(self) -> bool:
        """Whether anything is wished."""
        return bool(self.wishes or self.tints)


def cut(items: list[Item]) -> Iterator[Clause]:
    """Cut items into clauses, unread: at marks, at "and" and "but", and before a new wish ("... I want")."""
    current: list[Item] = []
    joint = "start"
    for at, item in enumerate(items):
        settle(item, current, items[at + 1 : at + 4])
        following = item.mark or {"and": "and", "but": "but"}.get(item.role, "")
        starts = _starts(item, items[at + 1 : at + 8]) and any(
            each.role in SAYS or each.role == "colours" for each in current
        )
        starts |= _sets_another(item, current)
        if not (following or starts):
            current.append(item)
            if item.role != "hence":
                continue
            item.entry, following = Entry("too"), "soft"
        if current:
            yield Clause(current, joint)  # type: ignore[arg-type]
            joint = ""
        current = [] if following else [item]
        joint = _stronger(joint, following or "soft")
    if current:
        yield Clause(current, joint)  # type: ignore[arg-type]


def _starts(item: Item, following: list[Item]) -> bool:
    """Whether an item begins a clause: a wish, or a negation with something after it to negate."""
    if item.role in ("not", "limit", "keep"):
        until = next((at for at, each in enumerate(following) if each.mark or each.role in ("and", "but", "wish")), 99)
        return any(each.role in SAYS or each.role in ("colours", "regions", "object") for each in following[:until])
    return item.role == "wish"


def _sets_another(item: Item, current: list[Item]) -> bool:
    """Whether a dial begins the next setting, the last having its number ("exposure up 5 contrast down 10")."""
    names = item.role in ("nouns", "dials") or item.value in ("highlights", "shadows", "midtones")
    return names and len(current) > 1 and current[-1].text[-1:].isdigit() and any(e.role in SIGNS for e in current)


def _stronger(one: str, other: str) -> str:
    order = ("", "soft", "and", "colon", "but", "hard", "start")
    return max(one, other, key=order.index)


def written(items: list[Item], first: Item, last: Item) -> str:
    """The text from one item to another."""
    return " ".join(item.text for item in items[items.index(first) : items.index(last) + 1])


def tones(clause: Clause) -> list[Item]:
    """The clause's places that are tones, which are made lighter or darker rather than are a place for it."""
    return [place for place in clause.places if place.value in ("highlights", "shadows", "midtones")]
