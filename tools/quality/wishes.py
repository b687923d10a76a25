"""What became of each wish: how far each goal and effect was reached, and what each asks for."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from tools.attributes import UNIT, Attributes
from tools.goals import Effect, Goal, Request
from tools.quality.comparison import Comparison, units_moved
from tools.quality.effects import (
    SCALES_WITH_LIGHT,
    SCARCE,
    darker_is_asked,
    effect_brings,
    gone_with_light,
    presence,
)
from tools.quality.ways import SHOWN, effect_steps
from tools.signatures import signature

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
_REACHED = (
    [-1.0, 0.0, 0.1, 0.3, 0.6, 0.85, 1.0, 1.4, 1.8, 2.6, 3.3, 5.0],
    [-1.0, 0.0, 0.0, 0.5, 0.86, 0.97, 1.0, 0.96, 0.87, 0.4, 0.0, -1.0],
)
"""Satisfaction by share of the wanted change: best there, nearly whole from 0.85 to 1.4, which hardly an eye tells
apart, and against it from 3.3. Of a trace nothing is seen.
"""
_BACKGROUND_BLURRED = (
    [-1.0, 0.0, 0.1, 0.3, 0.6, 0.85, 2.0, 4.0, 7.0],
    [-1.0, 0.0, 0.0, 0.5, 0.86, 0.95, 1.0, 0.95, 0.0],
)
"""The same for a background that is to be out of focus: how far is the lens's business."""
_IMPLIED_REACHED = ([-1.0, 0.0, 0.7, 4.5, 8.0], [-1.0, 0.0, 1.0, 1.0, -1.0])
"""The same for goals that only spell out an effect."""
_PRESENT = ([-1.0, 0.0, 0.2, 0.5, 0.8, 1.3, 1.7, 2.7, 3.2], [-1.0, 0.0, 0.0, 0.65, 0.96, 1.0, 0.97, 0.3, 0.0])
"""Satisfaction by presence of an effect as a share of the presence wanted; a trace of one is none."""
_STAYED = ([-1.0, -0.2, 1.7, 2.7], [-1.0, 1.0, 1.0, 0.0])
"""The same where the photo has the effect already."""
IMPLIED = 0.35
"""Weight of a goal that only spells out an effect; how far it should go is the effect's business."""
_BESIDE_EFFECT = 0.25
"""How much more than the effect itself such a goal may be satisfied."""
_IMPLIED_GRAIN = 0.14
"""The same for grain, which a small copy or a JPEG takes away."""
Status = Literal["met", "partly", "missed", "overdone", "reversed", "unmeasured"]


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
    """1 (reached) over 0 (nothing done) to -1 (the contrary, or far too much); None where it cannot be measured."""
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
    seen = [presence(comparison, effect, request) for effect in request.effects]
    found = list(zip(request.effects, seen, strict=True))
    shown = [Shown(effect, float(np.clip(2 * (there or 0), 0, 1))) for effect, there in found]
    outcomes = [_effect_result(comparison, effect, there) for effect, there in found]
    goals = [
        _no_more_than_effect(_goal_result(comparison, goal, request, shown), goal, request, outcomes)
        for goal in request.goals
    ]
    return goals + outcomes


def _no_more_than_effect(
    result: GoalResult, goal: Goal, request: Request, outcomes: Sequence[GoalResult]
) -> GoalResult:
    """What a goal that only spells out an effect is worth where that hardly shows: a grey picture is no fog."""
    pairs = zip(request.effects, outcomes, strict=True)
    seen = [each.satisfied for effect, each in pairs if effect.words == goal.words and each.satisfied is not None]
    most = round(max(seen, default=1.0) + _BESIDE_EFFECT, 3)
    if not request.implies(goal) or result.satisfied is None or result.satisfied <= most:
        return result
    return result.model_copy(update={"satisfied": most, "status": _status(most, overdone=False)})


class Shown(NamedTuple):
    """An effect, and the part of it that shows, 0 to 1."""

    effect: Effect
    part: float
    """All of it from half of a plain presence on."""


def _against(comparison: Comparison, goal: Goal, request: Request, shown: Sequence[Shown]) -> float:
    """Units by which the effects that show have moved a described goal's attribute the other way, signed.

    A faded film takes contrast away, and a mood beside it speaks of more: what the effect names outweighs what a
    description implies, which is judged from where the effect, as far as it shows, has taken the attribute, and hardly
    counts where that is further than it asks to go back: a mystery is dark, its fog is not. So it is with contrast and
    saturation where darkness was asked for too, which takes its share of them. A plain wish ("more contrast") stands
    on its own.
    """
    if goal.relative or goal.region != "everywhere":
        return 0.0
    brought = sum(part * effect_brings(comparison, effect, goal.attribute) for effect, part in shown)
    if goal.attribute in SCALES_WITH_LIGHT and darker_is_asked(request):
        left = comparison.before.measure(goal.attribute) / UNIT[goal.attribute] + brought
        brought += gone_with_light(comparison.before, comparison.after, left)
    return goal.direction * min(0.0, goal.direction * brought)


def goal_change(comparison: Comparison, goal: Goal) -> float | None:
    """Signed change of a goal's attribute in units, or None where it cannot be measured in this photo."""
    named = goal.to_colour if goal.attribute == "hue" else goal.colour
    return units_moved(comparison, goal.attribute, goal.region, named)


def wanted_change(goal: Goal, value: float, *, share: float = 1.0) -> float:
    """The signed change, in units, that a goal asks for where its attribute stands at `value`.

    It follows the strength, times `share`, as far as there is room: a description asks for no more than being there, a
    bright photo can hardly be brightened, of what there is little no more than three fifths can go, or two fifths for a
    description, and detail can grow by four fifths of what there is. 0 where a described attribute is there already.
    """
    unit = UNIT["colour" if goal.attribute == "hue" else goal.attribute]
    wanted = goal.strength * share * FULL_SCALE_UNITS
    if goal.attribute == "cast":
        return goal.direction * min(1.0, 0.3 + goal.strength) * value / unit
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
    elif goal.attribute in ("sharpness", "clarity") and goal.direction > 0:
        wanted = min(wanted, max(0.15, 0.8 * value / unit))
    elif goal.attribute in SCARCE and goal.direction < 0:
        wanted = min(wanted, max(0.15, (0.6 if goal.relative else 0.4) * value / unit))
    return goal.direction * wanted


def is_there_already(effect: Effect, photo: Attributes) -> bool:
    """Whether the photo itself has the light of an hour: every attribute by which it shows is where it should be."""
    signs = [sign for sign in signature(effect.kind, effect.value) if sign[0] in ALREADY]
    if not signs or effect.kind != "time" or effect.region != "everywhere":
        return False
    return all(direction * (photo.measure(name) - ALREADY[name][direction]) >= 0 for name, direction in signs)


def wanted_presence(effect: Effect) -> float:
    """The presence that an effect's strength asks for."""
    return 0.4 + effect.strength


def _goal_result(comparison: Comparison, goal: Goal, request: Request, shown: Sequence[Shown]) -> GoalResult:
    region = comparison.outside_kept(goal.region, request.keeps)
    placed, weight = goal.model_copy(update={"region": region}), _weight(goal, request)
    observed = goal_change(comparison, placed)
    if observed is None:
        return GoalResult(goal=describe(goal), wanted=0, observed=0, satisfied=None, status="unmeasured", weight=weight)
    named = goal.to_colour if goal.attribute == "hue" else goal.colour
    mask = comparison.mask("subject" if goal.attribute == "bokeh" else region)
    value = comparison.before.measure(goal.attribute, mask, named=named)
    wanted = wanted_change(goal, value)
    look = _spelt_out_look(goal, request)
    if look is not None and wanted:  # of what it hardly does to this photo hardly anything is asked
        share = float(np.clip(effect_brings(comparison, look, goal.attribute) / wanted, 0, 1))
        wanted, weight = share * wanted, share * weight
    against = _against(comparison, goal, request, shown)
    observed -= against
    contradicted = abs(against) > abs(wanted)
    if contradicted:
        weight = min(weight, IMPLIED)
    if goal.attribute == "monochrome" and goal.direction > 0 and wanted > 0.1:
        satisfied = float(np.interp(observed / wanted, [-1, 0, 0.7, 0.93], [-1, 0, 0.2, 1]))
    elif abs(wanted) > 0.1:
        share = observed / wanted
        satisfied = float(np.interp(share, *_reached(goal, weight)))
    else:  # it is there already, and should neither go nor be overdone
        satisfied = float(np.interp(goal.direction * observed, [-1.5, -0.3, 1.5, 5], [-1, 1, 1, 0]))
    if contradicted:
        satisfied = max(satisfied, 0.0)
    return GoalResult(
        goal=describe(goal),
        wanted=round(wanted, 2),
        observed=round(observed, 2),
        satisfied=round(satisfied, 3),
        status=_status(satisfied, overdone=goal.direction * observed > abs(wanted)),
        weight=weight,
    )


def _reached(goal: Goal, weight: float) -> tuple[list[float], list[float]]:
    """The table by which a goal of some weight is reached."""
    if weight <= IMPLIED:
        return _IMPLIED_REACHED
    return _BACKGROUND_BLURRED if goal.attribute == "bokeh" and goal.direction > 0 else _REACHED


def _effect_result(comparison: Comparison, effect: Effect, seen: float | None) -> GoalResult:
    wanted = wanted_presence(effect)
    if seen is None:
        return GoalResult(goal=describe(effect), wanted=wanted, observed=0, satisfied=None, status="unmeasured")
    satisfied = float(np.interp(seen / wanted, *(_STAYED if is_there_already(effect, comparison.before) else _PRESENT)))
    return GoalResult(
        goal=describe(effect),
        wanted=round(wanted, 2),
        observed=round(seen, 2),
        satisfied=round(satisfied, 3),
        status=_status(satisfied, overdone=seen > wanted),
    )


def _spelt_out_look(goal: Goal, request: Request) -> Effect | None:
    """The look of the whole picture that a goal only spells out, if the library knows what it does to the goal."""
    looks = [effect for effect in request.effects if effect.kind == "look" and effect.region == "everywhere"]
    known = (look for look in looks if look.words == goal.words and effect_steps(look.kind, look.value) is not None)
    return next(known, None) if request.implies(goal) and goal.attribute in SHOWN else None


def _weight(goal: Goal, request: Request) -> float:
    """Explicit wishes weigh most, descriptions less, and what only spells out an effect least."""
    if request.implies(goal):
        return _IMPLIED_GRAIN if goal.attribute == "grain" else IMPLIED
    return 1.0 if goal.relative else 0.6


def _status(satisfied: float, *, overdone: bool) -> Status:
    if satisfied >= 0.7:
        return "met"
    if overdone:
        return "overdone"
    return "partly" if satisfied >= 0.2 else "missed" if satisfied >= -0.1 else "reversed"
