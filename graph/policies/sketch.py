"""A small copy of the photo on which the rules try a step before they propose it."""

from collections.abc import Iterable, Sequence
from copy import copy
from functools import cached_property
from typing import NamedTuple, cast

import cv2
import numpy as np

from tools import colour
from tools.attributes import UNIT, Attributes
from tools.declare import ToolError
from tools.engine import advance, render, to_gamut
from tools.goals import Effect, Goal, Request
from tools.maps import Maps
from tools.picture import PROXY_PX, decode, reduce_to
from tools.plan import Plan, Step
from tools.quality import Assessment, Comparison, assess_comparison, presence
from tools.region import PLACES, names_in, parse
from tools.stage import Stage
from tools.types import FloatImage, FloatPlane

SKETCH_PX = 224
_UNBALANCED = {"grain", "noise", "bokeh", "sharpness"}
"""Attributes finer than the sketch, or soon far beyond their unit; their amounts follow from the wish alone."""
_TRIALS = 5
_MAX_NEW_CLIPPING = 0.03
_LEAST_COVERAGE = 0.006
"""A little more than the engine asks for: the preview is a JPEG, and the photo itself may cover a hair less."""


class State:
    """The sketch as some steps left it, and what was measured of it."""

    def __init__(self, stage: Stage, photo: Maps) -> None:
        """Take the picture, and the maps of the photo that it was made from."""
        self.stage = stage
        self._photo = photo

    @cached_property
    def attributes(self) -> Attributes:
        """Attributes, beside those of the photo."""
        return Attributes(self._seen, reference=self._photo.attributes)

    @cached_property
    def comparison(self) -> Comparison:
        """The photo and what became of it."""
        return Comparison(self._photo.proxy_srgb, self._seen, self._photo, self.attributes)

    @cached_property
    def _seen(self) -> FloatImage:
        """Encoded sRGB, inside the gamut."""
        return to_gamut(self.stage.linear)

    @cached_property
    def clipped(self) -> float:
        """Share of the picture that is pure black or white."""
        return _clipped(self.stage.linear)


class Standing(NamedTuple):
    """Steps and what each made of the sketch, to which it can return without running them again."""

    steps: tuple[Step, ...]
    states: tuple[State, ...]
    """Of the photo and after each step."""


class Sketch:
    """The photo at a small size, and its state after each step tried so far."""

    def __init__(self, image: bytes, places: Iterable[str], seed: int, size_px: int = SKETCH_PX) -> None:
        """Take the photo's preview, and the places that were found in the photo itself."""
        self._preview = decode(image)
        self.maps = Maps(self._preview.srgb)
        self.places = set(places)
        self.seed = seed
        self._now, self._done = self._preview, 0  # the preview after the steps that were done, and their number
        self._start(size_px)

    def _start(self, size_px: int) -> None:
        self.srgb = reduce_to(self._preview.srgb, size_px)
        whole = self.srgb.shape == self._preview.srgb.shape
        self._masks = self.maps if whole else _Masks(self.maps, self.srgb)
        self.before = self._masks.attributes
        self.steps: list[Step] = []
        self._states = [State(Stage.of(self.before), self._masks)]

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
        return float((mask * self.before.belonging(band)).sum() / mask.sum())

    def mask(self, region: str) -> FloatPlane:
        """Mask of a region at the size of the sketch."""
        return self._masks.mask(region)

    def resume(self, steps: Sequence[Step], now: bytes) -> None:
        """Take the steps that were done, and the picture as they left it for their outcome."""
        picture = cv2.resize(decode(now).srgb, self._preview.size, interpolation=cv2.INTER_AREA)
        self._now, self._done = self._preview.with_pixels(picture), len(steps)
        self._take_done(steps)

    def _take_done(self, steps: Sequence[Step]) -> None:
        small = cv2.resize(self._now.srgb, self.srgb.shape[1::-1], interpolation=cv2.INTER_AREA)
        self.steps += steps
        self._states += [self._state(colour.srgb_to_linear(small))] * len(steps)

    def whole(self) -> "Sketch":
        """The same steps on the whole preview."""
        whole = copy(self)
        whole._start(PROXY_PX)
        whole._take_done(self.steps[: self._done])
        whole.restart(self.steps)
        return whole

    @property
    def standing(self) -> Standing:
        """The steps and states as they are now."""
        return Standing(tuple(self.steps), tuple(self._states))

    def stand(self, standing: Standing) -> None:
        """Return to steps that were run before."""
        self.steps, self._states = list(standing.steps), list(standing.states)

    def restart(self, steps: Sequence[Step]) -> None:
        """Run other steps instead, from the first that differs on."""
        same = 0
        for mine, other in zip(self.steps, steps, strict=False):
            if mine != other:
                break
            same += 1
        del self.steps[same:], self._states[same + 1 :]
        for step in steps[same:]:
            self.push(step)

    def push(self, step: Step) -> None:
        """Take a step."""
        self._states.append(self._state(self._after(step)))
        self.steps.append(step)

    def replace(self, index: int, step: Step) -> None:
        """Change an earlier step and run the later ones again."""
        self.restart([*self.steps[:index], step, *self.steps[index + 1 :]])

    def attributes(self, taken: int | None = None) -> Attributes:
        """Attributes after the first `taken` steps; by default as they stand now."""
        return self._states[-1 if taken is None else taken].attributes

    def assess(self, request: Request) -> Assessment:
        """How well the sketch as it stands does what was asked."""
        return assess_comparison(self._states[-1].comparison, request)

    def presence(self, effect: Effect, request: Request) -> float | None:
        """How plainly an effect shows on the sketch as it stands; see `tools.quality.presence`."""
        return presence(self._states[-1].comparison, effect, request)

    def value(self, attributes: Attributes, goal: Goal, maps: Maps | None = None) -> float:
        """The attribute that a goal speaks of, where it speaks of it, in the attribute's unit.

        Args:
            attributes: of a picture.
            goal: the goal.
            maps: those of a picture of that size; by default of the sketch.
        """
        region = "subject" if goal.attribute == "bokeh" else goal.region
        mask = None if region == "everywhere" else (maps or self._masks).mask(region)
        named = goal.to_colour if goal.attribute == "hue" else goal.colour
        return attributes.measure(goal.attribute, mask, named=named)

    def change(self, goal: Goal) -> float:
        """Change of a goal's attribute since the photo, in units of a plain change."""
        return (self.value(self.attributes(), goal) - self.value(self.before, goal)) / unit(goal)

    def fine_change(self, step: Step, goal: Goal) -> float:
        """Change of a goal's attribute in units after one step more, seen on the preview, for what is too fine here.

        Negative where it goes the other way than the goal.
        """
        plan = Plan(steps=[*self.steps[self._done :], step])
        after = Attributes(render(self._now, plan, seed=self.seed, maps=self.maps).srgb, self.maps.attributes)
        gain = self.value(after, goal, self.maps) - self.value(self.maps.attributes, goal, self.maps)
        return goal.direction * gain / unit(goal)

    def solve(self, step: Step, argument: str, limit: float, goal: Goal, wanted: float) -> Step | None:
        """Find the argument, between 0 and `limit`, at which the goal's change since the photo is `wanted` units.

        The response is taken as monotone and bracketed by regula falsi; the argument is held back where more than 3 %
        of the picture would newly clip. None if nothing is needed or the tool cannot move it the wanted way.
        """
        start = self.change(goal)
        sign = np.sign(wanted - start)
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
        while share > 0.15 and self._clipping(with_argument(step, argument, share * limit)) > _MAX_NEW_CLIPPING:
            share *= 0.8
        return with_argument(step, argument, _rounded(share * limit)) if share > 0.02 else None

    def _state(self, linear: FloatImage) -> State:
        return State(Stage(linear), self._masks)

    def _after(self, step: Step) -> FloatImage:
        return advance(self._states[-1].stage, step, seed=self.seed, index=len(self.steps), maps=self.maps)

    def _try(self, step: Step, argument: str, amount: float, goal: Goal) -> float:
        after = self._state(self._after(with_argument(step, argument, amount))).attributes
        return (self.value(after, goal) - self.value(self.before, goal)) / unit(goal)

    def new_clipping(self) -> float:
        """Share of the picture that is pure black or white now and was not in the photo."""
        return self._states[-1].clipped - self._states[0].clipped

    def newly_burnt(self) -> float:
        """Share of the picture that is a burnt colour now and was not in the photo."""
        return self.attributes().overall.burnt - self.before.overall.burnt

    def _clipping(self, step: Step) -> float:
        return _clipped(self._after(step)) - self._states[-1].clipped


class _Masks(Maps):
    """The photo's masks at the size of the sketch."""

    def __init__(self, maps: Maps, srgb: FloatImage) -> None:
        super().__init__(srgb)
        self._maps = maps
        self._small: dict[str, FloatPlane] = {}

    def mask(self, region: str) -> FloatPlane:
        if region not in self._small:
            size = self.proxy_srgb.shape[1::-1]
            self._small[region] = cv2.resize(self._maps.mask(region), size, interpolation=cv2.INTER_AREA)
        return self._small[region]


def is_balanced(goal: Goal) -> bool:
    """Whether the sketch tells how far a goal is reached."""
    return goal.attribute in UNIT.keys() - _UNBALANCED or goal.attribute == "hue"


def unit(goal: Goal) -> float:
    """The unit of a goal's attribute."""
    return UNIT["colour" if goal.attribute == "hue" else goal.attribute]


def _clipped(linear: FloatImage) -> float:
    light = colour.luminance(linear)
    return float(((light >= 0.985) | (light <= 0.0005)).mean())


def with_argument(step: Step, argument: str, amount: float) -> Step:
    """The step with another amount."""
    return Step(reasoning=step.reasoning, tool=step.tool, args={**step.args, argument: amount}, region=step.region)


def _rounded(amount: float) -> float:
    return round(amount, 2) if abs(amount) < 4 else cast(float, round(amount))
