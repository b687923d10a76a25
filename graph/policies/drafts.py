"""Drafting the step that moves a goal: which tool, where, and which argument is still to be found."""

from typing import NamedTuple

from graph.policies.moves import MOVES, Move
from graph.policies.sketch import Sketch
from tools.declare import REGISTRY
from tools.goals import Colour, Goal, Request
from tools.plan import Step
from tools.region import COLOURS

BAND_OF: dict[str, str] = {"pink": "magenta", "brown": "orange"}
"""Colour names that are no bands of their own, by the band that holds them."""
_NEUTRALS = ("white", "black", "grey")
_LEAST_BAND = 0.04
"""Share of a region that a colour must cover to be strengthened; below it the region is washed with the colour."""

_LEANS = 0.5
"""Strength up to which a colour that turns only leans to its neighbour."""


class Draft(NamedTuple):
    """A step whose amount is still open."""

    step: Step
    move: Move


def draft(goal: Goal, request: Request, sketch: Sketch, region: str) -> Draft | str:
    """Draft the step for a goal, to be applied in `region`; a string says why there is none."""
    match goal.attribute:
        case "monochrome":
            return _monochrome(goal, request, region)
        case "colour":
            return _colour(goal, sketch, region)
        case "hue":
            return _hue(goal, sketch, region)
        case "bokeh" if goal.direction > 0:
            if not sketch.has("subject"):
                return "no subject stands out, so the background was not blurred"
            return _drafted(MOVES["bokeh", 1], "everywhere")
    move = MOVES.get((goal.attribute, goal.direction))
    return (
        _drafted(move, region) if move else f"no tool gives {'more' if goal.direction > 0 else 'less'} {goal.attribute}"
    )


def _drafted(move: Move, region: str) -> Draft:
    return Draft(Step(tool=move.tool, args=dict(move.fixed), region=region), move)


def _monochrome(goal: Goal, request: Request, region: str) -> Draft | str:
    if goal.direction < 0:
        return "colour cannot be given back to a black and white photo"
    warm = any(other.attribute == "warmth" and other.direction > 0 for other in request.goals)
    cool = any(other.attribute == "warmth" and other.direction < 0 for other in request.goals)
    toning = "sepia" if warm else "cyanotype" if cool else "none"
    return _drafted(Move("monochrome", "amount", 100, solved=False, always=True, fixed={"toning": toning}), region)


def _colour(goal: Goal, sketch: Sketch, region: str) -> Draft | str:
    if goal.colour is None or goal.colour in _NEUTRALS:
        return f"{goal.colour or 'colour'} is not a colour whose strength can be set"
    band = BAND_OF.get(goal.colour, goal.colour)
    if goal.direction < 0 or sketch.share(band, region) >= _LEAST_BAND:
        return _drafted(Move("colour_band", "saturation", 90 * goal.direction, fixed={"band": band}), region)
    return _drafted(Move("colour_wash", "amount", 45, fixed={"paint": goal.colour}), region)


def _hue(goal: Goal, sketch: Sketch, region: str) -> Draft | str:
    paint = _paint(goal.to_colour)
    if paint is None:
        return f"no paint is called {goal.to_colour}"
    source = BAND_OF.get(goal.colour or "", goal.colour or "")
    if source in COLOURS and goal.strength <= _LEANS and (way := _way_to(source, goal.to_colour)):
        return _drafted(Move("colour_band", "hue", 90 * way, fixed={"band": source}), region)
    if source in COLOURS:
        region = source if region == "everywhere" else f"({region}) & {source}"
        if not sketch.has(region):
            return f"there is no {goal.colour} to change"
    return _drafted(Move("recolour", "amount", 100, solved=False, fixed={"paint": paint}), region)


def _way_to(band: str, other: str | None) -> int:
    """Whether a colour is the next of the rainbow, 1, or the one before, -1; 0 for those further away."""
    gap = (COLOURS.index(other) - COLOURS.index(band)) % len(COLOURS) if other in COLOURS else 0
    return {1: 1, len(COLOURS) - 1: -1}.get(gap, 0)


def _paint(colour: Colour | None) -> str | None:
    paints = REGISTRY["recolour"].schema()["properties"]["paint"]["enum"]
    return colour if colour in paints else None
