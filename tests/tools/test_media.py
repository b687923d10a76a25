"""Laws of media: grain, dots, squares, paint and pencil."""

from typing import get_args

import cv2
import numpy as np
import pytest

from tools import colour
from tools.declare import lookup
from tools.engine import render
from tools.library.scene_actions import Medium
from tools.maps import Maps
from tools.picture import Picture, reduce_to
from tools.plan import Plan
from tools.scene import Scene
from tools.statistics import Statistics
from tools.types import FloatImage, Json

MEDIA = get_args(Medium)
PRIMITIVES = ["grain", "halftone", "posterize", "pixelate"]


def still_life(width: int = 120, height: int = 90) -> FloatImage:
    """Coloured discs before a grey wall that falls into shadow, sRGB."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    image = np.repeat((0.75 - 0.4 * x)[..., None], 3, axis=2)
    for centre, paint in ((0.25, (0.8, 0.2, 0.1)), (0.5, (0.2, 0.5, 0.8)), (0.78, (0.9, 0.75, 0.2))):
        inside = np.clip((0.15 - np.hypot(x - centre, 0.75 * (y - 0.55))) * 60, 0, 1)[..., None]
        image = image + inside * (np.array(paint, np.float32) - image)
    return image.astype(np.float32)


def rendered(srgb: FloatImage, tool: str, args: Json, seed: int = 0) -> FloatImage:
    plan = Plan.model_validate({"steps": [{"tool": tool, "args": args}]})
    return render(Picture(srgb), plan, seed=seed).srgb


def change(before: FloatImage, after: FloatImage) -> float:
    return float(np.abs(after - before).mean())


def checked(tool: str, args: Json, srgb: FloatImage) -> FloatImage:
    """Run one tool by itself, in its own space, and check what holds for every tool."""
    entry = lookup(tool)
    linear = colour.srgb_to_linear(srgb)
    scene = Scene(Statistics(linear, linear), Maps(reduce_to(srgb, 512)), srgb.shape[0], srgb.shape[1], seed=0)
    image = {"linear": linear, "oklab": colour.linear_to_oklab(linear), "srgb": srgb}[entry.space]
    kept = image.copy()
    result = entry.run(image, scene, **entry.validate(args))
    assert result.shape == image.shape
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert np.array_equal(image, kept)
    return result


@pytest.mark.parametrize("medium", MEDIA)
def test_a_medium_repeats_and_shows_the_same_strokes_at_every_size(medium: str) -> None:
    args = {"medium": medium, "strength": 100}
    small = checked("artistic_medium", args, still_life(480, 360))
    assert np.array_equal(small, checked("artistic_medium", args, still_life(480, 360)))
    large = checked("artistic_medium", args, still_life(960, 720))
    assert change(light_of_places(small), light_of_places(large)) < 0.02


def light_of_places(srgb: FloatImage) -> FloatImage:
    """Mean light of each of 60 x 45 places: what is seen from afar, whatever the size in px."""
    return cv2.resize(colour.srgb_to_linear(srgb), (60, 45), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("medium", ["ink", "pixel"])
def test_a_medium_grows_with_strength(medium: str) -> None:
    photo = still_life()
    none, half, full = (
        rendered(photo, "artistic_medium", {"medium": medium, "strength": share}) for share in (0, 50, 100)
    )
    assert np.array_equal(none, photo)
    assert 0 < change(photo, half) < change(photo, full)


@pytest.mark.parametrize("tool", PRIMITIVES)
def test_an_amount_grows_monotonically_from_the_identity(tool: str) -> None:
    photo = still_life()
    none, weak, strong = (rendered(photo, tool, {"amount": amount}) for amount in (0, 40, 100))
    assert np.array_equal(none, photo)
    assert 0 < change(photo, weak) < change(photo, strong)
    assert np.array_equal(strong, rendered(photo, tool, {"amount": 100}))


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(np.zeros((8, 96, 3), np.float32), id="black"),
        pytest.param(np.ones((8, 96, 3), np.float32), id="white"),
        pytest.param(np.linspace(0, 1, 3000, dtype=np.float32).reshape(2, 500, 3), id="thin"),
        pytest.param(np.linspace(0, 1, 3000, dtype=np.float32).reshape(500, 2, 3), id="tall"),
    ],
)
@pytest.mark.parametrize("name", [*MEDIA, *PRIMITIVES])
def test_hostile_pictures_stay_finite_and_unchanged_in_place(photo: FloatImage, name: str) -> None:
    checked(*((name, {"amount": 100}) if name in PRIMITIVES else ("artistic_medium", {"medium": name})), photo)


@pytest.mark.parametrize("name", ["oil", "pencil", *PRIMITIVES])
def test_a_single_pixel_is_a_picture_too(name: str) -> None:
    photo = np.full((1, 1, 3), 0.4, np.float32)
    checked(*((name, {"amount": 100}) if name in PRIMITIVES else ("artistic_medium", {"medium": name})), photo)


@pytest.mark.parametrize("medium", ["pencil", "ink"])
def test_drawings_are_without_colour(medium: str) -> None:
    result = rendered(still_life(), "artistic_medium", {"medium": medium, "strength": 100})
    assert colour.chroma(colour.srgb_to_oklab(result)).max() < 0.035


def test_grain_is_strongest_in_the_middle_tones_and_keeps_colour() -> None:
    steps = np.repeat(np.repeat(np.array([0.0, 0.45, 1.0], np.float32), 200)[None, :, None], 200, axis=0)
    grey = np.repeat(steps, 3, axis=2)
    lightness = colour.srgb_to_oklab(rendered(grey, "grain", {"amount": 80}))
    black, middle, white = (lightness[:, at : at + 200, 0].std() for at in (0, 200, 400))
    assert middle > 2 * black
    assert middle > 2 * white
    assert colour.chroma(lightness).max() < 0.002


def test_seeds_give_different_grain() -> None:
    photo = still_life()
    assert change(rendered(photo, "grain", {"amount": 80}, 0), rendered(photo, "grain", {"amount": 80}, 1)) > 0.005


def test_posterize_leaves_few_tones() -> None:
    ramp = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None, :, None], 3, axis=2)
    result = rendered(ramp, "posterize", {"amount": 100, "levels": 4})
    assert len(np.unique(np.round(result[0, :, 0], 3))) == 4


def test_halftone_of_grey_keeps_its_order() -> None:
    means = [
        rendered(np.full((120, 160, 3), grey, np.float32), "halftone", {"amount": 100}).mean()
        for grey in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert (np.diff(means) > 0.1).all()
    assert means[0] < 0.02
    assert means[-1] > 0.98
