"""A small copy of the photo on which the rules try a step before they propose it."""

from collections.abc import Iterable
from typing import cast

import cv2
import numpy as np

from tools import colour
from tools.attributes import UNIT, Attributes
from tools.declare import ToolError
from tools.engine import advance, to_gamut
from tools.goals import Goal
from tools.maps import Maps, colour_weight
from tools.picture import decode, reduce_to
from tools.plan import Step
from tools.region import PLACES, names_in, parse
from tools.types import FloatImage, FloatPlane

SKETCH_PX = 224
_TRIALS = 5
_MAX_NEW_CLIPPING = 0.03
_LEAST_COVERAGE = 0.006
"""A little more than the engine asks for: the preview is a JPEG, and the photo itself may cover a hair less."""


class Sketch:
    """The photo at `SKETCH_PX`, and its state after each step tried so far."""

    def __init__(self, image: bytes, places: Iterable[str], seed: int) -> None:
        """Take the photo's preview, and the places that were found in the photo itself."""
        preview = decode(image).srgb
        self.srgb = reduce_to(preview, SKETCH_PX)
        self.maps = Maps(preview)
        self._masks: dict[str, FloatPlane] = {}
        self.before = Attributes(self.srgb)
        self.places = set(places)
        self.seed = seed
        self.steps: list[Step] = []
        self._states: list[FloatImage] = [self.before.linear]

    def has(self, region: str) -> bool:
        """Whether the region is found in the photo, and in its preview."""
        if names_in(parse(region)) & set(PLACES) - self.places:
            return False
        try:
            return float(self.maps.mask(region).mean()) >= _LEAST_COVERAGE
        except ToolError:
            return False

    def share(self, band: str, region: str) -> float:
        """Share of a region that belongs to a colour band."""
        mask = self.mask(region)
        return float((mask * colour_weight(self.before.oklab, band)).sum() / mask.sum())

    def mask(self, region: str) -> FloatPlane:
        """Mask of a region at the size of the sketch."""
        if region not in self._masks:
            height, width = self.srgb.shape[:2]
            self._masks[region] = cv2.resize(self.maps.mask(region), (width, height), interpolation=cv2.INTER_AREA)
        return self._masks[region]

    def push(self, step: Step) -> None:
        """Take a step."""
        self._states.append(self._after(step))
        self.steps.append(step)

    def replace(self, index: int, step: Step) -> None:
        """Change an earlier step and run the later ones again."""
        later = self.steps[index + 1 :]
        del self.steps[index:], self._states[index + 1 :]
        for each in [step, *later]:
            self.push(each)

    def attributes(self) -> Attributes:
        """Attributes as they stand now."""
        return self._measure(self._states[-1])

    def value(self, attributes: Attributes, goal: Goal) -> float:
        """The attribute that a goal speaks of, where it speaks of it, in the attribute's unit."""
        region = "subject" if goal.attribute == "bokeh" else goal.region
        mask = None if region == "everywhere" else self.mask(region)
        named = goal.to_colour if goal.attribute == "hue" else goal.colour
        return attributes.measure(goal.attribute, mask, named=named)

    def change(self, goal: Goal) -> float:
        """Change of a goal's attribute since the photo, in units of a plain change."""
        return (self.value(self.attributes(), goal) - self.value(self.before, goal)) / unit(goal)

    def solve(self, step: Step, argument: str, limit: float, goal: Goal, wanted: float) -> Step | None:
        """Find the argument, between 0 and `limit`, at which the goal's change since the photo is `wanted` units.

        The response is taken as monotone and bracketed by regula falsi; the argument is held back where more than 3 %
        of the picture would newly clip. None if nothing is needed or the tool cannot move it the wanted way.
        """
        start = self.change(goal)
        sign = np.sign(wanted)
        if sign * (wanted - start) <= 0.1:
            return None
        low, low_value, high = 0.0, sign * (start - wanted), 1.0
        high_value = sign * (self._try(step, argument, limit, goal) - wanted)
        if high_value - low_value < 0.1:
            return None
        share = 1.0 if high_value < 0 else 0.0
        for _ in range(_TRIALS if high_value > 0 else 0):
            share = float(np.clip(low - low_value * (high - low) / (high_value - low_value), low, high))
            value = sign * (self._try(step, argument, share * limit, goal) - wanted)
            if abs(value) < 0.12:
                break
            low, low_value, high, high_value = (
                (share, value, high, high_value) if value < 0 else (low, low_value, share, value)
            )
        while share > 0.15 and self._clipping(_with(step, argument, share * limit)) > _MAX_NEW_CLIPPING:
            share *= 0.8
        return _with(step, argument, _rounded(share * limit)) if share > 0.02 else None

    def _after(self, step: Step) -> FloatImage:
        return advance(self._states[-1], step, seed=self.seed, index=len(self.steps), maps=self.maps)

    def _measure(self, linear: FloatImage) -> Attributes:
        return Attributes(to_gamut(linear), reference=self.before)

    def _try(self, step: Step, argument: str, amount: float, goal: Goal) -> float:
        after = self._measure(self._after(_with(step, argument, amount)))
        return (self.value(after, goal) - self.value(self.before, goal)) / unit(goal)

    def new_clipping(self) -> float:
        """Share of the picture that is pure black or white now and was not in the photo."""
        return _clipped(self._states[-1]) - _clipped(self._states[0])

    def _clipping(self, step: Step) -> float:
        return _clipped(self._after(step)) - _clipped(self._states[-1])


def unit(goal: Goal) -> float:
    """The unit of a goal's attribute."""
    return UNIT["colour" if goal.attribute == "hue" else goal.attribute]


def _clipped(linear: FloatImage) -> float:
    light = colour.luminance(linear)
    return float(((light >= 0.985) | (light <= 0.0005)).mean())


def _with(step: Step, argument: str, amount: float) -> Step:
    return Step(reasoning=step.reasoning, tool=step.tool, args={**step.args, argument: amount}, region=step.region)


def _rounded(amount: float) -> float:
    return round(amount, 2) if abs(amount) < 4 else cast(float, round(amount))
