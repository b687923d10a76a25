"""Rendering: identity, determinism, regions, and the proxy that is the full-size picture in small."""

import tracemalloc

import numpy as np
import pytest

from benchmarks.engine import SPATIAL
from tools import colour, pixelwise, rows, scene
from tools.declare import REGISTRY, ToolError
from tools.engine import rehearse, render, to_gamut
from tools.examples import examples
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, reduce_to
from tools.plan import Plan, Step
from tools.rows import whole
from tools.steps import mixed, passes

EVENING = Plan(
    steps=[
        Step(tool="exposure", args={"stops": -0.7}),
        Step(tool="temperature", args={"warmer": 40}),
        Step(tool="contrast", args={"amount": 30}),
        Step(tool="clarity", args={"amount": 30}),
        Step(tool="vignette", args={"amount": -40}),
        Step(tool="grain", args={"amount": 20}),
    ]
)


def test_neutral_steps_are_the_identity_to_the_bit(meadow: Picture) -> None:
    plan = Plan(steps=[Step(tool=name) for name in ("exposure", "contrast", "saturation", "grain")])
    assert render(meadow, plan) is meadow


def test_the_input_is_not_changed_and_the_same_seed_gives_the_same_picture(meadow: Picture) -> None:
    before = meadow.srgb.copy()
    first, second = render(meadow, EVENING, seed=3), render(meadow, EVENING, seed=3)
    assert np.array_equal(meadow.srgb, before)
    assert np.array_equal(first.srgb, second.srgb)
    assert not np.array_equal(first.srgb, render(meadow, EVENING, seed=4).srgb)


@pytest.mark.parametrize("steps", [SPATIAL.steps, EVENING.steps[:3], EVENING.steps], ids=["streamed", "table", "all"])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_photo_that_is_given_away_makes_room_for_the_same_result(bits: int, steps: list[Step]) -> None:
    codes = np.random.default_rng(0).integers(0, 1 << bits, (700, 600, 3)).astype(np.uint16 if bits > 8 else np.uint8)
    wanted = render(Picture(codes, bits=bits), Plan(steps=steps))
    given = Picture(codes.copy(), bits=bits)
    got = render(given, Plan(steps=steps), overwrite=True)
    assert got.pixels is given.pixels
    assert np.array_equal(got.pixels, wanted.pixels)
    codes.flags.writeable = False
    assert np.array_equal(render(Picture(codes, bits=bits), Plan(steps=steps), overwrite=True).pixels, wanted.pixels)


def test_the_proxy_and_the_full_size_picture_agree(meadow: Picture) -> None:
    proxy = meadow.with_pixels(reduce_to(meadow.srgb, PROXY_PX))
    small = render(proxy, EVENING).srgb
    large = reduce_to(render(meadow, EVENING).srgb, PROXY_PX)
    difference = np.linalg.norm(colour.srgb_to_oklab(small) - colour.srgb_to_oklab(large), axis=2)
    assert 100 * difference.mean() < 1.5


def test_pointwise_neighbours_share_a_pass(meadow: Picture) -> None:
    proxy = reduce_to(meadow.srgb, PROXY_PX)
    prepared = rehearse(Picture(proxy), EVENING, 0, Maps(proxy)).prepared
    assert next(len(group) for group in passes(prepared)) == 3


def test_a_region_leaves_the_rest_alone(meadow: Picture) -> None:
    darker = render(meadow, Plan(steps=[Step(tool="exposure", args={"stops": -1}, region="left")]))
    change = np.abs(darker.srgb - meadow.srgb).mean(axis=2)
    third = change.shape[1] // 3
    assert change[:, :third].mean() > 0.1
    assert change[:, -third:].mean() < 0.002


def test_contrast_in_a_region_spreads_the_tones_of_the_region() -> None:
    codes = np.full((200, 300, 3), 40, np.uint8)
    codes[:100] = np.linspace(200, 220, 300)[None, :, None]  # far lighter than the mean of the picture
    after = render(Picture(codes), Plan(steps=[Step(tool="contrast", args={"amount": 60}, region="top")]))
    was, now = codes[:60].astype(float), after.pixels[:60].astype(float)
    assert abs(now.mean() - was.mean()) < 6
    assert now.std() > 1.25 * was.std()
    assert np.array_equal(after.pixels[-60:], codes[-60:])


def test_spatial_tools_that_stream_hold_no_whole_picture_of_floats(meadow: Picture) -> None:
    large = Picture(np.tile(meadow.pixels, (3, 3, 1)))
    maps = Maps(large.reduced(PROXY_PX))
    tracemalloc.start()
    render(large, SPATIAL, maps=maps)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * large.nbytes  # one picture of floats alone has four times the bytes of the codes


def test_any_number_of_tools_may_stream(meadow: Picture) -> None:
    names = ("clarity", "bloom", "soft_focus", "vignette", "halation", "relight", "texture", "soften")
    plan = Plan(steps=[Step(tool=name, args={"amount": 20}, region="left") for name in names])
    one_by_one = colour.srgb_to_linear(meadow.srgb)
    maps = Maps(meadow.reduced(PROXY_PX))
    for ready in rehearse(Picture(maps.proxy_srgb), plan, 0, maps).prepared:
        mask = ready.mask(maps, *one_by_one.shape[:2])
        one_by_one = mixed(one_by_one, ready.apply(one_by_one, maps), whole(mask))
    assert np.abs(render(meadow, plan, maps=maps).pixels - 255 * to_gamut(one_by_one)).mean() < 0.3


def test_a_region_that_is_not_there_is_an_error() -> None:
    grey = Picture(np.full((60, 80, 3), 0.5, np.float32))
    with pytest.raises(ToolError, match="'magenta' is not found"):
        render(grey, Plan(steps=[Step(tool="exposure", args={"stops": 1}, region="magenta")]))


def test_what_needs_an_editor_says_so(meadow: Picture) -> None:
    name = next(name for name, entry in REGISTRY.items() if entry.needs_editor)
    with pytest.raises(ToolError, match="needs a generative image editor"):
        render(meadow, Plan(steps=[Step(tool=name)]))


@pytest.mark.parametrize("shape", [(1, 1), (2, 500), (3, 3)])
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_hostile_pictures_stay_finite(shape: tuple[int, int], level: float) -> None:
    picture = Picture(np.full((*shape, 3), level, np.float32))
    result = render(picture, EVENING).srgb
    assert result.shape == (*shape, 3)
    assert np.isfinite(result).all()


def test_colours_outside_the_gamut_keep_their_hue() -> None:
    orange = np.full((1, 1, 3), (1.3, 0.45, 0.05), np.float32)
    shown = colour.srgb_to_oklab(to_gamut(orange))
    assert to_gamut(orange).max() <= 1
    assert (
        abs(float(colour.hue_degrees(shown)[0, 0]) - float(colour.hue_degrees(colour.linear_to_oklab(orange))[0, 0]))
        < 15
    )


@pytest.mark.parametrize("names", [("time_of_day", "fog", "sharpen", "grain"), ("sharpen", "denoise"), ("halftone",)])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_large_picture_is_worked_on_in_place_and_is_the_same(
    names: tuple[str, ...], bits: int, meadow: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(steps=[Step(tool=name, args=examples(REGISTRY[name])[0].args) for name in names])
    codes = meadow.pixels if bits == 8 else meadow.pixels.astype(np.uint16) * 257
    photo, maps = Picture(codes, bits=bits), Maps(meadow.reduced(PROXY_PX))
    wanted = render(photo, plan, maps=maps).pixels.astype(int)
    for module in (pixelwise, rows, scene):
        monkeypatch.setattr(module, "KEPT_PIXELS", 0)
    given = Picture(codes.copy(), bits=bits)
    got = render(given, plan, maps=maps, overwrite=True)
    assert got.pixels is given.pixels
    assert np.abs(got.pixels - wanted).mean() < 0.1
