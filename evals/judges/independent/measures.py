"""What the independent judge measures: an attribute's change between two pictures, in units of a plain change.

Everything is taken from CIELAB, HSV and encoded RGB with medians, percentiles and logarithmic ratios. A unit is what a
photographer would call a plain change; 0 means no change. Sources are named at each formula.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from tools.goals import Attribute, Colour
from tools.types import FloatImage, FloatPlane

_HUES = {
    "red": 0, "orange": 30, "yellow": 55, "green": 110, "aqua": 180, "blue": 220, "purple": 270, "magenta": 300,
    "pink": 335, "brown": 25,
}  # fmt: skip
"""Centres of the named colours in degrees of HSV hue."""
_GREYS = {"white": (80, 101), "grey": (25, 80), "black": (-1, 25)}
"""CIELAB L* of the named greys."""


@dataclass(frozen=True)
class View:
    """One picture, `(H, W, 3)` encoded sRGB in [0, 1], in the spaces that the measures use."""

    srgb: FloatImage

    @cached_property
    def lab(self) -> FloatImage:
        """CIELAB (D65), L* in [0, 100]."""
        return cv2.cvtColor(np.ascontiguousarray(self.srgb, np.float32), cv2.COLOR_RGB2LAB)

    @cached_property
    def hsv(self) -> FloatImage:
        """HSV: hue in degrees, saturation and value in [0, 1]."""
        return cv2.cvtColor(np.ascontiguousarray(self.srgb, np.float32), cv2.COLOR_RGB2HSV)

    @property
    def lightness(self) -> FloatPlane:
        """CIELAB L*."""
        return self.lab[..., 0]

    @cached_property
    def chroma(self) -> FloatPlane:
        """CIELAB C*."""
        return np.hypot(self.lab[..., 1], self.lab[..., 2])

    @cached_property
    def laplacian(self) -> FloatPlane:
        """The difference of two Laplacians, which sees noise and not edges (Immerkaer, 1996)."""
        kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
        return np.abs(cv2.filter2D(self.lightness, -1, kernel, borderType=cv2.BORDER_REFLECT_101))

    @cached_property
    def gradient(self) -> FloatPlane:
        """Magnitude of the Scharr gradient of L*."""
        return np.hypot(cv2.Scharr(self.lightness, -1, 1, 0), cv2.Scharr(self.lightness, -1, 0, 1)) / 32

    def band(self, fine: float, coarse: float) -> FloatPlane:
        """L* between two Gaussian scales, as shares of the long side."""
        side = max(self.lightness.shape)
        return cv2.GaussianBlur(self.lightness, (0, 0), fine * side) - cv2.GaussianBlur(
            self.lightness, (0, 0), coarse * side
        )

    def veil(self) -> FloatPlane:
        """Depth of haze by the colour attenuation prior (Zhu, Mai, Shao, 2015)."""
        return 0.121779 + 0.959710 * self.hsv[..., 2] - 0.780245 * self.hsv[..., 1]

    def of_colour(self, colour: Colour) -> FloatPlane:
        """Weight in [0, 1] of the pixels that bear a named colour."""
        if colour in _GREYS:
            low, high = _GREYS[colour]
            return ((self.lightness > low) & (self.lightness <= high) & (self.chroma < 18)).astype(np.float32)
        near = np.clip(1 - np.abs(_turn(self.hsv[..., 0] - _HUES[colour])) / 30, 0, 1)
        return (near * np.clip((self.chroma - 6) / 10, 0, 1)).astype(np.float32)


def _turn(degrees: FloatPlane) -> FloatPlane:
    """Degrees in (-180, 180]."""
    return (degrees + 180) % 360 - 180


Measure = Callable[[View, FloatPlane], float]


def _percentile(plane: FloatPlane, mask: FloatPlane, percent: float) -> float:
    inside = plane[mask > 0.5]
    return float(np.percentile(inside if inside.size else plane, percent))


def _mean(plane: FloatPlane, mask: FloatPlane) -> float:
    return float((plane * mask).sum() / max(float(mask.sum()), 1e-6))


def _spread(view: View, mask: FloatPlane) -> float:
    return np.log(_percentile(view.lightness, mask, 95) - _percentile(view.lightness, mask, 5) + 2)


def _red_over_blue(view: View, mask: FloatPlane) -> float:
    return np.log((_mean(view.srgb[..., 0], mask) + 0.02) / (_mean(view.srgb[..., 2], mask) + 0.02))


def _magenta_over_green(view: View, mask: FloatPlane) -> float:
    red, green, blue = (_mean(view.srgb[..., channel], mask) + 0.02 for channel in range(3))
    return 0.5 * np.log(red * blue) - np.log(green)


def _saturation(view: View, mask: FloatPlane) -> float:
    """Saturation C* / sqrt(C*^2 + L*^2) (Luebbe, 2013)."""
    pure = view.chroma / np.sqrt(view.chroma**2 + view.lightness**2 + 1)
    return np.log(_mean(pure, mask) + 0.03)


def _clarity(view: View, mask: FloatPlane) -> float:
    return np.log(_mean(np.abs(view.band(0.006, 0.03)), mask) + 0.1) - 0.5 * _spread(view, mask)


def _sharpness(view: View, mask: FloatPlane) -> float:
    return np.log(_percentile(view.gradient, mask, 95) + 0.2) - 0.5 * _spread(view, mask)


def _noise(view: View, mask: FloatPlane) -> float:
    """Noise in L* of the quieter half of the picture, by Immerkaer's estimate with a median."""
    quiet = view.gradient <= _percentile(view.gradient, mask, 50)
    return _percentile(view.laplacian, mask * quiet, 50) / 4.05


def _corners(view: View, mask: FloatPlane) -> float:
    """How much darker the corners are than the middle."""
    height, width = view.lightness.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    radius = np.hypot(x, y) / np.sqrt(2)
    return _mean(view.lightness, (radius < 0.4) * mask) - _mean(view.lightness, (radius > 0.8) * mask)


def _glow(view: View, mask: FloatPlane) -> float:
    """Light in the rings around the brightest places, against the picture's own lightness."""
    bright = (view.lightness >= np.percentile(view.lightness, 96)).astype(np.uint8)
    side = max(bright.shape)
    ring = cv2.dilate(bright, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side // 20, side // 20))) - bright
    return _mean(view.lightness, ring * mask) - _percentile(view.lightness, mask, 50)


def _one_hue(view: View, mask: FloatPlane) -> float:
    """Minus the scatter of (a*, b*) across their main direction: none is left in greys and in one toning hue."""
    inside = view.lab[mask > 0.5][:, 1:]
    if len(inside) < 3:
        return 0.0
    return -float(np.sqrt(max(np.linalg.eigvalsh(np.cov(inside.T))[0], 0)))


def _grey_cast(view: View, mask: FloatPlane) -> float:
    """Chroma of the median colour of the greyest quarter."""
    inside = view.lab[(mask > 0.5) & (view.lightness > 15) & (view.lightness < 97)]
    if len(inside) < 4:
        return 0.0
    colours = inside[:, 1:]
    chroma = np.hypot(*colours.T)
    return float(np.hypot(*np.median(colours[chroma <= np.percentile(chroma, 25)], axis=0)))


def _focus_gap(view: View, mask: FloatPlane) -> float:
    """How much sharper the sharpest quarter of the picture is than its middle, in logarithms."""
    energy = cv2.GaussianBlur(view.gradient, (0, 0), max(view.lightness.shape) / 64)
    return np.log(_percentile(energy, mask, 90) + 0.2) - np.log(_percentile(energy, mask, 40) + 0.2)


def _shafts(view: View, mask: FloatPlane) -> float:
    """Light in long straight streaks: the strongest smear of the coarse lightness over eight directions."""
    small = cv2.resize(view.band(0.01, 0.1), (96, 96), interpolation=cv2.INTER_AREA)
    smears = []
    for angle in np.arange(8) * np.pi / 8:
        line = np.zeros((33, 33), np.float32)
        end = (round(16 + 16 * np.cos(angle)), round(16 + 16 * np.sin(angle)))
        cv2.line(line, (32 - end[0], 32 - end[1]), end, 1.0)
        smears.append(np.abs(cv2.filter2D(small, -1, line / line.sum())).mean())
    return float(max(smears))


def _warm_edge(view: View, mask: FloatPlane) -> float:
    """The reddest, most yellow side band against the middle."""
    glow = view.lab[..., 1] + view.lab[..., 2] + 0.5 * view.lightness
    height, width = glow.shape
    rows, columns = height // 7 + 1, width // 7 + 1
    bands = (glow[:rows], glow[-rows:], glow[:, :columns], glow[:, -columns:])
    return max(float(band.mean()) for band in bands) - float(np.median(glow))


_CHANGE: dict[str, tuple[Measure, float]] = {
    "brightness": (lambda view, mask: _percentile(view.lightness, mask, 50), 9.0),
    "contrast": (_spread, 0.18),
    "highlights": (lambda view, mask: _percentile(view.lightness, mask, 95), 6.0),
    "shadows": (lambda view, mask: _percentile(view.lightness, mask, 10), 6.0),
    "warmth": (_red_over_blue, 0.2),
    "tint": (_magenta_over_green, 0.08),
    "cast": (_grey_cast, 4.0),
    "saturation": (_saturation, 0.25),
    "clarity": (_clarity, 0.2),
    "sharpness": (_sharpness, 0.2),
    "noise": (_noise, 0.8),
    "grain": (_noise, 0.8),
    "haze": (lambda view, mask: _mean(view.veil(), mask), 0.1),
    "vignette": (_corners, 9.0),
    "bloom": (_glow, 4.0),
    "fade": (lambda view, mask: _percentile(view.lightness, mask, 2), 6.0),
    "monochrome": (_one_hue, 4.0),
    "bokeh": (_focus_gap, 0.5),
    "rays": (_shafts, 0.8),
    "leak": (_warm_edge, 12.0),
}
"""How each attribute is measured in one picture, and how large a plain change of it is."""


def change(
    before: View,
    after: View,
    attribute: Attribute,
    mask: FloatPlane,
    colour: Colour | None = None,
    to_colour: Colour | None = None,
) -> float:
    """Change of an attribute inside a mask, in units of a plain change."""
    if attribute == "colour":
        mask = mask * (before.of_colour(colour) if colour else 1)
        return (_saturation(after, mask) - _saturation(before, mask)) / 0.25
    if attribute == "hue":
        mask = mask * (before.of_colour(colour) if colour else 1)
        if to_colour is None or to_colour in _GREYS:
            return _mean(np.abs(_turn(after.hsv[..., 0] - before.hsv[..., 0])), mask * (before.chroma > 6)) / 20
        return (_mean(after.of_colour(to_colour), mask) - _mean(before.of_colour(to_colour), mask)) / 0.4
    measure, unit = _CHANGE[attribute]
    return float(measure(after, mask) - measure(before, mask)) / unit


def delta_e(before: View, after: View) -> FloatPlane:
    """Colour difference CIE76 of every pixel; 2.3 is just noticeable."""
    return np.sqrt(((after.lab - before.lab) ** 2).sum(axis=2))
