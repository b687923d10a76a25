"""The .cube files are read back by colour-science, and give the picture that the engine gives."""

from pathlib import Path

import colour as science
import numpy as np
import pytest

from tools.cube import NODES, cube_text
from tools.declare import ToolError
from tools.engine import render
from tools.maps import Maps
from tools.picture import Picture, load, reduce_to
from tools.plan import Plan, Step

PHOTO = Path(__file__).parents[2] / "photos" / "tourist.jpg"
GRADE = [
    Step(tool="exposure", args={"stops": 0.4}),
    Step(tool="contrast", args={"amount": 25}),
    Step(tool="temperature", args={"warmer": 30}),
    Step(tool="saturation", args={"amount": 20}),
]


@pytest.fixture(scope="module")
def picture() -> Picture:
    return Picture(reduce_to(load(PHOTO).srgb, 256))


def test_a_grade_is_the_same_through_the_table(picture: Picture, tmp_path: Path) -> None:
    plan, maps = Plan(summary="A grade.", steps=GRADE), Maps(picture.srgb)
    path = tmp_path / "grade.cube"
    path.write_text(cube_text(picture.srgb, plan, seed=0, maps=maps))
    table = science.read_LUT(str(path))
    assert table.size == NODES
    through_table = table.apply(picture.srgb, interpolator=science.algebra.table_interpolation_tetrahedral)
    rendered = render(picture, plan, maps=maps).srgb
    assert np.abs(through_table - rendered).mean() < 0.5 / 255


def test_no_steps_change_no_colour(picture: Picture, tmp_path: Path) -> None:
    path = tmp_path / "same.cube"
    path.write_text(cube_text(picture.srgb, Plan(summary="Nothing."), seed=0, maps=Maps(picture.srgb)))
    np.testing.assert_allclose(science.read_LUT(str(path)).apply(picture.srgb), picture.srgb, atol=1e-5)


@pytest.mark.parametrize(
    "step", [Step(tool="clarity", args={"amount": 40}), Step(tool="exposure", args={"stops": 1}, region="left")]
)
def test_what_a_table_cannot_say_is_refused_by_name(picture: Picture, step: Step) -> None:
    with pytest.raises(ToolError, match=f"'{step.tool} .* is not; .*json recipe"):
        cube_text(picture.srgb, Plan(summary="Not colour alone.", steps=[step]), seed=0, maps=Maps(picture.srgb))
