"""Squares into which a picture, or a part of it, falls: edges that run along rows and columns, sharp and straight.

Grass, leaves and flakes have no such edges; a mosaic and a ruined JPEG do, even where they cover a corner alone.
"""

import cv2
import numpy as np

from tools import mark_kernels
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
    times, seen = _OWN * max(contrast, 1), _SEEN * min(contrast, 1) ** 0.5
    own = before.once("steps around", lambda: [_steps_around(bands) for bands in _bands(before.lightness)])
    steeper = [
        mark_kernels.sharp_steps(bands, _BESIDE_PX, around, times, seen)
        for bands, around in zip(_bands(lightness), own, strict=True)
    ]
    return 100 * (_DARKENED if snows else 1) * min(steeper)


def _bands(lightness: FloatPlane) -> tuple[FloatPlane, FloatPlane]:
    """Means of L over bands of rows, and over bands of columns, each band a row."""
    height, width = lightness.shape
    rows = np.empty((height // _BAND_PX, width), np.float32)
    columns = np.empty((width // _BAND_PX, height), np.float32)
    mark_kernels.bands(lightness, _BAND_PX, rows, columns)
    return rows, columns


def _steps_around(bands: FloatPlane) -> FloatPlane:
    """The steepest step within 2 px of each that may be a sharp one."""
    steps = cv2.absdiff(bands[:, 1:], bands[:, :-1])
    around = cv2.dilate(steps, np.ones((1, 5), np.uint8))[:, _BESIDE_PX:-_BESIDE_PX]
    return np.ascontiguousarray(around)
