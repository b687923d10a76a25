"""What was added to a photo is seen; what was done to its tones and colours is not taken for it."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tools.maps import Maps
from tools.picture import Picture
from tools.quality import Comparison
from tools.quality.added import fringes, shapes, strange_detail
from tools.request import parse_request
from tools.types import FloatImage


@pytest.fixture(scope="module")
def photo(meadow: Picture) -> FloatImage:
    return meadow.reduced(288)


def with_discs(picture: FloatImage) -> FloatImage:
    light = np.zeros(picture.shape[:2], np.float32)
    for centre in ((40, 30), (120, 50), (200, 25), (250, 70)):
        cv2.circle(light, centre, 12, 0.3, -1, cv2.LINE_AA)
    return picture + light[..., None]


def with_writing(picture: FloatImage) -> FloatImage:
    ink = np.zeros(picture.shape[:2], np.uint8)
    cv2.putText(ink, "PHOTO", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 255, 4, cv2.LINE_AA)
    return picture + 0.3 * (ink[..., None] / np.float32(255))


def with_glow(picture: FloatImage) -> FloatImage:
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width] / np.float32(width)
    return picture + 0.5 * np.exp(-((x - 0.4) ** 2 + (y - 0.2) ** 2) / 0.01)[..., None]


def with_reds_astray(picture: FloatImage) -> FloatImage:
    return np.dstack([np.roll(picture[..., 0], 4, axis=1), picture[..., 1:]])


def with_dots(picture: FloatImage) -> FloatImage:
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    return picture + 0.06 * (np.sin(x) * np.sin(y))[..., None]


def with_specks(picture: FloatImage) -> FloatImage:
    y, x = np.random.default_rng(0).integers(0, picture.shape[0], (2, 60))
    specked = picture.copy()
    specked[y, x] = 1
    return specked


def with_a_ghost(picture: FloatImage) -> FloatImage:
    return 0.6 * picture + 0.4 * np.roll(picture, (9, 14), axis=(0, 1))


def sharpened(picture: FloatImage) -> FloatImage:
    return picture + 0.8 * (picture - cv2.GaussianBlur(picture, (0, 0), 1.2))


def softened(picture: FloatImage) -> FloatImage:
    return cv2.GaussianBlur(picture, (0, 0), 1)


def lighter(picture: FloatImage) -> FloatImage:
    return picture**0.7


def contrasty(picture: FloatImage) -> FloatImage:
    return (picture - 0.45) * 1.4 + 0.45


def amber(picture: FloatImage) -> FloatImage:
    return picture * np.array([1.1, 1.0, 0.8], np.float32)


def faded(picture: FloatImage) -> FloatImage:
    return 0.2 + 0.7 * (0.5 * picture + 0.5 * picture.mean(axis=2, keepdims=True))


def moved(picture: FloatImage) -> FloatImage:
    return np.roll(picture, 1, axis=1)


def compared(photo: FloatImage, edit: Callable[[FloatImage], FloatImage]) -> Comparison:
    return Comparison(photo, np.clip(edit(photo), 0, 1).astype(np.float32), Maps(photo))


@pytest.mark.parametrize("edit", [with_discs, with_writing, with_glow])
def test_shapes_that_were_added_are_seen(photo: FloatImage, edit: Callable[[FloatImage], FloatImage]) -> None:
    assert shapes(compared(photo, edit), parse_request("warmer")) > 0.7


def test_colours_that_came_off_their_edges_are_seen(photo: FloatImage) -> None:
    assert fringes(compared(photo, with_reds_astray)) > 0.8


@pytest.mark.parametrize("edit", [with_dots, with_specks, with_a_ghost, with_writing])
def test_fine_things_that_were_added_are_seen(photo: FloatImage, edit: Callable[[FloatImage], FloatImage]) -> None:
    assert strange_detail(compared(photo, edit)) > 0.6


@pytest.mark.parametrize("edit", [lighter, contrasty, amber, faded, moved, sharpened, softened])
def test_no_edit_of_tones_or_of_sharpness_adds_fine_things(
    photo: FloatImage, edit: Callable[[FloatImage], FloatImage]
) -> None:
    assert strange_detail(compared(photo, edit)) < 0.1


@pytest.mark.parametrize("edit", [lighter, contrasty, amber, faded, moved])
def test_an_edit_of_tones_and_colours_adds_nothing(photo: FloatImage, edit: Callable[[FloatImage], FloatImage]) -> None:
    comparison = compared(photo, edit)
    assert shapes(comparison, parse_request("warmer")) < 0.3
    assert fringes(comparison) < 0.4
