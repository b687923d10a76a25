"""Limits: how far not to go.

A limit ("not too dark") makes the wish for it mild, takes away what was only implied, and otherwise is a thing to keep.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tools.goals import Keep
from tools.request.clause import Clause
from tools.request.colours import casts_of
from tools.request.conflicts import Voiced, as_goal
from tools.request.lexicon import Term
from tools.request.scope import EVERYWHERE

MILD = 0.3
NUDGE = 0.2
NUDGED = frozenset(("warmth", "tint", "saturation"))
"""Attributes of colour, whose "not too yellow" is also a cautious wish for less."""


class Limit(NamedTuple):
    """An attribute direction not to go far in."""

    term: Term
    explicit: bool
    mild: bool
    """Whether a little is fine ("not too"), or none is wanted ("without")."""
    words: str
    meaning: tuple[Term, ...] = ()
    present: bool = False
    """Whether it is so now, and should not be ("not so dark")."""


def limits_of(clause: Clause) -> Iterator[Limit]:
    """The limits that a clause sets."""
    for wish in clause.wishes:
        if wish.limit and not clause.keeps:
            wish.item.used = True
            for term in wish.terms:
                turned = term._replace(direction=term.direction * wish.sign)
                mild = clause.is_mild or wish.present
                yield Limit(turned, wish.explicit, mild, wish.item.text, wish.terms, wish.present)
    for tint in clause.tints:
        if tint.limit and not clause.region:
            tint.item.used = True
            for term in casts_of(tint.names[0]):
                yield Limit(term, True, clause.is_mild, tint.item.text, present=tint.present)


def limited(voiced: list[Voiced], limits: list[Limit]) -> tuple[list[Voiced], list[Keep]]:
    """Hold the wishes to the limits; those that meet no wish are things to keep."""
    keeps = []
    for limit in limits:
        met = [
            v for v in voiced if (v.goal.attribute, v.goal.direction) == (limit.term.attribute, limit.term.direction)
        ]
        for each in met:
            at = voiced.index(each)
            if not limit.explicit and each.meaning != limit.meaning:
                continue
            if each.explicit or limit.mild or each.meaning == limit.meaning:
                voiced[at] = each._replace(
                    goal=each.goal.model_copy(update={"strength": min(MILD, each.goal.strength)})
                )
            else:
                voiced.pop(at)
        against = any(
            (v.goal.attribute, v.goal.direction) == (limit.term.attribute, -limit.term.direction) for v in voiced
        )
        if not (limit.explicit or limit.present) or met or against:
            continue
        turned = limit.term._replace(direction=-limit.term.direction)
        if limit.present:
            voiced.append(Voiced(as_goal(turned, EVERYWHERE, turned.strength, limit.words, relative=True), True))
        elif limit.mild and limit.term.attribute in NUDGED:
            voiced.append(Voiced(as_goal(turned, EVERYWHERE, NUDGE, limit.words, relative=False), True))
        else:
            keeps.append(Keep(attribute=limit.term.attribute, words=limit.words))
    return voiced, keeps
