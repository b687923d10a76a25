"""Attributes of a picture: numbers with the names and the directions of the goals that people state.

Every attribute grows in the direction of its name: more `warmth` is warmer, more `haze` hazier. They are measured on
the proxy in Oklab, over the whole picture or weighted by a mask. `UNIT` says how much of each a person plainly sees.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache

import cv2
import numpy as np

from tools import colour
from tools.maps import colour_weight
from tools.types import FloatImage, FloatPlane

UNIT: dict[str, float] = {
    "brightness": 8.0,
    "contrast": 3.5,
    "highlights": 6.0,
    "shadows": 6.0,
    "warmth": 1.8,
    "tint": 1.5,
    "saturation": 2.0,
    "clarity": 0.8,
    "sharpness": 0.6,
    "noise": 0.35,
    "grain": 0.35,
    "haze": 6.0,
    "vignette": 12.0,
    "bloom": 1.8,
    "fade": 6.0,
    "monochrome": 2.5,
    "bokeh": 0.35,
    "rays": 0.3,
    "leak": 4.0,
    "colour": 1.5,
}
"""A plain change of each attribute, in its own unit; `hue` goals are measured in the unit of `colour`."""

_ELSEWHERE = ("colour", "grain", "bokeh", "rays", "leak")
"""Attributes that need a colour, a subject or a picture before the edit to be measured."""
_BANDS: dict[str, tuple[str, ...]] = {
    "pink": ("magenta", "red"),
    "brown": ("orange",),
}
"""Colour names that are not bands of their own, as the bands whose hue they share."""


class Attributes:
    """Attributes of one picture, each measured when it is asked for.

    Args:
        srgb: `(H, W, 3)` encoded sRGB of proxy size.
        reference: the picture before editing; the pixels that *were* the highlights, the shadows and the surroundings
            of lights are then compared with themselves. By default the picture is its own reference.
    """

    def __init__(self, srgb: FloatImage, reference: "Attributes | None" = None) -> None:
        self.linear = colour.srgb_to_linear(srgb)
        self.oklab = colour.linear_to_oklab(self.linear)
        self.reference = reference or self

    def measure(self, name: str, mask: FloatPlane | None = None, *, named: str | None = None) -> float:
        """The value of an attribute, over the picture or weighted by `mask`.

        Args:
            name: an attribute of `UNIT`, or `hue`.
            mask: `(H, W)` in [0, 1].
            named: the colour that `colour` and `hue` speak of.
        """
        weight = _everywhere(*self.oklab.shape[:2]) if mask is None else mask
        if name in ("colour", "hue"):
            return self._colour(named, weight)
        return _MEASURES[name](self, weight)

    def all(self) -> dict[str, float]:
        """Every attribute that belongs to the whole picture, rounded for people and for prompts."""
        names = [name for name in UNIT if name not in _ELSEWHERE]
        return {name: round(self.measure(name), 2) for name in names}

    @cached_property
    def planes(self) -> tuple[FloatPlane, FloatPlane, FloatPlane]:
        """Oklab L, a and b."""
        lightness, a, b = cv2.split(self.oklab)
        return lightness, a, b

    @property
    def lightness(self) -> FloatPlane:
        """Oklab L."""
        return self.planes[0]

    @cached_property
    def chroma(self) -> FloatPlane:
        """Oklab chroma."""
        return cv2.magnitude(*self.planes[1:])

    @cached_property
    def highlight_weight(self) -> FloatPlane:
        """The brightest 15 % of the pixels."""
        return (self.lightness >= quantile(self.lightness, 0.85)).astype(np.float32)

    @cached_property
    def shadow_weight(self) -> FloatPlane:
        """The darkest 20 % of the pixels."""
        return (self.lightness <= quantile(self.lightness, 0.20)).astype(np.float32)

    @cached_property
    def glow_weights(self) -> tuple[FloatPlane, FloatPlane]:
        """The ring close around the brightest 3 % of the pixels, and the ring beyond it."""
        lights = (self.lightness >= quantile(self.lightness, 0.97)).astype(np.uint8)
        side = max(self.lightness.shape)
        close, wide = (
            cv2.dilate(lights, np.ones((reach, reach), np.uint8)) for reach in (side // 33 | 3, side // 8 | 3)
        )
        return (close - lights).astype(np.float32), (wide - close).astype(np.float32)

    @cached_property
    def bands(self) -> tuple[FloatPlane, FloatPlane]:
        """Fine and middle bands of L: detail under 0.3 % and from 0.3 % to 2.5 % of the diagonal."""
        height, width = self.lightness.shape
        diagonal = float(np.hypot(height, width))
        fine = cv2.GaussianBlur(self.lightness, (0, 0), max(0.6, 0.003 * diagonal))
        wide = _wide_blur(self.lightness, max(1.2, 0.025 * diagonal))
        return self.lightness - fine, fine - wide

    @cached_property
    def roughness(self) -> FloatPlane:
        """Mean middle detail around each pixel."""
        return cv2.blur(np.abs(self.bands[1]), (9, 9))

    @cached_property
    def residual(self) -> FloatPlane:
        """What L gained that a curve of the reference's L, the same all over the picture, does not explain."""
        was = self.reference.lightness
        if self.reference is self:
            return np.zeros_like(was)
        level = np.clip((was * 64).astype(np.int32), 0, 63)
        gain = self.lightness - was
        few = level[::2, ::2].ravel()
        count = np.maximum(np.bincount(few, minlength=64), 1)
        curve = np.bincount(few, weights=gain[::2, ::2].ravel(), minlength=64) / count
        return gain - curve.astype(np.float32)[level]

    def _colour(self, named: str | None, weight: FloatPlane) -> float:
        if named is None:
            return 100 * weighted_mean(self.chroma, weight)
        names = _BANDS.get(named, (named,))
        if named in ("grey", "white", "black"):
            target = {"grey": 0.55, "white": 1.0, "black": 0.0}[named]
            distance = np.hypot(self.lightness - target, 3 * self.chroma)
            return -100 * weighted_mean(distance, weight)
        belonging = sum(colour_weight(self.oklab, name) for name in names)
        return 100 * weighted_mean(self.chroma * belonging, weight)


def weighted_mean(plane: FloatPlane, weight: FloatPlane) -> float:
    """Mean of a plane weighted by another; 0 where there is no weight."""
    total = float(weight.sum())
    return float(np.vdot(plane, weight)) / total if total > 0 else 0.0


@lru_cache(maxsize=8)
def _everywhere(height: int, width: int) -> FloatPlane:
    return np.ones((height, width), np.float32)


def quantile(plane: FloatPlane, share: float) -> float:
    """Value below which a share of a plane lies, told by every second pixel of every second row."""
    return _lowest(plane[::2, ::2].ravel(), share)


def _lowest(values: FloatPlane, share: float) -> float:
    """Value below which a share of some values `(N,)` lies."""
    place = min(int(share * len(values)), len(values) - 1)
    return float(np.partition(values, place)[place])


def _wide_blur(plane: FloatPlane, sigma: float) -> FloatPlane:
    """Gaussian blur, of a reduced copy where it is wide: what is left has no finer detail."""
    height, width = plane.shape
    reduction = max(1, int(sigma / 3))
    size = (max(1, width // reduction), max(1, height // reduction))
    small = cv2.GaussianBlur(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / reduction)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


@lru_cache(maxsize=8)
def _middle_and_corners(height: int, width: int) -> tuple[FloatPlane, FloatPlane]:
    """Where the middle of a picture is, and where its corners are."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    radius = np.hypot(x, y)
    return (radius < 0.6).astype(np.float32), (radius > 1.15).astype(np.float32)


def _deviation(plane: FloatPlane, weight: FloatPlane) -> float:
    mean = weighted_mean(plane, weight)
    return float(np.sqrt(max(weighted_mean((plane - mean) ** 2, weight), 0.0)))


_IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
"""Difference of two Laplacians."""


def _noise(picture: Attributes, weight: FloatPlane) -> float:
    """Mean response to Immerkaer's Laplacian difference mask (1996) where the reference is flat."""
    response = np.abs(cv2.filter2D(picture.lightness, cv2.CV_32F, _IMMERKAER))
    detail, inside = picture.reference.roughness, weight > 0.5
    some = detail[::2, ::2][inside[::2, ::2]]
    if not some.size:
        return 0.0
    flat = inside & (detail <= _lowest(some, 0.4))
    return 100 * 1.2533 * weighted_mean(response, flat.astype(np.float32))


def _grain(picture: Attributes, weight: FloatPlane) -> float:
    """Noise, and on top of it what a flatter picture took from the noise that was there."""
    kept = min(1.0, float(picture.bands[1].std()) / max(float(picture.reference.bands[1].std()), 1e-6))
    return _noise(picture, weight) + (1 - kept) * _noise(picture.reference, weight)


def _haze(picture: Attributes, weight: FloatPlane) -> float:
    """Mean dark channel (He et al., 2009) of the encoded picture: a veil lifts even the darkest channel."""
    red, green, blue = cv2.split(picture.linear)
    height, width = red.shape
    half = (max(1, width // 2), max(1, height // 2))
    smallest = cv2.resize(cv2.min(cv2.min(red, green), blue), half, interpolation=cv2.INTER_AREA)
    dark = np.cbrt(np.clip(cv2.erode(smallest, np.ones((5, 5), np.uint8)), 0, 1))
    return 100 * weighted_mean(dark, cv2.resize(weight, half, interpolation=cv2.INTER_AREA))


def _vignette(picture: Attributes, weight: FloatPlane) -> float:
    """How much darker the corners are than the middle: difference of mean L."""
    middle, corners = _middle_and_corners(*picture.lightness.shape)
    return 100 * (weighted_mean(picture.lightness, middle) - weighted_mean(picture.lightness, corners))


def _fade(picture: Attributes, weight: FloatPlane) -> float:
    """The black point: L below which the darkest 1 % lies."""
    inside = picture.lightness[::2, ::2][weight[::2, ::2] > 0.5]
    return 100 * _lowest(inside, 0.01) if inside.size else 0.0


def _monochrome(picture: Attributes, weight: FloatPlane) -> float:
    """Minus the chroma left when each tone's own mean colour is taken away: 0 for black and white and for sepia.

    Every second pixel of every second row tells enough.
    """
    lightness, a, b = (plane[::2, ::2] for plane in picture.planes)
    inside = weight[::2, ::2] > 0.5
    if not inside.any():
        return 0.0
    level = np.clip((lightness[inside] * 16).astype(np.int32), 0, 15)
    count = np.maximum(np.bincount(level, minlength=16), 1)
    spread = np.zeros(len(level))
    for plane in (a, b):
        values = plane[inside]
        means = np.bincount(level, weights=values, minlength=16) / count
        spread += (values - means[level]) ** 2
    return float(-100 * np.sqrt(spread).mean())


def _bokeh(picture: Attributes, weight: FloatPlane) -> float:
    """Log ratio of fine detail, relative to L, inside the mask (the subject) to that outside it."""
    fine = np.abs(picture.bands[0]) / (np.maximum(picture.lightness, 0) + 0.1)
    return float(np.log((weighted_mean(fine, weight) + 1e-4) / (weighted_mean(fine, 1 - weight) + 1e-4)))


def _bloom(picture: Attributes, weight: FloatPlane) -> float:
    """How much lighter it is close around the lights than further away: difference of mean L.

    Of an edit, only what a tone curve does not explain is counted on top: a flatter picture does not glow less.
    """
    close, wide = (weight * ring for ring in picture.reference.glow_weights)
    return 100 * sum(
        weighted_mean(plane, close) - weighted_mean(plane, wide)
        for plane in (picture.reference.lightness, picture.residual)
    )


def _rays(picture: Attributes, weight: FloatPlane) -> float:
    """Long streaks of light that the reference does not have (x 100).

    They are coarse gains of L that run one way, where the reference itself is smooth.
    """
    size = (128, max(1, round(128 * picture.lightness.shape[0] / picture.lightness.shape[1])))
    small = [cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in (picture.residual, picture.reference.lightness)]
    band, own = (cv2.GaussianBlur(p, (0, 0), 1.5) - cv2.GaussianBlur(p, (0, 0), 6) for p in small)
    x, y = cv2.Sobel(band, cv2.CV_32F, 1, 0), cv2.Sobel(band, cv2.CV_32F, 0, 1)
    xx, yy, xy = (cv2.GaussianBlur(product, (0, 0), 8) for product in (x * x, y * y, x * y))
    lean = np.sqrt((xx - yy) ** 2 + 4 * xy**2) / (xx + yy + 1e-6)
    smooth = 1 / (1 + (own / 0.02) ** 2)
    inside = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    return 100 * weighted_mean(np.abs(band) * lean**3, inside * smooth)


def _leak(picture: Attributes, weight: FloatPlane) -> float:
    """Warm light along a border that the reference does not have (x 100): its gain of a + b, or twice that of L."""
    gain = cv2.resize(picture.oklab - picture.reference.oklab, (8, 8), interpolation=cv2.INTER_AREA)
    gain = gain - np.median(gain, axis=(0, 1))
    cells = np.minimum(gain[..., 1] + gain[..., 2], 2 * gain[..., 0])
    return 100 * float(max(cells[0].max(), cells[-1].max(), cells[:, 0].max(), cells[:, -1].max()))


_MEASURES: dict[str, Callable[[Attributes, FloatPlane], float]] = {
    "brightness": lambda picture, weight: 100 * weighted_mean(picture.lightness, weight),
    "contrast": lambda picture, weight: 100 * _deviation(picture.lightness, weight),
    "highlights": lambda picture, weight: (
        100 * weighted_mean(picture.lightness, weight * picture.reference.highlight_weight)
    ),
    "shadows": lambda picture, weight: 100 * weighted_mean(picture.lightness, weight * picture.reference.shadow_weight),
    "warmth": lambda picture, weight: 100 * weighted_mean(picture.planes[2], weight),
    "tint": lambda picture, weight: 100 * weighted_mean(picture.planes[1], weight),
    "saturation": lambda picture, weight: 100 * weighted_mean(picture.chroma, weight),
    "clarity": lambda picture, weight: 100 * weighted_mean(np.abs(picture.bands[1]), weight),
    "sharpness": lambda picture, weight: 100 * weighted_mean(np.abs(picture.bands[0]), weight),
    "noise": _noise,
    "grain": _grain,
    "haze": _haze,
    "vignette": _vignette,
    "bloom": _bloom,
    "fade": _fade,
    "monochrome": _monochrome,
    "bokeh": _bokeh,
    "rays": _rays,
    "leak": _leak,
}
