"""The scores of an edit and the one formula that makes them a number; see `tools.quality`."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict

from tools.declare import ToolError
from tools.goals import Request, Source
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture
from tools.quality.comparison import Comparison
from tools.quality.costs import coherence, preservation, strength
from tools.quality.faults import technical
from tools.quality.wishes import GoalResult, results

VERSION = "measured-7"
WEIGHTS = {"instruction": 0.6, "preservation": 0.5, "technical": 0.7, "strength": 0.15, "coherence": 0.5}
"""Powers of the factors in the picture score."""
NOTHING_DONE = 0.1
"""The instruction factor of a picture that was left alone; doing the contrary takes it to 0."""
_LEAST_PX = 128
"""Long side below which a picture is too small to be compared at its own size."""


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
    """Judge an edit on the proxies of the two pictures, both of the size of the smaller.

    Args:
        before: the photo.
        after: what became of it; one of less than `_LEAST_PX` is enlarged, and has less detail.
        request: what was asked for.
        source: where the goals come from.
        maps: of the photo, to measure it only once for many edits.

    Raises:
        ToolError: if the two pictures do not have the same shape.
    """
    side = min(PROXY_PX, max(_LEAST_PX, *after.size))
    first, second = before.reduced(side), after.reduced(side)
    if first.shape != second.shape:
        if abs(np.log(before.size[0] / before.size[1] * after.size[1] / after.size[0])) > 0.02:
            raise ToolError(f"the pictures have different shapes: {_size(before)} and {_size(after)}")
        larger = first.shape[0] > second.shape[0]
        second = cv2.resize(second, first.shape[1::-1], interpolation=cv2.INTER_LINEAR if larger else cv2.INTER_AREA)
    if maps is None or maps.proxy_srgb.shape != first.shape:
        maps = Maps(first)
    return assess_comparison(Comparison(first, second, maps), request, source=source)


def _size(picture: Picture) -> str:
    return "{} x {} px".format(*picture.size)


def assess_comparison(comparison: Comparison, request: Request, *, source: Source = "parsed") -> Assessment:
    """Judge an edit whose pictures are compared already."""
    outcomes = results(comparison, request)
    remarks: list[str] = []
    factors = {
        "instruction": _instruction(comparison, outcomes),
        "preservation": preservation(comparison, request, remarks),
        "technical": technical(comparison, request, remarks),
        "strength": strength(comparison, request, remarks),
        "coherence": coherence(comparison, request, remarks),
    }
    scores = {name: round(1 + 4 * value, 3) for name, value in factors.items()}
    scores["picture"] = round(picture_score(factors), 3)
    return Assessment(goals_source=source, scores=scores, results=outcomes, remarks=remarks)


def picture_score(factors: Mapping[str, float]) -> float:
    """The headline, 1 to 5, from the five factors in [0, 1]."""
    return 1 + 4 * float(np.prod([factors[name] ** power for name, power in WEIGHTS.items()]))


def _instruction(comparison: Comparison, outcomes: Sequence[GoalResult]) -> float:
    """Weighted mean satisfaction of the goals that can be measured; with none, 1 for a picture left alone."""
    known = [(outcome.satisfied, outcome.weight) for outcome in outcomes if outcome.satisfied is not None]
    if not known:
        return float(np.interp(comparison.moved(), [0.5, 6.0], [1.0, 0.0]))
    satisfied = sum(value * weight for value, weight in known) / sum(weight for _, weight in known)
    return float(np.interp(satisfied, [-1.0, 0.0, 1.0], [0.0, NOTHING_DONE, 1.0]))
