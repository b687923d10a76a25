"""Loops that look for marks are what plain OpenCV and NumPy say."""

import cv2
import numpy as np
import pytest

from tools import mark_kernels
from tools.picture import Picture


def test_specks_are_what_stands_out_from_the_median_around(meadow: Picture) -> None:
    levels = (255 * meadow.srgb[..., 1]).astype(np.uint8)
    levels[::9, ::7], levels[4::11, 3::8] = 255, 0
    result = np.empty(levels.shape, np.float32)
    mark_kernels.specks(cv2.copyMakeBorder(levels, 5, 5, 5, 5, cv2.BORDER_REPLICATE), 11, 15, result)
    above = levels.astype(int) - cv2.medianBlur(levels, 11)
    np.testing.assert_array_equal(result, (above > 14).astype(int) - (above < -14))


def test_sharp_steps_are_what_exceeds_all_that_is_allowed(meadow: Picture) -> None:
    plane = np.ascontiguousarray(meadow.srgb[..., 1])
    height, width = plane.shape
    rows, bands = np.empty((height // 12, width), np.float32), np.empty((width // 12, height), np.float32)
    mark_kernels.bands(plane, 12, rows, bands)
    np.testing.assert_allclose(rows, plane[: 12 * len(rows)].reshape(-1, 12, width).mean(axis=1), atol=1e-6)
    np.testing.assert_allclose(bands, plane[:, : 12 * len(bands)].reshape(height, -1, 12).mean(axis=2).T, atol=1e-6)

    own = np.full((len(bands), bands.shape[1] - 7), 0.01, np.float32)
    steps = np.abs(np.diff(bands, axis=1))
    sharp = steps[:, 3:-3] - 2 * np.maximum(steps[:, :-6], steps[:, 6:])
    expected = np.maximum(sharp - 1.5 * own - 0.002, 0).mean()
    assert mark_kernels.sharp_steps(bands, 3, own, 1.5, 0.002) == pytest.approx(expected, rel=1e-3)


def test_terraces_are_level_places_beside_steps() -> None:
    slope = np.tile(np.linspace(0.2, 0.8, 64, dtype=np.float32), (32, 1))
    stairs = np.round(4 * slope) / 4
    assert mark_kernels.terraces(slope, stairs, 16).mean() > 0.2
    assert not mark_kernels.terraces(slope, 0.5 * slope + 0.1, 16).any()
    assert not mark_kernels.terraces(slope, np.full_like(slope, 0.5), 16).any()
