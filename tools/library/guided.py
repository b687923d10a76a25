"""Layers and masks that follow the edges of a picture: the fast guided filter.

The linear coefficients are found on a reduced copy and applied to the full-size guide, so the cost hardly grows with
the picture, and the proxy and the full size agree. He, Sun and Tang, "Guided Image Filtering" (TPAMI 2013); He and
Sun, "Fast Guided Filter" (2015).
"""

import cv2
import numpy as np

from tools.types import FloatPlane

COPY_PX = 512
"""Long side of the reduced copy on which the coefficients are found."""


def base_layer(lightness: FloatPlane, radius: float, edge: float = 0.1) -> FloatPlane:
    """Large shapes of a lightness plane, `(H, W)`: smooth inside, sharp where lightness leaps by more than `edge`.

    Args:
        lightness: `(H, W)`.
        radius: of the window, as a fraction of the long side.
        edge: smallest step of lightness that counts as an edge.
    """
    small = resized(lightness, COPY_PX)
    return along_edges(small, lightness, radius, edge)


def along_edges(plane: FloatPlane, guide: FloatPlane, radius: float = 0.006, edge: float = 0.02) -> FloatPlane:
    """Lay a small plane along the edges of a full-size guide; returned at the size of the guide."""
    height, width = guide.shape
    rows, columns = plane.shape
    small_guide = cv2.resize(guide, (columns, rows), interpolation=cv2.INTER_AREA)
    side = 2 * max(1, round(radius * max(rows, columns))) + 1

    def mean(values: FloatPlane) -> FloatPlane:
        return cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT_101)

    mean_guide, mean_plane = mean(small_guide), mean(plane)
    covariance = mean(small_guide * plane) - mean_guide * mean_plane
    variance = np.maximum(mean(small_guide * small_guide) - mean_guide * mean_guide, 0)
    slope = covariance / (variance + np.float32(edge * edge))
    offset = mean_plane - slope * mean_guide
    slope, offset = (
        cv2.resize(mean(part), (width, height), interpolation=cv2.INTER_LINEAR) for part in (slope, offset)
    )
    return slope * guide + offset


def resized(plane: FloatPlane, long_side: int) -> FloatPlane:
    """Copy of a plane or picture with at most `long_side` px at its long side."""
    height, width = plane.shape[:2]
    scale = min(1.0, long_side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA)


def smooth_step(x: FloatPlane, low: float, high: float) -> FloatPlane:
    """Smooth step from 0 at `low` to 1 at `high`; it falls when `high` lies below `low`."""
    t = np.clip((x - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (3 - 2 * t)
