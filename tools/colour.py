"""Conversions between the three spaces the tools work in.

* **sRGB**: display values, encoded with the sRGB transfer function (IEC 61966-2-1), [0, 1] inside the gamut.
* **linear**: linear-light sRGB primaries; doubling a value doubles the light.
* **oklab**: Oklab (Bjorn Ottosson, 2020): L in [0, 1], a (green to magenta-red) and b (blue to yellow) about +-0.3.

All functions take and return `(H, W, 3) float32` arrays, keep values outside the gamut unless they say otherwise, and
leave their input alone, unless it is given as `out` too: then the picture is converted where it stands.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import cv2
import numpy as np

from tools import kernels
from tools.strips import over_strips
from tools.types import FloatImage, FloatPlane

Space = Literal["linear", "oklab", "srgb"]
Loop = Callable[[FloatImage], None]
_AT_HAND = 16_000
"""Pixels that are converted at a time, and stay near while they are."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of linear sRGB in relative luminance Y (ITU-R BT.709)."""


def srgb_to_linear(srgb: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
    """Decode the sRGB transfer function; negative values are mirrored."""
    return between(srgb, "srgb", "linear", out=out)


def linear_to_srgb(linear: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
    """Encode with the sRGB transfer function; negative values are mirrored."""
    return between(linear, "linear", "srgb", out=out)


def linear_to_oklab(linear: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
    """Convert linear sRGB to Oklab."""
    return between(linear, "linear", "oklab", out=out)


def oklab_to_linear(oklab: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
    """Convert Oklab to linear sRGB; colours outside the gamut leave [0, 1]."""
    return between(oklab, "oklab", "linear", out=out)


def srgb_to_oklab(srgb: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
    """Convert encoded sRGB to Oklab."""
    return between(srgb, "srgb", "oklab", out=out)


def oklab_to_srgb(oklab: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
    """Convert Oklab to encoded sRGB."""
    return between(oklab, "oklab", "srgb", out=out)


def between(image: FloatImage, space: Space, other: Space, *, out: FloatImage | None = None) -> FloatImage:
    """Convert from one space to another; the picture itself where they are the same."""
    return image if space == other else converted(_LOOPS[space, other], image, out)


_LOOPS: dict[tuple[Space, Space], tuple[Loop, ...]] = {
    ("srgb", "linear"): (kernels.decode,),
    ("srgb", "oklab"): (kernels.decode, kernels.to_oklab),
    ("linear", "srgb"): (kernels.encode,),
    ("linear", "oklab"): (kernels.to_oklab,),
    ("oklab", "linear"): (kernels.from_oklab,),
    ("oklab", "srgb"): (kernels.from_oklab, kernels.encode),
}


def to_gamut(linear: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
    """Encode linear light as sRGB, drawing colours outside [0, 1] towards grey of their own luminance.

    Unlike clipping each channel, this keeps hue: a bright orange pales, it does not turn yellow.
    """
    return converted((_draw_light_in, kernels.encode), linear, out)


def draw_in(image: FloatImage, space: Space = "srgb", *, out: FloatImage | None = None) -> FloatImage:
    """Encode a picture, if it is not, and draw it into the gamut as `to_gamut` does; codes inside stay to the bit."""
    return converted((*_LOOPS.get((space, "srgb"), ()), _draw_code_in), image, out)


def _draw_light_in(pixels: FloatImage) -> None:
    kernels.draw_light_in(pixels, LUMINANCE)


def _draw_code_in(pixels: FloatImage) -> None:
    kernels.draw_code_in(pixels, LUMINANCE)


def luminance(linear: FloatImage) -> FloatPlane:
    """Relative luminance Y of linear sRGB, `(H, W)`."""
    return cv2.transform(linear, LUMINANCE[None, :].astype(np.float64))


def hue_degrees(oklab: FloatImage) -> FloatPlane:
    """Oklab hue angle in degrees, [0, 360): red about 29, yellow 110, green 142, blue 264, magenta 328."""
    degrees = np.empty(oklab.shape[:-1], np.float32)
    kernels.hues(flat(oklab), degrees.reshape(-1))
    return degrees


def chroma(oklab: FloatImage) -> FloatPlane:
    """Oklab chroma: 0 for greys, about 0.3 for the most vivid sRGB colours."""
    a, b = oklab[..., 1], oklab[..., 2]
    return np.sqrt(a * a + b * b)


def cube_root(numbers: FloatPlane) -> FloatPlane:
    """Cube root of every number, 0 of those below 0; NumPy is several times slower at it."""
    return converted((kernels.cube_roots,), numbers)


def scaled(image: FloatImage, gain: FloatPlane) -> FloatImage:
    """Multiply every pixel of `(H, W, 3)` by its own of `(H, W)`; NumPy is several times slower at it."""
    result = np.empty(image.shape, np.float32)
    kernels.scale(flat(image), flat(gain), result.reshape(-1))
    return result


def flat(image: FloatImage) -> FloatImage:
    """A picture or plane as the flat run of float32 that loops work on."""
    return np.ascontiguousarray(image, np.float32).reshape(-1)


def converted(loops: Sequence[Loop], image: FloatImage, out: FloatImage | None = None) -> FloatImage:
    """Run loops over the pixels of a picture, one after the other on every strip.

    Args:
        loops: each works in place on a flat run of pixels, as those of `tools.kernels` do.
        image: `(H, W, 3)`.
        out: C-contiguous float32 for the result, a new array by default; it may be the image itself.
    """
    result = np.empty(image.shape, np.float32) if out is None else out
    in_place = result is image
    height, width = image.shape[:2]
    step = height if in_place and len(loops) == 1 else max(1, _AT_HAND // width)

    def run(part: slice) -> None:
        if not in_place:
            result[part] = image[part]
        for loop in loops:
            loop(result[part].reshape(-1))

    def convert(rows: slice) -> None:
        for top in range(rows.start, rows.stop, step):
            run(slice(top, min(top + step, rows.stop)))

    if height * width <= _AT_HAND:  # a few pixels of a sample, for which strips would take longer
        run(slice(0, height))
        return result
    over_strips(convert, height, width)
    return result
