"""What an edit cost beside technical faults: lost content, things that were to stay, changes that nobody asked for."""

from collections.abc import Collection

import numpy as np

from tools.attributes import UNIT, Attributes
from tools.declare import ToolError
from tools.goals import Effect, Keep, Request
from tools.quality.comparison import Comparison, units_moved
from tools.quality.ways import brings, taken_apart
from tools.signatures import EXCUSES, amounts
from tools.types import FloatPlane
from tools.weight import Weight

WATCHED = ("brightness", "contrast", "warmth", "tint", "saturation", "haze", "clarity", "vignette")
"""Attributes whose unasked change is noticed."""
_CASTS = ("warmth", "tint")
"""Watched attributes that grow with the light of a picture; what counts is what they are at a middle tone."""
_STRUCTURE = {
    "medium": (0.10, 0.42),
    "weather": (0.30, 0.70),
    "time": (0.45, 0.80),
    "season": (0.45, 0.80),
    "haze": (0.30, 0.70),
    "bokeh": (0.45, 0.80),
}
"""Correlation of edges at which the content is gone and at which it stands, by what was asked for."""
_ORDINARY = (0.55, 0.90)
_BESIDE: dict[str, float] = {"time": 3.0, "season": 2.0, "weather": 2.5, "medium": 12.0, "look": 2.0}
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
    return content * _kept_elsewhere(comparison, request, remarks)


def _kept(comparison: Comparison, keep: Keep, remarks: list[str]) -> float:
    """Whether a region or an attribute stayed as it was."""
    if keep.region is not None:
        try:
            moved = comparison.moved(keep.region)
        except ToolError:
            return 1.0
        kept = float(np.interp(moved, [1.5, 6.0], [1.0, 0.1]))
    elif keep.attribute in UNIT:
        change = units_moved(comparison, keep.attribute) if keep.attribute else None
        kept = float(np.interp(abs(change or 0.0), [0.2, 2.0], [1.0, 0.1]))
    else:
        return 1.0
    if kept < 0.8:
        remarks.append(f"{keep.words or keep.region or keep.attribute} should have stayed as it was")
    return kept


def _kept_elsewhere(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Whether the rest of the picture stayed, where every wish spoke of a place."""
    regions = {goal.region for goal in request.goals} | {effect.region for effect in request.effects}
    if not regions or "everywhere" in regions or any(goal.attribute == "bokeh" for goal in request.goals):
        return 1.0
    kept = kept_outside(comparison, regions)
    if kept < 0.8:
        remarks.append(f"the change was asked for in {' and '.join(sorted(regions))}, and shows elsewhere too")
    return kept


def kept_outside(comparison: Comparison, regions: Collection[str]) -> float:
    """How far what lies outside some regions stayed, 0.2 to 1; 1 where none is found or hardly anything is left.

    What counts is how much changed there (mean Oklab difference x 100), and how much beside what changed inside.
    """
    masks = [comparison.maps.mask(region) for region in regions if _found(comparison, region)]
    if not masks:
        return 1.0
    inside = np.maximum.reduce(masks)
    outside = (inside < 0.05).astype(np.float32)
    if outside.mean() < 0.02:
        return 1.0
    spilt, meant = Weight(outside).mean(comparison.difference), Weight(inside).mean(comparison.difference)
    share = max(spilt - 1.0, 0.0) / max(meant, 2.0)
    return float(min(np.interp(spilt, [1.0, 7.0], [1.0, 0.2]), np.interp(share, [0.15, 0.75], [1.0, 0.2])))


def _found(comparison: Comparison, region: str) -> bool:
    try:
        comparison.maps.mask(region)
    except ToolError:
        return False
    return True


def strength(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Mean Oklab difference against what the strongest wish calls for: up to two and a half times is fine.

    Whether an edit does enough is the instruction's business: a change that nobody asked for is worth nothing.
    """
    wishes = [8 * goal.strength for goal in request.goals] + [_called_for(effect) for effect in request.effects]
    moved = comparison.moved()
    if not wishes:
        return float(np.interp(moved, [0.5, 6.0], [1.0, 0.0]))
    if moved > 4 * max(wishes):
        remarks.append("the edit is much stronger than what was asked for")
    return float(np.interp(moved / max(wishes), [2.5, 6.0], [1.0, 0.1]))


def _called_for(effect: Effect) -> float:
    """Mean Oklab difference (x 100) that an effect calls for: more where it darkens or lightens, as night does."""
    light = abs(amounts(effect.kind, effect.value).get("brightness", 0.0)) * UNIT["brightness"]
    return effect.strength * max(16.0, light)


def coherence(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Attributes that nobody asked to move hold still, and those that move along do so in measure, 0 to 1.

    What the effects asked for do to this photo by themselves is no drift; neither is what goes with another change in
    proportion: a greyer picture is less warm, one of less contrast has less of it in its details. Small drifts cost
    less along with a wish, and in a picture that was to be redrawn, whose colours are those of the medium.
    """
    asked: set[str] = {goal.attribute for goal in request.goals}
    named = asked | {name for effect in request.effects for name in amounts(effect.kind, effect.value)}
    along = _along(named)
    cheap = _along({goal.attribute for goal in request.goals if not request.implies(goal)})
    redrawn = any((effect.kind, effect.region) == ("medium", "everywhere") for effect in request.effects)
    moved = np.array([_units(comparison.after, name) - _units(comparison.before, name) for name in WATCHED])
    brought = _brought_by_effects(comparison, request, moved)
    explained = brought + _in_proportion(comparison, asked, moved - brought)
    cost = 0.0
    for attribute, change, part in zip(WATCHED, moved, explained, strict=True):
        stray = min(abs(change), abs(change - part))
        excess = max(0.0, stray - _allowance(attribute, request, attribute in along))
        slope = 0.0 if attribute in asked else 0.001 if redrawn else 0.01 if attribute in cheap else 0.04
        cost += (0.9 if attribute in _CASTS else 0.5) * excess + slope * (stray - excess)
        if excess > 0.5:
            unasked = "which nobody asked for" if attribute not in asked else "further than was asked"
            remarks.append(f"{attribute} moved by {change:+.1f} units, {unasked}")
    return float(np.exp(-cost))


def _units(picture: Attributes, name: str) -> float:
    """A watched attribute in units; casts at a middle tone, L = 60, of which what is nearly black shows less."""
    light = 60 / max(picture.measure("brightness"), 25.0) if name in _CASTS else 1.0
    return light * picture.measure(name) / UNIT[name]


def _along(attributes: set[str]) -> set[str]:
    """What cannot help moving along with some attributes."""
    return set().union(*(EXCUSES.get(attribute, set()) for attribute in attributes))


def _brought_by_effects(comparison: Comparison, request: Request, moved: FloatPlane) -> FloatPlane:
    """Units of each watched attribute that the effects explain, as far as they are there."""
    ways = np.array([[brings(comparison, effect, name, _units) for name in WATCHED] for effect in request.effects])
    if not ways.any():
        return np.zeros(len(WATCHED))
    return taken_apart(moved, ways, [0.0] * len(ways), most=1.5) @ ways


def _in_proportion(comparison: Comparison, asked: set[str], unexplained: FloatPlane) -> FloatPlane:
    """Units of each watched attribute that go with another in proportion.

    Details go with all contrast, which effects do not explain; casts with the colour that effects leave unexplained;
    and with black and white all colour, and so the darkest channel, by which haze is known.
    """

    def gone_with(name: str, other: str, units: float) -> float:
        gain = units * UNIT[other] / max(comparison.before.measure(other), 0.1)
        return gain * _units(comparison.before, name)

    explained = dict.fromkeys(WATCHED, 0.0)
    explained["clarity"] = gone_with("clarity", "contrast", comparison.change("contrast"))
    colour, haze = (float(unexplained[WATCHED.index(name)]) for name in ("saturation", "haze"))
    if "monochrome" in asked:
        explained |= {"saturation": min(0.0, colour), "haze": max(0.0, haze)}
    if asked & {"saturation", "monochrome"}:
        explained |= {name: gone_with(name, "saturation", colour) for name in ("warmth", "tint")}
    return np.array(list(explained.values()))


def _allowance(attribute: str, request: Request, is_along: bool) -> float:
    """Units by which an attribute may move nearly unnoticed, along with a wish, or as part of one."""
    allowed = 2.5 if is_along else 0.7
    if attribute == "tint":
        allowed = min(allowed, 1.2)
    if attribute in {goal.attribute for goal in request.goals}:
        allowed = 6.0
    for effect in request.effects:
        own = abs(amounts(effect.kind, effect.value).get(attribute, 0.0))
        beside = _BESIDE[effect.kind] if attribute != "tint" or effect.kind in ("medium", "look") else 1.2
        allowed = max(allowed, beside + 1.5 * own)
    return allowed
