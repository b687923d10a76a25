"""What can fill the air of a scene, each at full strength, in linear light."""

from collections.abc import Callable

import numpy as np

from tools.library.ambience import glowing
from tools.library.atmosphere import fogged, light_rays
from tools.library.guided import smooth_step
from tools.library.precipitation import Layer, specks
from tools.maps import MIN_COVERAGE
from tools.scene import Scene
from tools.types import FloatImage

_DUST = (
    Layer(1200, 0.0007, 0, 0.7, 0.75),
    Layer(420, 0.0013, 0, 1.3, 0.80),
    Layer(110, 0.0030, 0, 3.0, 0.60),
    Layer(26, 0.0080, 0, 6.0, 0.34),
)
_BOKEH = (
    Layer(90, 0.005, 0, 0.9, 0.60),
    Layer(60, 0.011, 0, 1.1, 0.55),
    Layer(34, 0.020, 0, 1.4, 0.42),
    Layer(14, 0.032, 0, 2.0, 0.28),
)


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
    """Round warm lights out of focus behind the subject."""
    discs = specks(scene, _BOKEH)
    if scene.maps.coverage("subject") >= MIN_COVERAGE:
        discs = discs * (1 - scene.mask("subject"))
    warmth = np.clip(0.5 + 0.35 * scene.noise(0.12), 0, 1)[..., None]
    amber, rose = np.array([1.0, 0.46, 0.10], np.float32), np.array([1.0, 0.70, 0.40], np.float32)
    light = np.float32(1.05) * discs[..., None] * (rose + warmth * (amber - rose))
    return linear + light * (1 - np.clip(linear, 0, 1))


AIRS: dict[str, Callable[[FloatImage, Scene], FloatImage]] = {
    "haze": haze,
    "mist": mist,
    "rays": rays,
    "dust": dust,
    "glow": glow,
    "bokeh_lights": bokeh_lights,
}
"""What each effect does at full strength, linear light to linear light."""
