"""Where the sky, the leaves, the skin and the subject of a photo are, and what lies far: cues from colour, texture, place."""

import numpy as np

from tools.types import FloatImage, FloatPlane


def sky(oklab: FloatImage) -> FloatPlane:
    """Mask of the sky."""
    return np.zeros(oklab.shape[:2], np.float32)


def foliage(oklab: FloatImage) -> FloatPlane:
    """Mask of leaves and grass."""
    return np.zeros(oklab.shape[:2], np.float32)


def skin(srgb: FloatImage) -> FloatPlane:
    """Mask of skin."""
    return np.zeros(srgb.shape[:2], np.float32)


def subject(srgb: FloatImage, sky_mask: FloatPlane, skin_mask: FloatPlane) -> FloatPlane:
    """Mask of what the picture is of."""
    return np.zeros(srgb.shape[:2], np.float32)


def depth_cue(oklab: FloatImage, sky_mask: FloatPlane) -> FloatPlane:
    """Depth, 0 near to 1 far."""
    return np.broadcast_to(np.linspace(1, 0, oklab.shape[0], dtype=np.float32)[:, None], oklab.shape[:2])
