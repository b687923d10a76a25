"""Laws of the conversions: they agree with colour-science, and they undo each other.

Oklab is compared to 1.2e-4, all of it at white: colour-science goes through XYZ, by the four digits of IEC 61966-2-1 or
by a matrix derived from the primaries, which tint white by +1.1e-4 and -1.2e-4 of b. Ours lies between, for greys stay
exactly grey.
"""

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from tools import colour

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # on import it speaks of optional packages that are not needed here
    import colour as reference


@pytest.fixture(scope="module")
def srgb() -> NDArray[np.float32]:
    """Every sixteenth level of the sRGB cube."""
    levels = np.linspace(0, 1, 17, dtype=np.float32)
    return np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(17, -1, 3)


def test_transfer_function_agrees_with_colour_science(srgb: NDArray[np.float32]) -> None:
    np.testing.assert_allclose(colour.srgb_to_linear(srgb), reference.models.eotf_sRGB(srgb), atol=1e-5)


def test_oklab_agrees_with_colour_science(srgb: NDArray[np.float32]) -> None:
    xyz = reference.sRGB_to_XYZ(srgb.astype(np.float64))
    np.testing.assert_allclose(colour.srgb_to_oklab(srgb), reference.XYZ_to_Oklab(xyz), atol=1.2e-4)
    np.testing.assert_allclose(colour.luminance(colour.srgb_to_linear(srgb)), xyz[..., 1], atol=1e-4)


def test_linear_to_oklab_agrees_with_the_published_matrices(srgb: NDArray[np.float32]) -> None:
    linear = colour.srgb_to_linear(srgb).astype(np.float64)
    to_xyz = reference.RGB_COLOURSPACES["sRGB"].matrix_RGB_to_XYZ
    np.testing.assert_allclose(
        colour.linear_to_oklab(linear.astype(np.float32)), reference.XYZ_to_Oklab(linear @ to_xyz.T), atol=1.2e-4
    )


def test_round_trips_return_the_picture(srgb: NDArray[np.float32]) -> None:
    np.testing.assert_allclose(colour.linear_to_srgb(colour.srgb_to_linear(srgb)), srgb, atol=1e-5)
    np.testing.assert_allclose(colour.oklab_to_srgb(colour.srgb_to_oklab(srgb)), srgb, atol=1e-4)


def test_round_trips_keep_colours_outside_the_gamut() -> None:
    linear = np.array([[[1.6, -0.1, 0.2], [-0.05, 1.2, -0.02]]], np.float32)
    np.testing.assert_allclose(colour.oklab_to_linear(colour.linear_to_oklab(linear)), linear, atol=1e-4)
    np.testing.assert_allclose(colour.srgb_to_linear(colour.linear_to_srgb(linear)), linear, atol=1e-5)


def test_greys_have_no_chroma_and_rise_in_lightness() -> None:
    greys = np.linspace(0, 1, 256, dtype=np.float32)[None, :, None].repeat(3, axis=2)
    oklab = colour.srgb_to_oklab(greys)
    assert float(colour.chroma(oklab).max()) < 1e-4
    assert np.all(np.diff(oklab[0, :, 0]) > 0)
    assert oklab[0, -1, 0] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("rgb", "degrees"),
    [((1, 0, 0), 29.2), ((1, 1, 0), 109.8), ((0, 1, 0), 142.5), ((0, 0, 1), 264.1), ((1, 0, 1), 328.4)],
)
def test_hues_of_the_primaries(rgb: tuple[float, float, float], degrees: float) -> None:
    assert float(colour.hue_degrees(colour.srgb_to_oklab(np.array([[rgb]], np.float32)))[0, 0]) == pytest.approx(
        degrees, abs=0.1
    )


def test_conversions_leave_their_input_alone(srgb: NDArray[np.float32]) -> None:
    before = srgb.copy()
    for convert in (colour.srgb_to_linear, colour.linear_to_srgb, colour.srgb_to_oklab, colour.oklab_to_srgb):
        assert convert(srgb).dtype == np.float32
    np.testing.assert_array_equal(srgb, before)
