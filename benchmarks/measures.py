"""Two independent ways to measure the attributes of a picture, for the attribute-response matrix.

Each takes the picture, the photo before editing and its zones, and returns a number an attribute. Attributes other than
lightness are relative to brightness (a photo at half the exposure has half the chroma, but the same colours), and those
of detail relative to contrast (what spreads all tones spreads every detail), as is haze: a veil draws the darkest tones
nearer to the mean than it draws the tones together. Colour is read from how the colours moved all together: by a gain
and turn (chroma, hue), by an offset (warmth, tint), and by an offset that follows lightness (split), so that a cast
does not count as chroma nor chroma as a cast.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.uncorrected import ycbcr_attributes
from benchmarks.zones import Zones
from tools import colour
from tools.types import FloatImage

Colours = NDArray[np.complexfloating]
WARM, MAGENTA = 80.0, -10.0
"""Hues in degrees, of Oklab and of CIELAB, along which warmth (the colours of glowing bodies) and tint grow."""
FOOT = 16.0
"""L* starts so far below the cube root that it is made of: a stop of light is a quarter more of L* + 16 and of a* and
b*, whatever the tone, so that only relative to it do contrast and colours stay as they are under another exposure.
"""


def oklab_attributes(srgb: FloatImage, before: FloatImage, zones: Zones) -> dict[str, float]:
    """By means, deviations and least squares in Oklab."""
    oklab, reference = colour.srgb_to_oklab(srgb), colour.srgb_to_oklab(before)
    lightness = oklab[..., 0]
    mean = float(lightness.mean()) + 1e-4
    coarse, middle = zones.smooth(lightness, 0.03), zones.smooth(lightness, 0.005)
    spread = float(zones.beside_vignette(coarse).std()) + 1e-3
    fine = np.abs(lightness - zones.smooth(lightness, 0.0025))
    level = zones.beside_vignette(lightness)
    own, now = ((each[..., 1] + 1j * each[..., 2]) / np.maximum(each[..., 0], 0.15) for each in (reference, oklab))
    gain, cast, split = _moved(own, now, zones)
    return {
        "lightness": mean,
        "contrast": float(np.log(spread / mean)),
        "warmth": _along(complex(own.mean()) + cast, WARM),
        "tint": _along(complex(own.mean()) + cast, MAGENTA),
        "chroma": float(np.log(np.abs(own).mean() + 1e-3) + np.log(abs(gain) + 1e-3)),
        "hue": float(np.degrees(np.angle(gain))),
        "split": _along(_slope(own, zones) + split, WARM),
        "local contrast": float(np.log((np.abs(middle - coarse).mean() + 1e-4) / spread)),
        "sharpness": float(np.log(fine[zones.edges].mean() / spread)),
        "noise": float(np.log(np.median(fine[zones.flats]) / spread + 0.03)),
        "vignette": float((lightness[zones.rim].mean() - lightness[zones.centre].mean()) / spread),
        "glow": float((level[zones.ring].mean() - level[zones.outside_ring].mean()) / spread),
        "haze": float(np.quantile(zones.beside_vignette(zones.smooth(lightness, 0.012)), 0.02) / spread),
    }


def _moved(own: Colours, now: Colours, zones: Zones) -> tuple[complex, complex, complex]:
    """Gain and turn, cast, and cast per unit of lightness that take the colours before to those after."""
    own, now, tones = own[zones.toned], now[zones.toned], zones.lightness[zones.toned]
    terms = np.stack([own, np.ones_like(own), tones - tones.mean()], axis=1)
    towards_one = 1e-6 * own.size * np.array([1, 0, 0])
    normal = terms.conj().T @ terms + np.diag(towards_one)
    gain, cast, split = np.linalg.solve(normal, terms.conj().T @ now + towards_one)
    return complex(gain), complex(cast), complex(split)


def _slope(own: Colours, zones: Zones) -> complex:
    """How the colours of a photo follow its lightness."""
    rise = zones.lightness - zones.lightness.mean()
    return complex((own * rise).mean() / ((rise**2).mean() + 1e-6))


def cielab_attributes(srgb: FloatImage, before: FloatImage, zones: Zones) -> dict[str, float]:
    """By medians, percentiles, differences and regressions in CIELAB."""
    lab, reference = (cv2.cvtColor(np.clip(each, 0, 1), cv2.COLOR_RGB2LAB) for each in (srgb, before))
    lightness = lab[..., 0] + FOOT
    level = float(np.median(lightness) + lightness.mean()) / 2
    wide, body = cv2.blur(lightness, (25, 25)), cv2.blur(lightness, (5, 5))
    inner = wide[zones.radius < 0.6]
    floor, low, high = np.percentile(inner, [2, 10, 90])
    span, local = float(high - low) + 1, float(np.median(np.abs(body - wide))) + 0.05
    own, now = ((each[..., 1] + 1j * each[..., 2]) / (each[..., 0] + FOOT) for each in (reference, lab))
    gain = _gain_between_equal_tones(own, now, zones)
    shift = now - gain * own
    cast, split = _median(shift[zones.medium]), _median(shift[zones.bright]) - _median(shift[zones.dark])
    own_split = _median(own[zones.bright]) - _median(own[zones.dark])
    residual = np.abs(cv2.filter2D(lightness, cv2.CV_32F, np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)))
    flat = zones.beside_vignette(lightness)
    return {
        "lightness": level,
        "contrast": float(np.log(span / level)),
        "warmth": _along(complex(own.mean()) + cast, WARM),
        "tint": _along(complex(own.mean()) + cast, MAGENTA),
        "chroma": float(np.log(np.abs(own - _median(own)).mean() + 1e-3) + np.log(abs(gain) + 1e-3)),
        "hue": float(np.degrees(np.angle(gain))),
        "split": _along(own_split + split, WARM),
        "local contrast": float(np.log(local / span)),
        "sharpness": float(np.log(residual[zones.edges].mean() / span)),
        "noise": float(np.log(np.median(residual[zones.flats]) / span + 0.05)),
        "vignette": float(np.polyfit(zones.radius.ravel() ** 2, lightness.ravel(), 1)[0] / span),
        "glow": float((np.median(flat[zones.ring]) - np.median(flat[zones.outside_ring])) / span),
        "haze": float((floor - inner.mean()) / span),
    }


def _gain_between_equal_tones(own: Colours, now: Colours, zones: Zones) -> complex:
    """Gain and turn of the differences between pixels of equal lightness, which casts of any kind do not touch."""
    order = np.argsort(zones.lightness[zones.toned], kind="stable")[::7]
    apart, apart_now = np.diff(own[zones.toned][order]), np.diff(now[zones.toned][order])
    towards_one = 1e-6 * apart.size
    return complex(((apart_now * apart.conj()).sum() + towards_one) / ((np.abs(apart) ** 2).sum() + towards_one))


def _median(values: Colours) -> complex:
    return complex(np.median(values.real), np.median(values.imag))


def _along(vector: complex, degrees: float) -> float:
    return float((vector * np.exp(-1j * np.radians(degrees))).real)


Measure = Callable[[FloatImage, FloatImage, Zones], dict[str, float]]
MEASURES: dict[str, Measure] = {"Oklab": oklab_attributes, "CIELAB": cielab_attributes, "YCbCr": ycbcr_attributes}
