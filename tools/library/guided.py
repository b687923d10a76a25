"""Layers and masks that follow the edges of a picture: the fast guided filter.

The linear coefficients are found on a reduced copy and applied to the full-size guide, so the cost hardly grows with
the picture, and the proxy and the full size agree. He, Sun and Tang, "Guided Image Filtering" (TPAMI 2013); He and
Sun, "Fast Guided Filter" (2015).
"""

import cv2
import numpy as np

from tools.rows import Changed, Enlarged, Rows, reduced, whole
from tools.types import FloatImage, FloatPlane

COPY_PX = 1024
"""Long side of the reduced copy on which the coefficients are found; at half of it `soften` would stray visibly."""


def base_layer(lightness: Rows, radius: float, edge: float = 0.1) -> Rows:
    """Large shapes of a lightness plane, `(H, W)`: smooth inside, sharp where lightness leaps by more than `edge`.

    Args:
        lightness: `(H, W)`.
        radius: of the window, as a fraction of the long side.
        edge: smallest step of lightness that counts as an edge.
    """
    small = reduced(lightness, COPY_PX)
    line = Enlarged(coefficients(small, small, radius, edge), *lightness.shape)
    return Changed(_on_line, lightness, line)


def along_edges(plane: FloatPlane, guide: FloatPlane, radius: float = 0.006, edge: float = 0.02) -> FloatPlane:
    """Lay a small plane along the edges of a full-size guide; returned at the size of the guide."""
    rows, columns = plane.shape
    small_guide = cv2.resize(guide, (columns, rows), interpolation=cv2.INTER_AREA)
    line = Enlarged(coefficients(plane, small_guide, radius, edge), *guide.shape)
    return whole(Changed(_on_line, guide, line))


def coefficients(plane: FloatPlane, guide: FloatPlane, radius: float, edge: float) -> FloatImage:
    """Slope and offset of the line in the guide that is nearest to the plane around each pixel, `(h, w, 2)`."""
    return window_coefficients(plane, guide, max(1, round(radius * max(plane.shape))), edge)


def window_coefficients(plane: FloatPlane, guide: FloatPlane, radius_px: int, edge: float) -> FloatImage:
    """The same with the radius of the window in px."""
    side = 2 * radius_px + 1

    def mean(values: FloatPlane) -> FloatPlane:
        return cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT_101)

    mean_guide = mean(guide)
    variance = np.maximum(mean(guide * guide) - mean_guide * mean_guide, 0)
    mean_plane, covariance = mean_guide, variance
    if plane is not guide:
        mean_plane = mean(plane)
        covariance = mean(guide * plane) - mean_guide * mean_plane
    slope = covariance / (variance + np.float32(edge * edge))
    offset = mean_plane - slope * mean_guide
    return mean(cv2.merge([slope, offset]))


def _on_line(guide: FloatPlane, line: FloatImage) -> FloatPlane:
    return line[..., 0] * guide + line[..., 1]
