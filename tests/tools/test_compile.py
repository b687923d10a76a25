"""The fast path held to the plain one: compiled loops to their formulas, tables of colours to the tools themselves."""

import threading
import weakref

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.engine import POINTWISE as TONES
from tests.conftest import PHOTOS
from tools import colour, lut_kernels, strips
from tools.brought import look_of_table
from tools.engine import rehearse, render
from tools.lut import Change, Colours, Table, agreeing_table, tabulate, through_agreeing_table
from tools.maps import Maps
from tools.picture import Picture, load
from tools.plan import Plan, Step
from tools.rows import thinned
from tools.steps import passes
from tools.types import FloatImage

GRADE = Plan(
    steps=[
        Step(tool="color_grading", args={"look": "cinematic"}),
        Step(tool="colour_band", args={"band": "orange", "saturation": -40, "hue": 30}),
        Step(tool="vibrance", args={"amount": 60}),
    ]
)
BETWEEN = Plan(
    steps=[
        Step(tool="exposure", args={"stops": 1}),
        Step(tool="bloom", args={"amount": 40}),
        Step(tool="contrast", args={"amount": 40}),
        Step(tool="saturation", args={"amount": 40}, region="highlights"),
        Step(tool="grain", args={"amount": 30}),
        Step(tool="midtones", args={"amount": -30}),
    ]
)


def noise(height: int, width: int) -> Picture:
    """Colours of every kind, each pixel another."""
    return Picture(np.random.default_rng(0).random((height, width, 3), np.float32))


def assert_agree(fast: FloatImage, exact: FloatImage) -> None:
    """Within the promise: a fraction of an 8-bit level and of a just noticeable difference, on the mean."""
    levels = 255 * np.abs(fast - exact)
    assert levels.mean() <= 0.3
    assert np.quantile(levels, 0.999) <= 3
    difference = np.linalg.norm(colour.srgb_to_oklab(fast) - colour.srgb_to_oklab(exact), axis=2)
    assert 100 * difference.mean() <= 0.25


@pytest.mark.parametrize("plan", [TONES, GRADE, BETWEEN], ids=["tones", "grade", "between"])
@pytest.mark.parametrize("name", sorted(path.name for path in PHOTOS.glob("*.jpg")))
def test_the_fast_path_agrees_with_the_tools_on_photos(name: str, plan: Plan) -> None:
    photo = load(PHOTOS / name)
    assert_agree(render(photo, plan).srgb, render(photo, plan, exact=True).srgb)


@pytest.mark.parametrize("plan", [TONES, GRADE, BETWEEN], ids=["tones", "grade", "between"])
def test_the_fast_path_agrees_with_the_tools_on_noise(plan: Plan) -> None:
    picture = noise(600, 700)
    assert_agree(render(picture, plan).srgb, render(picture, plan, exact=True).srgb)


def test_what_a_table_cannot_hold_is_left_to_the_tools(meadow: Picture) -> None:
    noise = np.random.default_rng(0).random((29**3, 3))
    text = "\n".join(["LUT_3D_SIZE 29", *(" ".join(map(str, colour)) for colour in noise)])
    scattered = Plan(steps=[look_of_table(text.encode(), "noise.cube")])
    assert np.array_equal(render(meadow, scattered).srgb, render(meadow, scattered, exact=True).srgb)


def test_sixteen_bits_stay_smooth() -> None:
    ramp = np.linspace(0, 1, 1000 * 400, dtype=np.float32).reshape(1000, 400, 1).repeat(3, axis=2)
    picture = Picture(ramp, bits=16)
    plan = Plan(steps=[Step(tool="contrast", args={"amount": 40}), Step(tool="shadows", args={"amount": 40})])
    result = render(picture, plan).srgb
    assert np.array_equal(result, render(picture, plan, exact=True).srgb)
    assert np.abs(np.diff(result.reshape(-1, 3), axis=0)).max() < 1 / 65535


def test_an_eight_bit_ramp_rises_through_the_table() -> None:
    ramp = np.linspace(0, 1, 600, dtype=np.float32)[None, :, None].repeat(600, axis=0).repeat(3, axis=2)
    result = render(Picture(ramp), TONES).srgb
    assert np.diff(colour.luminance(result)[0]).min() >= -1e-6


@pytest.mark.parametrize("threads", [1, 3])
def test_the_number_of_threads_does_not_matter(meadow: Picture, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = render(meadow, BETWEEN).srgb
    monkeypatch.setattr(strips, "THREADS", threads)
    assert np.array_equal(render(meadow, BETWEEN).srgb, wanted)


def test_a_step_in_a_region_stands_alone(meadow: Picture) -> None:
    maps = Maps(meadow.srgb[::2, ::2])
    prepared = rehearse(Picture(maps.proxy_srgb), BETWEEN, 0, maps).prepared
    assert [[ready.tool.name for ready in group] for group in passes(prepared)] == [
        ["exposure"],
        ["bloom"],
        ["contrast"],
        ["saturation"],
        ["grain"],
        ["midtones"],
    ]


def test_pixels_far_from_a_region_stay_to_the_bit(meadow: Picture) -> None:
    plan = Plan(steps=[Step(tool="exposure", args={"stops": -1}, region="top")])
    result = render(meadow, plan).srgb
    bottom = slice(-meadow.size[1] // 5, None)
    assert np.array_equal(result[bottom], meadow.srgb[bottom])


def test_a_table_of_nothing_changes_nothing() -> None:
    srgb = np.random.default_rng(0).uniform(-0.2, 1.2, (64, 65, 3)).astype(np.float32)
    for cells in (5, 32):
        table = tabulate(lambda lattice: lattice, -0.2, 1.2, cells)
        np.testing.assert_allclose(table(srgb), srgb, atol=1e-6)


def test_a_table_of_a_straight_mix_of_channels_is_right_between_its_nodes() -> None:
    matrix = np.array([[0.7, 0.2, -0.1], [0.1, 0.5, 0.3], [-0.4, 0.2, 1.1]], np.float32)
    srgb = np.random.default_rng(0).random((64, 65, 3), np.float32)
    table = tabulate(lambda lattice: lattice @ matrix.T, 0, 1, 7)
    np.testing.assert_allclose(table(srgb), srgb @ matrix.T, atol=2e-6)


def test_no_number_leads_out_of_a_table() -> None:
    table = tabulate(lambda lattice: lattice, 0, 1, 4)
    hostile = np.array([[[np.nan, np.inf, -np.inf], [1e30, -1e30, 0.5]]], np.float32)
    np.testing.assert_allclose(table(hostile), np.array([[[0, 1, 0], [1, 0, 0.5]]]), atol=1e-6)


def test_a_table_that_does_not_agree_is_refused() -> None:
    sample = np.random.default_rng(0).random((100, 100, 3), np.float32)
    assert isinstance(agreeing_table(lambda srgb: srgb * srgb, sample), Table)
    assert agreeing_table(lambda srgb: np.round(4 * srgb) / 4, sample) is None
    assert agreeing_table(lambda srgb: np.full_like(srgb, np.nan), sample) is None
    assert agreeing_table(lambda srgb: srgb, 5 * sample - 2) is None
    assert agreeing_table(lambda srgb: srgb, np.where(sample > 0.9, np.float32(np.nan), sample)) is None


@pytest.fixture(scope="module")
def light() -> NDArray[np.float32]:
    """Linear light inside and outside the gamut, with zeros, the smallest numbers and the joints of the curves."""
    random = np.random.default_rng(0).uniform(-0.5, 3, (997, 3))
    edges = np.array([[0, 0, 0], [1, 1, 1], [0.0031308, 0.04045, 1e-30], [-0.0031308, 1e-38, 40], [1.3, 0.45, 0.05]])
    return np.concatenate([random, edges]).astype(np.float32)[None]


def test_compiled_transfer_functions_agree_with_the_formula(light: NDArray[np.float32]) -> None:
    size = np.abs(light.astype(np.float64))
    coded = np.copysign(np.where(size <= 0.0031308, size * 12.92, 1.055 * size ** (1 / 2.4) - 0.055), light)
    np.testing.assert_allclose(colour.linear_to_srgb(light), coded, rtol=6e-7, atol=6e-7)
    np.testing.assert_allclose(colour.srgb_to_linear(coded.astype(np.float32)), light, rtol=2e-6, atol=2e-6)


def test_drawing_into_the_gamut_agrees_with_the_formula(light: NDArray[np.float32]) -> None:
    exact = light.astype(np.float64)
    grey = np.clip(exact @ [0.2126, 0.7152, 0.0722], 0, 1)[..., None]
    offset = np.where(exact == grey, 1e-300, exact - grey)
    share = np.minimum(np.where(offset > 0, (1 - grey) / offset, -grey / offset).min(axis=2, keepdims=True), 1)
    wanted = colour.linear_to_srgb((grey + (exact - grey) * share).astype(np.float32)).clip(0, 1)
    np.testing.assert_allclose(colour.to_gamut(light), wanted, atol=2e-6)
    np.testing.assert_allclose(colour.draw_in(colour.linear_to_srgb(light)), wanted, atol=1e-5)


def test_colours_inside_the_gamut_are_drawn_in_to_the_bit() -> None:
    srgb = noise(20, 20).srgb
    assert np.array_equal(colour.draw_in(srgb), srgb)


@pytest.mark.parametrize("shape", [(1, 1), (2, 500), (700, 700), (3, 200_000)])
def test_strips_make_the_picture(shape: tuple[int, int]) -> None:
    image, plane = noise(*shape).srgb, noise(*shape).srgb[..., 0]

    def change(strip: FloatImage, part: FloatImage, absent: None) -> FloatImage:
        assert absent is None
        return strip * part[..., None]

    wanted = image * plane[..., None]
    assert np.array_equal(strips.in_strips(change, image, plane, None), wanted)
    strips.in_strips(change, image, plane, None, out=image)
    assert np.array_equal(image, wanted)


def test_conversions_in_place_are_the_same() -> None:
    image = noise(700, 700).srgb
    wanted = colour.srgb_to_oklab(image)
    assert colour.srgb_to_oklab(image, out=image) is image
    assert np.array_equal(image, wanted)


def test_weights_in_bytes_sum_to_one_and_are_near() -> None:
    weights = np.random.default_rng(0).dirichlet([0.3] * 4, 5000).astype(np.float32)
    shares = np.empty(weights.size, np.uint8)
    lut_kernels.in_bytes(weights.reshape(-1), shares)
    assert (shares.reshape(-1, 4).sum(axis=1, dtype=int) == 255).all()
    np.testing.assert_allclose(shares.reshape(-1, 4) / 255, weights, atol=1 / 255)


def test_a_table_for_the_colours_of_a_photo_holds_for_all_of_them(meadow: Picture) -> None:
    colours = Colours(meadow.srgb)
    for _ in range(2):  # the second time the places are known
        nodes = colours.nodes(lambda lattice: 0.5 * lattice, 32)
        np.testing.assert_allclose(colours.through(nodes, 32), 0.5 * meadow.srgb, atol=1e-6)
    assert len(nodes) < 33**3 / 2


def test_a_table_for_the_colours_of_a_photo_that_does_not_agree_is_refused(meadow: Picture) -> None:
    def refused(change: Change, srgb: FloatImage = meadow.srgb, changed: FloatImage | None = None) -> bool:
        return through_agreeing_table(change, Colours(srgb), 4000, changed) is None

    assert not refused(lambda srgb: srgb * srgb)
    assert refused(lambda srgb: srgb * srgb, changed=thinned(meadow.srgb, 4000))
    assert refused(lambda srgb: np.round(4 * srgb) / 4)
    assert refused(lambda srgb: np.where(srgb < srgb.min() + 0.01, np.float32(np.nan), srgb))
    assert refused(lambda srgb: srgb, 5 * meadow.srgb - 2)
    assert refused(lambda srgb: srgb, np.where(meadow.srgb > 0.9, np.float32(np.nan), meadow.srgb))


def test_a_change_that_hands_its_strip_on_gives_a_new_picture() -> None:
    image = np.zeros((4, 6, 3), np.float32)
    result = strips.in_strips(lambda strip: strip[:, ::-1], image)
    assert not np.may_share_memory(result, image)
    assert strips.in_strips(lambda strip: strip.astype(np.float64), image).dtype == np.float32


def test_a_busy_pool_keeps_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "THREADS", 2)
    release = threading.Event()
    busy = strips._pool(1).submit(release.wait)
    try:
        image = np.ones((1000, 1000, 3), np.float32)
        gone = weakref.ref(image)
        strips.in_strips(np.sqrt, image)
        del image
        assert gone() is None
    finally:
        release.set()
        busy.result()
