"""Pictures that are made row by row: the same as arrays, in any portion; averages and enlargements are right."""

import cv2
import numpy as np
import pytest

from tools import strips
from tools.rows import (
    SHARP,
    SPLINE,
    Changed,
    Enlarged,
    Once,
    Squares,
    averaged,
    every,
    halved,
    margin,
    reduced,
    smoothly,
    thinned,
    whole,
)

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
    np.testing.assert_array_equal(picture[40:97, 5:60], full[40:97, 5:60])
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


def test_a_change_that_looks_at_neighbours_gets_them() -> None:
    kernel = np.ones((7, 7), np.uint8)
    brightest = Changed(lambda strip, _: cv2.dilate(strip, kernel), IMAGE, IMAGE, reach=3)
    wanted = cv2.dilate(IMAGE, kernel)
    for rows in (slice(0, 10), slice(40, 41), slice(90, 97), slice(0, 97)):
        np.testing.assert_array_equal(brightest[rows], wanted[rows])
        np.testing.assert_array_equal(brightest[rows, 60:131], wanted[rows, 60:131])
    np.testing.assert_array_equal(every(brightest, 5), wanted[::5, ::5])
    twice = Changed(lambda strip: cv2.dilate(strip, kernel), brightest, reach=3)
    assert (margin(IMAGE), margin(brightest), margin(twice), margin(Changed(np.abs, twice))) == (0, 3, 6, 6)
    np.testing.assert_array_equal(averaged(twice, 32, 43), averaged(cv2.dilate(wanted, kernel), 32, 43))


def test_windows_of_a_large_picture_that_looks_at_neighbours_are_large_enough() -> None:
    large = np.random.default_rng(0).random((900, 700)).astype(np.float32)
    asked = []

    def blurred(strip: np.ndarray) -> np.ndarray:
        asked.append(strip.size)
        return cv2.blur(strip, (61, 61))

    made = whole(Changed(blurred, large, reach=30))
    np.testing.assert_allclose(made, cv2.blur(large, (61, 61)), atol=1e-6)
    assert len(asked) > 1
    assert sum(asked) < 1.7 * large.size


def test_rows_that_several_ask_for_are_made_once() -> None:
    calls = []

    def counted(strip: np.ndarray) -> np.ndarray:
        calls.append(strip.shape[0])
        return strip + 1

    picture = Once(Changed(counted, IMAGE))
    both = Changed(np.add, picture, picture)
    np.testing.assert_array_equal(both[3:9], 2 * (IMAGE[3:9] + 1))
    assert calls == [6]
    assert not picture[3:9].flags.owndata
    np.testing.assert_array_equal(picture[9:12], IMAGE[9:12] + 1)
    np.testing.assert_array_equal(picture.every(5), IMAGE[::5, ::5] + 1)


def test_nodes_at_a_pitch_are_enlarged_as_opencv_does() -> None:
    small = IMAGE[:20, :30, 0]
    wanted = cv2.resize(small, None, fx=4.37, fy=4.37, interpolation=cv2.INTER_CUBIC)[:80, :120]
    np.testing.assert_allclose(whole(Enlarged(small, 80, 120, pitch=4.37, cubic=SHARP)), wanted, atol=1e-5)


@pytest.mark.parametrize("shape", [(97, 131, 3), (98, 130), (1, 7, 2), (1, 1)])
def test_halving_weighs_neighbours_1_3_3_1(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(1).random(shape).astype(np.float32)
    wide = cv2.copyMakeBorder(image, 1, 3, 1, 3, cv2.BORDER_REFLECT).reshape(shape[0] + 4, shape[1] + 4, -1)
    weights = np.array([1, 3, 3, 1]) / 8
    rows = sum(weights[k] * wide[k : k + 2 * -(-shape[0] // 2) : 2] for k in range(4))
    wanted = sum(weights[k] * rows[:, k : k + 2 * -(-shape[1] // 2) : 2] for k in range(4))
    np.testing.assert_allclose(halved(image).reshape(wanted.shape), wanted, atol=1e-6)


def test_a_spline_blurs_by_the_variance_it_tells() -> None:
    small = np.zeros((9, 9), np.float32)
    small[4, 4] = 1
    picture = Enlarged(small, 90, 90, cubic=SPLINE)
    profile = whole(picture).sum(axis=1)
    place = np.arange(90)
    mean = (profile @ place) / profile.sum()
    assert (profile @ (place - mean) ** 2) / profile.sum() == pytest.approx(picture.variance[0], rel=0.01)


def test_a_part_of_a_picture_in_squares_is_that_of_the_whole() -> None:
    small = IMAGE[:9, :13]
    wanted = cv2.resize(small, (131, 97), interpolation=cv2.INTER_NEAREST_EXACT)
    picture = Squares(small, 97, 131)
    np.testing.assert_array_equal(whole(picture), wanted)
    np.testing.assert_array_equal(picture[20:60, 30:31], wanted[20:60, 30:31])
    np.testing.assert_array_equal(picture.every(7), wanted[::7, ::7])


def test_what_is_smooth_is_changed_where_it_is_small() -> None:
    small = IMAGE[:20, :30, 0]
    changed = smoothly(lambda plane: plane * 2, Enlarged(small, 97, 131))
    assert isinstance(changed, Enlarged)
    np.testing.assert_array_equal(changed.small, 2 * small)
    np.testing.assert_array_equal(smoothly(lambda plane: plane * 2, small), 2 * small)
    assert reduced(changed, 13).shape == (10, 13)
