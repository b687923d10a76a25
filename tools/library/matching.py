"""The colours of another picture, and those of a table: what a person brings as a file.

The plan itself holds the numbers measured in the other picture, or the name and the digest of the table, so that it
does the same again and needs no second photo. `tools/brought.py` writes such steps from files.
"""

from typing import Annotated

import cv2
import numpy as np

from tools import colour, tables
from tools.colour_look import ColourLook, Values, casts_at
from tools.declare import number, text, tool
from tools.library.colours import skin_likeness
from tools.ramps import smooth_step
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

Strength = Annotated[float, number(0, 100, "%", "100 is the full effect")]
Lightness = Annotated[float, number(0, 100, "", "lightness below which a share of the pixels lies", neutral=None)]
Opponent = Annotated[
    float, number(-40, 40, "", "colour of the light: a is green to red, b blue to yellow", neutral=None)
]
Spread = Annotated[float, number(0, 40, "", "how far the colours spread along a or b", neutral=None)]

_LEVELS = np.linspace(0, 1, 257)
"""Lightness at which curves are known."""
_SMOOTHED = 33
"""Levels over which a curve is rounded."""
_NOISE = 0.004
"""Oklab chroma that a picture without colours has; it is not stretched into colours."""
_SLOPES = (0.4, 2.0)
"""Least and most contrast that the tones between two known shares are given."""
_GAINS = (0.6, 1.6)
"""Least and most gain of chroma; a picture without colours takes all of them."""
_COLOURLESS = (0.003, 0.01)
"""Spread in Oklab chroma below which a picture is black and white, toned or not, and above which it is in colour."""
_MOST_UNEVEN = 1.35
"""Gain of chroma along one axis, relative to the geometric mean of both; more would turn hues."""
_SKIN_KEPT = np.float32(0.5)
"""Share of its own colour that skin keeps beside a picture in colour."""
_FARTHEST_CAST = 0.055
"""Oklab chroma; what lies beyond is the colour of a thing, not of light."""


@tool(axis="colour", pointwise=True, from_file=True)
def match_colours(
    image: FloatImage,
    scene: Scene,
    *,
    darkest: Lightness = 8.0,
    dark: Lightness = 25.0,
    middle: Lightness = 58.0,
    bright: Lightness = 83.0,
    brightest: Lightness = 96.0,
    shadows_a: Opponent = 0.0,
    shadows_b: Opponent = 0.0,
    midtones_a: Opponent = 0.0,
    midtones_b: Opponent = 0.0,
    highlights_a: Opponent = 0.0,
    highlights_b: Opponent = 0.0,
    spread_a: Spread = 3.0,
    spread_b: Spread = 4.5,
    correlation: Annotated[float, number(-1, 1, "", "of the spreads along a and b", neutral=None)] = 0.0,
    strength: Strength = 80.0,
) -> FloatImage:
    """Match tones and colours of another picture, whose look the arguments hold; what the photo shows stays.

    Tones follow a smooth curve from share to share. Colours move from the cast of their tone to that of the other
    picture and spread about it by the linear map of Monge and Kantorovich (Pitie and Kokaram, "The linear
    Monge-Kantorovitch linear colour mapping", 2007), held within bounds so that greys, skin and hues stay believable.
    """
    wanted = ColourLook(
        darkest, dark, middle, bright, brightest, shadows_a, shadows_b, midtones_a, midtones_b, highlights_a,
        highlights_b, spread_a, spread_b, correlation,
    )  # fmt: skip
    own = scene.statistics.colour_look
    lightness = np.clip(image[..., 0], 0, 1)
    curve, stretch = _tone_curve(own.tones, wanted.tones), _stretch(own, wanted)
    offsets = _casts(curve, wanted) - _casts(_LEVELS, own) @ stretch.T
    colours = cv2.transform(image[..., 1:], stretch)
    matched = np.dstack(
        [image[..., 0] - lightness + _along(curve, lightness)]
        + [colours[..., part] + _along(offsets[:, part], lightness) for part in (0, 1)]
    )
    kept = _SKIN_KEPT * _colourful(wanted) * skin_likeness(image) * smooth_step(colour.chroma(image), 0.015, 0.05)
    matched[..., 1:] += kept[..., None] * (image[..., 1:] - matched[..., 1:])
    return image + np.float32(strength / 100) * (matched - image)


@tool(axis="colour", pointwise=True, space="srgb", from_file=True)
def lut(
    image: FloatImage,
    scene: Scene,
    *,
    file: Annotated[str, text(r"^[^\x00-\x1f]{0,255}$", "name of the .cube file")] = "",
    sha256: Annotated[str, text("^([0-9a-f]{64})?$", "digest of its bytes, in hex")] = "",
    strength: Strength = 100.0,
) -> FloatImage:
    """Look every colour up in a table that a .cube file holds, from encoded sRGB to encoded sRGB.

    Raises:
        ToolError: if the table has not been read.
    """
    return image + np.float32(strength / 100) * (tables.known(sha256, file)(image) - image)


def _tone_curve(own: Values, wanted: Values) -> Values:
    """Lightness after at each of `_LEVELS`: rising, smooth, and with bounded contrast between the known shares."""
    steps = np.maximum(np.diff(own), 1e-3)
    ends = np.cumsum([0, *np.clip(np.diff(wanted), _SLOPES[0] * steps, _SLOPES[1] * steps)])
    ends += (wanted - ends).mean()
    knots = np.cumsum([own[0], *steps])
    below, above = (min(1.0, room / max(had, 1e-3)) for room, had in ((ends[0], own[0]), (1 - ends[-1], 1 - own[-1])))
    foot, head = ends[0] - max(below, 0) * knots[0], ends[-1] + max(above, 0) * (1 - knots[-1])
    curve = np.interp(_LEVELS, [min(0, knots[0]), *knots, max(1, knots[-1])], [foot, *ends, head])
    window = np.hanning(_SMOOTHED + 2)[1:-1]
    side = _SMOOTHED // 2
    rising = [2 * curve[0] - curve[side:0:-1], curve, 2 * curve[-1] - curve[-2 : -side - 2 : -1]]
    return np.convolve(np.concatenate(rising), window / window.sum(), "valid").clip(0, 1)


def _casts(lightness: Values, look: ColourLook) -> Values:
    """Colour of the light at each lightness, `(N, 2)`; there is none in black and little in white."""
    casts = casts_at(lightness, look.tones, look.casts)
    length = np.linalg.norm(casts, axis=1, keepdims=True)
    body = smooth_step(lightness, 0.0, 0.25) * (1 - smooth_step(lightness, 0.9, 1.02))
    return casts * np.minimum(1, _FARTHEST_CAST / np.maximum(length, 1e-9)) * body[:, None]


def _colourful(look: ColourLook) -> float:
    """0 for a picture in black and white, toned or not, 1 for one in colour."""
    return float(smooth_step(np.sqrt(look.covariance.trace() / 2), *_COLOURLESS))


def _stretch(own: ColourLook, wanted: ColourLook) -> Values:
    """The symmetric map `(2, 2)` that takes the spread of one picture's colours to another's, within bounds."""
    root = _root(own.covariance + _NOISE**2 * np.eye(2))
    inverse = np.linalg.inv(root)
    gains, axes = np.linalg.eigh(inverse @ _root(root @ wanted.covariance @ root) @ inverse)
    middle = np.sqrt(np.prod(np.maximum(gains, 1e-6)))
    least = _GAINS[0] * _colourful(wanted)
    gains = np.clip(gains, middle / _MOST_UNEVEN, middle * _MOST_UNEVEN).clip(least, _GAINS[1])
    return (axes * gains) @ axes.T


def _root(matrix: Values) -> Values:
    """Square root of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def _along(curve: Values, lightness: FloatPlane) -> FloatPlane:
    return np.interp(lightness, _LEVELS, curve).astype(np.float32)
