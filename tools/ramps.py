"""Ramps without corners: how far a number has come from one threshold to another, or whether it lies between them."""

import numpy as np

from tools import kernels
from tools.types import FloatPlane


def smooth_step(x: FloatPlane, low: float, high: float) -> FloatPlane:
    """Smooth step from 0 at `low` to 1 at `high`; it falls when `high` lies below `low`."""
    result = np.array(x, np.float32, order="C")
    kernels.smooth_steps(result.reshape(-1), low, high - low)
    return result


def band(x: FloatPlane, low: float, high: float, soft: float) -> FloatPlane:
    """1 between `low` and `high`, falling to 0 over `soft` outside."""
    return smooth_step(x, low - soft, low) * smooth_step(x, high + soft, high)
