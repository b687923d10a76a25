"""The scores of an edit and the one formula that makes them a number; see `tools.quality`."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict

from tools.declare import ToolError
from tools.goals import Request, Source
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, to_float
from tools.quality.comparison import Comparison
from tools.quality.costs import coherence, preservation, strength
from tools.quality.faults import technical
from tools.quality.wishes import GoalResult, results
from tools.types import FloatImage, FloatPlane

VERSION = "measured-9"
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
        after: what became of it; one of less than `_LEAST_PX` is enlarged, and has less detail. Where not the same of
            both is transparent, they are seen before a middle grey.
        request: what was asked for.
        source: where the goals come from.
        maps: of the photo, to measure it only once for many edits.

    Raises:
        ToolError: if the two pictures do not have the same shape.
    """
    side = min(PROXY_PX, max(_LEAST_PX, *after.size))
    first, second = _seen(before, after, side)
    if first.shape != second.shape:
        if abs(np.log(before.size[0] / before.size[1] * after.size[1] / after.size[0])) > 0.02:
            raise ToolError(f"the pictures have different shapes: {_size(before)} and {_size(after)}")
        larger = first.shape[0] > second.shape[0]
        second = cv2.resize(second, first.shape[1::-1], interpolation=cv2.INTER_LINEAR if larger else cv2.INTER_AREA)
    if maps is None or maps.proxy_srgb.shape != first.shape or not _as_clear(before, after):
        maps = Maps(first)
    return assess_comparison(Comparison(first, second, maps), request, source=source)


def _seen(before: Picture, after: Picture, side: int) -> tuple[FloatImage, FloatImage]:
    """Both proxies; before a middle grey if not the same of both is transparent, so that the difference is seen."""
    first, second = (picture.reduced(side) for picture in (before, after))
    if _as_clear(before, after):
        return first, second
    return _before_grey(first, before), _before_grey(second, after)


def _as_clear(before: Picture, after: Picture) -> bool:
    """Whether the same of two pictures is transparent, as far as that is seen on a thumbnail."""
    if before.alpha is None and after.alpha is None:
        return True
    shape = 64, 64
    covers = [_cover(picture, shape) for picture in (before, after)]
    return float(np.abs(covers[0] - covers[1]).mean()) < 0.005


def _cover(picture: Picture, shape: tuple[int, int]) -> FloatPlane:
    """How opaque a picture is, `(H, W)` in [0, 1]."""
    if picture.alpha is None:
        return np.ones(shape, np.float32)
    return to_float(cv2.resize(picture.alpha, shape[::-1], interpolation=cv2.INTER_AREA))


def _before_grey(srgb: FloatImage, picture: Picture) -> FloatImage:
    height, width = srgb.shape[:2]
    cover = _cover(picture, (height, width))[..., None]
    return np.ascontiguousarray(srgb * cover + np.float32(0.5) * (1 - cover))


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
