"""Laws that every photographic primitive keeps: light, colour, detail, optics."""

from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import tools.library  # noqa: F401  (fills the registry)
from tools import colour
from tools.declare import REGISTRY, Tool, ToolError
from tools.engine import render, to_gamut
from tools.maps import Maps
from tools.picture import Picture, reduce_to
from tools.plan import Plan, Step
from tools.scene import Scene
from tools.statistics import Statistics
from tools.types import FloatImage

MODULES = tuple(f"tools.library.{name}" for name in ("light", "colours", "detail", "optics"))
PRIMITIVES = [entry for entry in REGISTRY.values() if entry.run.__module__ in MODULES]
WITHOUT_SUBJECT = [entry for entry in PRIMITIVES if entry.name != "background_blur"]
KEEP_GREY = [
    *("exposure", "contrast", "highlights", "shadows", "whites", "blacks", "midtones", "fade", "relight", "saturation"),
    *("vibrance", "hue_shift", "colour_band", "monochrome", "clarity", "texture", "sharpen", "soften", "denoise"),
    *("vignette", "bloom", "soft_focus", "blur", "tilt_shift"),
]
TONE_CURVES = ["exposure", "contrast", "highlights", "shadows", "whites", "blacks", "midtones", "fade"]
KEEP_LIGHTNESS = ["temperature", "tint", "saturation", "vibrance", "hue_shift", "split_toning", "colour_wash"]
SHAPES: dict[str, dict[str, Any]] = {"sharpen": {"radius": 0.3}}
"""Shaping arguments that make an effect large enough for the small pictures used here."""
KEEP_MEAN_LIGHT = ["bloom", "soft_focus", "blur", "tilt_shift"]


def by_name(entry: Tool) -> str:
    return entry.name


def strengths(entry: Tool, share: float) -> list[dict[str, Any]]:
    """Complete arguments at a share of full strength, each way that the tool goes."""
    effects = {
        name: info
        for name, info in entry.parameters.model_fields.items()
        if (info.json_schema_extra or {}).get("neutral") is not None  # type: ignore[union-attr]
    }
    schema = entry.schema()["properties"]
    found = []
    for end in ("maximum", "minimum"):
        args = {name: share * schema[name][end] for name in effects}
        if any(args.values()):
            found.append(entry.validate(SHAPES.get(entry.name, {}) | args))
    return found


def scene_of(linear: FloatImage, seed: int = 3) -> Scene:
    small = reduce_to(linear, 512)
    srgb = np.clip(colour.linear_to_srgb(small), 0, 1)
    return Scene(Statistics(small, small), Maps(srgb), linear.shape[0], linear.shape[1], seed)


def run(entry: Tool, linear: FloatImage, args: dict[str, Any]) -> FloatImage:
    """Run a tool on linear light, without the engine."""
    scene = scene_of(linear)
    if entry.space == "oklab":
        return colour.oklab_to_linear(entry.run(colour.linear_to_oklab(linear), scene, **args))
    return entry.run(linear, scene, **args)


@cache
def photo(width: int = 240) -> FloatImage:
    """A made-up photo, encoded sRGB: a bright sky, textured ground, a sun, a red disc, a grey card; steps and ramps."""
    height = width * 2 // 3
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1.5 : width * 1j].astype(np.float32)
    grain = cv2.resize(np.random.default_rng(1).standard_normal((80, 120), np.float32), (width, height))
    sky = np.stack([0.45 + 0.3 * y, 0.62 + 0.2 * y, 0.9 - 0.05 * y], axis=2)
    ground = np.stack([0.32 + 0.04 * grain, 0.36 + 0.05 * grain, 0.16 + 0.03 * grain], axis=2) * (1.5 - y)[..., None]
    picture = np.where((y < 0.5)[..., None], sky, ground)
    picture[np.hypot(x - 1.2, y - 0.15) < 0.06] = (1.0, 0.98, 0.9)
    picture[np.hypot(x - 0.5, y - 0.65) < 0.16] = (0.75, 0.12, 0.1)
    picture[(np.abs(x - 1.1) < 0.12) & (np.abs(y - 0.75) < 0.12)] = 0.5
    picture[:, : width // 12] = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    return np.clip(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), width / 400), 0, 1)


@cache
def large_maps() -> Maps:
    return Maps(reduce_to(photo(900), 512))


def grey_photo() -> FloatImage:
    grey = cv2.cvtColor(photo(), cv2.COLOR_RGB2GRAY)
    return colour.srgb_to_linear(np.repeat(grey[..., None], 3, axis=2))


def difference(first: FloatImage, second: FloatImage) -> NDArray[np.float32]:
    """CIEDE2000 would be some tenths of this: the distance in L*a*b* (CIE 1976)."""
    pair = [cv2.cvtColor(np.clip(each, 0, 1).astype(np.float32), cv2.COLOR_RGB2LAB) for each in (first, second)]
    return np.linalg.norm(pair[0] - pair[1], axis=2)


def test_the_library_holds_the_photographers_tools() -> None:
    assert len(PRIMITIVES) >= 28


@pytest.mark.parametrize("entry", PRIMITIVES, ids=by_name)
def test_neutral_arguments_are_skipped(entry: Tool) -> None:
    assert entry.is_identity(entry.validate({}))


@pytest.mark.parametrize("entry", WITHOUT_SUBJECT, ids=by_name)
def test_neutral_arguments_change_nothing(entry: Tool) -> None:
    linear = colour.srgb_to_linear(photo())
    np.testing.assert_allclose(run(entry, linear, entry.validate({})), linear, atol=3e-4)


@pytest.mark.parametrize("entry", WITHOUT_SUBJECT, ids=by_name)
def test_the_input_is_left_alone_and_the_type_kept(entry: Tool) -> None:
    image = photo() if entry.space == "linear" else colour.srgb_to_oklab(photo())
    before = image.copy()
    for args in strengths(entry, 1):
        changed = entry.run(image, scene_of(colour.srgb_to_linear(photo())), **args)
        assert changed.dtype == np.float32
        assert changed.shape == image.shape
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("entry", WITHOUT_SUBJECT, ids=by_name)
@pytest.mark.parametrize("shape", [(1, 1), (2, 500), (30, 20)], ids=str)
def test_no_picture_breaks_a_tool(entry: Tool, shape: tuple[int, int]) -> None:
    random = np.random.default_rng(0).random((*shape, 3), np.float32)
    for picture in (np.zeros_like(random), np.ones_like(random), np.full_like(random, 0.2), random):
        for args in strengths(entry, 1):
            changed = run(entry, picture, args)
            assert np.isfinite(changed).all()
            assert np.isfinite(to_gamut(changed)).all()


@pytest.mark.parametrize("entry", WITHOUT_SUBJECT, ids=by_name)
def test_more_is_more(entry: Tool) -> None:
    linear = colour.srgb_to_linear(photo())
    whole: dict[int, float] = {}
    for share in (0.25, 0.6, 1.0):
        for way, args in enumerate(strengths(entry, share)):
            change = float(difference(colour.linear_to_srgb(run(entry, linear, args)), photo()).mean())
            if entry.name != "hue_shift" or share < 1:
                assert change > 1.02 * whole.get(way, 0.0), f"{args}: {change}"
            whole[way] = change
    assert min(whole.values()) > 0.1


@pytest.mark.parametrize("entry", WITHOUT_SUBJECT, ids=by_name)
def test_a_proxy_shows_what_full_size_will_be(entry: Tool) -> None:
    large = photo(900)
    for args in strengths(entry, 0.5)[:1]:
        plan = Plan(steps=[Step(tool=entry.name, args=args)])
        small = render(Picture(reduce_to(large, 512)), plan, maps=large_maps()).srgb
        full = reduce_to(render(Picture(large), plan, maps=large_maps()).srgb, 512)
        assert float(difference(small, full).mean()) < 1


@pytest.mark.parametrize("entry", [entry for entry in PRIMITIVES if entry.pointwise], ids=by_name)
def test_pointwise_tools_look_at_one_pixel_alone(entry: Tool) -> None:
    oklab = colour.srgb_to_oklab(photo())
    image = oklab if entry.space == "oklab" else colour.srgb_to_linear(photo())
    scene = scene_of(colour.srgb_to_linear(photo()))
    for args in strengths(entry, 0.7):
        whole = entry.run(image, scene, **args)
        np.testing.assert_allclose(entry.run(image[40:50], scene, **args), whole[40:50], atol=1e-6)


@pytest.mark.parametrize("name", KEEP_GREY)
def test_greys_stay_grey(name: str) -> None:
    for args in strengths(REGISTRY[name], 1):
        assert float(colour.chroma(colour.linear_to_oklab(run(REGISTRY[name], grey_photo(), args))).max()) < 2e-3


@pytest.mark.parametrize("name", TONE_CURVES)
def test_tone_curves_rise_from_black_to_white(name: str) -> None:
    ramp = colour.srgb_to_linear(np.linspace(0, 1, 512, dtype=np.float32)[None, :, None].repeat(3, axis=2))
    for share in (0.3, 1):
        for args in strengths(REGISTRY[name], share):
            assert np.all(np.diff(to_gamut(run(REGISTRY[name], ramp, args))[0, :, 1]) >= -1e-5)


@pytest.mark.parametrize(("name", "amount"), [("contrast", -60), ("fade", 70), ("blacks", 100)])
def test_lifted_blacks_show_neither_steps_nor_colour(name: str, amount: float) -> None:
    """The noise of crushed shadows is of one or two levels; it must not become patches."""
    noise = np.random.default_rng(0).integers(0, 3, (64, 64, 3)).astype(np.uint8)
    picture = np.concatenate([noise, np.full((64, 64, 3), 128, np.uint8)])
    lifted = render(Picture(picture), Plan(steps=[Step(tool=name, args={"amount": amount})])).pixels[:64].astype(int)
    assert lifted.min() > 8
    assert np.ptp(lifted) <= 12


@pytest.mark.parametrize("name", KEEP_LIGHTNESS)
def test_colour_leaves_lightness(name: str) -> None:
    oklab = colour.srgb_to_oklab(photo())
    scene = scene_of(colour.srgb_to_linear(photo()))
    for args in strengths(REGISTRY[name], 1):
        np.testing.assert_array_equal(REGISTRY[name].run(oklab, scene, **args)[..., 0], oklab[..., 0])


@pytest.mark.parametrize("name", KEEP_MEAN_LIGHT)
def test_scattered_light_is_kept(name: str) -> None:
    linear = colour.srgb_to_linear(photo())
    before = float(colour.luminance(linear).mean())
    for args in strengths(REGISTRY[name], 1):
        after = float(colour.luminance(run(REGISTRY[name], linear, args)).mean())
        assert after == pytest.approx(before, rel=0.02)


@pytest.mark.parametrize("amount", [-100, -40, 40, 100])
def test_contrast_keeps_the_mean(amount: float) -> None:
    oklab = colour.srgb_to_oklab(photo())
    changed = REGISTRY["contrast"].run(oklab, scene_of(colour.srgb_to_linear(photo())), amount=amount)
    assert float(changed[..., 0].mean()) == pytest.approx(float(oklab[..., 0].mean()), abs=0.012)


def test_saturation_of_minus_100_is_grey() -> None:
    changed = REGISTRY["saturation"].run(colour.srgb_to_oklab(photo()), None, amount=-100)
    assert float(np.abs(changed[..., 1:]).max()) == 0


@pytest.mark.parametrize("filter_name", ["none", "red", "orange", "yellow", "green", "blue"])
def test_monochrome_is_grey_through_every_filter(filter_name: str) -> None:
    args = REGISTRY["monochrome"].validate({"amount": 100, "filter": filter_name})
    changed = REGISTRY["monochrome"].run(colour.srgb_to_oklab(photo()), None, **args)
    assert float(np.abs(changed[..., 1:]).max()) == 0


def test_a_red_filter_darkens_the_sky() -> None:
    entry, oklab = REGISTRY["monochrome"], colour.srgb_to_oklab(photo())
    plain, red = (entry.run(oklab, None, amount=100, filter=name, toning="none") for name in ("none", "red"))
    assert red[30, 100, 0] < plain[30, 100, 0] - 0.05


def test_warmer_is_amber_and_cooler_is_blue() -> None:
    white = np.array([[[1, 0, 0]]], np.float32)
    warm, cool = (REGISTRY["temperature"].run(white, None, warmer=mired)[0, 0] for mired in (100, -100))
    assert warm[2] > 0.07
    assert cool[2] < -0.07
    assert 60 < float(colour.hue_degrees(warm[None, None])[0, 0]) < 90


def test_one_stop_doubles_the_light_below_the_knee() -> None:
    dark = np.full((1, 1, 3), 0.05, np.float32)
    assert float(REGISTRY["exposure"].run(dark, None, stops=1)[0, 0, 0]) == pytest.approx(0.1)
    assert float(REGISTRY["exposure"].run(np.ones_like(dark), None, stops=3)[0, 0, 0]) == pytest.approx(1, abs=1e-5)


def test_a_band_leaves_the_other_colours() -> None:
    oklab = colour.srgb_to_oklab(np.array([[[0.8, 0.1, 0.1], [0.1, 0.2, 0.9]]], np.float32))
    args = REGISTRY["colour_band"].validate({"band": "blue", "hue": 60, "saturation": -80, "lightness": 50})
    changed = REGISTRY["colour_band"].run(oklab, None, **args)
    np.testing.assert_allclose(changed[0, 0], oklab[0, 0], atol=1e-5)
    assert float(colour.chroma(changed)[0, 1]) < 0.4 * float(colour.chroma(oklab)[0, 1])


@pytest.mark.parametrize("paint", ["hot_pink", "teal", "gold", "navy"])
def test_recolour_leaves_one_hue(paint: str) -> None:
    oklab = colour.srgb_to_oklab(photo())
    changed = REGISTRY["recolour"].run(oklab, None, paint=paint, amount=100)
    vivid = colour.chroma(changed) > 0.02
    hues = np.exp(1j * np.radians(colour.hue_degrees(changed)[vivid]))
    assert abs(hues.mean()) > 0.999


def test_sharpening_does_not_ring() -> None:
    step = np.full((60, 60, 3), 0.1, np.float32)
    step[:, 30:] = 0.6
    changed = colour.linear_to_oklab(run(REGISTRY["sharpen"], step, {"amount": 100, "radius": 0.3}))[..., 0]
    before = colour.linear_to_oklab(step)[..., 0]
    allowed = 0.13 * float(before.max() - before.min())
    assert changed.max() <= before.max() + allowed
    assert changed.min() >= before.min() - allowed


def test_clarity_leaves_no_halo_at_a_strong_edge() -> None:
    step = np.full((200, 300, 3), 0.02, np.float32)
    step[:, 150:] = 0.7
    changed = colour.linear_to_oklab(run(REGISTRY["clarity"], step, {"amount": 100}))[..., 0]
    away = np.abs(changed - colour.linear_to_oklab(step)[..., 0])[:, np.r_[0:145, 155:300]]
    assert float(away.max()) < 0.03


def test_denoising_removes_noise_and_keeps_edges() -> None:
    noise = 0.02 * np.random.default_rng(2).standard_normal((120, 160), np.float32)
    oklab = np.zeros((120, 160, 3), np.float32)
    oklab[..., 0] = np.where(np.arange(160) < 80, 0.3, 0.7) + noise
    scene = scene_of(np.clip(colour.oklab_to_linear(oklab), 0, 1))
    changed = REGISTRY["denoise"].run(oklab, scene, luminance=80, colour=0)[..., 0]
    assert float(changed[:, :70].std()) < 0.5 * float(noise[:, :70].std())
    assert float(changed[:, 83:].mean() - changed[:, :77].mean()) == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize("amount", [0.01, 0.3, 1.0])
def test_hardly_any_denoising_leaves_even_surfaces_as_they_were(amount: float) -> None:
    oklab = np.zeros((120, 160, 3), np.float32)
    oklab[..., 0] = np.where(np.arange(160) < 80, 0.97, 0.93)
    changed = REGISTRY["denoise"].run(oklab, scene_of(colour.oklab_to_linear(oklab)), luminance=amount, colour=amount)
    np.testing.assert_allclose(changed, oklab, atol=0.002)


def test_a_vignette_hardly_lifts_the_centre() -> None:
    grey = np.full((120, 180, 3), 0.2, np.float32)
    changed = run(REGISTRY["vignette"], grey, REGISTRY["vignette"].validate({"amount": -100}))
    assert 0.2 <= float(changed[60, 90, 0]) < 0.2 * 2 ** (1 / 4) + 1e-4
    assert float(changed[0, 0, 0]) < 0.08


def test_background_blur_needs_a_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.maps.subject", lambda srgb, *others: np.zeros(srgb.shape[:2], np.float32))
    plain = Picture(np.full((60, 90, 3), 0.5, np.float32))
    with pytest.raises(ToolError, match="subject"):
        render(plain, Plan(steps=[Step(tool="background_blur", args={"amount": 50})]))


def test_background_blur_keeps_the_subject_and_bleeds_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    linear = np.zeros((120, 180, 3), np.float32)
    linear[...] = (0.1, 0.3, 0.1)
    subject = np.zeros((120, 180), np.float32)
    subject[40:80, 60:120] = 1
    linear[subject > 0] = (0.9, 0.05, 0.05)
    scene = scene_of(linear)
    monkeypatch.setattr(scene.maps, "mask", lambda region: subject)
    changed = REGISTRY["background_blur"].run(linear, scene, amount=100)
    np.testing.assert_array_equal(changed[subject > 0], linear[subject > 0])
    np.testing.assert_allclose(changed[subject == 0], linear[subject == 0], atol=0.01)
