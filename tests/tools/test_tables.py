"""Tables that are read from .cube files do what colour-science does with them; broken ones are explained in a line."""

from pathlib import Path

import colour as science
import numpy as np
import pytest

from tools.brought import look_from_file, look_of_table
from tools.cube import cube_text
from tools.declare import ToolError, lookup
from tools.engine import render
from tools.maps import Maps
from tools.picture import Picture, load, reduce_to
from tools.plan import Plan, Step
from tools.tables import known, read_table
from tools.types import FloatImage

PHOTO = Path(__file__).parents[2] / "photos" / "tourist.jpg"
CUBE = ["LUT_3D_SIZE 2", "0 0 0", "1 0 0", "0 1 0", "1 1 0", "0 0 1", "1 0 1", "0 1 1", "1 1 1"]


@pytest.fixture(scope="module")
def picture() -> Picture:
    return Picture(reduce_to(load(PHOTO).srgb, 256))


def through(data: str, srgb: FloatImage) -> FloatImage:
    return known(read_table(data.encode(), "x.cube"), "x.cube")(srgb)


@pytest.mark.parametrize("side", [2, 5, 17, 33])
def test_a_cube_is_looked_up_as_colour_science_does(picture: Picture, tmp_path: Path, side: int) -> None:
    table = science.LUT3D(np.random.default_rng(side).random((side, side, side, 3)), size=side)
    science.write_LUT(table, str(tmp_path / "x.cube"), decimals=7)
    expected = table.apply(picture.srgb, interpolator=science.algebra.table_interpolation_tetrahedral)
    np.testing.assert_allclose(through((tmp_path / "x.cube").read_text(), picture.srgb), expected, atol=2e-5)


def test_curves_and_their_domain_are_looked_up_as_colour_science_does(picture: Picture, tmp_path: Path) -> None:
    domain = np.array([[-0.1, 0.0, 0.1], [1.2, 1.0, 0.9]])
    curves = np.linspace(domain[0], domain[1], 64) ** 2
    science.write_LUT(science.LUT3x1D(curves, domain=domain, size=64), str(tmp_path / "x.cube"), decimals=7)
    expected = science.read_LUT(str(tmp_path / "x.cube")).apply(np.clip(picture.srgb, domain[0], domain[1]))
    np.testing.assert_allclose(through((tmp_path / "x.cube").read_text(), picture.srgb), expected, atol=2e-5)


def test_curves_before_a_cube_are_both_looked_up(picture: Picture) -> None:
    half = "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 1\nLUT_3D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n" + "\n".join(CUBE[1:])
    np.testing.assert_allclose(through(half, picture.srgb), picture.srgb / 2, atol=1e-6)


def test_a_grade_comes_back_from_its_own_file(picture: Picture) -> None:
    grade, maps = Plan(steps=[Step(tool="color_grading", args={"look": "velvia"})]), Maps(picture.srgb)
    text = cube_text(picture.srgb, grade, seed=0, maps=maps)
    again = render(picture, Plan(steps=[look_of_table(text.encode(), "velvia.cube")])).srgb
    assert np.abs(again - render(picture, grade, maps=maps).srgb).mean() < 0.5 / 255


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["hello"], r"line 1: 'hello' is no word"),
        ([""], "neither LUT_1D_SIZE nor LUT_3D_SIZE"),
        (CUBE[:-1], "has 7 colours, but its size says 8"),
        ([*CUBE, "1 1 1"], "line 10: there are more than the 8 colours"),
        ([*CUBE[:-1], "1 1"], "line 9: '1 1' is not 3 numbers"),
        ([*CUBE[:-1], "1 nan 1"], "line 9: '1 nan 1' is not 3 numbers"),
        ([*CUBE[:-1], "inf 1 1"], "line 9: 'inf 1 1' is not 3 numbers"),
        ([*CUBE[:-1], "1 1e30 1"], "up to 10000"),
        (["0 0 0", *CUBE], "line 1: a colour stands before"),
        (["LUT_3D_SIZE 500"], "from 2 to 65"),
        (["LUT_3D_SIZE -3"], "from 2 to 65"),
        (["LUT_1D_SIZE 1e9"], "from 2 to 65536"),
        ([*CUBE, "DOMAIN_MIN 1 1 1"], "begins its domain at"),
        (["\0\1\2"], "line 1"),
    ],
)
def test_a_broken_file_is_explained_by_its_line(lines: list[str], said: str) -> None:
    with pytest.raises(ToolError, match=said) as refused:
        read_table("\n".join(lines).encode(), "x.cube")
    assert "x.cube" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_picture_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "x.cube").write_bytes(PHOTO.read_bytes()[:20_000])
    with pytest.raises(ToolError, match=r"x\.cube, line 1"):
        look_from_file(tmp_path / "x.cube")


def test_a_table_that_was_not_read_is_said(picture: Picture) -> None:
    step = Step(tool="lut", args={"file": "film.cube", "sha256": "0" * 64})
    with pytest.raises(ToolError, match=r"'film\.cube' .* has not been read"):
        render(picture, Plan(steps=[step]))
    with pytest.raises(ToolError, match=r"sha256 .* text that matches"):
        lookup("lut").validate({"file": "film.cube", "sha256": "../../etc/passwd"})
