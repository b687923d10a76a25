"""How a veil lies over a photo: thicker on what is far, as fog does, or alike on near and far, as on a dirty lens."""

import cv2
import numpy as np

from tools.maps import Maps
from tools.quality.comparison import Comparison
from tools.types import FloatPlane

_CLEAR = 0.6
"""Dark channel below which a place shows how much of a veil came over it."""
_LEAST_SHARE = 0.1
"""Share of the picture that such places must have."""


def deepening(comparison: Comparison) -> float:
    """Log ratio of the veil over the farther third of a photo to that over the nearer; NaN where none is told.

    The veil of a place is the gain of its dark channel as a share of the room up to white (Koschmieder's airlight).
    """
    photo = comparison.before
    thirds = photo.once("near and far", lambda: _near_and_far(photo.dark_channel, comparison.maps))
    if thirds is None:
        return float("nan")
    gain = comparison.after.dark_channel - photo.dark_channel
    over_near, over_far = (max(float(np.vdot(gain, third)), 0.0) + 0.02 for third in thirds)
    return float(np.log(over_far / over_near))


def _near_and_far(dark: FloatPlane, maps: Maps) -> tuple[FloatPlane, FloatPlane] | None:
    """What to multiply a gain of the dark channel by and sum up for the veil over the nearer and the farther third."""
    clear = dark < _CLEAR
    if clear.mean() < _LEAST_SHARE:
        return None
    depth = cv2.resize(maps.depth, dark.shape[::-1], interpolation=cv2.INTER_AREA)
    near, far = np.quantile(depth[clear], [1 / 3, 2 / 3])
    nearer, farther = ((clear & third).astype(np.float32) for third in (depth <= near, depth >= far))
    return nearer / np.vdot(nearer, 1 - dark), farther / np.vdot(farther, 1 - dark)
