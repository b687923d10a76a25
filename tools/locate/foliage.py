"""Leaves and grass: the hues of chlorophyll, textured, or out of focus behind something that is not."""

import cv2
import numpy as np

from tools import colour
from tools.locate.plane import feathered, finite, roughness
from tools.ramps import band, smooth_step
from tools.rows import reduced
from tools.types import FloatImage, FloatPlane

WORKING_PX = 256
"""Long side of the copy on which colour and texture are measured."""
MASS_PX = 33
"""Least width of a mass of autumn leaves on that copy."""


def foliage(oklab: FloatImage) -> FloatPlane:
    """Mask of leaves and grass.

    Green to yellow-green needs a little texture, autumn colours need much of it and green leaves in the same picture.

    Args:
        oklab: `(H, W, 3)`.

    Returns:
        `(H, W) float32` in [0, 1].
    """
    oklab = finite(oklab)
    small = reduced(oklab, WORKING_PX)
    leafy = green_leaves(small)
    if float(leafy.mean()) > 0.02:
        near = smooth_step(cv2.GaussianBlur(leafy, (0, 0), 40), 0.02, 0.06)
        leafy = np.maximum(leafy, near * autumn_leaves(small))
    return feathered(solid(leafy), oklab, edge=0.03)


def green_leaves(oklab: FloatImage) -> FloatPlane:
    """Likelihood of green leaves by hue and texture.

    Paint and cloth are as green, but more even; a leaf's hue leans to yellow, which paint's seldom does.
    """
    hue, vivid = colour.hue_degrees(oklab), colour.chroma(oklab)
    natural = band(hue, 106, 146, 9) * smooth_step(vivid, 0.018, 0.045) * smooth_step(oklab[..., 0], 0.08, 0.18)
    typical = band(hue, 110, 135, 8)
    texture = relative_texture(oklab[..., 0])
    return natural * np.maximum(smooth_step(texture, 0.01, 0.035), 0.85 * typical * smooth_step(texture, 0.001, 0.005))


def autumn_leaves(oklab: FloatImage) -> FloatPlane:
    """Likelihood of yellow to red leaves, in masses only: fur and feathers have the same colours and texture."""
    hue, vivid = colour.hue_degrees(oklab), colour.chroma(oklab)
    texture = cv2.GaussianBlur(relative_texture(oklab[..., 0]), (0, 0), 3)
    coloured = band(hue, 50, 106, 8) * smooth_step(vivid, 0.03, 0.055) * smooth_step(texture, 0.02, 0.035)
    closed = cv2.morphologyEx(cv2.GaussianBlur(coloured, (0, 0), 2), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    core = cv2.morphologyEx(closed, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (MASS_PX, MASS_PX)))
    _, labels = cv2.connectedComponents((closed > 0.4).astype(np.uint8), connectivity=4)
    return 0.9 * closed * np.isin(labels, np.unique(labels[core > 0.4]))


def relative_texture(lightness: FloatPlane) -> FloatPlane:
    """Fine contrast of lightness relative to its local mean."""
    return roughness(lightness, 2.5) / (cv2.GaussianBlur(lightness, (0, 0), 2.5) + 0.1)


def solid(mask: FloatPlane) -> FloatPlane:
    """Mask without specks: a pixel counts when its surroundings agree."""
    around = cv2.GaussianBlur(mask, (0, 0), 3)
    return np.clip(mask * 0.5 + around, 0, 1) * smooth_step(around, 0.12, 0.4)
