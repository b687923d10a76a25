"""The tools as they are defined: formulas in NumPy, `float64`, every blur at full size, nothing fused or reduced.

    plain_render(srgb, rehearse(proxy, plan, 0, maps).prepared, maps)

The engine's compiled loops and reduced copies are exchanged for what they stand for; the rest of each tool is the code
that the engine runs.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import colour, ramps, strips
from tools.library import colours, detail, guided, light, loops, optics
from tools.maps import Maps
from tools.rows import Rows, whole
from tools.scene import Scene
from tools.steps import Prepared

Real = NDArray[np.float64]
"""`(H, W, 3)` or `(H, W)`."""
_LONG = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
"""Bjorn Ottosson, "A perceptual color space for image processing" (2020)."""


def plain_render(srgb: Real, prepared: Sequence[Prepared], maps: Maps) -> Real:
    """Run steps on encoded sRGB, one after the other at full size; return encoded sRGB, drawn into the gamut."""
    with plain_definitions():
        linear = srgb_to_linear(srgb.astype(np.float64))
        for ready in prepared:
            entering, leaving = _SPACES[ready.tool.space]
            scene = ready.scene(maps, *linear.shape[:2])
            after = leaving(ready.tool.run(entering(linear), scene, **ready.step.args).astype(np.float64))
            mask = ready.mask(maps, *linear.shape[:2])
            linear = after if mask is None else linear + whole(mask)[..., None] * (after - linear)
    return linear_to_srgb(drawn_in(linear))


def srgb_to_linear(srgb: Real) -> Real:
    """Undo the transfer function of IEC 61966-2-1, mirrored below 0."""
    size = np.abs(srgb)
    return np.copysign(np.where(size <= 0.04045, size / 12.92, ((size + 0.055) / 1.055) ** 2.4), srgb)


def linear_to_srgb(linear: Real) -> Real:
    """Apply that transfer function."""
    size = np.abs(linear)
    return np.copysign(np.where(size <= 0.0031308, size * 12.92, 1.055 * size ** (1 / 2.4) - 0.055), linear)


def linear_to_oklab(linear: Real) -> Real:
    """Convert linear sRGB to Oklab."""
    return np.cbrt(linear @ _LONG.T) @ _LAB.T


def oklab_to_linear(oklab: Real) -> Real:
    """Convert Oklab to linear sRGB."""
    return (oklab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_LONG).T


def drawn_in(linear: Real) -> Real:
    """Draw colours outside [0, 1] towards grey of their own luminance."""
    grey = np.clip(linear @ [0.2126, 0.7152, 0.0722], 0, 1)[..., None]
    offset = np.where(linear == grey, 1e-300, linear - grey)
    room = np.where((linear > 1) | (linear < 0), np.where(offset > 0, 1 - grey, -grey) / offset, 1)
    return np.clip(grey + (linear - grey) * room.min(axis=2, keepdims=True), 0, 1)


def smooth_step(x: Real, low: float, high: float) -> Real:
    """Rise smoothly from 0 at one number to 1 at another."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _expose(linear: Real, gain: Real | float) -> Real:
    lit = linear * (gain[..., None] if isinstance(gain, np.ndarray) and gain.ndim else gain)
    over = np.maximum(gain, 1)
    bend = (over - 1) / (over - loops.KNEE)

    def roll_off(tones: Real) -> Real:
        beyond = np.maximum(tones - loops.KNEE, 0) / (1 - loops.KNEE)
        return np.minimum(tones, loops.KNEE) + (1 - loops.KNEE) * beyond / (1 + bend * beyond)

    low, high = lit.min(axis=2), lit.max(axis=2)
    stretch = (roll_off(high) - roll_off(low)) / np.maximum(high - low, 1e-9)
    rolled = roll_off(low)[..., None] + (lit - low[..., None]) * stretch[..., None]
    return np.where(np.broadcast_to(over, low.shape)[..., None] > 1, rolled, lit)


def _shade(linear: Real, stops: Real) -> Real:
    bright = smooth_step(linear @ colour.LUMINANCE, 0.7, 1.0)
    return _expose(linear, np.exp2(stops * np.where(stops < 0, 1 - 0.5 * bright, 1)))


def _parted(lightness: Real, pivot: float, strength: float) -> Real:
    offset = lightness - pivot
    inside = np.minimum(np.abs(offset) / np.where(offset > 0, 1 - pivot, pivot), 1)
    return lightness + offset * strength * (1 - inside) * (1.3 - 0.3 * inside)


def _toned(oklab: Real, lightness: Real) -> Real:
    before = oklab[..., 0]
    gain = np.clip((lightness + 0.02) / (np.maximum(before, 0) + 0.02), 0.2, 2.5)
    pale = 1 - np.clip((lightness - before) / 0.1, 0, 1) * (1 - smooth_step(before, 0, 0.2))
    return np.dstack([lightness, *np.moveaxis(oklab[..., 1:] * (gain * pale)[..., None], 2, 0)])


def _split_toned(oklab: Real, pivot: float, shadow: Real, highlight: Real) -> Real:
    lightness = oklab[..., 0]
    bright = smooth_step(lightness, pivot - 0.3, pivot + 0.3)[..., None]
    body = smooth_step(lightness, -0.15, 0.55) * (1 - 0.5 * smooth_step(lightness, 0.8, 1.05))
    return oklab + body[..., None] * np.pad((1 - bright) * shadow + bright * highlight, ((0, 0), (0, 0), (1, 0)))


def _lightened(oklab: Real, change: Real) -> Real:
    before = np.maximum(oklab[..., 0], 0) + 0.05
    ratio = np.clip((before + change) / before, 0.5, 2)
    return np.dstack([oklab[..., 0] + change, oklab[..., 1] * ratio, oklab[..., 2] * ratio])


def _relief(lightness: Real, base: Real, strength: float) -> Real:
    return strength * np.clip(4 * lightness * (1 - lightness), 0, 1) * (lightness - base)


def _in_oklab(glowing: Real) -> Real:
    light = glowing[..., :3]
    return np.dstack([linear_to_oklab(np.maximum(light, 0)), light @ colour.LUMINANCE, glowing[..., 3]])


def _brightest(linear: Real, scene: Scene) -> Real:
    return smooth_step(linear @ colour.LUMINANCE, *optics._lights(scene))


def _glowing(linear: Real, scene: Scene) -> Real:
    room = 1 - np.cbrt(np.clip(linear.max(axis=2), 0, 1)) ** 2
    return np.dstack([linear * _brightest(linear, scene)[..., None], room])


def _lit(linear: Real, halo: Real, strength: float) -> Real:
    lightness, light = linear_to_oklab(np.maximum(linear, 0))[..., 0], np.clip(halo[..., 3], 0, 1)
    left, room = 1 - np.cbrt(np.clip(linear.max(axis=2), 0, 1)), np.maximum(halo[..., 4], 0)
    added = np.sqrt(lightness**2 + strength * light / (light + 0.2) * (1 - light) * room) - lightness
    return np.dstack([lightness, lightness + added * left / np.maximum(np.hypot(left, added), 1e-6)])


def _with_halo(linear: Real, halo: Real, strength: float, sample: Real, lights: tuple[float, float]) -> Real:
    oklab, glow = linear_to_oklab(np.maximum(linear, 0)), halo[..., :3]
    lightness, lit = np.moveaxis(_lit(linear, halo, strength), 2, 0)
    (mean, mean_lit), (deviation, deviation_lit) = sample.mean(axis=(0, 1)), sample.std(axis=(0, 1))
    rest = np.maximum(mean + deviation / max(deviation_lit, 1e-4) * (lit - mean_lit), 0.3 * lightness)
    new = rest + smooth_step(linear @ colour.LUMINANCE, *lights) * (lit - rest)
    result = oklab * ((new + 0.2) / (lightness + 0.2))[..., None]
    result += glow * ((lit - lightness) / np.maximum(glow[..., 0], 0.02))[..., None]
    result[..., 0] = new
    return oklab_to_linear(result)


def _haloed(linear: Real, halo: Real, strength: float) -> Real:
    room = 1 - np.clip(linear.max(axis=2, keepdims=True), 0, 1)
    return linear + strength * room * halo


def _fallen_off(linear: Real, x: Real, y: Real, ends: tuple[float, float], lift: float, gain: float) -> Real:
    return _shade(linear, lift + gain * smooth_step(np.hypot(x, y), *ends))


def _spread(scene: Scene, image: Rows, *lobes: tuple[float, float], interpolated: bool = False) -> Real:
    pixels = whole(image)
    return sum(weight * _gaussian(pixels, radius * scene.diagonal) for radius, weight in lobes)


def _gaussian(pixels: Real, sigma: float) -> Real:
    if sigma < 0.2:
        return pixels
    side = 2 * int(np.ceil(5 * sigma)) + 1
    return cv2.GaussianBlur(pixels, (side, side), sigma, borderType=cv2.BORDER_REFLECT)


def _own_line(lightness: Rows, radius: float, edge: float) -> Real:
    return _line_along(whole(lightness), whole(lightness), radius, edge)


def _along_edges(plane: Real, guide: Rows, radius: float = 0.006, edge: float = 0.02) -> Real:
    return guided.on_line(whole(guide), _line_along(plane, guide, radius, edge))


def _line_along(plane: Real, guide: Rows, radius: float, edge: float) -> Real:
    height, width = guide.shape
    if plane.shape != guide.shape:
        plane = cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR)
    return guided.coefficients(plane, whole(guide), 2 * max(1, round(radius * max(guide.shape))) + 1, edge)


def _coefficients(plane: Real, guide: Real, side_px: int, edge: float) -> Real:
    def mean(values: Real) -> Real:
        return cv2.blur(values, (side_px, side_px), borderType=cv2.BORDER_REFLECT_101)

    variance = np.maximum(mean(guide * guide) - mean(guide) ** 2, 0)
    slope = (mean(guide * plane) - mean(guide) * mean(plane)) / (variance + edge * edge)
    return mean(cv2.merge([slope, mean(plane) - slope * mean(guide)]))


def _smoothed(plane: Real, radius_px: int, noise: float) -> Real:
    slope, offset = cv2.split(guided.coefficients(plane, plane, 2 * radius_px + 1, noise))
    return slope * plane + offset


def _magnify(plane: Real, scale: float, centre: tuple[float, float]) -> Real:
    return _ENLARGED(plane.astype(np.float32), scale, centre)  # OpenCV 5.0 leaves the border of float64 black


def _defocus(image: Rows, radius_px: float) -> Real:
    return cv2.filter2D(whole(image), -1, optics._disc(radius_px), borderType=cv2.BORDER_REFLECT_101)


def _in_strips(change: Callable[..., Any], image: Any, *planes: Any, out: Any = None, dtype: Any = np.float64) -> Any:
    return _FLOATS(change, image, *planes, out=out, dtype=dtype)


_FLOATS, _ENLARGED = strips.in_strips, optics._magnify
_SPACES: dict[str, tuple[Callable[[Real], Real], Callable[[Real], Real]]] = {
    "linear": (np.array, np.array),
    "srgb": (linear_to_srgb, srgb_to_linear),
    "oklab": (linear_to_oklab, oklab_to_linear),
}
_PLAIN: list[tuple[Any, Any]] = [
    (colour.srgb_to_linear, srgb_to_linear),
    (colour.linear_to_srgb, linear_to_srgb),
    (colour.linear_to_oklab, linear_to_oklab),
    (colour.oklab_to_linear, oklab_to_linear),
    (colour.srgb_to_oklab, lambda srgb: linear_to_oklab(srgb_to_linear(srgb))),
    (colour.oklab_to_srgb, lambda oklab: linear_to_srgb(oklab_to_linear(oklab))),
    (colour.scaled, lambda image, gain: image * gain[..., None]),
    (colour.cube_root, lambda numbers: np.cbrt(np.maximum(numbers, 0))),
    (ramps.smooth_step, smooth_step),
    (light.expose, _expose),
    (light.shade, _shade),
    (light.parted, _parted),
    (light.toned, _toned),
    (colours.split_toned, _split_toned),
    (detail._lightened, _lightened),
    (detail._smoothed, _smoothed),
    (detail.relief, _relief),
    (optics._brightest, _brightest),
    (optics.glowing, _glowing),
    (optics._in_oklab, _in_oklab),
    (optics.lit, _lit),
    (optics.with_halo, _with_halo),
    (optics.haloed, _haloed),
    (optics.fallen_off, _fallen_off),
    (optics._defocus, _defocus),
    (optics._magnify, _magnify),
    (guided.coefficients, _coefficients),
    (guided.on_line, lambda guide, line: line[..., 0] * guide + line[..., 1]),
    (guided.own_line, _own_line),
    (guided.along_edges, _along_edges),
    (guided.line_along, _line_along),
    (strips.in_strips, _in_strips),
]
"""What is exchanged."""


@contextmanager
def plain_definitions() -> Iterator[None]:
    """Exchange compiled loops and reduced copies for what they stand for, wherever the tools use them."""
    places = [
        (module, name, mine, plain)
        for key, module in list(sys.modules.items())
        if key.startswith("tools.")
        for name, value in list(vars(module).items())
        for mine, plain in _PLAIN
        if value is mine
    ]
    spread = Scene.spread
    try:
        for module, name, _, plain in places:
            setattr(module, name, plain)
        Scene.spread = _spread  # type: ignore[method-assign, assignment]
        yield
    finally:
        for module, name, mine, _ in places:
            setattr(module, name, mine)
        Scene.spread = spread  # type: ignore[method-assign]
