"""Laws of scene actions and atmosphere: identity, determinism, growth, finiteness, one look at every size."""

from typing import get_args

import cv2
import numpy as np
import pytest

from tools import colour
from tools.declare import REGISTRY, ToolError, lookup
from tools.engine import render
from tools.library import scene_actions
from tools.library.ambience import ambience
from tools.library.grade import grades, look
from tools.maps import Maps
from tools.picture import Picture, reduce_to
from tools.plan import Plan
from tools.scene import Scene
from tools.statistics import Statistics
from tools.types import FloatImage, Json

KINDS = {
    "time": scene_actions.Time,
    "season": scene_actions.Season,
    "weather": scene_actions.Weather,
    "mood": scene_actions.Mood,
    "look": scene_actions.Look,
}
CASES = [
    ("time_of_day", "time", scene_actions.Time),
    ("season", "season", scene_actions.Season),
    ("weather", "weather", scene_actions.Weather),
    ("mood_lighting", "mood", scene_actions.Mood),
    ("color_grading", "look", scene_actions.Look),
    ("atmospheric_effects", "effect", scene_actions.Air),
]
EVERY = [pytest.param(tool, {key: value}, id=value) for tool, key, kind in CASES for value in get_args(kind)]
AMOUNTS = [
    ("dehaze", "amount", (40, 100)),
    ("dehaze", "amount", (-40, -100)),
    ("fog", "density", (40, 100)),
    ("light_rays", "amount", (40, 100)),
]


def landscape(width: int = 120, height: int = 90) -> FloatImage:
    """A blue sky over green leaves and brown soil, sRGB; the same motif at every size."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    sky = np.stack([0.45 + 0.3 * y, 0.62 + 0.25 * y, 0.92 + 0 * y], axis=2)
    leaf = 0.5 + 0.28 * np.sin(40 * x) * np.cos(31 * y)
    leaves = np.stack([0.35 * leaf, 0.62 * leaf, 0.18 * leaf], axis=2)
    soil = np.stack([0.45 * leaf, 0.34 * leaf, 0.24 * leaf], axis=2)
    ground = np.where((y > 0.8)[..., None], soil, leaves)
    return np.where((y < 0.42)[..., None], sky, ground).astype(np.float32)


def picture(srgb: FloatImage) -> Picture:
    return Picture(srgb)


def rendered(srgb: FloatImage, tool: str, args: Json, seed: int = 0) -> FloatImage:
    return render(picture(srgb), Plan.model_validate({"steps": [{"tool": tool, "args": args}]}), seed=seed).srgb


def change(before: FloatImage, after: FloatImage) -> float:
    return float(np.abs(after - before).mean())


@pytest.mark.parametrize(("tool", "args"), EVERY)
def test_strength_zero_is_the_identity(tool: str, args: Json) -> None:
    photo = landscape()
    assert np.array_equal(rendered(photo, tool, args | {"strength": 0}), photo)


@pytest.mark.parametrize(("tool", "args"), EVERY)
def test_strength_grows_monotonically(tool: str, args: Json) -> None:
    photo = landscape()
    weak, middle, full = (rendered(photo, tool, args | {"strength": strength}) for strength in (30, 65, 100))
    assert 0 < change(photo, weak) < change(photo, middle) < change(photo, full)


@pytest.mark.parametrize(
    ("tool", "args"),
    [
        ("weather", {"weather": "rain"}),
        ("weather", {"weather": "storm"}),
        ("season", {"season": "autumn"}),
        ("atmospheric_effects", {"effect": "bokeh_lights"}),
        ("light_rays", {"amount": 60}),
    ],
)
def test_the_same_seed_gives_the_same_picture_and_another_seed_another(tool: str, args: Json) -> None:
    photo = landscape()
    first = rendered(photo, tool, args, seed=5)
    assert np.array_equal(first, rendered(photo, tool, args, seed=5))
    assert not np.array_equal(first, rendered(photo, tool, args, seed=6))


@pytest.mark.parametrize(("tool", "parameter", "values"), AMOUNTS)
def test_amount_grows_monotonically(tool: str, parameter: str, values: tuple[int, int]) -> None:
    photo = landscape()
    weak, strong = (rendered(photo, tool, {parameter: value}) for value in values)
    assert 0 < change(photo, weak) < change(photo, strong)
    assert np.array_equal(rendered(photo, tool, {parameter: 0}), photo)


@pytest.mark.parametrize(
    "photo",
    [
        pytest.param(np.zeros((24, 32, 3), np.float32), id="black"),
        pytest.param(np.ones((24, 32, 3), np.float32), id="white"),
        pytest.param(np.full((24, 32, 3), 0.5, np.float32), id="grey"),
        pytest.param(np.full((1, 1, 3), 0.4, np.float32), id="one pixel"),
        pytest.param(np.linspace(0, 1, 3000, dtype=np.float32).reshape(2, 500, 3), id="thin"),
    ],
)
@pytest.mark.parametrize(
    "case", [case.values for case in EVERY] + [(tool, {key: values[1]}) for tool, key, values in AMOUNTS]
)
def test_hostile_pictures_stay_finite_and_unchanged_in_place(photo: FloatImage, case: tuple[str, Json]) -> None:
    tool, args = case
    entry = lookup(tool)
    linear = colour.srgb_to_linear(photo)
    scene = Scene(Statistics(linear, linear), Maps(photo), photo.shape[0], photo.shape[1], seed=0)
    image = {"linear": linear, "oklab": colour.linear_to_oklab(linear), "srgb": photo}[entry.space]
    kept = image.copy()
    result = entry.run(image, scene, **entry.validate(args))
    assert result.shape == image.shape
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert np.array_equal(image, kept)


@pytest.mark.parametrize(
    ("tool", "args"),
    [
        ("time_of_day", {"time": "golden_hour"}),
        ("time_of_day", {"time": "night"}),
        ("season", {"season": "winter"}),
        ("weather", {"weather": "storm"}),
        ("weather", {"weather": "snow"}),
        ("mood_lighting", {"mood": "eerie"}),
        ("atmospheric_effects", {"effect": "mist"}),
        ("fog", {"density": 60}),
        ("dehaze", {"amount": 60}),
        ("light_rays", {"amount": 60}),
    ],
)
def test_proxy_and_larger_picture_look_alike(tool: str, args: Json) -> None:
    large = landscape(840, 630)
    small = reduce_to(large, 512)
    reduced = reduce_to(rendered(large, tool, args), 512)
    assert change(cv2.blur(rendered(small, tool, args), (5, 5)), cv2.blur(reduced, (5, 5))) < 0.012


@pytest.mark.parametrize("name", get_args(scene_actions.Look))
def test_a_look_is_pointwise(name: str) -> None:
    photo = colour.srgb_to_oklab(landscape())
    linear = colour.srgb_to_linear(landscape())
    statistics = Statistics(linear, linear)
    shuffled = np.random.default_rng(3).permutation(photo.reshape(-1, 1, 3))
    expected = np.random.default_rng(3).permutation(look(name).apply(photo, statistics).reshape(-1, 1, 3))
    np.testing.assert_allclose(look(name).apply(shuffled, statistics), expected, atol=1e-6)


@pytest.mark.parametrize("name", ["tri_x", "noir"])
def test_black_and_white_looks_leave_no_colour(name: str) -> None:
    result = rendered(landscape(), "color_grading", {"look": name, "strength": 100})
    assert colour.chroma(colour.srgb_to_oklab(result)).max() < 0.004


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in grades(kind)])
def test_a_grade_keeps_the_order_of_greys_from_black_to_white(kind: str, name: str) -> None:
    grade = look(name) if kind == "look" else ambience(kind, name).grade
    greys = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None, :, None], 3, axis=2)
    lightness = grade.apply(colour.srgb_to_oklab(greys), Statistics(greys, greys))[0, :, 0]
    assert np.isfinite(lightness).all()
    assert (np.diff(lightness) > -1e-5).all()


def test_autumn_turns_green_leaves_towards_gold() -> None:
    photo = landscape(320, 240)
    assert Maps(photo).coverage("foliage") > 0.3
    result = colour.srgb_to_oklab(rendered(photo, "season", {"season": "autumn", "strength": 100}))
    rows = slice(120, 180)
    assert float(np.median(colour.hue_degrees(result)[rows])) < 105
    assert float(np.median(colour.hue_degrees(colour.srgb_to_oklab(photo))[rows])) > 110


def test_fog_hides_what_is_far_more_than_what_is_near() -> None:
    photo = landscape(320, 240)
    result = rendered(photo, "fog", {"density": 60})
    far, near = slice(110, 130), slice(220, 240)
    assert result[far].std() / photo[far].std() < 0.8 * result[near].std() / photo[near].std()


def test_fog_is_seen_in_a_dark_scene_too() -> None:
    photo = 0.25 * landscape(320, 240)
    foggy = rendered(photo, "fog", {"density": 60})
    far, far_after = (colour.srgb_to_oklab(each)[100:130, :, 0].mean() for each in (photo, foggy))
    assert far_after > far + 0.15


@pytest.mark.parametrize("amount", [-60, 60])
def test_dehaze_keeps_brightness_and_the_colours_of_a_clear_photo(amount: int) -> None:
    photo = landscape(320, 240)
    before, after = (colour.srgb_to_oklab(each) for each in (photo, rendered(photo, "dehaze", {"amount": amount})))
    strength, strength_after = (colour.chroma(oklab) / oklab[..., 0] for oklab in (before, after))
    assert after[..., 0].mean() == pytest.approx(before[..., 0].mean(), abs=0.01)
    assert np.median(np.abs(strength_after - strength)) < 0.01


def test_dehaze_returns_contrast_and_colours_to_a_photo_that_lies_under_a_veil() -> None:
    photo = 0.3 + 0.6 * landscape(320, 240)
    before, after = (colour.srgb_to_oklab(each) for each in (photo, rendered(photo, "dehaze", {"amount": 60})))
    assert after[..., 0].mean() == pytest.approx(before[..., 0].mean(), abs=0.02)
    assert after[..., 0].std() > 1.1 * before[..., 0].std()
    assert colour.chroma(after).mean() > 1.2 * colour.chroma(before).mean()


def test_a_glow_keeps_the_hue_of_a_light_that_is_as_bright_as_can_be() -> None:
    photo = np.full((120, 160, 3), 0.05, np.float32)
    photo[40:80, 60:100] = (1.0, 0.55, 0.1)
    result = rendered(photo, "atmospheric_effects", {"effect": "glow", "strength": 100})
    hue, hue_after = (colour.hue_degrees(colour.srgb_to_oklab(each))[40:80, 60:100] for each in (photo, result))
    assert np.abs(hue_after - hue).max() < 2


def test_every_value_has_its_table_and_every_table_its_value() -> None:
    for kind, values in KINDS.items():
        assert set(grades(kind)) >= set(get_args(values))
        assert set(grades(kind)) <= set(get_args(values))
    for kind in ("time", "season", "weather", "mood"):
        for name in grades(kind):
            assert ambience(kind, name)


@pytest.mark.parametrize("name", ["location_setting", "architecture_style", "time_period"])
def test_what_needs_an_editor_says_so(name: str) -> None:
    assert REGISTRY[name].needs_editor
    with pytest.raises(ToolError, match="generative image editor"):
        rendered(landscape(), name, {})
