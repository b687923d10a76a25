"""Rain and snow in layers of depth, drawn on a grid of fixed size, so that pictures of all sizes show the same drops.

Garg and Nayar, "Vision and Rain" (IJCV 2007), give the look of a streak: brighter than what is behind it, as long as
the exposure; near drops are long, broad and out of focus, far ones short and many.
"""

from typing import NamedTuple

import cv2
import numpy as np

from tools.rows import Changed, Rows
from tools.scene import Scene
from tools.types import FloatPlane

GRID_PX = 1280
"""Long side of the grid."""
_SHIFT = 4
"""Fractional bits of OpenCV's drawing coordinates."""


class Layer(NamedTuple):
    """Drops at one distance; sizes are fractions of the diagonal."""

    number: int
    size: float
    """Length of a streak, or radius of a flake."""
    width: int
    """Of a streak, in px of the grid."""
    blur: float
    """Out of focus, in px of the grid."""
    opacity: float


RAIN = (
    Layer(2600, 0.020, 1, 0.7, 0.42),
    Layer(900, 0.045, 1, 0.6, 0.62),
    Layer(160, 0.085, 2, 1.3, 0.50),
)
SNOW = (
    Layer(2600, 0.0007, 0, 0.7, 0.70),
    Layer(900, 0.0013, 0, 0.8, 0.90),
    Layer(240, 0.0026, 0, 1.6, 0.85),
    Layer(46, 0.0060, 0, 4.0, 0.65),
    Layer(10, 0.0130, 0, 9.0, 0.45),
)


def rain(scene: Scene, amount: float = 1.0) -> Rows:
    """Opacity of the streaks, `(H, W)` in [0, 1]; `amount` scales their number."""
    random = scene.random()
    slant = random.uniform(0.12, 0.24) * random.choice([-1, 1])
    planes = [_streaks(scene, layer, slant, amount, random) for layer in RAIN]

    def gusty(streaks: FloatPlane, gusts: FloatPlane) -> FloatPlane:
        return np.clip(streaks * np.clip(1 + 0.3 * gusts, 0.4, 1.6), 0, 1)

    return Changed(gusty, _to_picture(_union(planes), scene), scene.noise(0.2))


def snow(scene: Scene, amount: float = 1.0) -> Rows:
    """Opacity of the flakes, `(H, W)` in [0, 1]; `amount` scales their number."""
    random = scene.random()
    return _to_picture(_union([_flakes(scene, layer, amount, random) for layer in SNOW]), scene)


def specks(scene: Scene, layers: tuple[Layer, ...]) -> Rows:
    """Opacity of round particles that float in the air, `(H, W)` in [0, 1]."""
    random = scene.random()
    return _to_picture(_union([_flakes(scene, layer, 1.0, random) for layer in layers]), scene)


def _streaks(scene: Scene, layer: Layer, slant: float, amount: float, random: np.random.Generator) -> FloatPlane:
    rows, columns, diagonal = grid_of(scene)
    count = round(layer.number * amount)
    x, y = random.uniform(-0.1, 1.1, count) * columns, random.uniform(-0.1, 1.1, count) * rows
    length = layer.size * diagonal * random.uniform(0.6, 1.3, count)
    lean = slant + random.normal(0, 0.02, count)
    ends = np.stack([x, y, x + lean * length, y + length], axis=1) * 2**_SHIFT
    values = 255 * random.uniform(0.35, 1.0, count)
    plane = np.zeros((rows, columns), np.uint8)
    for (x0, y0, x1, y1), value in zip(np.round(ends).astype(int).tolist(), values.tolist(), strict=True):
        cv2.line(plane, (x0, y0), (x1, y1), value, layer.width, cv2.LINE_AA, _SHIFT)
    return _softened(plane, layer)


def _flakes(scene: Scene, layer: Layer, amount: float, random: np.random.Generator) -> FloatPlane:
    rows, columns, diagonal = grid_of(scene)
    count = round(layer.number * amount)
    x, y = random.uniform(-0.02, 1.02, count) * columns, random.uniform(-0.02, 1.02, count) * rows
    radius = layer.size * diagonal * random.lognormal(0, 0.3, count)
    places = np.round(np.stack([x, y, radius], axis=1) * 2**_SHIFT).astype(int)
    values = 255 * random.uniform(0.45, 1.0, count)
    plane = np.zeros((rows, columns), np.uint8)
    for (x0, y0, size), value in zip(places.tolist(), values.tolist(), strict=True):
        cv2.circle(plane, (x0, y0), size, value, -1, cv2.LINE_AA, _SHIFT)
    return _softened(plane, layer)


def _softened(plane: FloatPlane, layer: Layer) -> FloatPlane:
    soft = cv2.GaussianBlur(plane.astype(np.float32) / 255, (0, 0), layer.blur)
    return soft * np.float32(layer.opacity)


def _union(planes: list[FloatPlane]) -> FloatPlane:
    clear = np.ones_like(planes[0])
    for plane in planes:
        clear *= 1 - plane
    return 1 - clear


def grid_of(scene: Scene) -> tuple[int, int, float]:
    """Rows, columns and diagonal of the grid, in its px."""
    scale = GRID_PX / max(scene.height, scene.width)
    rows, columns = max(1, round(scene.height * scale)), max(1, round(scene.width * scale))
    return rows, columns, float(np.hypot(rows, columns))


def _to_picture(plane: FloatPlane, scene: Scene) -> Rows:
    if plane.shape[0] > scene.height:
        return cv2.resize(plane, (scene.width, scene.height), interpolation=cv2.INTER_AREA)
    return scene.fit(plane)
