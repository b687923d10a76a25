"""Laying an edited picture over the photo where it lies a pixel or two beside it, as after another program's crop.

Nobody sees that, and everything that compares pixels would.
"""

from itertools import product

import cv2
import numpy as np

from tools import detail_kernels
from tools.attributes import Attributes
from tools.types import FloatImage, FloatPlane

FARTHEST_PX = 2
"""How far beside the photo a picture may lie."""
_AT_HOME = 0.6
"""Correlation of fine detail from which on a picture may lie where the photo does; a pixel further it is mostly 0."""
_SURELY_AT_HOME = 0.9
"""The same from which on it lies nowhere else."""
_BETTER = 0.1
"""How much more of it there must be a pixel further."""


def aligned(photo: Attributes, after_srgb: FloatImage, known: Attributes | None = None) -> Attributes:
    """An edited picture of the photo's size, moved by whole pixels if it plainly lies beside the photo.

    Args:
        photo: the photo.
        after_srgb: the edited picture.
        known: its attributes beside the photo's, if they are at hand.
    """
    after = known or Attributes(after_srgb, reference=photo)
    if min(photo.lightness.shape) <= 4 * FARTHEST_PX:
        return after
    home = _correlation(photo.fine, after.fine, 0, 0)
    if home >= _SURELY_AT_HOME:
        return after
    if home >= _AT_HOME:
        beside = max(_correlation(photo.fine, after.fine, *move) for move in ((0, 1), (0, -1), (1, 0), (-1, 0)))
        if beside < home + _BETTER:
            return after
    moves = list(product(range(-FARTHEST_PX, FARTHEST_PX + 1), repeat=2))
    there = [_correlation(photo.fine, after.fine, *move) for move in moves]
    best = int(np.argmax(there))
    if there[best] < _AT_HOME:
        return after
    return Attributes(_moved_back(after_srgb, *moves[best]), reference=photo)


def _correlation(detail: FloatPlane, after: FloatPlane, down: int, right: int) -> float:
    """How fine detail agrees with that of a picture that lies so many px further down and right; of every third row."""
    both, *squares = detail_kernels.products(detail, after, down, right, FARTHEST_PX, 3)
    scale = np.sqrt(squares[0] * squares[1])
    return float(both / scale) if scale > 0 else 1.0


def _moved_back(srgb: FloatImage, down: int, right: int) -> FloatImage:
    """A picture that lay so many px further down and right; what comes in from beyond the border repeats it."""
    height, width = srgb.shape[:2]
    edge = FARTHEST_PX
    wide = cv2.copyMakeBorder(srgb, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(wide[edge + down : edge + down + height, edge + right : edge + right + width])
