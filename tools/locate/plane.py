"""What the cues share: planes brought to a size, fine texture, and masks feathered along edges."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.rows import reduced
from tools.types import FloatImage, FloatPlane

FEATHER_RADIUS = 0.02
"""Window of the guided filter as a fraction of the long side."""
HALO = 0.12
"""Share of the filter's response that is cut off at both ends: its faint halo around an edge."""
BORDER = 0.012
"""How far from its border a rough mask may be wrong, as a fraction of the long side."""
SOFTNESS = 0.0015
"""How soft a border is in itself, as a fraction of the long side."""
ALIKE = 0.05
"""Distance of two colours at which they are half trusted to tell inside from outside."""
_LEVELS = 255
"""Scale of the guide: in [0, 1] its covariances are so small that OpenCV takes them for singular, and only blurs."""


def enlarged(plane: FloatPlane, like: FloatImage) -> FloatPlane:
    """Plane scaled to the height and width of `like`."""
    return cv2.resize(plane, (like.shape[1], like.shape[0]), interpolation=cv2.INTER_LINEAR)


def gradient(lightness: FloatPlane) -> FloatPlane:
    """Magnitude of the lightness gradient a pixel (Scharr)."""
    return np.hypot(cv2.Scharr(lightness, cv2.CV_32F, 1, 0), cv2.Scharr(lightness, cv2.CV_32F, 0, 1)) / 32


def roughness(lightness: FloatPlane, sigma: float) -> FloatPlane:
    """Standard deviation of lightness around its own local mean, both over a Gaussian of `sigma` px."""
    detail = lightness - cv2.GaussianBlur(lightness, (0, 0), sigma)
    return np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), sigma))


def feathered(
    mask: FloatPlane, guide: FloatImage, edge: float = 0.01, halo: float = HALO, radius: float = FEATHER_RADIUS
) -> FloatPlane:
    """Mask of any size laid along the edges of `guide`, at its size, in [0, 1].

    Guided image filter (He, Sun and Tang, "Guided Image Filtering", TPAMI 2013) with a colour guide.

    Args:
        mask: plane in [0, 1].
        guide: `(H, W, 3)`.
        edge: contrast of the guide that counts as an edge.
        halo: share of the response cut off at both ends.
        radius: of the window, as a fraction of the long side.
    """
    full = np.ascontiguousarray(enlarged(mask.astype(np.float32), guide))
    if not full.any() or min(guide.shape[:2]) < 3:
        return full
    radius_px = max(2, round(radius * max(guide.shape[:2])))
    levels = np.ascontiguousarray(guide, np.float32) * _LEVELS
    soft = cv2.ximgproc.guidedFilter(levels, full, radius_px, (edge * _LEVELS) ** 2)
    return _trimmed(np.nan_to_num(soft), halo)


def matted(mask: FloatPlane, guide: FloatImage) -> FloatPlane:
    """Mask of a thing that differs from its surroundings, its border drawn anew; of the size of `guide`, in [0, 1].

    Near its border the mask is not trusted: there each pixel is placed on the line between the mean colours inside and
    outside, as matting by known colours does (Smith and Blinn, "Blue Screen Matting", SIGGRAPH 1996), as far as the two
    differ. It is softened by less than a pixel.

    Args:
        mask: plane in [0, 1] of any size.
        guide: `(H, W, 3)`.
    """
    rough = enlarged(mask.astype(np.float32), guide)
    radius_px = max(2, round(BORDER * max(guide.shape[:2])))
    inside, outside = _eroded(rough > 0.5, radius_px), _eroded(rough <= 0.5, radius_px)
    border = (inside + outside) == 0
    half = reduced(guide, max(guide.shape[:2]) // 2)
    within, near_inside = _local_mean(half, inside, 2 * radius_px, border)
    without, near_outside = _local_mean(half, outside, 2 * radius_px, border)
    line = within - without
    length = np.einsum("ij,ij->i", line, line)
    place = _trimmed(np.einsum("ij,ij->i", guide[border] - without, line) / (length + 1e-6), 0.15)
    trust = length / (length + ALIKE**2) * np.clip(50 * np.minimum(near_inside, near_outside), 0, 1)
    soft = cv2.GaussianBlur(rough, (0, 0), radius_px / 3)[border]
    rough[border] = trust * place + (1 - trust) * soft
    return _trimmed(cv2.GaussianBlur(rough, (0, 0), max(0.5, SOFTNESS * max(guide.shape[:2]))), 0.03)


def _eroded(mask: NDArray[np.bool_], radius_px: int) -> FloatPlane:
    return cv2.erode(mask.astype(np.float32), np.ones((2 * radius_px + 1, 2 * radius_px + 1), np.uint8))


def _local_mean(
    half: FloatImage, weight: FloatPlane, sigma_px: float, where: NDArray[np.bool_]
) -> tuple[FloatPlane, FloatPlane]:
    """Mean of an image around some pixels over where `weight` is 1, and the share of the surroundings where it is.

    Args:
        half: the image at half its size: what a wide blur leaves has no finer detail.
        weight: `(H, W)`, of the size of the image.
        sigma_px: of the Gaussian, on the image.
        where: `(H, W)`, the N pixels asked for.

    Returns:
        `(N, 3)` and `(N,)`.
    """
    share = enlarged(weight, half)
    blurred = cv2.GaussianBlur(np.dstack([half * share[..., None], share]), (0, 0), sigma_px / 2)
    found = enlarged(blurred, weight)[where]
    return found[:, :3] / (found[:, 3:] + 1e-6), found[:, 3]


def _trimmed(plane: FloatPlane, ends: float) -> FloatPlane:
    """Plane whose lowest and highest values, `ends` of the range each, have become 0 and 1."""
    return np.clip((plane - ends) / (1 - 2 * ends), 0, 1).astype(np.float32)


def finite(image: FloatImage) -> FloatImage:
    """Image without infinities and not-a-numbers."""
    image = np.ascontiguousarray(image, np.float32)
    return image if np.isfinite(image).all() else np.nan_to_num(image, nan=0, posinf=1, neginf=0)
