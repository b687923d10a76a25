"""Pictures that are made row by row: the same as arrays, in any portion; averages and enlargements are right."""

import cv2
import numpy as np
import pytest

from tools import strips
from tools.rows import Changed, Enlarged, averaged, every, reduced, smoothly, thinned, whole

IMAGE = np.random.default_rng(0).random((97, 131, 3)).astype(np.float32)


@pytest.mark.parametrize("shape", [(97, 131, 3), (97, 131, 1), (97, 131)])
def test_averaging_agrees_with_opencv(shape: tuple[int, ...]) -> None:
    image = IMAGE[..., : (shape[2:] or (1,))[0]].reshape(shape)
    for rows, columns in ((97, 131), (32, 43), (1, 1), (97, 7)):
        wanted = cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA)
        np.testing.assert_allclose(averaged(image, rows, columns).reshape(wanted.shape), wanted, atol=2e-6)


def test_a_large_picture_is_averaged_by_several_threads() -> None:
    large = np.random.default_rng(0).integers(0, 256, (700, 800, 3)).astype(np.uint8)
    assert large.shape[0] * large.shape[1] > strips.WORTH_SHARING
    wanted = cv2.resize(large.astype(np.float32), (301, 207), interpolation=cv2.INTER_AREA) / 255
    np.testing.assert_allclose(averaged(large, 207, 301, unit=1 / 255), wanted, atol=2e-6)


@pytest.mark.parametrize("channels", [0, 1, 2, 3])
def test_an_enlarged_wave_is_the_wave(channels: int) -> None:
    def wave(height: int, width: int) -> np.ndarray:
        y, x = (np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width
        plane = np.cos(np.pi * y)[:, None] * np.cos(2 * np.pi * x)
        return (np.repeat(plane[..., None], channels, axis=2) if channels else plane).astype(np.float32)

    enlarged = whole(Enlarged(wave(40, 60), 200, 300))
    np.testing.assert_allclose(enlarged, wave(200, 300), atol=2e-3)


def test_any_rows_of_an_enlargement_are_those_of_the_whole() -> None:
    picture = Enlarged(IMAGE[:20, :30], 97, 131)
    full = whole(picture)
    assert full.shape == (97, 131, 3)
    np.testing.assert_array_equal(picture[0:1], full[0:1])
    np.testing.assert_array_equal(picture[40:97], full[40:97])
    np.testing.assert_array_equal(picture.every(7), full[::7, ::7])


def test_a_change_is_made_in_the_rows_that_are_asked_for() -> None:
    plane = IMAGE[..., 0]
    sums = Changed(lambda image, plane: image + plane[..., None], IMAGE, plane)
    lightness = Changed(lambda image: image.mean(axis=2), sums, plane=True)
    wanted = (IMAGE + plane[..., None]).mean(axis=2)
    assert lightness.shape == wanted.shape
    np.testing.assert_array_equal(lightness[10:20], wanted[10:20])
    np.testing.assert_array_equal(every(lightness, 5), wanted[::5, ::5])
    np.testing.assert_array_equal(whole(lightness), wanted)
    assert thinned(lightness, 100).size < 200


def test_what_is_smooth_is_changed_where_it_is_small() -> None:
    small = IMAGE[:20, :30, 0]
    changed = smoothly(lambda plane: plane * 2, Enlarged(small, 97, 131))
    assert isinstance(changed, Enlarged)
    np.testing.assert_array_equal(changed.small, 2 * small)
    np.testing.assert_array_equal(smoothly(lambda plane: plane * 2, small), 2 * small)
    assert reduced(changed, 13).shape == (10, 13)
