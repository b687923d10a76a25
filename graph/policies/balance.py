"""Balancing the amounts of a plan's steps, so that no step undoes what another was for.

Coordinate descent on a small copy of the photo: each step's amount is scaled up and down in turn, and the change
that brings the whole closest to the request is kept.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from graph.policies.sketch import Sketch, with_argument

GOOD_ENOUGH = 0.02
_FACTORS = (0.45, 0.75, 1.35, 1.9)
_SWEEPS = 2


class Dial(NamedTuple):
    """The argument of a step that may be turned, and how far."""

    argument: str
    least: float
    limit: float
    """Signed; the argument stays between `least` and this."""

    def clamped(self, amount: float) -> float:
        """The nearest amount that the dial can show."""
        low, high = sorted((self.least, self.limit))
        amount = min(high, max(low, amount))
        return round(amount, 2) if abs(self.limit) < 4 else round(amount)


def balance(
    sketch: Sketch, dials: Sequence[Dial | None], loss: Callable[[], float], good_enough: float = GOOD_ENOUGH
) -> None:
    """Turn the dials of the sketch's steps until `loss` is small or no turn helps."""
    best = loss()
    for _ in range(_SWEEPS):
        start = best
        for index, dial in enumerate(dials):
            if best < good_enough:
                return
            if dial is not None:
                best = _turn(sketch, index, dial, loss, best)
        if best > 0.95 * start:
            return


def _turn(sketch: Sketch, index: int, dial: Dial, loss: Callable[[], float], best: float) -> float:
    """Try the dial's settings; leave the best one in place and return its loss."""
    chosen = sketch.steps[index]
    amount = float(chosen.args[dial.argument])
    for factor in _FACTORS:
        turned = dial.clamped(amount * factor)
        if turned == amount:
            continue
        sketch.replace(index, with_argument(chosen, dial.argument, turned))
        candidate = loss()
        if candidate < best - 1e-6:
            best, chosen = candidate, sketch.steps[index]
    if sketch.steps[index] is not chosen:
        sketch.replace(index, chosen)
    return best
