"""What an edit cost beside technical faults: lost content, things that were to stay, changes that nobody asked for."""

import numpy as np

from tools.attributes import UNIT, weighted_mean
from tools.declare import ToolError
from tools.goals import Keep, Request
from tools.quality.comparison import Comparison, units_moved
from tools.signatures import EXCUSES, amounts

WATCHED = ("brightness", "contrast", "warmth", "tint", "saturation", "haze", "clarity", "vignette")
"""Attributes whose unasked change is noticed."""
_STRUCTURE = {"medium": (0.15, 0.55), "weather": (0.35, 0.75), "time": (0.45, 0.80), "haze": (0.35, 0.75)}
"""Correlation of edges at which the content is gone and at which it stands, by what was asked for."""
_ORDINARY = (0.55, 0.90)
_BESIDE: dict[str, float] = {"time": 5.0, "season": 3.0, "weather": 4.0, "medium": 12.0, "look": 3.0}
"""Units by which anything may move beside an effect of a kind."""


def preservation(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Whether the content stands, times whether everything stayed that was to stay, 0 to 1."""
    asked = {effect.kind for effect in request.effects} | {goal.attribute for goal in request.goals}
    spans = [span for name, span in _STRUCTURE.items() if name in asked]
    content = float(np.interp(comparison.structure, min(spans, default=_ORDINARY), [0.0, 1.0]))
    if content < 0.8:
        remarks.append(f"the content has changed (edges correlate by {comparison.structure:.2f})")
    for keep in request.keeps:
        content *= _kept(comparison, keep, remarks)
    return content * _kept_outside(comparison, request, remarks)


def _kept(comparison: Comparison, keep: Keep, remarks: list[str]) -> float:
    """Whether a region or an attribute stayed as it was."""
    if keep.region is not None:
        try:
            moved = comparison.moved(keep.region)
        except ToolError:
            return 1.0
        kept = float(np.interp(moved, [1.0, 6.0], [1.0, 0.1]))
    elif keep.attribute in UNIT:
        change = units_moved(comparison, keep.attribute) if keep.attribute else None
        kept = float(np.interp(abs(change or 0.0), [0.4, 2.0], [1.0, 0.1]))
    else:
        return 1.0
    if kept < 0.8:
        remarks.append(f"{keep.words or keep.region or keep.attribute} should have stayed as it was")
    return kept


def _kept_outside(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Whether the rest of the picture stayed, where every wish spoke of a place."""
    regions = {goal.region for goal in request.goals} | {effect.region for effect in request.effects}
    if not regions or "everywhere" in regions or any(goal.attribute == "bokeh" for goal in request.goals):
        return 1.0
    masks = [comparison.maps.mask(region) for region in regions if _found(comparison, region)]
    if not masks:
        return 1.0
    inside = np.maximum.reduce(masks)
    outside = (inside < 0.05).astype(np.float32)
    if outside.mean() < 0.02:
        return 1.0
    kept = float(np.interp(weighted_mean(comparison.difference, outside), [1.0, 7.0], [1.0, 0.2]))
    if kept < 0.8:
        remarks.append(f"the change was asked for in {' and '.join(sorted(regions))}, and shows elsewhere too")
    return kept


def _found(comparison: Comparison, region: str) -> bool:
    try:
        comparison.maps.mask(region)
    except ToolError:
        return False
    return True


def strength(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Mean Oklab difference against what the strongest wish calls for: a fifth to two and a half times is fine."""
    wishes = [8 * goal.strength for goal in request.goals] + [16 * effect.strength for effect in request.effects]
    moved = comparison.moved()
    if not wishes:
        return float(np.interp(moved, [0.5, 6.0], [1.0, 0.0]))
    if moved > 4 * max(wishes):
        remarks.append("the edit is much stronger than what was asked for")
    return float(np.interp(moved / max(wishes), [0.0, 0.2, 2.5, 6.0], [0.25, 1.0, 1.0, 0.1]))


def coherence(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Attributes that nobody asked to move hold still, and those that move along do so in measure, 0 to 1."""
    asked: set[str] = {goal.attribute for goal in request.goals}
    asked |= {name for effect in request.effects for name in amounts(effect.kind, effect.value)}
    along = set().union(*(EXCUSES.get(attribute, set()) for attribute in asked))
    drift = 0.5 if request.effects else 1.0
    cost = 0.0
    for attribute in WATCHED:
        moved = abs(comparison.change(attribute))
        excess = max(0.0, moved - _allowance(attribute, request, attribute in along))
        slope = 0.0 if attribute in asked else 0.01 if attribute in along else 0.04
        cost += 0.5 * excess + slope * drift * (moved - excess)
        if excess > 0.5:
            remarks.append(f"{attribute} moved by {comparison.change(attribute):+.1f} units, which nobody asked for")
    return float(np.exp(-cost))


def _allowance(attribute: str, request: Request, is_along: bool) -> float:
    """Units by which an attribute may move nearly unnoticed, along with a wish, or as part of one."""
    allowed = 2.5 if is_along else 0.7
    if attribute in {goal.attribute for goal in request.goals}:
        allowed = 6.0
    for effect in request.effects:
        own = abs(amounts(effect.kind, effect.value).get(attribute, 0.0))
        allowed = max(allowed, _BESIDE[effect.kind] + 1.5 * own)
    return allowed
