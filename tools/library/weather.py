"""Weather: its light and sky, and what falls or hangs in the air."""

from collections.abc import Callable

import numpy as np

from tools import colour
from tools.library import precipitation
from tools.library.ambience import ambience
from tools.library.atmosphere import cleared, fogged
from tools.library.season import snow_cover, withered
from tools.rows import Changed, Rows, once, thinned
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

_SAMPLE_PIXELS = 40_000
"""Pixels of which the mean is taken."""
_Weather = Callable[[Rows, Scene], Rows]


def fog(oklab: Rows, scene: Scene) -> Rows:
    """Flat light, and fog that swallows the distance."""
    flat = ambience("weather", "fog").apply(oklab, scene)
    return _in_linear(flat, lambda linear: fogged(linear, scene, 3.2, near=0.07, drift=0.25))


def rain(oklab: Rows, scene: Scene) -> Rows:
    """Grey light, wet dark surfaces, mist in the distance and three layers of streaks."""
    wet = ambience("weather", "rain").apply(oklab, scene)
    return _in_linear(wet, lambda linear: _streaked(_misty(linear, scene, 0.42), scene))


def snow(oklab: Rows, scene: Scene) -> Rows:
    """White sky, pale light, a first cover on the ground and flakes in five layers."""
    pale = snow_cover(ambience("weather", "snow").apply(once(withered(oklab, scene)), scene), oklab, scene, 0.85)
    return _in_linear(pale, lambda linear: _flaked(_misty(linear, scene, 0.85), scene))


def storm(oklab: Rows, scene: Scene) -> Rows:
    """A dark, torn sky with a pale horizon, hard light and deep shadows."""
    return ambience("weather", "storm").apply(oklab, scene)


def clear(oklab: Rows, scene: Scene) -> Rows:
    """Clean air, a blue sky, crisp light."""
    clean = _in_linear(oklab, lambda linear: cleared(linear, scene, 35))
    return ambience("weather", "clear").apply(once(clean), scene)


def overcast(oklab: Rows, scene: Scene) -> Rows:
    """A closed grey sky and soft light without shadows."""
    return ambience("weather", "overcast").apply(oklab, scene)


def _in_linear(oklab: Rows, change: Callable[[Rows], Rows]) -> Rows:
    linear = Changed(lambda strip: np.maximum(colour.oklab_to_linear(strip), 0), oklab)
    return Changed(colour.linear_to_oklab, change(once(linear)))


def _misty(linear: Rows, scene: Scene, thickness: float) -> Rows:
    return fogged(linear, scene, thickness, near=0.08, drift=0.15)


def _streaked(linear: Rows, scene: Scene) -> Rows:
    light = np.float32(0.25 + 0.45 * _level(linear)) * np.array([0.95, 1.0, 1.06], np.float32)

    def wet(linear: FloatImage, streaks: FloatPlane) -> FloatImage:
        return linear + np.float32(0.85) * streaks[..., None] * np.maximum(light - 0.35 * linear, 0)

    return Changed(wet, linear, precipitation.rain(scene))


def _flaked(linear: Rows, scene: Scene) -> Rows:
    light = np.float32(np.clip(2.2 * _level(linear), 0.45, 0.96)) * np.array([0.98, 1.0, 1.02], np.float32)

    def white(linear: FloatImage, flakes: FloatPlane) -> FloatImage:
        return linear + flakes[..., None] * np.maximum(light - linear, 0)

    return Changed(white, linear, precipitation.snow(scene))


def _level(linear: Rows) -> float:
    """Mean light of a picture."""
    return float(thinned(linear, _SAMPLE_PIXELS).mean())


WEATHERS: dict[str, _Weather] = {
    "fog": fog,
    "rain": rain,
    "snow": snow,
    "storm": storm,
    "clear": clear,
    "overcast": overcast,
}
"""What each weather does at full strength, Oklab to Oklab."""
