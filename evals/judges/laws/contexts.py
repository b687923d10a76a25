"""Contexts in which a judge is tried: a real photo and a request, and what the rules make of them."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from evals.judges.verdict import Judge
from graph.policies.rules import RulesPolicy
from tools.context import measure_context
from tools.declare import ToolError, lookup
from tools.engine import render
from tools.goals import Request
from tools.maps import Maps
from tools.picture import Picture, encode, load, reduce_to
from tools.plan import Plan, Step
from tools.request import parse_request
from tools.types import FloatImage

LONG_SIDE_PX = 256
MILD, STRONG = 0.35, 0.9
"""By how much of itself each argument of a plan is moved, up or down by turns."""
STRAY_TINT = {MILD: 25, STRONG: 75}
"""Amount of the step that nobody asked for and that comes with a perturbation of more than the amounts."""
CONTRARY = {
    "warmer": "cooler",
    "cooler": "warmer",
    "brighter": "darker",
    "darker": "brighter",
    "more contrast": "less contrast",
    "softer, less contrast": "more contrast",
    "more vivid colours": "muted colours",
    "muted colours": "more vivid colours",
    "black and white": "more vivid colours",
    "a foggy morning": "clear the haze, more contrast",
    "golden hour light": "blue hour",
    "blue hour": "golden hour light",
    "make it night": "bright noon",
    "autumn": "snowy winter",
    "rainy day": "clear sunny weather",
    "warmer, but keep the sky as it is": "cooler",
    "dark vignette": "remove the vignette",
    "like an oil painting": "sharper",
    "like an old film": "more vivid colours, more contrast",
    "dark and moody": "bright and airy",
}
"""Requests, each with one that asks for the contrary."""


class Context:
    """A photo with a request, and a judge."""

    def __init__(self, number: int, name: str, pixels: FloatImage, request: str, judge: Judge) -> None:
        self.number = number
        self.words = request
        self.name = f"{name}: {request}"
        self.request: Request = parse_request(request)
        self.photo = Picture(pixels)
        self._judge = judge

    @cached_property
    def plan(self) -> Plan:
        """The rules' plan."""
        return self.plan_for(self.words)

    @cached_property
    def result(self) -> Picture:
        """The photo after the rules' plan."""
        return self.rendered(self.plan)

    @cached_property
    def best(self) -> float:
        """Score of the rules' plan."""
        return self.score(self.result)

    @cached_property
    def nothing(self) -> float:
        """Score of the untouched photo."""
        return self.score(self.photo)

    @property
    def is_trivial(self) -> bool:
        """Whether the rules found nothing to do."""
        return not self.plan.steps

    def plan_for(self, request: str) -> Plan:
        """The rules' plan for this photo and any request."""
        context, preview = measure_context(self.photo, self._maps), encode(self.photo, "JPEG")
        return RulesPolicy().plan(context, request, preview, [])

    def rendered(self, plan: Plan) -> Picture:
        """The photo after a plan."""
        return render(self.photo, plan, maps=self._maps)

    def score(self, after: Picture) -> float:
        """Picture score of any result."""
        scores = self._judge.judge(self.photo, after, self.request, "parsed").scores
        if scores is None:
            raise ToolError(f"the judge {self._judge.name} gave no score for {self.name}")
        return scores["picture"]

    def score_pixels(self, after: FloatImage) -> float:
        """Picture score of any pixels."""
        return self.score(Picture(np.clip(after, 0, 1).astype(np.float32)))

    def detuned(self, share: float) -> Plan:
        """The rules' plan with every amount moved by a share of itself."""
        steps = enumerate(self.plan.steps)
        return Plan(steps=[_moved(step, share if (self.number + index) % 2 else -share) for index, step in steps])

    def perturbed(self, share: float) -> Plan:
        """The same with a step that nobody asked for."""
        tint = STRAY_TINT[share] * (1 if self.number % 3 else -1)
        return Plan(steps=[*self.detuned(share).steps[:7], Step(tool="tint", args={"amount": tint})])

    def scaled(self, factor: float) -> Plan:
        """The rules' plan with every amount times a factor, as far as its range goes."""

        def scaled(value: float, low: float, high: float) -> float:
            return min(max(factor * value, low), high)

        return Plan(steps=[_adjusted(step, scaled) for step in self.plan.steps])

    @cached_property
    def _maps(self) -> Maps:
        return Maps(self.photo.srgb)


def contexts(photos: Sequence[Path], judge: Judge) -> Iterator[Context]:
    """Forty contexts: each request on one photo, and on a crop of another."""
    for number, request in enumerate(list(CONTRARY) * 2):
        cropped = number >= len(CONTRARY)
        path = photos[(number * 5 + 3 * cropped) % len(photos)]
        whole = load(path).srgb
        height, width = whole.shape[:2]
        cut = whole[height // 5 : -height // 8, width // 6 : -width // 7] if cropped else whole
        name = f"{path.stem}{' (crop)' if cropped else ''}"
        yield Context(number, name, reduce_to(cut, LONG_SIDE_PX), request, judge)


def _moved(step: Step, share: float) -> Step:
    """A step with every number scaled by 1 + share, or by 1 - share where that leaves its range."""

    def moved(value: float, low: float, high: float) -> float:
        there = value * (1 + share)
        return there if low <= there <= high else min(max(value * (1 - share), low), high)

    return _adjusted(step, moved)


def _adjusted(step: Step, adjust: Callable[[float, float, float], float]) -> Step:
    """A step with every number replaced by what `adjust` makes of it and of the ends of its range."""
    schema, args = lookup(step.tool).schema()["properties"], dict(step.args)
    for name, value in args.items():
        if isinstance(value, int | float):
            args[name] = type(value)(adjust(value, schema[name]["minimum"], schema[name]["maximum"]))
    return Step(tool=step.tool, args=args, region=step.region)
