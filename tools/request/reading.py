"""What is known while a clause is read, and the turning of a wish by a direction."""

from dataclasses import dataclass

from tools.request.clause import SAYS, SIGNS, Clause, Wish
from tools.request.lexicon import Entry
from tools.request.match import Item
from tools.request.telling import is_graded, is_stated, lists, wishes


@dataclass
class Reading:
    """A clause while it is read: the direction it last named, a "too" that waits, what it is about."""

    clause: Clause
    before: Clause | None
    """The clause that this one goes on with."""
    direction: Item | None = None
    spent: bool = False
    stops: bool = False
    """Whether the clause counts in stops."""
    too: Item | None = None
    """The "too" that nothing has taken yet."""
    excepting: bool = False
    """Whether "except" has been said."""
    aside: bool = False
    """Whether "like" or "because" has been said, after which things are not what the wish is about."""
    neutral_thing: bool = False
    """Whether a white, grey or black thing was named, on which a cast shows."""

    def take(self, direction: Item) -> None:
        """Take up a new direction."""
        self.direction, self.spent = direction, False

    @property
    def open(self) -> Item | None:
        """The direction, while nothing has taken it."""
        return None if self.spent else self.direction

    @property
    def is_open(self) -> bool:
        """Whether a direction waits for something to turn."""
        return self.open is not None

    @property
    def is_bare(self) -> bool:
        """Whether the clause only names, without a direction or a wish of its own."""
        return not self.clause.has(*(SAYS - {"nouns", "dials"}), *SIGNS, "wish", "copula", "to", "intensities")

    def complains_of(self, item: Item, entry: Entry) -> bool:
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


def turn_dial(wish: Wish, direction: Item) -> None:
    """Turn a wish the way a direction says."""
    wish.sign, wish.relative = SIGNS[direction.role], direction.role not in ("high", "low")
    wish.start = min(wish.start, direction.start)
    wish.directed = direction.used = True
