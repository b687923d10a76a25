"""Packed tables of codes: exact where they must be, true to the tools, and no sharper turn at the edge of the gamut."""

import threading
import tracemalloc

import numpy as np
import pytest

from tests.conftest import PHOTOS
from tests.tools.test_compile import GRADE, TONES
from tools import strips
from tools.code_lut import agreeing_code_table, code_table
from tools.engine import render
from tools.maps import Maps
from tools.picture import Picture, load
from tools.picture.profile import DISPLAY_P3, SRGB, Profile
from tools.plan import Plan
from tools.types import FloatImage

EVERY = np.random.default_rng(0).integers(0, 256, (300, 400, 3)).astype(np.uint8)


@pytest.mark.parametrize("step_bits", [3, 2])
@pytest.mark.parametrize("profile", [SRGB, DISPLAY_P3], ids=["srgb", "p3"])
def test_a_table_of_nothing_gives_every_code_back(step_bits: int, profile: Profile) -> None:
    table = code_table(lambda srgb: srgb, profile, step_bits)
    assert np.array_equal(table(EVERY), EVERY)


def test_a_straight_mix_is_rounded_right() -> None:
    matrix = np.array([[0.6, 0.3, 0.1], [0.1, 0.5, 0.2], [0.2, 0.2, 0.6]], np.float32)
    table = code_table(lambda srgb: srgb @ matrix.T, SRGB, 3)
    assert np.abs(table(EVERY) - EVERY @ matrix.T).max() < 0.51


def test_colours_outside_the_gamut_are_drawn_in() -> None:
    def vivid(srgb: FloatImage) -> FloatImage:
        return srgb * np.array([1.5, 1, 1], np.float32) - np.array([0, 0.2, 0], np.float32)

    wanted = 255 * SRGB.drawn_in(vivid(EVERY.astype(np.float32) / 255))
    error = np.abs(code_table(vivid, SRGB, 3)(EVERY) - wanted)
    assert error.mean() < 0.3
    assert np.quantile(error, 0.999) < 2


@pytest.mark.parametrize("plan", [TONES, GRADE], ids=["tones", "grade"])
@pytest.mark.parametrize("name", ["night.jpg", "bee.jpg", "dune.jpg"])
def test_a_render_is_as_near_to_the_tools_as_eight_bits_allow(name: str, plan: Plan) -> None:
    photo = load(PHOTOS / name)
    maps = Maps(photo.reduced(512))
    fast = render(photo, plan, maps=maps).pixels
    exact = 255 * render(Picture(photo.srgb), plan, maps=maps, exact=True).srgb
    error = np.abs(fast - exact)
    assert error.mean() <= 0.3
    assert np.quantile(error, 0.999) <= 3


def test_what_a_table_cannot_hold_is_refused() -> None:
    srgb = EVERY.astype(np.float32) / 255
    assert agreeing_code_table(lambda codes: np.round(4 * codes) / 4, SRGB, EVERY, srgb) is None
    assert agreeing_code_table(lambda codes: np.full_like(codes, np.nan), SRGB, EVERY, srgb) is None


def test_many_plans_leave_no_memory_and_no_threads_behind(meadow: Picture) -> None:
    maps = Maps(meadow.reduced(512))
    tracemalloc.start()
    for _ in range(3):
        render(meadow, TONES, maps=maps)
    threads, before = threading.active_count(), tracemalloc.get_traced_memory()[0]
    for seed in range(20):
        render(meadow, TONES, seed=seed, maps=maps)
    growth = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert growth < 5_000_000  # the table of one plan, which a thread may still hold, has 2,200,000
    assert threading.active_count() <= threads + strips.THREADS
