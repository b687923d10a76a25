"""A picture that lies a pixel beside the photo is judged as if it lay on it."""

import numpy as np
import pytest

from tests.conftest import PHOTOS
from tools.attributes import Attributes
from tools.engine import render
from tools.picture import Picture, load
from tools.plan import Plan, Step
from tools.quality import assess
from tools.quality.alignment import aligned
from tools.request import parse_request

WARMER = Plan(steps=[Step(tool="temperature", args={"warmer": 40}), Step(tool="contrast", args={"amount": 20})])


def photo(name: str) -> Picture:
    return Picture(load(PHOTOS / f"{name}.jpg").reduced(256))


@pytest.mark.parametrize("move", [(0, 1), (1, 0), (-1, -1), (2, -2)])
@pytest.mark.parametrize("name", ["stream", "street", "night"])
def test_a_small_shift_changes_nothing(name: str, move: tuple[int, int]) -> None:
    before, request = photo(name), parse_request("warmer")
    after = render(before, WARMER)
    shifted = Picture(np.roll(after.srgb, move, axis=(0, 1)))
    scores = [assess(before, picture, request).scores["picture"] for picture in (after, shifted)]
    assert scores[1] == pytest.approx(scores[0], abs=0.1)


@pytest.mark.parametrize("changed", [lambda x: 1 - x, lambda x: x[:, ::-1], lambda x: np.full_like(x, 0.5)])
def test_what_is_no_shift_stays_where_it_is(changed) -> None:  # type: ignore[no-untyped-def]
    before = photo("lake")
    after = np.ascontiguousarray(changed(before.srgb))
    assert np.array_equal(aligned(Attributes(before.srgb), after).linear, Attributes(after).linear)


def test_a_tiny_picture_is_not_moved() -> None:
    tiny = np.random.default_rng(0).random((5, 7, 3), np.float32)
    assert np.array_equal(
        aligned(Attributes(tiny), np.roll(tiny, 1, axis=1)).linear, Attributes(np.roll(tiny, 1, axis=1)).linear
    )
