"""Conversions between the three spaces the tools work in.

* **sRGB**: display values, encoded with the sRGB transfer function (IEC 61966-2-1), [0, 1] inside the gamut.
* **linear**: linear-light sRGB primaries; doubling a value doubles the light.
* **oklab**: Oklab (Bjorn Ottosson, 2020): L in [0, 1], a (green to magenta-red) and b (blue to yellow) about +-0.3.

All functions take and return `(H, W, 3) float32` arrays, keep values outside the gamut, and never change their input.
"""

import cv2
import numpy as np

from tools.types import FloatImage, FloatPlane

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of linear sRGB in relative luminance Y (ITU-R BT.709)."""

_LINEAR_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_OKLAB_TO_LMS = np.linalg.inv(_LMS_TO_OKLAB)
_LMS_TO_LINEAR = np.linalg.inv(_LINEAR_TO_LMS)


def srgb_to_linear(srgb: FloatImage) -> FloatImage:
    """Decode the sRGB transfer function; negative values are mirrored."""
    magnitude = np.abs(srgb)
    light = np.where(magnitude <= 0.04045, magnitude / 12.92, ((magnitude + 0.055) / 1.055) ** 2.4)
    return np.copysign(light, srgb).astype(np.float32)


def linear_to_srgb(linear: FloatImage) -> FloatImage:
    """Encode with the sRGB transfer function; negative values are mirrored."""
    magnitude = np.abs(linear)
    coded = np.where(magnitude <= 0.0031308, magnitude * 12.92, 1.055 * magnitude ** (1 / 2.4) - 0.055)
    return np.copysign(coded, linear).astype(np.float32)


def linear_to_oklab(linear: FloatImage) -> FloatImage:
    """Convert linear sRGB to Oklab."""
    return cv2.transform(np.cbrt(cv2.transform(linear, _LINEAR_TO_LMS)), _LMS_TO_OKLAB)


def oklab_to_linear(oklab: FloatImage) -> FloatImage:
    """Convert Oklab to linear sRGB; colours outside the gamut leave [0, 1]."""
    return cv2.transform(cv2.transform(oklab, _OKLAB_TO_LMS) ** 3, _LMS_TO_LINEAR)


def srgb_to_oklab(srgb: FloatImage) -> FloatImage:
    """Convert encoded sRGB to Oklab."""
    return linear_to_oklab(srgb_to_linear(srgb))


def oklab_to_srgb(oklab: FloatImage) -> FloatImage:
    """Convert Oklab to encoded sRGB."""
    return linear_to_srgb(oklab_to_linear(oklab))


def luminance(linear: FloatImage) -> FloatPlane:
    """Relative luminance Y of linear sRGB, `(H, W)`."""
    return cv2.transform(linear, LUMINANCE[None, :].astype(np.float64))


def hue_degrees(oklab: FloatImage) -> FloatPlane:
    """Oklab hue angle in degrees, [0, 360): red about 29, yellow 110, green 142, blue 264, magenta 328."""
    return (np.degrees(np.arctan2(oklab[..., 2], oklab[..., 1])) % 360).astype(np.float32)


def chroma(oklab: FloatImage) -> FloatPlane:
    """Oklab chroma: 0 for greys, about 0.3 for the most vivid sRGB colours."""
    return np.hypot(oklab[..., 1], oklab[..., 2])
