"""The formula of each attribute: from the planes of a picture and a weight to a number.

Lightness, chroma and colours are in hundredths of Oklab, so that white is 100.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import attribute_kernels, detail_kernels
from tools.colour_look import light_colour
from tools.rows import block_means
from tools.types import FloatPlane
from tools.weight import Weight

if TYPE_CHECKING:
    from tools.attributes import Attributes

_BANDS: dict[str, tuple[str, ...]] = {
    "pink": ("magenta", "red"),
    "brown": ("orange",),
}
"""Colour names that are not bands of their own, as the bands whose hue they share."""
_CAST_LEVELS = 16
"""Levels of L, each of which may have a cast of its own."""


def measure(picture: "Attributes", name: str, weight: Weight, named: str | None = None) -> float:
    """The value of an attribute, or of `hue`; see `Attributes.measure`."""
    if name in ("colour", "hue"):
        return _colour(picture, named, weight)
    return _FORMULAS[name](picture, weight)


def flat(picture: "Attributes", weight: Weight) -> Weight:
    """The four tenths of what a weight holds that have least middle detail; nothing where it holds nothing."""
    detail, inside = picture.roughness, weight.inside
    if not inside.any():
        return Weight(np.zeros_like(detail))
    limit = _lowest(detail[::2, ::2][inside], 0.4)
    return Weight(((weight.plane > 0.5) & (detail <= limit)).astype(np.float32))


def _colour(picture: "Attributes", named: str | None, weight: Weight) -> float:
    if named is None:
        return 100 * picture.mean("chroma", weight)
    names = _BANDS.get(named, (named,))
    if named in ("grey", "white", "black"):
        target = {"grey": 0.55, "white": 1.0, "black": 0.0}[named]
        distance = np.hypot(picture.lightness - target, 3 * picture.chroma)
        return -100 * weight.mean(distance)
    belonging = sum(picture.belonging(name) for name in names)
    return 100 * weight.mean(picture.chroma * belonging)


def _cast(picture: "Attributes", weight: Weight) -> float:
    """Chroma of the light, as far as the grey things of the picture tell it; see `tools.colour_look.light_colour`."""
    every_second = picture.oklab[::2, ::2][weight.inside]
    return 100 * float(np.hypot(*light_colour(every_second)))


def _lowest(values: FloatPlane, share: float) -> float:
    """Value below which a share of some values `(N,)` lies."""
    place = min(int(share * len(values)), len(values) - 1)
    return float(np.partition(values, place)[place])


def _noise(picture: "Attributes", weight: Weight) -> float:
    """Mean response to Immerkaer's Laplacian difference mask (1996) where the reference is flat; 0 of a line."""
    even = picture.reference.flat if weight.is_everywhere else flat(picture.reference, weight)
    if min(picture.lightness.shape) < 2 or even.total == 0:
        return 0.0
    return 100 * 1.2533 * detail_kernels.laplacians(picture.lightness, even.plane)


def _grain(picture: "Attributes", weight: Weight) -> float:
    """Noise, and on top of it what a flatter picture took from the noise that was there."""
    spread, before = (_spread_of_middle(each) for each in (picture, picture.reference))
    kept = min(1.0, spread / max(before, 1e-6))
    own, was = (
        each.measure("noise") if weight.is_everywhere else _noise(each, weight) for each in (picture, picture.reference)
    )
    return own + (1 - kept) * was


def _spread_of_middle(picture: "Attributes") -> float:
    """Standard deviation of middle detail."""
    return picture.once("spread of middle", lambda: float(cv2.meanStdDev(picture.middle)[1][0, 0]))


def _haze(picture: "Attributes", weight: Weight) -> float:
    """Mean dark channel (He et al., 2009) of the encoded picture: a veil lifts even the darkest channel."""
    dark = picture.dark_channel
    return 100 * weight.of_size(*dark.shape).mean(dark)


def _vignette(picture: "Attributes", weight: Weight) -> float:
    """How much darker the corners are than the middle: difference of mean L."""
    places = _middle_and_corners(*picture.lightness.shape)
    sums = attribute_kernels.middle_and_corners(picture.lightness, places.middle, places.corners)
    return 100 * (sums[0] / max(places.pixels[0], 1) - sums[1] / max(places.pixels[1], 1))


class _Places(NamedTuple):
    """Where in each row, `(H, 2)`, the middle begins and ends, and where the left corner ends and the right begins."""

    middle: NDArray[np.int64]
    corners: NDArray[np.int64]
    pixels: tuple[int, int]


@lru_cache(maxsize=8)
def _middle_and_corners(height: int, width: int) -> _Places:
    """The middle is within 0.6, corners are beyond 1.15 of half the height and half the width from the centre."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    radius = np.hypot(x, y)
    counts = [(radius < 0.6).sum(axis=1), (radius > 1.15).sum(axis=1)]
    middle, corners = (
        np.stack([(width - count) // 2, (width + count) // 2], axis=1) for count in (counts[0], width - counts[1])
    )
    return _Places(middle, corners, (int(counts[0].sum()), int(counts[1].sum())))


def _fade(picture: "Attributes", weight: Weight) -> float:
    """The black point: L below which the darkest 1 % lies."""
    if weight.is_everywhere:
        return 100 * picture.quantile(0.01)
    inside = picture.lightness[::2, ::2][weight.inside]
    return 100 * _lowest(inside, 0.01) if inside.size else 0.0


def _monochrome(picture: "Attributes", weight: Weight) -> float:
    """Minus the chroma left when each tone's own mean colour is taken away: 0 for black and white and for sepia.

    Every second pixel of every fourth row tells enough.
    """
    return -100 * attribute_kernels.colour_beside_casts(*picture.planes, weight.inside_counts, _CAST_LEVELS)


def _bokeh(picture: "Attributes", weight: Weight) -> float:
    """Log ratio of fine detail, relative to middle detail, inside the mask (the subject) to that outside it."""

    def crispness(inside: Weight) -> float:
        return (picture.mean_magnitude("fine", inside) + 3e-4) / (picture.mean_magnitude("middle", inside) + 1e-3)

    return float(np.log(crispness(weight) / crispness(weight.outside())))


class _Lights(NamedTuple):
    """What surrounds the lights of a picture."""

    glow: float
    """How much lighter it is close around them than further away: difference of mean L."""
    block_px: int
    """Side of the blocks that the planes below are means over."""
    sigma: float
    """Reach of the surroundings, in blocks."""
    beside: FloatPlane
    """By how much each place is darker than its surroundings, where these are light."""
    lights: FloatPlane
    """By how much each place is lighter than its surroundings."""


def _lights(picture: "Attributes", weight: Weight) -> _Lights:
    def found() -> _Lights:
        close, wide = (weight.within(ring).mean(picture.lightness) for ring in picture.glow)
        block_px = max(1, min(picture.lightness.shape) // 64)
        lightness = block_means(picture.lightness, block_px)
        sigma = 0.02 * float(np.hypot(*lightness.shape))
        around = cv2.GaussianBlur(lightness, (0, 0), sigma)
        inside = weight.of_size(*lightness.shape).plane
        lit = inside * np.clip((around - picture.quantile(0.5)) / 0.2, 0, 1)
        beside, lights = np.maximum(around - lightness - 0.01, 0), np.maximum(lightness - around - 0.01, 0)
        return _Lights(close - wide, block_px, sigma, lit * beside, inside * lights)

    return picture.once("lights", found) if weight.is_everywhere else found()


def _bloom(picture: "Attributes", weight: Weight) -> float:
    """How much lighter it is close around the lights than further away: difference of mean L.

    Of an edit, the light that has spread since counts on top.
    """
    lights = _lights(picture.reference, weight)
    return 100 * lights.glow + (0.0 if picture is picture.reference else _spread_light(picture, lights))


def _spread_light(picture: "Attributes", lights: _Lights) -> float:
    """How far what lies beside the lights of the reference was lit, about 2 where it glows plainly.

    It is the slope of the gain that no tone curve explains on how much lighter the surroundings were, less half of what
    the lights themselves lost: a blur takes from them what it gives. Where fine detail is gone, nothing counts.
    """
    gain = block_means(picture.residual, lights.block_px)
    beside = gain - cv2.GaussianBlur(gain, (0, 0), 4 * lights.sigma)
    given, taken = (
        float(np.vdot(beside, place)) / (float(np.vdot(place, place)) + 2e-4)
        for place in (lights.beside, lights.lights)
    )
    own, before = (
        each.mean_magnitude("fine", each.everywhere) * each.fine.size for each in (picture, picture.reference)
    )
    kept = own / (before + 1e-3)
    glow = (given + 0.5 * min(taken, 0.0)) * float(np.clip(2 * kept - 0.8, 0, 1))
    return 2.4 * float(np.sign(glow) * np.sqrt(abs(glow)))


def _rays(picture: "Attributes", weight: Weight) -> float:
    """Long streaks of light that the reference does not have (x 100).

    They are coarse gains of L that run one way, away from the borders and where the reference is smooth, beside what
    follows the forms of the reference: less light makes them flatter, and is no ray.
    """
    height, width = picture.lightness.shape
    size = (128, max(1, round(128 * height / width)))
    blocks = [block_means(plane, max(1, width // 128)) for plane in (picture.residual, picture.reference.lightness)]
    small = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in blocks]
    band, own = (cv2.GaussianBlur(p, (0, 0), 1.2) - cv2.GaussianBlur(p, (0, 0), 4) for p in small)
    forms, strength = (cv2.GaussianBlur(product, (0, 0), 8) for product in (band * own, own * own))
    band -= forms / (strength + 2e-4) * own
    x, y = cv2.Sobel(band, cv2.CV_32F, 1, 0), cv2.Sobel(band, cv2.CV_32F, 0, 1)
    xx, yy, xy = (cv2.GaussianBlur(product, (0, 0), 8) for product in (x * x, y * y, x * y))
    lean = np.sqrt((xx - yy) ** 2 + 4 * xy**2) / (xx + yy + 1e-6)
    smooth = 1 / (1 + (own / 0.02) ** 2)
    inside = weight.of_size(*size[::-1]).plane * smooth
    margin = min(6, inside.shape[0] // 4)
    middle = slice(margin, -margin)
    return 130 * Weight(inside[middle, middle]).mean((np.abs(band) * lean**3)[middle, middle])


def _leak(picture: "Attributes", weight: Weight) -> float:
    """Warm light along a border that the reference does not have (x 100): its gain of a + b, or twice that of L."""
    side = max(1, min(picture.lightness.shape) // 128)
    gains = (now - was for now, was in zip(picture.planes, picture.reference.planes, strict=True))
    gain = cv2.resize(cv2.merge([block_means(plane, side) for plane in gains]), (8, 8), interpolation=cv2.INTER_AREA)
    gain = gain - np.median(gain, axis=(0, 1))
    cells = np.minimum(gain[..., 1] + gain[..., 2], 2 * gain[..., 0])
    return 100 * float(max(cells[0].max(), cells[-1].max(), cells[:, 0].max(), cells[:, -1].max()))


_FORMULAS: dict[str, Callable[["Attributes", Weight], float]] = {
    "brightness": lambda picture, weight: 100 * picture.mean("lightness", weight),
    "contrast": lambda picture, weight: 100 * picture.deviation(weight),
    "highlights": lambda picture, weight: 100 * weight.within(picture.reference.highlights).mean(picture.lightness),
    "shadows": lambda picture, weight: 100 * weight.within(picture.reference.shadows).mean(picture.lightness),
    "warmth": lambda picture, weight: 100 * picture.mean("b", weight),
    "cast": _cast,
    "tint": lambda picture, weight: 100 * picture.mean("a", weight),
    "saturation": lambda picture, weight: 100 * picture.mean("chroma", weight),
    "clarity": lambda picture, weight: 100 * picture.mean_magnitude("middle", weight),
    "sharpness": lambda picture, weight: 100 * picture.mean_magnitude("fine", weight),
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
