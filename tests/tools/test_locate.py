"""Laws of the region cues, and their agreement with masks drawn by hand on the bundled photos."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from benchmarks.region_iou import PHOTOS, Agreement, agreements
from tools import colour
from tools.locate import depth_cue, faces, foliage, segments, skin, sky, subject
from tools.locate.plane import matted
from tools.picture import load
from tools.types import FloatImage, FloatPlane

LEAST_MEAN_IOU = {"sky": 0.7, "foliage": 0.65, "skin": 0.38, "subject": 0.5}
"""What the masks reach on the bundled photos, less a margin; skin and subject are weak cues and are said to be."""

CUES: dict[str, Callable[[FloatImage], FloatPlane]] = {
    "sky": lambda srgb: sky(colour.srgb_to_oklab(srgb), segments(srgb)),
    "foliage": lambda srgb: foliage(colour.srgb_to_oklab(srgb)),
    "skin": lambda srgb: skin(srgb, faces(srgb)),
    "subject": lambda srgb: subject(srgb, segments(srgb), CUES["sky"](srgb), CUES["skin"](srgb), faces(srgb)),
    "depth": lambda srgb: depth_cue(colour.srgb_to_oklab(srgb), CUES["sky"](srgb), CUES["subject"](srgb)),
}


def _flat(height: int, width: int, *srgb: float) -> FloatImage:
    return np.full((height, width, 3), srgb, np.float32)


def _noise(height: int, width: int) -> FloatImage:
    return np.random.default_rng(3).random((height, width, 3), np.float32)


def _landscape(above: tuple[float, float, float], below: tuple[float, float, float]) -> FloatImage:
    """A smooth upper half over a textured lower half."""
    picture = np.concatenate([_flat(120, 320, *above), _flat(120, 320, *below)])
    picture[:120] += np.linspace(-0.05, 0.05, 120, dtype=np.float32)[:, None, None]
    grain = cv2.GaussianBlur(np.random.default_rng(5).standard_normal((120, 320)).astype(np.float32), (0, 0), 1)
    picture[120:] *= 1 + 0.6 * grain[..., None]
    return picture.clip(0, 1)


ODD = {
    "one pixel": _flat(1, 1, 0.5, 0.5, 0.5),
    "one row": _noise(1, 300),
    "two rows": _noise(2, 500),
    "two columns": _noise(500, 2),
    "nine pixels square": _noise(9, 9),
    "black": _flat(64, 80, 0, 0, 0),
    "white": _flat(64, 80, 1, 1, 1),
    "grey": _flat(200, 300, 0.5, 0.5, 0.5),
    "blue": _flat(200, 300, 0.3, 0.5, 0.9),
    "skin-coloured": _flat(200, 300, 0.85, 0.65, 0.55),
    "noise": _noise(200, 300),
    "out of gamut": _noise(60, 90) * 3 - 1,
}


@pytest.fixture(scope="module")
def results() -> list[Agreement]:
    return list(agreements())


@pytest.mark.parametrize("cue", CUES)
@pytest.mark.parametrize("picture", ODD.values(), ids=ODD)
def test_a_cue_is_a_mask_of_the_size_of_any_picture(cue: str, picture: FloatImage) -> None:
    before = picture.copy()
    mask = CUES[cue](picture)
    assert mask.shape == picture.shape[:2]
    assert mask.dtype == np.float32
    assert np.isfinite(mask).all()
    assert mask.min() >= 0
    assert mask.max() <= 1
    np.testing.assert_array_equal(picture, before)


@pytest.mark.parametrize("cue", CUES)
def test_a_cue_draws_no_random_numbers(cue: str) -> None:
    picture = _landscape((0.45, 0.65, 0.95), (0.25, 0.42, 0.12))
    first = CUES[cue](picture)
    cv2.setRNGSeed(99)
    np.testing.assert_array_equal(CUES[cue](picture), first)


@pytest.mark.parametrize("tint", [(0.45, 0.65, 0.95), (0.85, 0.86, 0.88)], ids=["blue", "overcast"])
def test_a_smooth_light_upper_half_over_land_is_sky(tint: tuple[float, float, float]) -> None:
    mask = CUES["sky"](_landscape(tint, (0.25, 0.3, 0.15)))
    assert mask[:110].mean() > 0.95
    assert mask[130:].mean() < 0.05


def test_the_same_picture_upside_down_has_no_sky() -> None:
    assert CUES["sky"](_landscape((0.45, 0.65, 0.95), (0.25, 0.3, 0.15))[::-1]).mean() < 0.01


def test_a_blue_sky_that_fills_the_frame_is_sky() -> None:
    picture = _flat(240, 320, 0.1, 0.3, 0.62) + np.linspace(-0.03, 0.03, 240, dtype=np.float32)[:, None, None]
    cv2.ellipse(picture, (0, 60), (60, 40), 0, 0, 360, (0.9, 0.92, 0.95), -1)
    cv2.circle(picture, (200, 80), 9, (0.9, 0.2, 0.1), -1)
    assert CUES["sky"](picture).mean() > 0.8


def test_a_mask_ends_where_the_colour_does_even_if_it_was_drawn_wrongly() -> None:
    disc = np.zeros((300, 400), np.float32)
    cv2.circle(disc, (200, 150), 80, 1.0, -1)
    picture = _flat(300, 400, 0.6, 0.6, 0.65) * (1 - disc[..., None]) + _flat(300, 400, 0.8, 0.3, 0.1) * disc[..., None]
    drawn = cv2.erode(disc, np.ones((7, 7), np.uint8))
    found = matted(drawn, picture)
    assert float(np.abs(drawn - disc).mean()) > 0.01
    assert float(np.abs(found - disc).mean()) < 0.002


def test_what_is_in_focus_is_the_subject_even_at_the_border() -> None:
    picture = 0.45 + 0.2 * cv2.GaussianBlur(_noise(300, 400) - 0.5, (0, 0), 0.7)
    blobs = cv2.GaussianBlur(_noise(300, 400) - 0.5, (0, 0), 7)
    picture[:, 200:] = 0.5 + 0.3 * blobs[:, 200:] / np.abs(blobs).max()
    found = CUES["subject"](picture)
    assert found[:, :180].mean() > 0.9
    assert found[:, 220:].mean() < 0.1


def test_what_stands_upright_is_as_far_as_its_foot() -> None:
    picture = _landscape((0.45, 0.65, 0.95), (0.25, 0.42, 0.12))
    tower = np.zeros((240, 320), np.float32)
    tower[40:210, 140:180] = 1
    depth = depth_cue(colour.srgb_to_oklab(picture), np.zeros_like(tower), tower)
    assert depth[60, 160] == pytest.approx(depth[200, 160], abs=0.15)
    assert depth[60, 160] < depth[60, 40] - 0.3


def test_textured_green_is_foliage_and_even_paint_is_not() -> None:
    picture = _landscape((0.1, 0.55, 0.35), (0.25, 0.42, 0.12))
    mask = CUES["foliage"](picture)
    assert mask[130:].mean() > 0.9
    assert mask[:110].mean() < 0.05


def test_a_vivid_disc_on_a_plain_ground_is_the_subject() -> None:
    picture = _flat(240, 320, 0.6, 0.6, 0.58)
    cv2.circle(picture, (150, 120), 50, (0.8, 0.2, 0.1), -1)
    disc = np.zeros((240, 320), np.uint8)
    cv2.circle(disc, (150, 120), 50, 1, -1)
    found = CUES["subject"](picture) > 0.5
    assert (found & (disc > 0)).sum() / (found | (disc > 0)).sum() > 0.9


def test_depth_grows_from_the_bottom_to_the_sky() -> None:
    depth = CUES["depth"](_landscape((0.45, 0.65, 0.95), (0.25, 0.42, 0.12)))
    assert depth[:100].min() > 0.95
    rows = depth[130:].reshape(-1, 10, 320).mean(axis=(1, 2))
    assert (np.diff(rows) < 0.01).all()
    assert rows[-1] < 0.2


@pytest.mark.parametrize("region", LEAST_MEAN_IOU)
def test_masks_agree_with_those_drawn_by_hand(region: str, results: list[Agreement]) -> None:
    scores = {result.photo: result.iou for result in results if result.region == region and result.present}
    assert np.mean(list(scores.values())) >= LEAST_MEAN_IOU[region], scores


def test_no_sky_is_found_where_there_is_none(results: list[Agreement]) -> None:
    assert [result.photo for result in results if result.region == "sky" and result.false] == []


def test_few_regions_are_found_that_are_not_there(results: list[Agreement]) -> None:
    assert len([result for result in results if result.false]) <= 1


def test_the_face_is_found_in_the_portrait_and_nowhere_else() -> None:
    found = {path.stem: faces(load(path).srgb) for path in PHOTOS.glob("*.jpg")}
    assert [name for name, seen in found.items() if seen] == ["portrait"]
    (face,) = found["portrait"]
    assert (face.x, face.y) == pytest.approx((0.44, 0.24), abs=0.03)


def test_a_large_face_is_found_where_the_head_leans() -> None:
    picture = load(PHOTOS / "portrait.jpg").srgb
    height, width = picture.shape[:2]
    centre = (0.44 * width, 0.24 * height)
    closer = cv2.getRotationMatrix2D(centre, 25, 1.8)
    closer[:, 2] += (0.5 * width - centre[0], 0.45 * height - centre[1])
    leaning = cv2.warpAffine(picture, closer, (width, height), borderMode=cv2.BORDER_REPLICATE)
    (face,) = faces(leaning)
    assert (face.x, face.y) == pytest.approx((0.5, 0.45), abs=0.05)


def test_lips_belong_to_the_face() -> None:
    """Redder than the skin around them; a change that spares skin would turn them orange."""
    portrait = load(PHOTOS / "portrait.jpg").reduced(512)
    (face,) = faces(portrait)
    oklab = colour.srgb_to_oklab(portrait)
    rows = np.arange(portrait.shape[0])[:, None] / portrait.shape[0]
    lower = (face.ellipse(portrait.shape, 0.8) > 0) & (rows > face.y + 0.15 * face.down)
    redness = oklab[..., 1] / np.maximum(oklab[..., 0], 0.2)
    lips = lower & (redness > np.quantile(redness[lower], 0.9))
    assert skin(portrait, (face,))[lips].mean() > 0.8
