"""Goals that disagree: which of them counts.

Where words disagree, plain ones ("warm") win over implied ones (the warmth in "golden hour"), comparisons over
descriptions, the shadows over the blacks alone, and later words over earlier ones.
"""

from typing import NamedTuple

from tools.goals import Goal
from tools.request.lexicon import Term
from tools.request.scope import EVERYWHERE


class Voiced(NamedTuple):
    """A goal and how firmly it was said."""

    goal: Goal
    explicit: bool
    meaning: tuple[Term, ...] = ()
    """The whole meaning of its words."""
    clause: int = 0
    """Which clause it stands in."""
    end: bool = False
    """Whether it is for the blacks or the whites alone, the ends of the scale."""
    effect: bool = False
    """Whether its words name an effect too, which brings most of it."""

    @property
    def weight(self) -> tuple[bool, bool]:
        """How much it counts beside another: plain words over moods, and what compares over what describes."""
        return self.explicit, self.goal.relative


def as_goal(term: Term, region: str, strength: float, words: str, *, relative: bool) -> Goal:
    """The goal that a term of a meaning comes to in a region."""
    return Goal(
        attribute=term.attribute,
        direction=1 if term.direction > 0 else -1,
        strength=round(min(1.0, max(0.1, strength)), 2),
        region=region,
        relative=relative,
        colour=term.colour,
        to_colour=term.to_colour,
        words=words,
    )


def settled(voiced: list[Voiced]) -> list[Voiced]:
    """One goal for each attribute and place: explicit over implied, later over earlier, stronger over weaker."""
    chosen: dict[tuple[str, str, str | None], Voiced] = {}
    for new in voiced:
        key = (new.goal.attribute, new.goal.region, new.goal.colour)
        old = chosen.get(key)
        if old is None:
            chosen[key] = new
        elif old.goal.direction == new.goal.direction:
            first = old if old.explicit or not new.explicit else new
            agreed = _together(old, new)
            strength = agreed if old.explicit == new.explicit else first.goal.strength
            relative = old.goal.relative or new.goal.relative
            chosen[key] = first._replace(
                goal=first.goal.model_copy(update={"strength": strength, "relative": relative})
            )
        elif old.end != new.end:
            chosen[key] = new if old.end else old
        elif new.weight > old.weight or (new.weight == old.weight and _overrules(new, old)):
            chosen[key] = new
    explicit = {
        (v.goal.attribute, v.goal.direction) for v in chosen.values() if v.explicit and v.goal.region == EVERYWHERE
    }
    return [v for v in chosen.values() if v.explicit or (v.goal.attribute, -v.goal.direction) not in explicit]


def _together(one: Voiced, other: Voiced) -> float:
    """Strength of what is said twice in other words ("dark, gloomy"): more than either, and never beyond the scale."""
    first, second = one.goal.strength, other.goal.strength
    if one.goal.words == other.goal.words or one.effect or other.effect:
        return max(first, second)
    return round(1 - (1 - first) * (1 - second), 2)


def _overrules(new: Voiced, old: Voiced) -> bool:
    """Whether the later of two equals counts: of plain words always, of moods where it is new and as strong.

    In one breath the first says what the second is like: a gloomy beach is gloomy.
    """
    return new.explicit or (new.clause != old.clause and new.goal.strength >= old.goal.strength)
