"""Every tool as the engine runs it, held to its plain definition: `float64`, full size, nothing fused or reduced."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.plain import plain_render
from tests.conftest import PHOTOS
from tools.declare import Tool, plannable
from tools.engine import rehearse, render
from tools.examples import examples
from tools.maps import Maps
from tools.picture import Picture, load, to_uint8
from tools.plan import Plan, Step
from tools.steps import Prepared

USABLE = plannable()
POINTWISE = [entry for entry in USABLE if entry.pointwise]
ALONG_EDGES = ("soften", "texture", "mood_lighting", "dehaze")
"""Tools that tell edges from surfaces on a reduced copy; 16 bits see that, 8 do not."""


@cache
def photo(width: int) -> Picture:
    """A photo that is larger than the copies on which wide blurs run."""
    street = load(PHOTOS / "street.jpg").srgb
    return Picture(to_uint8(cv2.resize(street, (width, width * 2 // 3), interpolation=cv2.INTER_AREA)))


@pytest.fixture(scope="module")
def colours() -> NDArray[np.uint16]:
    """Every kind of colour at random, and a ramp of each channel and of grey."""
    random = np.random.default_rng(0).integers(0, 65536, (220, 320, 3))
    ramp = np.linspace(0, 65535, 80 * 320).reshape(80, 320)[..., None] * np.array([1, 1, 1])
    hued = [ramp[::4] * mask for mask in ([1, 0, 0], [0, 1, 0], [0, 0, 1])]
    return np.concatenate([random, ramp, *hued]).round().astype(np.uint16)


def plan_of(entry: Tool) -> Plan:
    return Plan(steps=[Step(tool=entry.name, args=examples(entry)[0].args)])


def prepared_for(picture: Picture, plan: Plan) -> tuple[list[Prepared], Maps]:
    small = max(picture.size) <= 512
    proxy = picture if small else Picture(picture.reduced(512))
    maps = Maps(proxy.srgb)
    return rehearse(proxy, plan, 0, maps, exact=picture.bits > 8).prepared, maps


def delta_e(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Mean CIEDE2000 difference of two pictures in encoded sRGB."""
    science = pytest.importorskip("colour")
    lab = [science.XYZ_to_Lab(science.sRGB_to_XYZ(srgb.reshape(-1, 3)[::7])) for srgb in (first, second)]
    return float(np.mean(science.delta_E(*lab, method="CIE 2000")))


@pytest.mark.parametrize("entry", USABLE, ids=lambda entry: entry.name)
def test_a_picture_is_true_to_the_definition(entry: Tool) -> None:
    picture = photo(1200 if entry.name in ALONG_EDGES else 760)
    plan = plan_of(entry)
    prepared, maps = prepared_for(picture, plan)
    wanted = plain_render(picture.srgb, prepared, maps)
    got = render(picture, plan, maps=maps).pixels
    error = np.abs(255 * wanted - got)
    assert error.mean() <= 0.3  # rounding alone is 0.25
    assert np.quantile(error, 0.999) <= 3
    likeness, _ = cv2.quality.QualitySSIM_compute(to_uint8(wanted), got)
    assert np.mean(likeness[:3]) >= 0.995
    assert delta_e(wanted, got / 255) <= 0.05 + delta_e(wanted, to_uint8(wanted) / 255)
    fine = render(Picture(picture.pixels.astype(np.uint16) * 257, bits=16), plan, maps=maps)
    assert np.abs(65535 * wanted - fine.pixels).mean() <= (24 if entry.name in ALONG_EDGES else 8)


@pytest.mark.parametrize("entry", POINTWISE, ids=lambda entry: entry.name)
def test_sixteen_bits_are_true_to_the_definition_and_make_no_bands(entry: Tool, colours: NDArray[np.uint16]) -> None:
    picture, plan = Picture(colours, bits=16), plan_of(entry)
    prepared, maps = prepared_for(picture, plan)
    wanted = 65535 * plain_render(picture.srgb, prepared, maps)
    error = np.abs(wanted - render(picture, plan, maps=maps).pixels)
    assert (error > 8).mean() <= 2e-5  # a colour may lie right where a rule parts hues or tones
