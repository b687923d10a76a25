"""Turning the amounts of a plan's steps to where a loss is least, by coordinate descent on a copy of the photo.

`balance` looks far and wide: each amount is scaled up and down in turn, and the change that brings most is kept.
`fine_tune` looks nearby: all amounts by one factor, then each to the lowest point of a parabola through three trials.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from graph.policies.sketch import Sketch, with_argument
from tools.plan import Step

_GOOD_ENOUGH = 0.02
_FACTORS = (0.45, 0.75, 1.35, 1.9)
_SWEEPS = 2
_SPANS = (0.2, 0.1)
"""Share of an amount by which it is tried on both sides, in each sweep of the fine tuning."""
_NEARLY_NONE = 0.005
"""Loss, or gain of a sweep, that is not worth another turn."""


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


def balance(sketch: Sketch, dials: Sequence[Dial | None], loss: Callable[[], float]) -> None:
    """Turn the dials of the sketch's steps until `loss` is small or no turn helps."""
    best = loss()
    for _ in range(_SWEEPS):
        start = best
        for index, dial in enumerate(dials):
            if best < _GOOD_ENOUGH:
                return
            if dial is not None:
                best = _turn(sketch, index, dial, loss, best)
        if best > 0.95 * start:
            return


def _turn(sketch: Sketch, index: int, dial: Dial, loss: Callable[[], float], best: float) -> float:
    """Try the dial's settings; leave the best one in place and return its loss."""
    standing, chosen = sketch.standing, sketch.steps[index]
    amount = float(chosen.args[dial.argument])
    for factor in _FACTORS:
        turned = dial.clamped(amount * factor)
        if turned == amount:
            continue
        sketch.replace(index, with_argument(chosen, dial.argument, turned))
        candidate = loss()
        if candidate < best - 1e-6:
            best, standing = candidate, sketch.standing
    sketch.stand(standing)
    return best


def fine_tune(sketch: Sketch, dials: Sequence[Dial | None], loss: Callable[[], float]) -> None:
    """Turn the dials of the sketch's steps to where `loss` is least nearby."""
    best = _Best(sketch, loss)
    turned = {index: dial for index, dial in enumerate(dials) if dial and sketch.steps[index].args[dial.argument]}
    if len(turned) > 1:
        _to_lowest(best, turned, _SPANS[0])
    for span in _SPANS:
        start = best.loss
        for index, dial in reversed(turned.items()):
            if best.loss < _NEARLY_NONE:
                break
            _to_lowest(best, {index: dial}, span)
        if best.loss > start - _NEARLY_NONE:
            break
    sketch.stand(best.standing)


class _Best:
    """The steps of least loss that were tried on a sketch."""

    def __init__(self, sketch: Sketch, loss: Callable[[], float]) -> None:
        self.standing, self.loss = sketch.standing, loss()
        self._sketch, self._measure = sketch, loss

    def tried(self, steps: Sequence[Step]) -> float:
        """The loss of these steps, which are kept if none was better."""
        self._sketch.stand(self.standing)
        self._sketch.restart(steps)
        loss = self._measure()
        if loss < self.loss - 1e-6:
            self.standing, self.loss = self._sketch.standing, loss
        return loss


def _to_lowest(best: _Best, dials: Mapping[int, Dial], span: float) -> None:
    """Scale the amounts of some steps by the one factor within twice the span at which the loss is least."""
    start, here = best.standing.steps, best.loss

    def turned(factor: float) -> list[Step]:
        steps = list(start)
        for index, dial in dials.items():
            amount = dial.clamped(factor * float(start[index].args[dial.argument]))
            steps[index] = with_argument(start[index], dial.argument, amount)
        return steps

    left, right = (best.tried(turned(1 + side)) for side in (-span, span))
    best.tried(turned(1 + span * _lowest(left, here, right)))


def _lowest(left: float, here: float, right: float) -> float:
    """Where a parabola through the losses at -1, 0 and 1 is lowest, no farther out than 2."""
    curvature, slope = left - 2 * here + right, (right - left) / 2
    if curvature > 1e-9:
        return float(np.clip(-slope / curvature, -2, 2))
    return -2.0 if left < right else 2.0
