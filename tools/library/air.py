"""What can fill the air of a scene, each at full strength, in linear light."""

from collections.abc import Callable

import numpy as np

from tools import colour
from tools.library.ambience import glowing
from tools.library.atmosphere import fogged, shone_through
from tools.library.precipitation import Layer, grid_of, specks
from tools.maps import MIN_COVERAGE
from tools.ramps import smooth_step
from tools.rows import Changed, Enlarged, Rows, once
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

_DUST = (
    Layer(1200, 0.0007, 0, 0.7, 0.75),
    Layer(420, 0.0013, 0, 1.3, 0.80),
    Layer(110, 0.0030, 0, 3.0, 0.60),
    Layer(26, 0.0080, 0, 6.0, 0.34),
)
_LAMPS = np.array(
    [(1, 0.40, 0.07), (1, 0.40, 0.07), (1, 0.60, 0.20), (1, 0.26, 0.14), (1, 0.80, 0.52), (0.35, 0.62, 1)], np.float32
)
"""Linear sRGB of street lamps, windows and signs; the commonest twice."""
_LAMP_COUNT = 75


def haze(linear: Rows, scene: Scene) -> Rows:
    """A thin warm haze, lit by the sun."""
    return fogged(linear, scene, 1.5, near=0.12, drift=0.1, tint=(1.06, 1.0, 0.90))


def mist(linear: Rows, scene: Scene) -> Rows:
    """Mist that lies low and drifts in banks."""
    _, y = scene.coordinates()
    low = Changed(lambda y: 0.35 + 1.1 * smooth_step(y, -0.45, 0.1) * smooth_step(y, 0.75, 0.15), y)
    return fogged(linear, scene, 2.1, near=0.08, drift=0.5, profile=low)


def rays(linear: Rows, scene: Scene) -> Rows:
    """Shafts of light through a thin haze."""
    return shone_through(once(fogged(linear, scene, 0.35)), scene, 95)


def dust(linear: Rows, scene: Scene) -> Rows:
    """Specks of dust that catch warm light."""

    def floating(hazy: FloatImage, around: FloatPlane, specks: FloatPlane) -> FloatImage:
        near_light = 0.45 + 0.55 * smooth_step(around, 0.02, 0.5)
        light = (specks * near_light)[..., None] * np.array([1.0, 0.86, 0.62], np.float32)
        return hazy + light * (1 - np.clip(hazy, 0, 1))

    hazy = once(fogged(linear, scene, 0.25, tint=(1.06, 1.0, 0.90)))
    around = scene.spread(Changed(lambda hazy: hazy.mean(axis=2), hazy, plane=True), (0.08, 1))
    return Changed(floating, hazy, around, specks(scene, _DUST))


def glow(linear: Rows, scene: Scene) -> Rows:
    """Lights that bloom softly into their surroundings."""
    return glowing(linear, scene, 1.1)


def bokeh_lights(linear: Rows, scene: Scene) -> Rows:
    """Round lights of a town, out of focus behind the subject."""

    def lit(linear: FloatImage, light: FloatImage, subject: FloatPlane) -> FloatImage:
        behind = colour.scaled(np.maximum(light, 0), 1 - subject)
        return linear + (1 - np.exp(-behind)) * (1 - np.clip(linear, 0, 1))

    none = np.broadcast_to(np.float32(0), linear.shape[:2])
    subject = scene.mask("subject") if scene.maps.coverage("subject") >= MIN_COVERAGE else none
    return Changed(lit, linear, Enlarged(_discs(scene), scene.height, scene.width), subject)


def _discs(scene: Scene) -> FloatImage:
    """Discs of light that add where they overlap, brighter at the rim, as simple lenses draw them."""
    rows, columns, diagonal = grid_of(scene)
    random = scene.random()
    places = random.uniform(0, 1, (_LAMP_COUNT, 2)) * (rows, columns)
    sizes = diagonal * np.clip(0.013 * random.lognormal(0, 0.55, _LAMP_COUNT), 0.004, 0.034)
    lamps = _LAMPS[random.integers(0, len(_LAMPS), _LAMP_COUNT)]
    power = random.lognormal(-0.7, 0.7, _LAMP_COUNT)
    canvas = np.zeros((rows, columns, 3), np.float32)
    for (y, x), size, lamp, bright in zip(places.tolist(), sizes.tolist(), lamps, power.tolist(), strict=True):
        top, left = max(0, int(y - size) - 2), max(0, int(x - size) - 2)
        patch = canvas[top : int(y + size) + 3, left : int(x + size) + 3]
        down = np.arange(patch.shape[0], dtype=np.float32)[:, None] + np.float32(top - y)
        across = np.arange(patch.shape[1], dtype=np.float32)[None, :] + np.float32(left - x)
        radius = np.hypot(down, across)
        disc = smooth_step(radius, size + 1.5, size - 1.5) * (0.7 + 0.5 * smooth_step(radius, 0.6 * size, 0.95 * size))
        patch += np.float32(bright) * disc[..., None] * lamp
    return canvas


AIRS: dict[str, Callable[[Rows, Scene], Rows]] = {
    "haze": haze,
    "mist": mist,
    "rays": rays,
    "dust": dust,
    "glow": glow,
    "bokeh_lights": bokeh_lights,
}
"""What each effect does at full strength, linear light to linear light."""
