from pathlib import Path

import numpy as np
import pytest

from tools.declare import ToolError
from tools.engine import render
from tools.picture import Picture, load, reduce_to
from tools.styles import STYLES, find_style

PHOTO = Path(__file__).parents[2] / "photos" / "portrait.jpg"


@pytest.fixture(scope="module")
def photo() -> Picture:
    return Picture(reduce_to(load(PHOTO).srgb, 160))


@pytest.mark.parametrize("name", STYLES)
def test_a_style_shows_and_its_absence_is_the_photo(name: str, photo: Picture) -> None:
    style = STYLES[name]
    assert style.name == name
    assert 1 <= len(style.plan.steps) <= 5
    assert all(step.reasoning and step.region == "everywhere" for step in style.plan.steps)
    assert np.abs(render(photo, style.plan).srgb - photo.srgb).mean() > 0.005
    np.testing.assert_array_equal(render(photo, style.at(0)).srgb, photo.srgb)
    assert style.at(1).steps == style.plan.steps


def test_there_are_enough_styles_to_choose_from() -> None:
    assert len(STYLES) >= 24


def test_an_unknown_style_is_answered_with_the_nearest() -> None:
    with pytest.raises(ToolError, match="did you mean 'film_noir'"):
        find_style("film_noire")
