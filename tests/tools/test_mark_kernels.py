"""Loops that look for marks are what plain OpenCV and NumPy say."""

import cv2
import numpy as np

from tools import mark_kernels
from tools.picture import Picture


def test_specks_are_what_stands_out_from_the_median_around(meadow: Picture) -> None:
    levels = (255 * meadow.srgb[..., 1]).astype(np.uint8)
    levels[::9, ::7], levels[4::11, 3::8] = 255, 0
    result = np.empty(levels.shape, np.float32)
    mark_kernels.specks(cv2.copyMakeBorder(levels, 5, 5, 5, 5, cv2.BORDER_REPLICATE), 11, 15, result)
    above = levels.astype(int) - cv2.medianBlur(levels, 11)
    np.testing.assert_array_equal(result, (above > 14).astype(int) - (above < -14))
