"""How a veil lies over a photo: thicker on what is far, as fog does, or alike on near and far, as on a dirty lens."""

import cv2
import numpy as np

from tools.quality.comparison import Comparison

_CLEAR = 0.6
"""Dark channel below which a place shows how much of a veil came over it."""
_LEAST_SHARE = 0.1
"""Share of the picture that such places must have."""


def deepening(comparison: Comparison) -> float:
    """Log ratio of the veil over the farther third of a photo to that over the nearer; NaN where none is told.

    The veil of a place is the gain of its dark channel as a share of the room up to white (Koschmieder's airlight).
    """
    was, now = comparison.before.dark_channel, comparison.after.dark_channel
    clear = was < _CLEAR
    if clear.mean() < _LEAST_SHARE:
        return float("nan")
    depth = cv2.resize(comparison.maps.depth, was.shape[::-1], interpolation=cv2.INTER_AREA)
    near, far = np.quantile(depth[clear], [1 / 3, 2 / 3])
    veils = [
        (now - was)[place].sum() / (1 - was[place]).sum() for place in (clear & (depth <= near), clear & (depth >= far))
    ]
    over_near, over_far = (max(float(veil), 0.0) + 0.02 for veil in veils)
    return float(np.log(over_far / over_near))
