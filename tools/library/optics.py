"""Optics: what a lens, its focus and the film behind it do to light; computed in linear light."""

import math
from typing import Annotated, Literal

import cv2
import numpy as np

from tools import colour
from tools.colour import flat
from tools.declare import choice, number, tool
from tools.library import loops
from tools.library.detail import grain_kept
from tools.library.guided import lightness_of
from tools.ramps import smooth_step
from tools.rows import Changed, Enlarged, Rows, averaged, once, smoothly, thinned
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

Leak = Literal["amber", "orange", "red", "magenta", "white"]
_LEAKS: dict[Leak, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "amber": ((1.0, 0.47, 0.10), (0.9, 0.20, 0.02)),
    "orange": ((1.0, 0.30, 0.05), (0.85, 0.14, 0.02)),
    "red": ((1.0, 0.22, 0.08), (0.7, 0.03, 0.03)),
    "magenta": ((1.0, 0.30, 0.55), (0.6, 0.04, 0.35)),
    "white": ((1.0, 0.96, 0.88), (1.0, 0.80, 0.58)),
}
"""Linear sRGB of a leak at its brightest and at its fringe."""
_GRID = 10_000
"""Pixels on which a sum over the picture is taken."""


@tool(axis="optics", space="linear")
def vignette(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "- darkens the corners, + brightens them")] = 0.0,
    midpoint: Annotated[float, number(0, 100, "", "how far from the centre it begins", neutral=None)] = 50.0,
    feather: Annotated[float, number(0, 100, "", "how soft its edge is", neutral=None)] = 60.0,
) -> Rows:
    """Darken or brighten the corners; the centre makes up for lost light, by a quarter of a stop at most."""
    edge, width = 0.3 + 0.7 * midpoint / 100, 0.1 + 0.9 * feather / 100
    ends = edge - width / 2, edge + width / 2
    gain = amount / 100 * 2.2
    x, y = scene.coordinates()
    lost = gain * float(smooth_step(np.hypot(thinned(x, _GRID), thinned(y, _GRID)), *ends).mean())
    lift = float(np.clip(-0.9 * lost, 0, 1 / 4))
    return Changed(lambda image, x, y: fallen_off(image, x, y, ends, lift, gain), image, x, y)


def fallen_off(
    linear: FloatImage, x: FloatPlane, y: FloatPlane, ends: tuple[float, float], lift: float, gain: float
) -> FloatImage:
    """Light each pixel by `lift` stops, and `gain` more from one distance from the centre to another; see `shade`.

    Args:
        linear: `(H, W, 3)`.
        x: `(H, W)`: how far to the right of the centre; every row is the same.
        y: how far down; every column is the same.
        ends: distances at which the gain begins, and is whole.
        lift: stops.
        gain: stops.
    """
    fall, result = np.array([*ends, lift, gain], np.float32), np.empty(linear.shape, np.float32)
    across, down = np.ascontiguousarray(x[0]), np.ascontiguousarray(y[:, 0])
    rows = len(linear), -1
    light = np.ascontiguousarray(linear, np.float32).reshape(rows)
    loops.vignette(light, across, down, fall, colour.LUMINANCE, result.reshape(rows))
    return result


@tool(axis="optics", space="linear")
def bloom(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "strength of the glow")] = 0.0,
    radius: Annotated[float, number(0.3, 5, "% of the diagonal", "reach of the glow", neutral=None)] = 1.5,
) -> Rows:
    """Let the brightest parts glow into their surroundings, keeping the mean, the contrast and the detail.

    The glow adds to the square of Oklab lightness, which veils dark tones less than light itself does, and as far as
    its place, not the pixel, leaves room below white, so that details beside lights keep their relief.
    """
    reach, strength = (0.8 * radius / 100, 1), 2 * amount / 100
    halo = smoothly(_in_oklab, scene.spread(Changed(lambda image: glowing(image, scene), image, channels=4), reach))

    def bloomed(image: FloatImage, halo: FloatImage) -> FloatImage:
        return with_halo(image, halo, strength, sample, _lights(scene))

    sample = thinned(Changed(lambda image, halo: lit(image, halo, strength), image, halo, channels=2), _GRID)
    return Changed(bloomed, image, halo)


@tool(axis="optics", space="linear")
def halation(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "strength of the red rim")] = 0.0,
) -> Rows:
    """Rim bright lights with the red glow of film whose base reflects light back into its red layer."""
    red = np.float32(1.1 * amount / 100) * np.array([1, 0.2, 0.05], np.float32)

    def light(image: FloatImage) -> FloatPlane:
        return np.clip(colour.luminance(image), 0, 1) * _brightest(image, scene)

    def rimmed(image: FloatImage, halo: FloatPlane) -> FloatImage:
        rim = halo * (1 - np.float32(0.85) * _brightest(image, scene))
        return _screen(image, rim[..., None] * red)

    return Changed(rimmed, image, scene.spread(Changed(light, image, plane=True), (0.005, 0.6), (0.016, 0.4)))


@tool(axis="optics", space="linear")
def soft_focus(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "strength of the veil over the sharp picture")] = 0.0,
) -> Rows:
    """Lay a soft picture over the sharp one, as a portrait lens with spherical aberration does."""
    strength = np.float32(0.65 * amount / 100)
    veil = scene.spread(image, (0.005, 0.5), (0.018, 0.5))
    return Changed(lambda image, veil: image + strength * (veil - image), image, veil)


@tool(axis="optics", space="linear")
def blur(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "100 is a disc of 2 % of the diagonal")] = 0.0,
) -> Rows:
    """Throw everything out of focus, with the round disc of an open lens; grain, which lies behind it, stays."""
    blurred = once(Changed(colour.linear_to_oklab, _defocus(image, amount / 100 * 0.01 * scene.diagonal)))

    def grained(blurred: FloatImage, lightness: FloatPlane) -> FloatImage:
        result = blurred.copy()
        result[..., 0] = lightness
        return colour.oklab_to_linear(result)

    return Changed(grained, blurred, grain_kept(Changed(_lightness, image, plane=True), lightness_of(blurred), scene))


@tool(axis="optics", space="linear")
def background_blur(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "100 is a disc of 3 % of the diagonal")] = 0.0,
) -> Rows:
    """Throw the background out of focus behind the subject, as a wide aperture does.

    The background is blurred as if the subject were not there (normalised convolution; Knutsson and Westin, 1993), so
    the subject's colours do not bleed around it.

    Raises:
        ToolError: if the photo shows no subject.
    """
    subject = scene.mask("subject")
    radius = amount / 100 * 0.015 * scene.diagonal
    presence = Changed(lambda subject: 1 - subject + np.float32(1e-3), subject)
    light = _defocus(Changed(colour.scaled, image, presence), radius)

    def parted(image: FloatImage, subject: FloatPlane, light: FloatImage, presence: FloatPlane) -> FloatImage:
        background = light / np.maximum(presence, np.float32(1e-4))[..., None]
        return image + (1 - subject)[..., None] * (background - image)

    return Changed(parted, image, subject, light, _defocus(presence, radius))


@tool(axis="optics", space="linear")
def tilt_shift(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "blur far from the sharp band")] = 0.0,
    position: Annotated[
        float, number(0, 100, "% of the height", "centre of the sharp band, from the top", neutral=None)
    ] = 55.0,
    width: Annotated[float, number(0, 100, "% of the height", "height of the sharp band", neutral=None)] = 18.0,
) -> Rows:
    """Keep one band of the picture sharp, as a tilted lens does; seen from above, things look like miniatures."""
    height = image.shape[0]
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    depth = smooth_step((np.abs(y - position / 100) - width / 200) / 0.45, 0, 1)
    widest, shares = amount / 100 * 0.012 * scene.diagonal, (0.3, 0.6, 1.0)

    def tilted(image: FloatImage, depth: FloatPlane, *blurred: FloatImage) -> FloatImage:
        result, before = image, 0.0
        for share, soft in zip(shares, blurred, strict=True):
            onset = np.clip((depth[:, :1, None] - before) / (share - before), 0, 1)
            result, before = result + onset * (soft - result), share
        return result

    soft = (_defocus(image, widest * share) for share in shares)
    return Changed(tilted, image, np.broadcast_to(depth[:, None], image.shape[:2]), *soft)


@tool(axis="optics", space="linear")
def light_leak(
    image: Rows,
    scene: Scene,
    *,
    side: Annotated[Literal["left", "right", "top", "bottom"], choice("where the light enters")] = "left",
    hue: Annotated[Leak, choice("colour of the light")] = "amber",
    amount: Annotated[float, number(0, 100, "", "brightness of the leak")] = 0.0,
) -> Rows:
    """Let stray light in from one side, as through a gap in the camera's back: bright, then warm at its fringe."""
    along = scene.coordinates()[side in ("top", "bottom")]
    edge = along[0, 0] if side in ("left", "top") else along[-1, -1]
    bright, faint = (np.array(light, np.float32) for light in _LEAKS[hue])

    def leaked(image: FloatImage, along: FloatPlane, ragged: FloatPlane) -> FloatImage:
        inward = np.abs(along - edge)
        reach = np.float32(0.42) * np.exp2(np.float32(0.45) * np.clip(ragged, -2, 2))
        core = np.exp(-((inward / (0.4 * reach)) ** 2))[..., None]
        fringe = np.exp(-((inward / (1.2 * reach)) ** 2))[..., None]
        light = np.float32(amount / 100) * (np.float32(2.5) * core * bright + np.float32(0.7) * fringe * faint)
        return _screen(image, 1 - np.exp(-light))

    return Changed(leaked, image, along, scene.noise(0.3))


@tool(axis="optics", space="linear")
def chromatic_aberration(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "100 parts red and blue by 1 % of the distance from the centre")] = 0.0,
) -> Rows:
    """Fringe edges with red and blue towards the corners, as a simple lens does."""
    share = 0.005 * amount / 100

    def fringed(image: FloatImage, x: FloatPlane, y: FloatPlane) -> FloatImage:
        result = image.copy()
        centre = -float(x[0, 0]) * scene.diagonal / 2, -float(y[0, 0]) * scene.diagonal / 2
        for channel, scale in ((0, 1 + share), (2, 1 - share)):
            result[..., channel] = _magnify(image[..., channel], scale, centre)
        return result

    reach = math.ceil(share * max(scene.height, scene.width) / 2) + 2
    return Changed(fringed, image, *scene.coordinates(), reach=reach)


def haloed(linear: FloatImage, halo: FloatImage, strength: float) -> FloatImage:
    """Add a halo to linear light, as far as the largest channel leaves room below 1, so that hues stay."""
    result = np.empty(linear.shape, np.float32)
    loops.glow(flat(linear), flat(halo), strength, result.reshape(-1))
    return result


def lit(linear: FloatImage, halo: FloatImage, strength: float) -> FloatImage:
    """Oklab lightness of linear light without a halo and with it, `(H, W, 2)`; see `with_halo`."""
    result = np.empty((*linear.shape[:2], 2), np.float32)
    loops.lit(flat(linear), flat(halo), strength, result.reshape(-1))
    return result


def with_halo(
    linear: FloatImage, halo: FloatImage, strength: float, sample: FloatImage, lights: tuple[float, float]
) -> FloatImage:
    """Add a halo to linear light; what is no light gives back what the mean and the deviation of lightness gained.

    Args:
        linear: `(H, W, 3)`.
        halo: what glows, spread, `_in_oklab`, `(H, W, 5)`.
        strength: of the glow.
        sample: some pixels of the picture, `lit`.
        lights: luminances from which on a pixel is a light, a little and wholly.
    """
    (mean, mean_lit), (deviation, deviation_lit) = (numbers[:, 0] for numbers in cv2.meanStdDev(sample))
    numbers = np.array([strength, *lights, mean, mean_lit, deviation / max(deviation_lit, 1e-4)], np.float32)
    result = np.empty(linear.shape, np.float32)
    loops.bloom(flat(linear), flat(halo), numbers, colour.LUMINANCE, result.reshape(-1))
    return result


def glowing(linear: FloatImage, scene: Scene) -> FloatImage:
    """The light of each pixel as far as it belongs to the lights of the picture, and the room around it, `(H, W, 4)`.

    Room is how far the largest channel lies below white, 0 to 1, in squares of lightness.
    """
    result = np.empty((*linear.shape[:2], 4), np.float32)
    loops.lights(flat(linear), colour.LUMINANCE, *_lights(scene), result.reshape(-1))
    return result


def _brightest(linear: FloatImage, scene: Scene) -> FloatPlane:
    """How much each pixel belongs to the lights of the picture, 0 to 1."""
    result = np.empty(linear.shape[:2], np.float32)
    loops.belonging(flat(linear), colour.LUMINANCE, *_lights(scene), result.reshape(-1))
    return result


def _lights(scene: Scene) -> tuple[float, float]:
    """Luminances from which on a pixel belongs to the lights of the picture, a little and wholly."""
    ninetieth, high = (float(tone) ** 3 for tone in scene.statistics.percentiles[3:])
    low = float(np.clip((ninetieth + high) / 2, 0.12, 0.75))
    return low, max(min(high, 1.0), low + 0.15)


def _lightness(linear: FloatImage) -> FloatPlane:
    """Oklab lightness of linear light."""
    return np.ascontiguousarray(colour.linear_to_oklab(np.maximum(linear, 0))[..., 0])


def _in_oklab(glowing: FloatImage) -> FloatImage:
    """What is `glowing` in Oklab, its luminance, and the room around it, `(H, W, 5)`."""
    result = np.empty((*glowing.shape[:2], 5), np.float32)
    loops.spread_lights(flat(glowing), colour.LUMINANCE, result.reshape(-1))
    return result


def _screen(linear: FloatImage, light: FloatImage) -> FloatImage:
    """Add light without blowing out what is bright already."""
    return linear + light * (1 - np.clip(linear, 0, 1))


def _defocus(image: Rows, radius_px: float) -> Rows:
    """Blur with a disc; wide discs run on a reduced copy."""
    factor = max(1, int(radius_px / 5))
    disc = _disc(radius_px / factor)

    def blurred(image: FloatImage) -> FloatImage:
        return cv2.filter2D(image, -1, disc, borderType=cv2.BORDER_REFLECT_101)

    if factor == 1:
        return Changed(blurred, image, reach=disc.shape[0] // 2)
    height, width = image.shape[:2]
    return Enlarged(blurred(averaged(image, -(-height // factor), -(-width // factor))), height, width)


def _disc(radius_px: float) -> FloatPlane:
    """A disc that sums to 1, each pixel weighted by how much of it lies inside."""
    reach = int(np.ceil(radius_px))
    steps = (np.arange(-8 * reach - 4, 8 * reach + 4, dtype=np.float32) + 0.5) / 8
    inside = np.hypot(steps[:, None], steps[None, :]) <= max(radius_px, 0.5)
    side = 2 * reach + 1
    disc = inside.reshape(side, 8, side, 8).mean(axis=(1, 3)).astype(np.float32)
    return disc / disc.sum()


def _magnify(plane: FloatPlane, scale: float, centre: tuple[float, float]) -> FloatPlane:
    """Enlarge about a place `(x, y)` in px, keeping the size of the array."""
    height, width = plane.shape
    x, y = centre
    inverse = np.array([[1 / scale, 0, x - x / scale], [0, 1 / scale, y - y / scale]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(plane, inverse, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
