"""A third way to measure the attributes: textbook formulas in YCbCr and HSV that correct for nothing.

Chroma counts as cast where a photo leans to one colour, contrast as saturation, and exposure as contrast, for all are
absolute. What a tool moves here beside its own attribute is an upper bound on how far it strays.
"""

import cv2
import numpy as np

from benchmarks.zones import Zones
from tools.types import FloatImage, FloatPlane


def ycbcr_attributes(srgb: FloatImage, before: FloatImage, zones: Zones) -> dict[str, float]:
    """By means, deviations and differences of encoded luma, its blue and red differences, and the dark channel."""
    luma, blue, red = _ycbcr(srgb)
    luma_before, blue_before, red_before = _ycbcr(before)
    warm = red - blue
    colours, colours_before = blue + 1j * red, blue_before + 1j * red_before
    saturation = cv2.cvtColor(np.clip(srgb, 0, 1), cv2.COLOR_RGB2HSV)[..., 1]
    dark, bright = (luma_before <= np.quantile(luma_before, 0.3)), (luma_before >= np.quantile(luma_before, 0.7))
    fine = np.abs(luma - zones.smooth(luma, 0.0022))
    slopes = np.abs(cv2.Laplacian(luma, cv2.CV_32F))
    return {
        "lightness": float(luma.mean()),
        "contrast": float(luma.std()),
        "warmth": float(warm.mean()),
        "tint": float((red + blue).mean()),
        "chroma": float(saturation.mean()),
        "hue": float(np.degrees(np.angle((colours * colours_before.conj()).sum() + 1e-9))),
        "split": float(warm[bright].mean() - warm[dark].mean()),
        "local contrast": float((zones.smooth(luma, 0.006) - zones.smooth(luma, 0.04)).std()),
        "sharpness": float(np.log(np.quantile(slopes, 0.95) + 1e-4)),
        "noise": float(np.log(np.median(fine[zones.flats]) + 2e-3)),
        "vignette": float(np.log((luma[zones.rim].mean() + 0.02) / (luma[zones.centre].mean() + 0.02))),
        "glow": float(luma[zones.ring].mean() - luma[zones.outside_ring].mean()),
        "haze": float(cv2.erode(srgb.min(axis=2), np.ones((9, 9), np.uint8)).mean()),
    }


def _ycbcr(srgb: FloatImage) -> tuple[FloatPlane, FloatPlane, FloatPlane]:
    """Luma and the two differences of ITU-R BT.601."""
    luma, red, blue = cv2.split(cv2.cvtColor(np.clip(srgb, 0, 1), cv2.COLOR_RGB2YCrCb))
    return luma, blue - np.float32(0.5), red - np.float32(0.5)
