"""What became of each wish: goals by the attribute they speak of, effects by their signature in the pixels."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from tools.attributes import UNIT
from tools.declare import ToolError
from tools.goals import Effect, Goal, Request
from tools.quality.comparison import Comparison, units_moved
from tools.quality.look import towards_look
from tools.signatures import amounts, denials

FULL_SCALE_UNITS = 2.2
"""A goal of strength 1 asks for this many units of change; weaker ones for proportionally less."""
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
_REACHED = ([-1.0, 0.0, 0.3, 0.6, 1.0, 1.8, 3.5, 6.0], [-1.0, 0.0, 0.5, 0.86, 1.0, 0.9, 0.0, -1.0])
"""Satisfaction by share of the wanted change: best at 1, little less from 0.6 to 1.8, against it beyond 3.5."""
_IMPLIED_REACHED = ([-1.0, 0.0, 0.7, 3.0, 6.0], [-1.0, 0.0, 1.0, 1.0, -1.0])
"""The same for goals that only spell out an effect."""
_PRESENT = ([-1.0, 0.0, 0.5, 1.0, 1.5, 2.5, 3.0], [-1.0, 0.0, 0.65, 1.0, 0.95, 0.3, 0.0])
"""Satisfaction by presence of an effect as a share of the presence wanted."""
IMPLIED = 0.35
"""Weight of a goal that only spells out an effect; how far it should go is the effect's business."""
_SCARCE = ("contrast", "saturation", "clarity", "sharpness", "noise", "grain", "haze")
"""Attributes that end at zero: no more than six tenths of what there is can be asked away."""

Status = Literal["met", "partly", "missed", "reversed", "unmeasured"]


class GoalResult(BaseModel):
    """What became of one goal."""

    model_config = ConfigDict(extra="forbid")

    goal: str
    """The goal in words: "warmth up in the sky"."""
    wanted: float
    """Change asked for, in units of the attribute; signed. For an effect, the presence asked for."""
    observed: float
    """Change measured, in the same units."""
    satisfied: float | None
    """1 (reached) over 0 (nothing done) to -1 (the contrary done); None where it cannot be measured."""
    status: Status
    weight: float = 1.0
    """Its part in the instruction score."""


def describe(goal: Goal | Effect) -> str:
    """A goal in words."""
    place = "" if goal.region == "everywhere" else f" in {goal.region}"
    if isinstance(goal, Effect):
        return f"{goal.kind}: {goal.value.replace('_', ' ')}{place}"
    if goal.attribute == "hue":
        return f"{goal.colour or 'colours'} towards {goal.to_colour}{place}"
    name = goal.colour if goal.attribute == "colour" else goal.attribute
    return f"{name} {'up' if goal.direction > 0 else 'down'}{place}"


def results(comparison: Comparison, request: Request) -> list[GoalResult]:
    """What became of every goal and effect of a request, in its order, goals first."""
    goals = [_goal_result(comparison, goal, _weight(goal, request)) for goal in request.goals]
    return goals + [_effect_result(comparison, effect) for effect in request.effects]


def is_implied(goal: Goal, request: Request) -> bool:
    """Whether a goal only spells out an effect that was asked for by the same words."""
    return bool(goal.words) and any(effect.words == goal.words for effect in request.effects)


def goal_change(comparison: Comparison, goal: Goal) -> float | None:
    """Signed change of a goal's attribute in units, or None where it cannot be measured in this photo."""
    named = goal.to_colour if goal.attribute == "hue" else goal.colour
    return units_moved(comparison, goal.attribute, goal.region, named)


def wanted_change(goal: Goal, value: float, *, share: float = 1.0) -> float:
    """The signed change, in units, that a goal asks for where its attribute stands at `value`.

    It follows the strength, times `share`, as far as there is room: a description asks for no more than being there, a
    bright photo can hardly be brightened, and what there is little of cannot be reduced by much. 0 where a described
    attribute is there already.
    """
    unit = UNIT["colour" if goal.attribute == "hue" else goal.attribute]
    wanted = goal.strength * share * FULL_SCALE_UNITS
    if goal.attribute == "monochrome":
        return goal.direction * abs(value) / unit if goal.direction > 0 else -wanted
    if goal.attribute in ALREADY and not goal.relative and goal.region == "everywhere":
        left = goal.direction * (ALREADY[goal.attribute][goal.direction] - value) / unit
        if left <= 0:
            return 0.0
        wanted = min(wanted, max(0.5, left))
    if goal.attribute == "brightness":
        room = (94 - value) if goal.direction > 0 else (value - 8)
        wanted = min(wanted, max(0.25, 0.45 * room / unit))
    elif goal.attribute in _SCARCE and goal.direction < 0:
        wanted = min(wanted, max(0.15, 0.6 * value / unit))
    return goal.direction * wanted


def _goal_result(comparison: Comparison, goal: Goal, weight: float) -> GoalResult:
    observed = goal_change(comparison, goal)
    if observed is None:
        return GoalResult(goal=describe(goal), wanted=0, observed=0, satisfied=None, status="unmeasured", weight=weight)
    named = goal.to_colour if goal.attribute == "hue" else goal.colour
    mask = comparison.mask("subject" if goal.attribute == "bokeh" else goal.region)
    value = comparison.before.measure(goal.attribute, mask, named=named)
    wanted = wanted_change(goal, value)
    if goal.attribute == "monochrome" and goal.direction > 0 and wanted > 0.1:
        satisfied = float(np.interp(observed / wanted, [-1, 0, 0.7, 0.93], [-1, 0, 0.2, 1]))
    elif abs(wanted) > 0.1:
        share = observed / wanted
        satisfied = float(np.interp(share, *(_REACHED if weight > IMPLIED else _IMPLIED_REACHED)))
    else:  # it is there already, and should neither go nor be overdone
        satisfied = float(np.interp(goal.direction * observed, [-1.5, -0.3, 1.5, 5], [-1, 1, 1, 0]))
    return GoalResult(
        goal=describe(goal),
        wanted=round(wanted, 2),
        observed=round(observed, 2),
        satisfied=round(satisfied, 3),
        status=_status(satisfied),
        weight=weight,
    )


def _effect_result(comparison: Comparison, effect: Effect) -> GoalResult:
    wanted, seen = 0.4 + effect.strength, presence(comparison, effect)
    if seen is None:
        return GoalResult(goal=describe(effect), wanted=wanted, observed=0, satisfied=None, status="unmeasured")
    satisfied = float(np.interp(seen / wanted, *_PRESENT))
    return GoalResult(
        goal=describe(effect),
        wanted=round(wanted, 2),
        observed=round(seen, 2),
        satisfied=round(satisfied, 3),
        status=_status(satisfied),
    )


def presence(comparison: Comparison, effect: Effect) -> float | None:
    """How plainly an effect was added: 1 plainly, 0 not at all, below 0 where its contrary was.

    Each of its signs is measured as a share of its plain amount, at most three; the effect is there by
    (mean + 2 least) / 3 of them, so that no single sign carries it, as far as nothing denies it. None where its
    region, or every bearer of its signs, is not in the photo.
    """
    if effect.kind == "look":
        return towards_look(comparison, effect.value)
    shares, doubt = [], 1.0
    try:
        for name, amount in amounts(effect.kind, effect.value).items():
            share = comparison.change(name, effect.region) / amount
            if not np.isnan(share):
                shares.append(float(np.clip(share, -1, 3)))
        for name, amount in denials(effect.kind, effect.value).items():
            doubt *= float(np.interp(comparison.change(name, effect.region) / amount, [0.7, 1.7], [1.0, 0.0]))
    except ToolError:
        return None
    return doubt * (float(np.mean(shares)) + 2 * min(shares)) / 3 if shares else None


def _weight(goal: Goal, request: Request) -> float:
    """Explicit wishes weigh most, descriptions less, and what only spells out an effect least."""
    if is_implied(goal, request):
        return IMPLIED
    return 1.0 if goal.relative else 0.6


def _status(satisfied: float) -> Status:
    if satisfied < -0.1:
        return "reversed"
    return "missed" if satisfied < 0.2 else "partly" if satisfied < 0.7 else "met"
