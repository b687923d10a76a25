"""Turning the amounts of a plan's steps to where a loss is least, by coordinate descent on a copy of the photo.

`balance` looks far and wide: each amount is scaled up and down in turn, and the change that brings most is kept.
`fine_tune` looks nearby: all amounts by one factor, then each to the lowest point of a parabola through three trials.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from graph.policies.sketch import Sketch, with_argument

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
    for turned in dict.fromkeys(dial.clamped(amount * factor) for factor in _FACTORS):
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
    turned = {index: dial for index, dial in enumerate(dials) if dial and sketch.steps[index].args[dial.argument]}
    trials = _Trials(sketch, turned, loss)
    if len(turned) > 1:
        trials.to_lowest(turned, _SPANS[0])
    for span in _SPANS:
        start = trials.least
        for index in reversed(turned):
            if trials.least < _NEARLY_NONE:
                break
            trials.to_lowest([index], span)
        if trials.least > start - _NEARLY_NONE:
            break
    sketch.stand(trials.best)


class _Trials:
    """The loss at every setting of some dials that was tried on a sketch."""

    def __init__(self, sketch: Sketch, dials: Mapping[int, Dial], loss: Callable[[], float]) -> None:
        """Begin where the sketch stands; `dials` are those of the steps at some places."""
        self._sketch, self._dials, self._measure = sketch, dials, loss
        self.best, self.least = sketch.standing, loss()
        self._known = {self._amounts: self.least}

    @property
    def _amounts(self) -> tuple[float, ...]:
        """The best amount of each dial."""
        return tuple(float(self.best.steps[index].args[dial.argument]) for index, dial in self._dials.items())

    def to_lowest(self, indices: Collection[int], span: float) -> None:
        """Scale the amounts of some steps by the one factor within twice the span at which the loss is least."""
        start, here = self._amounts, self.least

        def loss_at(factor: float) -> float:
            places = zip(self._dials.items(), start, strict=True)
            return self._at([dial.clamped(factor * was) if index in indices else was for (index, dial), was in places])

        left, right = loss_at(1 - span), loss_at(1 + span)
        loss_at(1 + span * _lowest(left, here, right))

    def _at(self, amounts: Sequence[float]) -> float:
        """The loss at some amounts; the steps are kept if none was better."""
        known = tuple(amounts)
        if known not in self._known:
            steps = list(self.best.steps)
            for (index, dial), amount in zip(self._dials.items(), amounts, strict=True):
                steps[index] = with_argument(steps[index], dial.argument, amount)
            self._sketch.stand(self.best)
            self._sketch.restart(steps)
            self._known[known] = self._measure()
            if self._known[known] < self.least - 1e-6:
                self.best, self.least = self._sketch.standing, self._known[known]
        return self._known[known]


def _lowest(left: float, here: float, right: float) -> float:
    """Where a parabola through the losses at -1, 0 and 1 is lowest, no farther out than 2."""
    curvature, slope = left - 2 * here + right, (right - left) / 2
    if curvature > 1e-9:
        return float(np.clip(-slope / curvature, -2, 2))
    return -2.0 if left < right else 2.0
