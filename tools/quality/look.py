"""Whether a picture has taken on a named look: its tones and colours against those the look gives this very photo."""

from functools import lru_cache

import cv2
import numpy as np

from tools import colour
from tools.attributes import Attributes
from tools.declare import ToolError
from tools.engine import advance, to_gamut
from tools.maps import Maps
from tools.plan import Step
from tools.quality.comparison import Comparison
from tools.styles import STYLES
from tools.types import FloatPlane

_SIDE_PX = 96
"""Looks act on single pixels, so a thumbnail tells all about them."""


def towards_look(comparison: Comparison, name: str) -> float | None:
    """Share of the way that the picture went from the photo towards a look, less half of what it strayed; at most 1.3.

    The way is measured in twelve numbers: L at five places of the tone scale, a and b of the shadows, midtones and
    highlights, and the mean chroma (all x 100). None for a look that is not known.
    """
    before, after = (_thumbnail(picture) for picture in (comparison.before, comparison.after))
    target = _graded(before, name)
    if target is None:
        return None
    order = np.argsort(before.lightness, axis=None)
    start, end, got = (_profile(picture, order) for picture in (before, target, after))
    way, went = end - start, got - start
    length = float(way @ way)
    if length < 1.0:
        return None
    along = float(went @ way) / length
    astray = float(np.linalg.norm(went - along * way)) / max(np.sqrt(length), 4.0)
    return float(np.clip(along, -1, 1.3)) - 0.5 * min(astray, 1.5)


def _thumbnail(picture: Attributes) -> Attributes:
    height, width = picture.lightness.shape
    scale = _SIDE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return Attributes(to_gamut(cv2.resize(picture.linear, size, interpolation=cv2.INTER_AREA)))


def _graded(before: Attributes, name: str) -> Attributes | None:
    """The photo under the look, as the library grades it."""
    steps = STYLES[name].plan.steps if name in STYLES else _grade(name)
    if steps is None:
        return None
    maps, linear = Maps(colour.linear_to_srgb(before.linear)), before.linear
    for index, step in enumerate(steps):
        linear = advance(linear, step, seed=0, index=index, maps=maps)
    return Attributes(to_gamut(linear))


@lru_cache
def _grade(name: str) -> list[Step] | None:
    try:
        return [Step(tool="color_grading", args={"look": name, "strength": 80})]
    except (ToolError, ValueError):
        return None


def _profile(picture: Attributes, order: FloatPlane) -> FloatPlane:
    """The twelve numbers, of the pixels in the photo's own order from dark to light."""
    flat = picture.oklab.reshape(-1, 3)[order]
    fifths = [part[:, 0].mean() for part in np.array_split(flat, 5)]
    thirds = [value for part in np.array_split(flat, 3) for value in part[:, 1:].mean(axis=0)]
    return 100 * np.array([*fifths, *thirds, picture.chroma.mean()])
