"""Light: how much of it, how its tones are spread, and where it comes from.

Tone curves act on Oklab lightness, pixel by pixel, so they leave no halos; every one of them rises from black to white,
so they never turn tones around. Chroma follows lightness, and greys stay grey.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np

from tools import colour
from tools.colour import flat
from tools.declare import choice, number, tool
from tools.library import loops
from tools.ramps import smooth_step
from tools.rows import Changed, Rows
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

_TOE = np.float32(0.09)
"""Oklab L of black that is crushed: two or three of 255 levels."""
_SHARES, _PIVOTS = np.linspace(0, 100, 65), np.linspace(0.15, 0.9, 76, dtype=np.float32)
"""Percents of the pixels whose tones are guessed, and the pivots among which one is sought that keeps their mean."""


@tool(axis="light", pointwise=True, space="linear")
def exposure(
    image: FloatImage,
    scene: Scene,
    *,
    stops: Annotated[float, number(-3, 3, "EV", "+1 doubles the light, -1 halves it")] = 0.0,
) -> FloatImage:
    """Brighten or darken everything, as a longer or shorter exposure would, rolling off into white as film does."""
    return expose(image, np.float32(2.0**stops))


@tool(axis="light", pointwise=True)
def contrast(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[
        float, number(-100, 100, "", "+ spreads the tones about their mean, - draws them together")
    ] = 0.0,
) -> FloatImage:
    """Spread the tones about their mean, or draw them together, keeping the mean."""
    lightness = image[..., 0]
    if amount > 0:
        strength = 0.0078 * amount
        return toned(image, parted(lightness, _steady_pivot(scene.statistics.percentiles, strength), strength))
    mean, slope = scene.statistics.mean_lightness, np.float32(1 + amount / 160)
    return toned(image, _lifted(lambda tones: mean + (tones - mean) * slope, lightness))


@tool(axis="light", pointwise=True)
def highlights(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ brightens the bright tones, - recovers them")] = 0.0,
) -> FloatImage:
    """Lift or tame the bright tones, leaving white and the darker tones where they are."""
    centre = 0.5 * 0.8 + 0.5 * float(np.clip(scene.statistics.percentiles[3], 0.55, 0.9))
    return toned(image, _bump(image[..., 0], centre, 0.15, amount / 100 * 0.13))


@tool(axis="light", pointwise=True)
def shadows(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ opens the dark tones, - deepens them")] = 0.0,
) -> FloatImage:
    """Open or deepen the dark tones, leaving black and the brighter tones where they are."""
    centre = 0.5 * 0.3 + 0.5 * float(np.clip(scene.statistics.percentiles[1], 0.2, 0.5))
    return toned(image, _bump(image[..., 0], centre, 0.15, amount / 100 * 0.13))


@tool(axis="light", pointwise=True)
def whites(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ brings the brightest tones to white, - greys them")] = 0.0,
) -> FloatImage:
    """Move the white point: the brightest tones most, the middle hardly."""
    lightness = image[..., 0]
    return toned(image, lightness + amount / 100 * 0.1 * smooth_step(lightness, 0.45, 1.05))


@tool(axis="light", pointwise=True)
def blacks(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ lifts the darkest tones, - sinks them into black")] = 0.0,
) -> FloatImage:
    """Move the black point: the darkest tones most, the middle hardly."""
    lightness = image[..., 0]

    def moved(tones: FloatPlane) -> FloatPlane:
        return tones + np.float32(amount / 100 * 0.18) * (1 - smooth_step(tones, -0.05, 0.55))

    if amount > 0:
        return toned(image, _lifted(moved, lightness))
    return toned(image, np.maximum(moved(lightness), np.minimum(lightness, 0)))


@tool(axis="light", pointwise=True)
def midtones(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ brightens the middle tones, - darkens them")] = 0.0,
) -> FloatImage:
    """Brighten or darken the middle tones, as gamma does, with black and white held."""
    lightness = image[..., 0]
    inside = np.clip(lightness, 0, 1)
    return toned(image, lightness + inside ** np.float32(2.0 ** (-amount / 125)) - inside)


@tool(axis="light", pointwise=True)
def fade(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "how far blacks rise to matte grey and whites soften")] = 0.0,
) -> FloatImage:
    """Fade to a matte print: lifted blacks, softened whites, colours a little paler."""
    strength = amount / 100

    def printed(lightness: FloatPlane) -> FloatPlane:
        inside = np.clip(lightness, 0, 1)
        return lightness + strength * (0.33 * (1 - inside) ** 2.5 - 0.05 * inside**4)

    before, after = image[..., 0], _lifted(printed, image[..., 0])
    result = colour.scaled(image, np.float32(1 - 0.12 * strength) * _paling(before, after - before))
    result[..., 0] = after
    return result


@tool(axis="light", space="linear")
def relight(
    image: Rows,
    scene: Scene,
    *,
    source: Annotated[Literal["left", "right", "top", "bottom"], choice("the side the light comes from")] = "left",
    amount: Annotated[float, number(0, 100, "", "how much brighter that side is than the other")] = 0.0,
) -> Rows:
    """Light the scene from one side: a soft fall of light across the picture, its middle kept."""
    along = scene.coordinates()[source in ("top", "bottom")]
    turn = np.float32(np.pi / 2 / max(along[-1, -1], 1e-6) * (1 if source in ("right", "bottom") else -1))

    def lit(image: FloatImage, along: FloatPlane) -> FloatImage:
        return shade(image, np.float32(amount / 100 * 1.25) * np.sin(turn * along))

    return Changed(lit, image, along)


def shade(linear: FloatImage, stops: FloatPlane) -> FloatImage:
    """Light each pixel by its own `stops`; where that darkens, near whites are spared, as lights are not dimmed."""
    result = np.empty(linear.shape, np.float32)
    loops.shade(flat(linear), flat(stops), colour.LUMINANCE, result.reshape(-1))
    return result


def expose(linear: FloatImage, gain: FloatPlane | np.float32) -> FloatImage:
    """Multiply linear light by `gain`, a number or a field; what a gain above 1 would clip rolls off into white.

    Above the knee a Moebius curve joins with the slope of the gain and takes white to white, for any gain, so a
    stronger exposure is nowhere darker. The largest and the smallest channel follow the curve and the third keeps its
    place between them, which keeps hue (as `RefBaselineRGBTone` of Adobe's DNG SDK does).
    """
    result = np.empty(linear.shape, np.float32)
    loops.expose(flat(linear), flat(np.asarray(gain)), result.reshape(-1))
    return result


def relit(oklab: FloatImage, lightness: FloatPlane) -> FloatImage:
    """Replace lightness as light added from elsewhere does: colours follow it, those of near blacks hardly."""
    result = colour.scaled(oklab, (lightness + loops.FAINT) / (np.maximum(oklab[..., 0], 0) + loops.FAINT))
    result[..., 0] = lightness
    return result


def toned(oklab: FloatImage, lightness: FloatPlane) -> FloatImage:
    """Replace lightness; chroma follows so that colours keep their relative strength, but lifted blacks grow paler."""
    result = np.empty(oklab.shape, np.float32)
    loops.tone(flat(oklab), flat(lightness), result.reshape(-1))
    return result


def _paling(before: FloatPlane, lift: FloatPlane) -> FloatPlane:
    """Share of its chroma that a tone keeps when it is lifted: that of black is noise, and stray light drowns it."""
    return 1 - np.clip(lift / np.float32(0.1), 0, 1) * (1 - smooth_step(before, 0, 0.2))


def _lifted(curve: Callable[[FloatPlane], FloatPlane], lightness: FloatPlane) -> FloatPlane:
    """A curve that lifts black, continued under `_TOE` as stray light lifts it, by a line in linear light.

    There a level of 255 is a large step of L, which would show once it is lifted.
    """
    joint, beyond = curve(np.array([_TOE, 1.1 * _TOE], np.float32))
    slope = (beyond - joint) / (0.1 * _TOE) * (joint / _TOE) ** 2
    inside = np.clip(lightness, 0, _TOE)
    toe = colour.cube_root(joint**3 - slope * (_TOE**3 - inside**3)) + np.minimum(lightness, 0)
    return np.where(lightness < _TOE, toe, curve(lightness)).astype(np.float32)


def parted(lightness: FloatPlane, pivot: float, strength: float) -> FloatPlane:
    """Spread tones by an S about a pivot, with black and white held; at the pivot its slope is 1 + 1.3 `strength`."""
    result = np.empty(lightness.shape, np.float32)
    loops.part_tones(flat(lightness), pivot, strength, result.reshape(-1))
    return result


@lru_cache(maxsize=256)
def _steady_pivot(percentiles: tuple[float, ...], strength: float) -> float:
    """The pivot about which an S keeps the mean lightness of a picture, given its percentiles."""
    low, *_, high = percentiles
    known = [low - 0.02, *percentiles, high + 0.02]
    tones = np.interp(_SHARES, [0, 1, 10, 50, 90, 99, 100], known).clip(0, 1).astype(np.float32)
    drift = np.empty_like(_PIVOTS)
    loops.drifts(tones, _PIVOTS, strength, drift)
    return float(np.interp(0, -drift, _PIVOTS))


def _bump(lightness: FloatPlane, centre: float, width: float, height: float) -> FloatPlane:
    """Raise the tones about `centre` by `height`, fading to nothing at black and white."""
    inside = np.clip(lightness, 0, 1)
    taper = 1 - ((2 * inside - 1) ** 2) ** 2
    return lightness + np.float32(height) * taper * np.exp(-0.5 * ((inside - centre) / width) ** 2)
