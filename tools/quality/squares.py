"""Squares into which a picture, or a part of it, falls: edges that run along rows and columns, sharp and straight.

Grass, leaves and flakes have no such edges; a mosaic and a ruined JPEG do, even where they cover a corner alone.
"""

import cv2
import numpy as np

from tools.goals import Request
from tools.quality.comparison import Comparison
from tools.types import FloatPlane

_BAND_PX = 12
"""Width of the bands over whose means an edge must run straight."""
_BESIDE_PX = 3
"""Distance at which there is less than half as steep a step beside a sharp edge."""
_OWN = 1.5
"""How many times as steep, beside a gain of contrast, the photo's own edges may become."""
_SEEN = 0.015
"""Step of L that is seen."""
_DARKENED = 4.0
"""How much more a step between darkened places counts, since most are lightened besides."""


def squares(comparison: Comparison, request: Request) -> float:
    """Mean step (L x 100) at straight, sharp edges that the photo does not have; the lesser of rows and columns.

    Where contrast was lost smaller ones are seen. Flakes of snow only add light, and of it nothing counts.
    """
    before, after = comparison.before, comparison.after
    if min(after.lightness.shape) <= 4 * _BAND_PX:
        return 0.0
    snows = any(effect.value == "snow" for effect in request.effects)
    lightness = after.lightness - np.maximum(after.residual, 0) if snows else after.lightness
    contrast = (after.measure("contrast") + 1) / (before.measure("contrast") + 1)
    gained, left = max(contrast, 1), min(contrast, 1) ** 0.5
    own = before.once("steps around", lambda: [_around(steps) for steps in _steps(before.lightness)])
    steeper = [
        _sharp(steps) - _OWN * gained * around - _SEEN * left
        for steps, around in zip(_steps(lightness), own, strict=True)
    ]
    return 100 * (_DARKENED if snows else 1) * min(float(np.maximum(each, 0).mean()) for each in steeper)


def _steps(lightness: FloatPlane) -> tuple[FloatPlane, FloatPlane]:
    """Steps of L along bands of rows, and along bands of columns."""
    height, width = lightness.shape
    rows = cv2.resize(lightness, (width, height // _BAND_PX), interpolation=cv2.INTER_AREA)
    columns = cv2.resize(lightness, (width // _BAND_PX, height), interpolation=cv2.INTER_AREA)
    first, second = (cv2.absdiff(bands[:, 1:], bands[:, :-1]) for bands in (rows, cv2.transpose(columns)))
    return first, second


def _around(steps: FloatPlane) -> FloatPlane:
    """The steepest step within 2 px of each, where `_sharp` tells one."""
    return cv2.dilate(steps, np.ones((1, 5), np.uint8))[:, _BESIDE_PX:-_BESIDE_PX]


def _sharp(steps: FloatPlane) -> FloatPlane:
    """What a step has beyond twice that of its surroundings; none is told next to the border."""
    beside = cv2.max(steps[:, : -2 * _BESIDE_PX], steps[:, 2 * _BESIDE_PX :])
    return steps[:, _BESIDE_PX:-_BESIDE_PX] - 2 * beside
