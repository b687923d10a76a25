"""What the cues share: reduced copies, ramps, fine texture, and masks feathered along edges."""

import cv2
import numpy as np

from tools.types import FloatImage, FloatPlane

FEATHER_RADIUS = 0.02
"""Window of the guided filter as a fraction of the long side."""
HALO = 0.12
"""Share of the filter's response that is cut off at both ends: its faint halo around an edge."""


def reduced(image: FloatImage, long_side: int) -> FloatImage:
    """Copy of an image with at most `long_side` px, averaged over areas."""
    height, width = image.shape[:2]
    scale = min(1.0, long_side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def enlarged(plane: FloatPlane, like: FloatImage) -> FloatPlane:
    """Plane scaled to the height and width of `like`."""
    return cv2.resize(plane, (like.shape[1], like.shape[0]), interpolation=cv2.INTER_LINEAR)


def ramp(x: FloatPlane, low: float, high: float) -> FloatPlane:
    """Smooth step from 0 at `low` to 1 at `high`; falls when `high` is below `low`."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def band(x: FloatPlane, low: float, high: float, soft: float) -> FloatPlane:
    """1 between `low` and `high`, falling to 0 over `soft` outside."""
    return ramp(x, low - soft, low) * ramp(x, high + soft, high)


def gradient(lightness: FloatPlane) -> FloatPlane:
    """Magnitude of the lightness gradient a pixel (Scharr)."""
    return np.hypot(cv2.Scharr(lightness, cv2.CV_32F, 1, 0), cv2.Scharr(lightness, cv2.CV_32F, 0, 1)) / 32


def roughness(lightness: FloatPlane, sigma: float) -> FloatPlane:
    """Standard deviation of lightness around its own local mean, both over a Gaussian of `sigma` px."""
    detail = lightness - cv2.GaussianBlur(lightness, (0, 0), sigma)
    return np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), sigma))


def feathered(mask: FloatPlane, guide: FloatImage, eps: float = 1e-4, halo: float = HALO) -> FloatPlane:
    """Mask of any size laid along the edges of `guide`, at its size, in [0, 1].

    Guided image filter (He, Sun and Tang, "Guided Image Filtering", TPAMI 2013) with a colour guide.

    Args:
        mask: plane in [0, 1].
        guide: `(H, W, 3)`.
        eps: contrast, squared, that counts as an edge.
        halo: share of the response cut off at both ends.
    """
    full = np.ascontiguousarray(enlarged(mask.astype(np.float32), guide))
    if not full.any() or min(guide.shape[:2]) < 3:
        return full
    radius = max(2, round(FEATHER_RADIUS * max(guide.shape[:2])))
    soft = cv2.ximgproc.guidedFilter(np.ascontiguousarray(guide, np.float32), full, radius, eps)
    return np.clip((np.nan_to_num(soft) - halo) / (1 - 2 * halo), 0, 1)


def finite(image: FloatImage) -> FloatImage:
    """Image without infinities and not-a-numbers."""
    image = np.ascontiguousarray(image, np.float32)
    return image if np.isfinite(image).all() else np.nan_to_num(image, nan=0, posinf=1, neginf=0)
