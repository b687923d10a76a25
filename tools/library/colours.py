"""Colour: white balance, strength, hue, and the colours of tones and bands.

Everything happens in the a and b of Oklab, so lightness stays where it is unless a tool says otherwise. Hues are given
to people as on the colour wheel they know (0 red, 60 yellow, 120 green, 240 blue) and turned into Oklab hues inside.
"""

import colorsys
from functools import cache
from typing import Annotated, Literal

import numpy as np

from tools import colour
from tools.colour import flat
from tools.colour_bands import HUE_CENTRES, colour_weight
from tools.declare import choice, number, tool
from tools.library import loops
from tools.ramps import smooth_step
from tools.region import COLOURS
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

Band = Literal["red", "orange", "yellow", "green", "aqua", "blue", "purple", "magenta"]
Paint = Literal[
    "red", "orange", "gold", "yellow", "lime", "green", "teal", "aqua", "blue", "navy", "purple", "magenta", "pink",
    "hot_pink", "peach", "brown", "beige",
]  # fmt: skip
Filter = Literal["none", "red", "orange", "yellow", "green", "blue"]
Toning = Literal["none", "sepia", "selenium", "cyanotype"]

_PAINTS: dict[Paint, str] = {
    "red": "d92626",
    "orange": "f08020",
    "gold": "d9a520",
    "yellow": "f0d820",
    "lime": "9fdc2e",
    "green": "2e9e3f",
    "teal": "158a8a",
    "aqua": "35c8d8",
    "blue": "2f62e0",
    "navy": "1f3470",
    "purple": "7a3cc8",
    "magenta": "d02fc0",
    "pink": "f59ac0",
    "hot_pink": "ff4fa8",
    "peach": "ffb890",
    "brown": "84542e",
    "beige": "dccaa8",
}
"""sRGB of the named colours, as a painter would mix them."""
_MUTED_PAINT = 0.09
"""Chroma of a paint below which its wash is weaker: a wash of beige is no wash of gold."""
_FILTER_HUE: dict[Filter, float] = {"red": 25, "orange": 50, "yellow": 95, "green": 142, "blue": 262}
"""Oklab hue in degrees of the light that each black-and-white film filter lets through."""
_FILTER_DEPTH: dict[Filter, float] = {"red": 2.0, "orange": 1.5, "yellow": 0.9, "green": 1.2, "blue": 1.6}
"""How much lightness a filter takes from a colour of unit chroma opposite to its own."""
_TONING: dict[Toning, tuple[float, float]] = {"sepia": (68, 0.05), "selenium": (340, 0.022), "cyanotype": (248, 0.075)}
"""Oklab hue in degrees and chroma of the toned middle greys."""


@tool(axis="colour", pointwise=True)
def temperature(
    image: FloatImage,
    scene: Scene,
    *,
    warmer: Annotated[
        float, number(-100, 100, "mired", "+ is warmer (amber), - is cooler (blue), as the white balance of a camera")
    ] = 0.0,
) -> FloatImage:
    """Make the light warmer or cooler along the colours of glowing bodies, keeping lightness.

    The offset of a white is the Planckian locus from 154 mired (6500 K; Kim et al., 2002) in Oklab, fitted to 0.001 by
    two parabolas; as it scales with lightness it adapts greys as von Kries does, and black stays black.
    """
    return _cast(image, 1.8e-4 * warmer + 6.8e-7 * warmer**2, 9.55e-4 * warmer - 6.9e-7 * warmer**2)


@tool(axis="colour", pointwise=True)
def tint(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ is towards magenta, - towards green")] = 0.0,
) -> FloatImage:
    """Balance the light between green and magenta, across the line of warm and cool, keeping lightness."""
    return _cast(image, 7.5e-4 * amount, -2.4e-4 * amount)


@tool(axis="colour", pointwise=True)
def white_balance(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "100 makes what should be grey neutral")] = 0.0,
) -> FloatImage:
    """Take the colour of the light away, as the grey things in the picture tell it; what is blown out stays white."""
    a, b = scene.statistics.light_colour
    balanced = _cast(image, -amount / 100 * a, -amount / 100 * b)
    blown = smooth_step(image[..., :1], 0.94, 1)
    return balanced + blown * (image - balanced)


@tool(axis="colour", pointwise=True)
def saturation(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ strengthens all colours, -100 leaves none")] = 0.0,
) -> FloatImage:
    """Strengthen or weaken all colours alike; greys stay grey and the most vivid colours are spared."""
    gain = np.float32(1 + amount / 100)
    if gain <= 1:
        return _scale_chroma(image, gain)
    return _scale_chroma(image, gain / (1 + (gain - 1) * 1.5 * colour.chroma(image)))


@tool(axis="colour", pointwise=True)
def vibrance(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ strengthens muted colours, - weakens them")] = 0.0,
) -> FloatImage:
    """Strengthen or weaken muted colours more than vivid ones, and skin tones less."""
    strength = colour.chroma(image)
    muted = 1 - smooth_step(strength, 0.02, 0.2)
    skin = skin_likeness(image) if amount > 0 else np.float32(0)
    return _scale_chroma(image, 1 + np.float32(0.9 * amount / 100) * muted * (1 - 0.5 * skin))


@tool(axis="colour", pointwise=True)
def hue_shift(
    image: FloatImage,
    scene: Scene,
    *,
    degrees: Annotated[
        float, number(-180, 180, "degrees", "+ turns red to yellow to green to blue, - the other way")
    ] = 0.0,
) -> FloatImage:
    """Turn every hue by the same angle, keeping lightness and strength."""
    return _rotate(image, np.float32(np.radians(degrees)))


@tool(axis="colour", pointwise=True)
def colour_band(
    image: FloatImage,
    scene: Scene,
    *,
    band: Annotated[Band, choice("the colour that is changed")] = "blue",
    hue: Annotated[float, number(-100, 100, "", "+ towards the next colour of the rainbow, - to the one before")] = 0.0,
    saturation: Annotated[float, number(-100, 100, "", "+ stronger, -100 grey")] = 0.0,
    lightness: Annotated[float, number(-100, 100, "", "+ brighter, - darker")] = 0.0,
) -> FloatImage:
    """Change hue, saturation and lightness of one of the eight colours, leaving the others."""
    weight = colour_weight(image, band)
    result = _scale_chroma(image, 1 + np.float32(saturation / 100) * weight)
    if hue:
        result = _rotate(result, weight * np.float32(np.radians(0.6 * hue / 100 * _gap(band, 1 if hue > 0 else -1))))
    vivid = np.minimum(colour.chroma(image) / np.float32(0.12), 1)
    result[..., 0] += np.float32(0.16 * lightness / 100) * weight * vivid
    return result


@tool(axis="colour", pointwise=True)
def split_toning(
    image: FloatImage,
    scene: Scene,
    *,
    shadow_hue: Annotated[float, number(0, 360, "degrees", "colour wheel: 0 red, 240 blue", neutral=None)] = 220.0,
    shadow_saturation: Annotated[float, number(0, 100, "", "strength in the shadows")] = 0.0,
    highlight_hue: Annotated[float, number(0, 360, "degrees", "colour wheel: 40 gold", neutral=None)] = 40.0,
    highlight_saturation: Annotated[float, number(0, 100, "", "strength in the highlights")] = 0.0,
    balance: Annotated[
        float, number(-100, 100, "", "+ gives more tones to the highlights, - to the shadows", neutral=None)
    ] = 0.0,
) -> FloatImage:
    """Colour shadows and highlights apart, as two toning baths would, keeping lightness; black and white stay clean."""
    pivot = float(np.clip(scene.statistics.percentiles[2], 0.3, 0.8)) - balance / 100 * 0.25
    return split_toned(image, pivot, _tint(shadow_hue, shadow_saturation), _tint(highlight_hue, highlight_saturation))


@tool(axis="colour", pointwise=True)
def monochrome(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "100 is fully black and white")] = 0.0,
    filter: Annotated[Filter, choice("film filter: lightens its own colour, darkens the opposite")] = "none",  # noqa: A002
    toning: Annotated[Toning, choice("bath that colours the greys")] = "none",
) -> FloatImage:
    """Turn to black and white, with a film filter before the lens and a toning bath after it."""
    strength = np.float32(amount / 100)
    result = image * (1 - strength)
    lightness = image[..., 0]
    if filter != "none":
        angle = np.radians(_FILTER_HUE[filter])
        passed = image[..., 1] * np.float32(np.cos(angle)) + image[..., 2] * np.float32(np.sin(angle))
        passed /= 1 + 3 * np.abs(passed)
        lightness = lightness + strength * np.float32(_FILTER_DEPTH[filter]) * passed * smooth_step(lightness, 0, 0.3)
    result[..., 0] = lightness
    if toning != "none":
        hue, chroma = _TONING[toning]
        body = strength * np.float32(chroma) * smooth_step(lightness, 0.0, 0.35) * (1.4 - 0.8 * lightness)
        result[..., 1] += np.float32(np.cos(np.radians(hue))) * body
        result[..., 2] += np.float32(np.sin(np.radians(hue))) * body
    return result


@tool(axis="colour", pointwise=True)
def recolour(
    image: FloatImage,
    scene: Scene,
    *,
    paint: Annotated[Paint, choice("the colour everything becomes")] = "hot_pink",
    amount: Annotated[float, number(0, 100, "", "100 leaves no other hue")] = 0.0,
) -> FloatImage:
    """Paint everything, or the region, in one colour; light and shade stay, greys take less of it.

    Below the paint's own lightness its chroma falls as in shade, above it as towards a highlight.
    """
    target = _paint(paint)
    level = float(target[0])
    pull = np.float32(0.35) * (level - image[..., 0]) * smooth_step(image[..., 0], 0.05, 0.45)
    lightness = image[..., 0] + pull * (1 - 0.7 * smooth_step(image[..., 0], 0.7, 1.0))
    shade = np.clip(np.minimum(lightness / level, (1.02 - lightness) / (1.02 - level)), 0, 1)
    coverage = shade * (0.6 + 0.4 * smooth_step(colour.chroma(image), 0.0, 0.08))
    painted = np.empty_like(image)
    painted[..., 0] = lightness
    painted[..., 1:] = coverage[..., None] * target[1:]
    return image + np.float32(amount / 100) * (painted - image)


@tool(axis="colour", pointwise=True)
def colour_wash(
    image: FloatImage,
    scene: Scene,
    *,
    paint: Annotated[Paint, choice("the colour of the wash")] = "teal",
    amount: Annotated[float, number(0, 100, "", "strength of the cast")] = 0.0,
) -> FloatImage:
    """Lay a wash of one colour over everything, as a gel before the lens, keeping lightness and the other colours."""
    _, a, b = _paint(paint)
    reach = 0.12 * amount / 100 / max(float(np.hypot(a, b)), _MUTED_PAINT)
    return _cast(image, reach * float(a), reach * float(b))


def skin_likeness(oklab: FloatImage) -> FloatPlane:
    """How near each hue is to that of skin: 1 there, a half 30 degrees away, 0 for the opposite."""
    towards = oklab[..., 1] * np.float32(0.57) + oklab[..., 2] * np.float32(0.82)
    return np.clip(towards / np.maximum(colour.chroma(oklab), 1e-4), 0, 1) ** 6


@cache
def wheel_to_oklab(hue: float) -> float:
    """Oklab hue in degrees of the vivid colour at `hue` degrees on the wheel of HSV."""
    rgb = colorsys.hsv_to_rgb(hue % 360 / 360, 1, 1)
    return float(colour.hue_degrees(colour.srgb_to_oklab(np.array([[rgb]], np.float32)))[0, 0])


@cache
def _paint(name: Paint) -> FloatPlane:
    """Oklab of a named colour, `(3,)`."""
    rgb = np.frombuffer(bytes.fromhex(_PAINTS[name]), np.uint8).astype(np.float32) / 255
    return colour.srgb_to_oklab(rgb[None, None])[0, 0]


def _tint(hue: float, strength: float) -> FloatPlane:
    """Oklab a and b, `(2,)`, of a toning bath: its hue on the colour wheel, and its strength from 0 to 100."""
    angle = np.radians(wheel_to_oklab(hue))
    return (0.095 * strength / 100 * np.array([np.cos(angle), np.sin(angle)])).astype(np.float32)


def split_toned(oklab: FloatImage, pivot: float, shadow: FloatPlane, highlight: FloatPlane) -> FloatImage:
    """Add one tint below the pivot of lightness and another above it; black, and white in part, stay clean."""
    result = np.empty(oklab.shape, np.float32)
    loops.split_tones(flat(oklab), pivot, shadow, highlight, result.reshape(-1))
    return result


def _cast(oklab: FloatImage, a: float, b: float) -> FloatImage:
    """Add a cast whose strength at white is (a, b); it scales with lightness, as coloured light does."""
    lightness = np.maximum(oklab[..., 0], 0)
    result = oklab.copy()
    result[..., 1] += np.float32(a) * lightness
    result[..., 2] += np.float32(b) * lightness
    return result


def _scale_chroma(oklab: FloatImage, gain: FloatPlane | np.float32) -> FloatImage:
    result = oklab.copy()
    result[..., 1] *= gain
    result[..., 2] *= gain
    return result


def _rotate(oklab: FloatImage, radians: FloatPlane | np.float32) -> FloatImage:
    """Turn hues counter-clockwise in the a-b plane: red to yellow."""
    cosine, sine = np.cos(radians), np.sin(radians)
    a, b = oklab[..., 1], oklab[..., 2]
    result = np.empty_like(oklab)
    result[..., 0] = oklab[..., 0]
    result[..., 1] = a * cosine - b * sine
    result[..., 2] = a * sine + b * cosine
    return result


def _gap(band: Band, direction: int) -> float:
    """Degrees of Oklab hue from the centre of a band to the centre of its neighbour."""
    after = COLOURS[(COLOURS.index(band) + direction) % len(COLOURS)]
    return direction * ((direction * (HUE_CENTRES[after] - HUE_CENTRES[band])) % 360)
