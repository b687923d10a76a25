"""What can fill the air of a scene, each at full strength, in linear light."""

from collections.abc import Callable

import cv2
import numpy as np

from tools import colour
from tools.library.ambience import glowing
from tools.library.atmosphere import fogged, light_rays
from tools.library.precipitation import Layer, grid_of, specks
from tools.maps import MIN_COVERAGE
from tools.ramps import smooth_step
from tools.scene import Scene
from tools.types import FloatImage

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


def haze(linear: FloatImage, scene: Scene) -> FloatImage:
    """A thin warm haze, lit by the sun."""
    return fogged(linear, scene, 1.5, near=0.12, drift=0.1, tint=(1.06, 1.0, 0.90))


def mist(linear: FloatImage, scene: Scene) -> FloatImage:
    """Mist that lies low and drifts in banks."""
    _, y = scene.coordinates()
    low = 0.35 + 1.1 * smooth_step(y, -0.45, 0.1) * smooth_step(y, 0.75, 0.15)
    return fogged(linear, scene, 2.1, near=0.08, drift=0.5, profile=low)


def rays(linear: FloatImage, scene: Scene) -> FloatImage:
    """Shafts of light through a thin haze."""
    return light_rays(fogged(linear, scene, 0.35), scene, amount=95)


def dust(linear: FloatImage, scene: Scene) -> FloatImage:
    """Specks of dust that catch warm light."""
    hazy = fogged(linear, scene, 0.25, tint=(1.06, 1.0, 0.90))
    near_light = 0.45 + 0.55 * smooth_step(scene.blur(hazy.mean(axis=2), 0.08), 0.02, 0.5)
    light = (specks(scene, _DUST) * near_light)[..., None] * np.array([1.0, 0.86, 0.62], np.float32)
    return hazy + light * (1 - np.clip(hazy, 0, 1))


def glow(linear: FloatImage, scene: Scene) -> FloatImage:
    """Lights that bloom softly into their surroundings."""
    return glowing(linear, scene, 1.1)


def bokeh_lights(linear: FloatImage, scene: Scene) -> FloatImage:
    """Round lights of a town, out of focus behind the subject."""
    light = cv2.resize(_discs(scene), (scene.width, scene.height), interpolation=cv2.INTER_LINEAR)
    if scene.maps.coverage("subject") >= MIN_COVERAGE:
        light = colour.scaled(light, 1 - scene.mask("subject"))
    return linear + (1 - np.exp(-light)) * (1 - np.clip(linear, 0, 1))


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


AIRS: dict[str, Callable[[FloatImage, Scene], FloatImage]] = {
    "haze": haze,
    "mist": mist,
    "rays": rays,
    "dust": dust,
    "glow": glow,
    "bokeh_lights": bokeh_lights,
}
"""What each effect does at full strength, linear light to linear light."""
