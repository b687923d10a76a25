"""Weather: its light and sky, and what falls or hangs in the air."""

from collections.abc import Callable

import numpy as np

from tools import colour
from tools.library import precipitation
from tools.library.ambience import ambience
from tools.library.atmosphere import dehaze, fogged
from tools.library.season import snow_cover, withered
from tools.scene import Scene
from tools.strips import in_strips
from tools.types import FloatImage

_Weather = Callable[[FloatImage, Scene], FloatImage]


def fog(oklab: FloatImage, scene: Scene) -> FloatImage:
    """Flat light, and fog that swallows the distance."""
    flat = ambience("weather", "fog").apply(oklab, scene)
    return _in_linear(flat, lambda linear: fogged(linear, scene, 3.2, near=0.07, drift=0.25))


def rain(oklab: FloatImage, scene: Scene) -> FloatImage:
    """Grey light, wet dark surfaces, mist in the distance and three layers of streaks."""
    wet = ambience("weather", "rain").apply(oklab, scene)
    return _in_linear(wet, lambda linear: _streaked(_misty(linear, scene, 0.42), scene))


def snow(oklab: FloatImage, scene: Scene) -> FloatImage:
    """White sky, pale light, a first cover on the ground and flakes in five layers."""
    pale = snow_cover(ambience("weather", "snow").apply(withered(oklab, scene), scene), oklab, scene, 0.85)
    return _in_linear(pale, lambda linear: _flaked(_misty(linear, scene, 0.85), scene))


def storm(oklab: FloatImage, scene: Scene) -> FloatImage:
    """A dark, torn sky with a pale horizon, hard light and deep shadows."""
    return ambience("weather", "storm").apply(oklab, scene)


def clear(oklab: FloatImage, scene: Scene) -> FloatImage:
    """Clean air, a blue sky, crisp light."""
    clean = _in_linear(oklab, lambda linear: dehaze(linear, scene, amount=35))
    return ambience("weather", "clear").apply(clean, scene)


def overcast(oklab: FloatImage, scene: Scene) -> FloatImage:
    """A closed grey sky and soft light without shadows."""
    return ambience("weather", "overcast").apply(oklab, scene)


def _in_linear(oklab: FloatImage, change: Callable[[FloatImage], FloatImage]) -> FloatImage:
    linear = in_strips(lambda strip: np.maximum(colour.oklab_to_linear(strip), 0), oklab)
    return in_strips(colour.linear_to_oklab, change(linear))


def _misty(linear: FloatImage, scene: Scene, thickness: float) -> FloatImage:
    return fogged(linear, scene, thickness, near=0.08, drift=0.15)


def _streaked(linear: FloatImage, scene: Scene) -> FloatImage:
    light = np.float32(0.25 + 0.45 * float(linear.mean())) * np.array([0.95, 1.0, 1.06], np.float32)
    streaks = np.float32(0.85) * precipitation.rain(scene)[..., None]
    return linear + streaks * np.maximum(light - 0.35 * linear, 0)


def _flaked(linear: FloatImage, scene: Scene) -> FloatImage:
    light = np.float32(np.clip(2.2 * float(linear.mean()), 0.45, 0.96)) * np.array([0.98, 1.0, 1.02], np.float32)
    flakes = precipitation.snow(scene)[..., None]
    return linear + flakes * np.maximum(light - linear, 0)


WEATHERS: dict[str, _Weather] = {
    "fog": fog,
    "rain": rain,
    "snow": snow,
    "storm": storm,
    "clear": clear,
    "overcast": overcast,
}
"""What each weather does at full strength, Oklab to Oklab."""
