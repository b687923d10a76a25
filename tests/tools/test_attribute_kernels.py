"""The loops that measure a picture give what NumPy gives."""

import gc
import weakref

import cv2
import numpy as np
import pytest

from tools import attribute_kernels, colour, detail_kernels
from tools.attributes import LEVELS, TONES, Attributes
from tools.engine import render
from tools.maps import Maps
from tools.picture import Picture
from tools.plan import Plan, Step
from tools.quality.comparison import Comparison
from tools.quality.faults import FAULTS
from tools.rows import block_means


def hardened(photo: Picture) -> Picture:
    return render(
        photo, Plan(steps=[Step(tool="contrast", args={"amount": 60}), Step(tool="clarity", args={"amount": 60})])
    )


@pytest.mark.parametrize("size", [(4, 6), (301, 203)])
def test_planes_are_oklab_and_blocks_are_means_of_light(meadow: Picture, size: tuple[int, int]) -> None:
    srgb = cv2.resize(meadow.srgb, size, interpolation=cv2.INTER_NEAREST)
    picture = Attributes(srgb)
    linear = colour.srgb_to_linear(srgb)
    np.testing.assert_allclose(picture.oklab, colour.srgb_to_oklab(srgb), atol=1e-6)
    np.testing.assert_array_equal(picture.linear, linear)
    for channel in range(3):
        wanted = block_means(np.ascontiguousarray(linear[..., channel]), 2)
        np.testing.assert_allclose(picture.halved[..., channel], wanted, atol=1e-6)
    dark = cv2.erode(block_means(linear.min(axis=2), 2), np.ones((5, 5), np.uint8))
    np.testing.assert_allclose(picture.dark_channel, np.cbrt(dark), atol=1e-5)


def test_quantiles_are_those_of_numpy(meadow: Picture) -> None:
    picture = Attributes(meadow.srgb)
    for share in (0.01, 0.05, 0.5, 0.95):
        assert abs(picture.quantile(share) - np.quantile(picture.lightness, share)) < 1 / LEVELS


def test_what_all_pixels_together_tell(meadow: Picture) -> None:
    for picture in (Attributes(meadow.srgb), Attributes.of_light(Attributes(meadow.srgb).linear)):
        told, darkest, lightest = picture.overall, picture.linear.min(axis=2), picture.linear.max(axis=2)
        assert abs(told.lightness - picture.lightness.mean()) < 1e-5
        assert abs(told.variance - picture.lightness.var()) < 1e-5
        assert abs(told.b - picture.b.mean()) < 1e-5
        assert abs(told.chroma - np.hypot(picture.a, picture.b).mean()) < 1e-5
        assert abs(told.clipped - ((lightest <= 0.0006) | (darkest >= 0.985)).mean()) < 1e-6
        assert abs(told.gaudy - (picture.chroma > 0.19).mean()) < 1e-6


def test_the_histogram_is_that_of_numpy(meadow: Picture) -> None:
    lightness = np.append(Attributes(meadow.srgb).lightness, np.array([-0.1, 0, 1, 1.1], np.float32))
    weight = np.random.default_rng(0).random(lightness.size, np.float32)
    wanted, _ = np.histogram(lightness, bins=128, range=(0, 1), weights=weight.astype(float))
    np.testing.assert_allclose(attribute_kernels.histogram(lightness, weight, 128), wanted)


def test_the_residual_is_what_no_curve_explains(meadow: Picture) -> None:
    before = Attributes(meadow.srgb)
    curved = Attributes(colour.linear_to_srgb(before.linear**1.3), reference=before)
    local = Attributes(hardened(meadow).srgb, reference=before)
    assert np.abs(curved.residual).mean() < 0.3 * np.abs(local.residual).mean()
    tone = np.clip((before.lightness * TONES).astype(int), 0, TONES - 1)
    gain = local.lightness - before.lightness
    own = [gain[::2, ::2][tone[::2, ::2] == level].mean() for level in np.unique(tone[::2, ::2])]
    np.testing.assert_allclose(local.tone_gain[np.unique(tone[::2, ::2])], own, atol=1e-5)
    np.testing.assert_allclose(local.residual, gain - local.tone_gain[tone], atol=1e-6)


def test_detail_is_what_blurs_leave(meadow: Picture) -> None:
    picture = Attributes(meadow.srgb)
    sizes = np.abs(picture.fine)
    smooth = cv2.GaussianBlur(picture.lightness, (0, 0), 0.003 * float(np.hypot(*sizes.shape)))
    np.testing.assert_allclose(picture.fine, picture.lightness - smooth, atol=2e-3)
    assert abs(picture.measure("sharpness") - 100 * sizes.mean()) < 1e-4
    assert abs(picture.measure("clarity") - 100 * np.abs(picture.middle[::2, ::2]).mean()) < 1e-4
    height, width = sizes.shape[0] // 8, sizes.shape[1] // 8
    places = sizes[: 8 * height, : 8 * width].reshape(height, 8, width, 8).mean(axis=(1, 3))
    np.testing.assert_allclose(picture.fine_of_places[:height, :width], places, rtol=1e-4)
    np.testing.assert_allclose(picture.fine_of_places[height:, 0], sizes[8 * height :, :8].mean(), rtol=1e-4)


@pytest.mark.parametrize("shape", [(301, 203), (2, 3), (1, 5), (4, 1)])
def test_edges_are_those_of_scharr(shape: tuple[int, int]) -> None:
    plane = np.random.default_rng(0).random(shape, np.float32)
    size = cv2.magnitude(cv2.Scharr(plane, cv2.CV_32F, 1, 0), cv2.Scharr(plane, cv2.CV_32F, 0, 1)) / 16
    np.testing.assert_allclose(detail_kernels.edges(plane), np.sqrt(size + 1e-4).ravel(), atol=1e-5)


def test_noise_is_what_the_mask_of_immerkaer_says_of_every_second_row(meadow: Picture) -> None:
    lightness, weight = (
        Attributes(meadow.srgb).lightness,
        np.random.default_rng(0).random(meadow.srgb.shape[:2], np.float32),
    )
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    response = np.abs(cv2.filter2D(lightness, cv2.CV_32F, mask, borderType=cv2.BORDER_REFLECT_101)) / 6
    wanted = (response * weight)[::2].sum() / weight[::2].sum()
    assert abs(detail_kernels.laplacians(lightness, weight) - wanted) < 1e-5


def test_steps_are_those_of_every_second_row(meadow: Picture) -> None:
    lightness = Attributes(meadow.srgb).lightness
    right, down = detail_kernels.mean_steps(lightness)
    own, below = lightness[:-1:2], lightness[1::2]
    assert abs(right - np.abs(np.diff(own, axis=1)).mean()) < 1e-6
    assert abs(down - np.abs(below[: len(own)] - own).mean()) < 1e-6


def test_the_mean_difference_is_that_of_every_second_row(meadow: Picture) -> None:
    comparison = Comparison(meadow.srgb, hardened(meadow).srgb, Maps(meadow.srgb))
    squares = np.square(comparison.after.oklab - comparison.before.oklab).sum(axis=2)
    np.testing.assert_allclose(comparison.difference, 100 * np.sqrt(squares), atol=1e-4)
    assert abs(comparison.moved() - comparison.difference[::2].mean()) < 1e-3


def test_a_flat_picture_has_highlights_and_shadows() -> None:
    picture = Attributes(np.full((32, 48, 3), 0.37, np.float32))
    assert picture.highlights.plane.all()
    assert picture.shadows.plane.all()


def test_halos_are_the_slope_of_the_residual_on_the_contrast_to_around(meadow: Picture) -> None:
    comparison = Comparison(meadow.srgb, hardened(meadow).srgb, Maps(meadow.srgb))
    before = comparison.before.lightness
    around = before - cv2.GaussianBlur(before, (0, 0), 0.012 * float(np.hypot(*before.shape)))
    weight = np.clip(np.abs(around) - 0.005, 0, 1)
    wanted = (weight * around * comparison.after.residual).sum() / (weight * around**2).sum()
    halos = next(fault.measure for fault in FAULTS if "halos" in fault.remark)
    assert abs(halos(comparison) - wanted) < 1e-4


def test_burnt_colour_counts_by_degrees(meadow: Picture) -> None:
    picture = Attributes(np.clip(1.6 * meadow.srgb, 0, 1))
    near = np.clip((picture.linear.max(axis=2) - 0.86) / 0.12, 0, 1)
    assert abs(picture.overall.burnt - (near * np.clip((picture.chroma - 0.07) / 0.06, 0, 1)).mean()) < 1e-5


def test_what_a_photo_alone_tells_is_measured_once(meadow: Picture) -> None:
    maps = Maps(meadow.srgb)
    first, second = (Comparison(meadow.srgb.copy(), meadow.srgb, maps) for _ in range(2))
    assert first.before is second.before is maps.attributes
    other = np.clip(meadow.srgb + np.float32(0.1), 0, 1)
    assert Comparison(other, other, maps).before is not maps.attributes


def test_a_picture_leaves_memory_with_its_last_user(meadow: Picture) -> None:
    picture = Attributes(meadow.srgb)
    picture.all()
    gone = weakref.ref(picture)
    gc.disable()
    try:
        del picture
        assert gone() is None
    finally:
        gc.enable()


def test_what_columns_leave_of_each_place_is_its_residual() -> None:
    random = np.random.default_rng(3)
    plane, columns = random.random((13, 21), np.float32), random.random((2, 3, 64, 3))
    basis = np.linalg.qr(np.concatenate([np.ones((2, 3, 64, 1)), columns], axis=-1))[0]
    tiles = cv2.copyMakeBorder(plane, 0, 3, 0, 3, cv2.BORDER_REFLECT).reshape(2, 8, 3, 8).swapaxes(1, 2)
    tiles = tiles.reshape(2, 3, 64, 1)
    wanted = np.square(tiles - basis @ (basis.swapaxes(2, 3) @ tiles)).sum(axis=(2, 3))
    there = basis[..., 1:].reshape(2, 3, 8, 8, 3).transpose(4, 0, 2, 1, 3).reshape(3, 16, 24)
    left = np.zeros((2, 3), np.float32)
    detail_kernels.unexplained((plane,), np.ascontiguousarray(there, np.float32), left)
    np.testing.assert_allclose(left, wanted, rtol=1e-4)
