"""What a description leaves to the effects beside it: a dark mood leaves the fog its light, and a look its colours.

A plain wish ("darker") is held back by nothing.
"""

import numpy as np

from graph.policies.sketch import Sketch, is_balanced
from tools.goals import Goal, Request
from tools.signatures import denials

_DOUBTED = 0.7
"""Share of what denies an effect from which it is doubted; and units by which a weather is seen to act."""
_GRADED = {"saturation": -1.4, "fade": 0.0}
"""Attributes that a look sets by itself, and the units, the way that a description goes, beyond which the change may be
its own: it may be paler than was described, but blacks that were to fade are no deeper."""


def left_to_effects(goal: Goal, request: Request, sketch: Sketch) -> bool:
    """Whether the effects, which the sketch shows, have said enough of a goal."""
    if goal.relative or not is_balanced(goal):
        return False
    moved = goal.direction * sketch.change(goal)
    kinds = {effect.kind for effect in request.effects}
    if "look" in kinds and goal.attribute in _GRADED:
        return moved > _GRADED[goal.attribute]
    return "weather" in kinds and moved < -_DOUBTED


def undenied(goal: Goal, request: Request) -> float:
    """Units by which a goal may move its attribute without denying an effect."""
    if goal.relative or goal.region != "everywhere":
        return np.inf
    denied = [denials(effect.kind, effect.value).get(goal.attribute, 0.0) for effect in request.effects]
    return min((_DOUBTED * abs(amount) for amount in denied if amount * goal.direction > 0), default=np.inf)
