"""Depth, as a cue: what lies high in the frame, in haze and out of focus is taken to be far."""

import cv2
import numpy as np

from tools.locate.plane import enlarged, feathered, finite, roughness
from tools.ramps import smooth_step
from tools.rows import reduced
from tools.types import FloatImage, FloatPlane

WORKING_PX = 192
"""Long side of the copy on which the cue is measured."""


def depth_cue(oklab: FloatImage, sky_mask: FloatPlane, subject_mask: FloatPlane) -> FloatPlane:
    """Depth cue: 0 near to 1 far. It orders things plausibly; it is not a distance.

    Position in the frame leads: from the bottom edge to the horizon where there is a sky, to the top otherwise. Haze
    and lack of texture push a place farther, strong texture pulls it nearer, the sky is at 1. What stands upright is as
    far as its foot.

    Args:
        oklab: `(H, W, 3)`.
        sky_mask: `(H, W)`.
        subject_mask: `(H, W)`.

    Returns:
        `(H, W) float32` in [0, 1].
    """
    oklab = finite(oklab)
    small = reduced(oklab, WORKING_PX)
    sky = enlarged(sky_mask, small)
    ground = 0.62 * height_in_frame(sky) + 0.2 * haze(small) + 0.18 * (1 - texture(small[..., 0]))
    ground = standing(ground, enlarged(subject_mask, small))
    return feathered(np.maximum(ground * (1 - sky), sky), oklab, edge=0.03, halo=0)


def standing(ground: FloatPlane, subject: FloatPlane) -> FloatPlane:
    """Distance in which each piece of the subject that is taller than wide has the distance of its lowest part."""
    count, labels, boxes, _ = cv2.connectedComponentsWithStats((subject > 0.5).astype(np.uint8), connectivity=4)
    distance = ground.copy()
    for piece in range(1, count):
        top, width, height = boxes[piece, [cv2.CC_STAT_TOP, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
        if height > width:
            inside = labels == piece
            foot = inside[top + int(0.9 * height) :]
            distance[inside] = np.median(ground[top + int(0.9 * height) :][foot])
    return distance


def height_in_frame(sky: FloatPlane) -> FloatPlane:
    """0 at the bottom edge, 1 at the horizon of each column and above; without a sky, 1 at the top edge."""
    height, width = sky.shape
    horizon = (sky > 0.5).sum(axis=0).astype(np.float32)[None, :]
    horizon = np.minimum(cv2.GaussianBlur(horizon, (0, 0), max(width / 12, 1)), 0.8 * height)
    rows = np.arange(height, dtype=np.float32)[:, None]
    return np.clip((height - 1 - rows) / np.maximum(height - 1 - horizon, 1), 0, 1).astype(np.float32)


def haze(oklab: FloatImage) -> FloatPlane:
    """How veiled a place is: light, without dark points and with little colour (0 clear to 1 veiled).

    The darkest lightness around each pixel stands for the dark channel (He, Sun and Tang, "Single Image Haze Removal
    Using Dark Channel Prior", TPAMI 2011).
    """
    lightness = oklab[..., 0]
    darkest = cv2.erode(lightness, np.ones((9, 9), np.uint8))
    pale = 1 - smooth_step(np.hypot(oklab[..., 1], oklab[..., 2]), 0.03, 0.12)
    return cv2.GaussianBlur(smooth_step(darkest, 0.25, 0.8) * pale, (0, 0), 3)


def texture(lightness: FloatPlane) -> FloatPlane:
    """Fine texture around each pixel, relative to the strongest in the picture (0 none to 1 strong)."""
    gathered = cv2.GaussianBlur(roughness(lightness, 1.5), (0, 0), 6)
    return smooth_step(gathered, 0.0, max(float(np.percentile(gathered, 90)), 0.02))
