"""Ramps without corners: how far a number has come from one threshold to another, or whether it lies between them."""

import numpy as np

from tools.types import FloatPlane


def smooth_step(x: FloatPlane, low: float, high: float) -> FloatPlane:
    """Smooth step from 0 at `low` to 1 at `high`; it falls when `high` lies below `low`."""
    t = np.clip((x - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (3 - 2 * t)


def band(x: FloatPlane, low: float, high: float, soft: float) -> FloatPlane:
    """1 between `low` and `high`, falling to 0 over `soft` outside."""
    return smooth_step(x, low - soft, low) * smooth_step(x, high + soft, high)
