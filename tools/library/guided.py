"""Layers and masks that follow the edges of a picture: the fast guided filter.

The linear coefficients are found on a reduced copy and applied to the full-size guide, so the cost hardly grows with
the picture, and the proxy and the full size agree. He, Sun and Tang, "Guided Image Filtering" (TPAMI 2013); He and
Sun, "Fast Guided Filter" (2015).
"""

import cv2
import numpy as np

from tools.colour import flat
from tools.library import loops
from tools.rows import Changed, Enlarged, Rows, averaged, block_means, reduced
from tools.types import FloatImage, FloatPlane

COPY_PX = 1024
"""Long side of the reduced copy on which the coefficients are found; at half of it `soften` would stray visibly."""
WINDOW_PX = 12
"""Side of a window from twice of which on a copy is reduced further: more pixels tell the same."""


def base_layer(lightness: Rows, radius: float, edge: float = 0.1) -> Rows:
    """Large shapes of a lightness plane, `(H, W)`: smooth inside, sharp where lightness leaps by more than `edge`.

    Args:
        lightness: `(H, W)`.
        radius: of the window, as a fraction of the long side.
        edge: smallest step of lightness that counts as an edge.
    """
    return Changed(on_line, lightness, own_line(lightness, radius, edge))


def own_line(lightness: Rows, radius: float, edge: float) -> Rows:
    """Slope and offset, `(H, W, 2)`, of the lines in a lightness plane on which its large shapes lie."""
    small = reduced(lightness, COPY_PX)
    side_px = _side_px(lightness, radius, small)
    factor = max(1, int(side_px / WINDOW_PX))
    guide, square = small, small * small
    if factor > 1:
        guide, square = block_means(guide, factor), block_means(square, factor)
    line = _lines(guide, square, guide, square, side_px / factor, edge)
    if factor > 1:
        line = Enlarged(line, *small.shape, pitch=factor)[:]
    if isinstance(lightness, Enlarged) and lightness.small.shape == small.shape:
        return lightness.of(line)
    return Enlarged(line, *lightness.shape)


def along_edges(plane: FloatPlane, guide: Rows, radius: float = 0.006, edge: float = 0.02) -> Rows:
    """Lay a small plane along the edges of a full-size guide; returned at the size of the guide."""
    return Changed(on_line, guide, line_along(plane, guide, radius, edge))


def line_along(plane: FloatPlane, guide: Rows, radius: float, edge: float) -> Rows:
    """Slope and offset, `(H, W, 2)`, of the lines in a full-size guide that lay a small plane along its edges."""
    side_px = _side_px(guide, radius, plane)
    return Enlarged(coefficients(plane, averaged(guide, *plane.shape), side_px, edge), *guide.shape)


def lightness_of(oklab: Rows) -> Rows:
    """Lightness of a picture in Oklab, `(H, W)`."""
    return Changed(lambda strip: cv2.extractChannel(strip, 0), oklab, plane=True)


def _side_px(full: Rows, radius: float, small: FloatPlane) -> float:
    """Side of the window in px of a reduced copy; at full size it is an odd whole number."""
    long_side = max(full.shape[:2])
    return (2 * max(1, round(radius * long_side)) + 1) * max(small.shape) / long_side


def coefficients(plane: FloatPlane, guide: FloatPlane, side_px: float, edge: float) -> FloatImage:
    """Slope and offset of the line in the guide that is nearest to the plane around each pixel, `(h, w, 2)`.

    Args:
        plane: `(h, w)`.
        guide: as large.
        side_px: of the window.
        edge: see `base_layer`.
    """
    product = guide * guide
    return _lines(guide, product, plane, product if plane is guide else guide * plane, side_px, edge)


def _lines(
    guide: FloatPlane, square: FloatPlane, plane: FloatPlane, product: FloatPlane, side_px: float, edge: float
) -> FloatImage:
    """The same by the guide, its square, the plane and its product with the guide."""

    def mean(values: FloatPlane) -> FloatPlane:
        return window_mean(values, side_px)

    mean_guide, mean_square = flat(mean(guide)), flat(mean(square))
    mean_plane, mean_product = mean_guide, mean_square
    if plane is not guide:
        mean_plane, mean_product = flat(mean(plane)), flat(mean(product))
    line = np.empty((*guide.shape, 2), np.float32)
    loops.lines(mean_guide, mean_square, mean_plane, mean_product, edge * edge, line.reshape(-1))
    return mean(line)


def window_mean(values: FloatPlane, side_px: float) -> FloatPlane:
    """Mean over the square window around each pixel; of one of broken width, the rim counts in part."""
    inner = 2 * int((side_px - 1) / 2) + 1
    outer_share = (side_px - inner) / 2 * (inner + 2) / side_px
    means = cv2.blur(values, (inner, inner), borderType=cv2.BORDER_REFLECT_101)
    if outer_share < 0.01:
        return means
    wider = cv2.blur(values, (inner + 2, inner + 2), borderType=cv2.BORDER_REFLECT_101)
    return cv2.addWeighted(means, 1 - outer_share, wider, outer_share, 0, dst=means)


def on_line(guide: FloatPlane, line: FloatImage) -> FloatPlane:
    """What the lines have at the guide."""
    result = np.empty(guide.shape, np.float32)
    loops.on_lines(flat(guide), flat(line), result.reshape(-1))
    return result
