"""The measured judge: how well an edited picture does what was asked, and what it cost.

`assess(before, after, request)` gives six scores from 1 to 5. The headline is the **picture** score, one formula:

    picture = 1 + 4 * instruction^0.45 * preservation^0.15 * technical^0.20 * strength^0.10 * coherence^0.10

each factor in [0, 1] (a score s stands for the factor (s - 1) / 4). A picture that was asked for nothing and left alone
has all factors 1. The judge sees before, after and the request, never the plan. Formulas stand beside their functions.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict

from tools.attributes import UNIT, Attributes
from tools.declare import ToolError
from tools.goals import Effect, Goal, Request, Source
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture
from tools.signatures import EXCUSES, signature
from tools.types import FloatPlane

VERSION = "measured-1"
WEIGHTS = {"instruction": 0.45, "preservation": 0.15, "technical": 0.20, "strength": 0.10, "coherence": 0.10}
FULL_SCALE_UNITS = 2.2
"""A goal of strength 1 asks for this many units of change; weaker ones for proportionally less."""

Status = Literal["met", "partly", "missed", "reversed", "unmeasured"]


class GoalResult(BaseModel):
    """What became of one goal."""

    model_config = ConfigDict(extra="forbid")

    goal: str
    """The goal in words: "warmth up in the sky"."""
    wanted: float
    """Change asked for, in units of the attribute; signed."""
    observed: float
    """Change measured, in the same units."""
    satisfied: float | None
    """0 (missed or reversed) to 1 (reached); None where it cannot be measured."""
    status: Status


class Assessment(BaseModel):
    """Scores of one edit, and why."""

    model_config = ConfigDict(extra="forbid")

    version: str = VERSION
    goals_source: Source
    scores: dict[str, float]
    """1 to 5: instruction, preservation, technical, strength, coherence, and the headline `picture`."""
    results: list[GoalResult]
    remarks: list[str]
    """What lowered a score, in words."""


def assess(
    before: Picture, after: Picture, request: Request, *, source: Source = "parsed", maps: Maps | None = None
) -> Assessment:
    """Judge an edit on the proxies of the two pictures.

    Raises:
        ToolError: if the two pictures do not have the same shape.
    """
    first, second = before.reduced(PROXY_PX), after.reduced(PROXY_PX)
    if first.shape != second.shape:
        if abs(np.log(before.size[0] / before.size[1] * after.size[1] / after.size[0])) > 0.02:
            raise ToolError(f"the pictures have different shapes: {before.size} and {after.size} px")
        second = cv2.resize(second, first.shape[1::-1], interpolation=cv2.INTER_AREA)
    comparison = Comparison(first, second, maps or Maps(first))
    results = [_goal_result(comparison, goal) for goal in request.goals]
    results += [_effect_result(comparison, effect) for effect in request.effects]
    remarks: list[str] = []
    factors = {
        "instruction": _instruction(comparison, results),
        "preservation": _preservation(comparison, request, remarks),
        "technical": _technical(comparison, request, remarks),
        "strength": _strength(comparison, request, remarks),
        "coherence": _coherence(comparison, request, remarks),
    }
    scores = {name: round(1 + 4 * value, 2) for name, value in factors.items()}
    scores["picture"] = round(1 + 4 * float(np.prod([factors[name] ** power for name, power in WEIGHTS.items()])), 2)
    return Assessment(goals_source=source, scores=scores, results=results, remarks=remarks)


class Comparison:
    """Before and after on the proxy, and what changed between them."""

    def __init__(self, before_srgb: FloatPlane, after_srgb: FloatPlane, maps: Maps) -> None:
        self.maps = maps
        self.before = Attributes(before_srgb)
        self.after = Attributes(after_srgb, reference=self.before)

    @cached_property
    def difference(self) -> FloatPlane:
        """Oklab distance of each pixel, times 100: about one just noticeable difference at 2."""
        return 100 * np.linalg.norm(self.after.oklab - self.before.oklab, axis=2)

    def mask(self, region: str) -> FloatPlane | None:
        """Mask of a region on the photo; None for everywhere.

        Raises:
            ToolError: if it is not found.
        """
        return None if region == "everywhere" else self.maps.mask(region)

    def change(self, attribute: str, region: str = "everywhere", named: str | None = None) -> float:
        """Change of an attribute in units of a plain change, signed."""
        mask = self.maps.mask("subject") if attribute == "bokeh" else self.mask(region)
        before = self.before.measure(attribute, mask, named=named)
        after = self.after.measure(attribute, mask, named=named)
        return (after - before) / UNIT["colour" if attribute == "hue" else attribute]

    @cached_property
    def structure(self) -> float:
        """Similarity of edges, 0 to 1: mean gradient magnitude similarity (Xue et al., 2014) at half size."""
        height, width = self.before.lightness.shape
        size = (max(1, width // 2), max(1, height // 2))
        half = [
            cv2.resize(picture.lightness, size, interpolation=cv2.INTER_AREA) for picture in (self.before, self.after)
        ]
        first, second = (np.hypot(cv2.Scharr(p, cv2.CV_32F, 1, 0), cv2.Scharr(p, cv2.CV_32F, 0, 1)) / 16 for p in half)
        stable = 0.0026
        return float(((2 * first * second + stable) / (first**2 + second**2 + stable)).mean())


def describe(goal: Goal | Effect) -> str:
    """A goal in words."""
    place = "" if goal.region == "everywhere" else f" in {goal.region}"
    if isinstance(goal, Effect):
        return f"{goal.kind}: {goal.value.replace('_', ' ')}{place}"
    if goal.attribute == "hue":
        return f"{goal.colour or 'colours'} towards {goal.to_colour}{place}"
    name = goal.colour if goal.attribute == "colour" else goal.attribute
    return f"{name} {'up' if goal.direction > 0 else 'down'}{place}"


def goal_change(comparison: Comparison, goal: Goal) -> float | None:
    """Signed change of a goal's attribute in units, or None where it cannot be measured in this photo."""
    if goal.attribute not in UNIT and goal.attribute != "hue":
        return None
    named = goal.to_colour if goal.attribute == "hue" else goal.colour
    try:
        return comparison.change(goal.attribute, goal.region, named)
    except ToolError:
        return None


def _goal_result(comparison: Comparison, goal: Goal) -> GoalResult:
    wanted = goal.direction * goal.strength * FULL_SCALE_UNITS
    observed = goal_change(comparison, goal)
    if observed is None:
        return GoalResult(goal=describe(goal), wanted=wanted, observed=0, satisfied=None, status="unmeasured")
    share = observed / wanted
    satisfied = _reached(share)
    if not goal.relative and share < 0.15 and _has_already(comparison, goal):
        satisfied = 1.0
    status: Status = (
        "reversed" if share < -0.1 else "missed" if satisfied < 0.2 else "partly" if satisfied < 0.7 else "met"
    )
    return GoalResult(
        goal=describe(goal),
        wanted=round(wanted, 2),
        observed=round(observed, 2),
        satisfied=round(satisfied, 3),
        status=status,
    )


def _reached(share: float) -> float:
    """Satisfaction by share of the wanted change: rises to 1 at 60 %, holds to 180 %, then falls to 0.3 at 400 %."""
    return float(np.interp(share, [0.0, 0.6, 1.8, 4.0], [0.0, 1.0, 1.0, 0.3]))


def _has_already(comparison: Comparison, goal: Goal) -> bool:
    """Whether a described (not relative) attribute was there before the edit."""
    value = comparison.before.measure(goal.attribute, named=goal.colour) if goal.attribute in ALREADY else None
    return value is not None and goal.direction * (value - ALREADY[goal.attribute][goal.direction]) >= 0


ALREADY: dict[str, dict[int, float]] = {
    "brightness": {1: 82, -1: 26},
    "contrast": {1: 27, -1: 9},
    "warmth": {1: 8.5, -1: -5.5},
    "saturation": {1: 15, -1: 1.5},
    "haze": {1: 68, -1: 8},
    "fade": {1: 38, -1: 2},
    "monochrome": {1: -0.25, -1: -2.5},
    "vignette": {1: 26, -1: -8},
}
"""From these values on a photo *is* bright, dark, warm, ...: a description asks for nothing more."""


def _effect_result(comparison: Comparison, effect: Effect) -> GoalResult:
    """An effect counts by its signature: the mean satisfaction of the attribute changes that it shows in the pixels."""
    parts = []
    for attribute, direction in signature(effect.kind, effect.value):
        try:
            change = direction * comparison.change(attribute, effect.region)
        except ToolError:
            continue
        parts.append(float(np.interp(change, [0.0, 0.7], [0.0, 1.0])))
    if not parts:
        visible = float(np.interp(comparison.difference.mean(), [1.0, 5.0], [0.0, 1.0]))
        return GoalResult(goal=describe(effect), wanted=1, observed=visible, satisfied=visible, status=_status(visible))
    mean = float(np.mean(parts))
    return GoalResult(
        goal=describe(effect), wanted=1, observed=round(mean, 2), satisfied=round(mean, 3), status=_status(mean)
    )


def _status(satisfied: float) -> Status:
    return "missed" if satisfied < 0.2 else "partly" if satisfied < 0.7 else "met"


def _instruction(comparison: Comparison, results: Sequence[GoalResult]) -> float:
    """Mean satisfaction of the goals that can be measured; with no goals, 1 for a picture left alone."""
    known = [result.satisfied for result in results if result.satisfied is not None]
    if known:
        return float(np.mean(known))
    return float(np.interp(comparison.difference.mean(), [0.5, 6.0], [1.0, 0.0]))


def _preservation(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Edge similarity from 0.55 (0) to 0.92 (1), eased where a medium was asked for; kept regions and attributes."""
    drawn = any(effect.kind == "medium" for effect in request.effects)
    low, high = (0.30, 0.70) if drawn else (0.55, 0.92)
    content = float(np.interp(comparison.structure, [low, high], [0.0, 1.0]))
    if content < 0.8:
        remarks.append(f"the content has changed (edge similarity {comparison.structure:.2f})")
    for keep in request.keeps:
        content *= _kept(comparison, keep.region, keep.attribute, remarks)
    return content


def _kept(comparison: Comparison, region: str | None, attribute: str | None, remarks: list[str]) -> float:
    try:
        if region is not None:
            mask = comparison.maps.mask(region)
            moved = float((comparison.difference * mask).sum() / mask.sum())
            kept = float(np.interp(moved, [1.5, 8.0], [1.0, 0.1]))
            name = f"the {region}"
        elif attribute is not None and attribute in UNIT:
            moved = abs(comparison.change(attribute))
            kept = float(np.interp(moved, [0.5, 2.5], [1.0, 0.2]))
            name = attribute
        else:
            return 1.0
    except ToolError:
        return 1.0
    if kept < 0.8:
        remarks.append(f"{name} should have stayed as it was")
    return kept


def _technical(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Newly clipped pixels, noise that was not asked for, and tones that were lost."""
    wanted = {goal.attribute for goal in request.goals if goal.direction > 0}
    rough = {"noise", "grain"} & wanted or any(e.kind in ("medium", "weather", "look") for e in request.effects)
    clipped = _clipped(comparison.after) - _clipped(comparison.before)
    factor = float(np.interp(clipped, [0.02, 0.25], [1.0, 0.15]))
    if factor < 0.9:
        remarks.append(f"{clipped:.0%} more of the picture is pure black or white")
    noise = comparison.change("noise")
    allowed = 6.0 if rough else 1.0
    quiet = float(np.interp(noise, [allowed, allowed + 4], [1.0, 0.2]))
    if quiet < 0.9:
        remarks.append("noise was added that nobody asked for")
    tones = _tones(comparison.after) / max(_tones(comparison.before), 1)
    drawn = any(effect.kind == "medium" for effect in request.effects)
    smooth = 1.0 if drawn else float(np.interp(tones, [0.25, 0.6], [0.2, 1.0]))
    if smooth < 0.9:
        remarks.append("tones were lost: the picture is posterised or flattened")
    return factor * quiet * smooth


def _clipped(picture: Attributes) -> float:
    darkest, lightest = picture.linear.max(axis=2), picture.linear.min(axis=2)
    return float(((darkest <= 0.0006) | (lightest >= 0.985)).mean())


def _tones(picture: Attributes) -> int:
    """How many of 256 levels of L hold at least 1 in 20,000 pixels."""
    histogram = np.histogram(picture.lightness, bins=256, range=(0, 1))[0]
    return int((histogram > picture.lightness.size / 20_000).sum())


def _strength(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Mean Oklab difference against what the strongest wish calls for: up to 3 times as much is fine."""
    wishes = [goal.strength for goal in request.goals] + [1.2 * effect.strength for effect in request.effects]
    if not wishes:
        return float(np.interp(comparison.difference.mean(), [0.5, 6.0], [1.0, 0.0]))
    moved = float(comparison.difference.mean())
    called_for = 8.0 * max(wishes)
    if moved > 4 * called_for:
        remarks.append("the edit is much stronger than what was asked for")
    return float(np.interp(moved / called_for, [0.0, 0.25, 3.0, 7.0], [0.2, 1.0, 1.0, 0.1]))


def _coherence(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Attributes that nobody asked to move, and that no wish excuses, should hold still within 1.5 units."""
    excused: set[str] = set()
    for goal in request.goals:
        excused |= {goal.attribute} | EXCUSES.get(goal.attribute, set())
    if request.effects:
        return 1.0
    cost = 0.0
    for attribute in ("brightness", "contrast", "warmth", "tint", "saturation", "noise", "haze"):
        if attribute not in excused:
            moved = comparison.change(attribute)
            if abs(moved) > 1.5:
                remarks.append(f"{attribute} moved by {moved:+.1f} units, which nobody asked for")
            cost += max(0.0, abs(moved) - 1.0)
    return float(np.exp(-0.25 * cost))
