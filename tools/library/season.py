"""Seasons: the colour of leaves and grass, snow on the ground, and the light that goes with them."""

import numpy as np

from tools import colour
from tools.library.ambience import ambience
from tools.library.guided import along_edges
from tools.maps import MIN_COVERAGE
from tools.ramps import smooth_step
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane


def in_season(oklab: FloatImage, scene: Scene, season: str) -> FloatImage:
    """Return the picture in `season` at full strength: leaves first, then the light."""
    leaves = leaf_weight(oklab, scene)
    match season:
        case "autumn":
            turned = _autumn_leaves(oklab, leaves, scene)
        case "spring":
            turned = _leaves(oklab, leaves, hue=126, pull=0.75, gain=1.22, lift=0.07)
        case "summer":
            turned = _leaves(oklab, leaves, hue=136, pull=0.35, gain=1.16, lift=-0.015)
        case _:
            turned = withered(oklab, scene)
    lit = ambience("season", season).apply(turned, scene)
    return snow_cover(lit, oklab, scene, 1.0) if season == "winter" else lit


def withered(oklab: FloatImage, scene: Scene) -> FloatImage:
    """Take most of their colour from leaves, the green and the golden; snow that thinly covers green looks minty."""
    return _leaves(oklab, leaf_weight(oklab, scene, first=40), hue=80, pull=0.3, gain=0.35, lift=0.0)


def leaf_weight(oklab: FloatImage, scene: Scene, first: float = 88) -> FloatPlane:
    """How much each pixel is leaf or grass: from the hue `first` to green, inside the foliage of the photo."""
    if scene.maps.coverage("foliage") < MIN_COVERAGE:
        return np.zeros(oklab.shape[:2], np.float32)
    hue, strength = colour.hue_degrees(oklab), colour.chroma(oklab)
    green = smooth_step(hue, first, first + 20) * smooth_step(hue, 178, 158) * smooth_step(strength, 0.012, 0.04)
    place = np.clip(along_edges(scene.maps.mask("foliage"), oklab[..., 0]), 0, 1)
    return green * smooth_step(place, 0.05, 0.5)


def snow_cover(lit: FloatImage, before: FloatImage, scene: Scene, amount: float) -> FloatImage:
    """Lay snow on the ground and on the upper sides of leaves; buildings, people and rooms stay bare.

    Upper sides are told by light: they are brighter than what surrounds them. On even ground such as a meadow the
    snow closes and only the large shapes show through.
    """
    place = _ground(before, scene)
    if not np.any(place > 0.01):
        return lit
    lightness = before[..., 0]
    around = scene.blur(lightness, 0.006)
    broad = scene.blur(lightness, 0.03)
    even = smooth_step(scene.blur(np.abs(lightness - around), 0.012), 0.05, 0.02)
    relief = (0.7 - 0.45 * even) * (lightness - around) + 0.3 * (around - broad)
    upper = smooth_step(relief, -0.10, 0.015)
    drift = np.clip(1.15 + 0.2 * scene.noise(0.04), 0.75, 1.4)
    weight = np.clip(np.float32(amount) * place * upper * drift, 0, 1)[..., None]
    snow = np.empty_like(lit)
    snow[..., 0] = 0.81 + 0.9 * np.clip(relief, -0.2, 0.2) + 0.12 * smooth_step(broad, 0.2, 0.8)
    snow[..., 1] = -0.005
    snow[..., 2] = -0.008 - 0.016 * (1 - smooth_step(lightness, 0.2, 0.6))
    return lit + weight * (snow - lit)


def _ground(oklab: FloatImage, scene: Scene) -> FloatPlane:
    """Where snow can lie: leaves, grass, soil and rock below the open sky."""
    outdoors = scene.maps.coverage("foliage") + scene.maps.coverage("sky")
    if outdoors < 0.04:
        return np.zeros(oklab.shape[:2], np.float32)
    hue, strength = colour.hue_degrees(oklab), colour.chroma(oklab)
    earth = smooth_step(hue, 35, 60) * smooth_step(hue, 175, 150) * smooth_step(strength, 0.16, 0.10)
    earth = earth * smooth_step(strength, 0.006, 0.02)
    _, y = scene.coordinates()
    low = smooth_step(y, -0.15, 0.35)
    leaves = leaf_weight(oklab, scene)
    place = np.maximum(leaves, 0.85 * earth * low)
    for name, share in (("sky", 1.0), ("skin", 1.0), ("subject", 0.9 * (1 - 0.9 * leaves))):
        if scene.maps.coverage(name) >= MIN_COVERAGE:
            place = place * (1 - share * np.clip(along_edges(scene.maps.mask(name), oklab[..., 0]), 0, 1))
    return np.clip(scene.blur(place, 0.006), 0, 1)


def _leaves(oklab: FloatImage, weight: FloatPlane, *, hue: float, pull: float, gain: float, lift: float) -> FloatImage:
    """Turn leaves towards a hue by the share `pull`, scale their chroma and shift their lightness."""
    wanted = np.broadcast_to(np.float32(hue), weight.shape)
    return _recoloured(oklab, weight * np.float32(pull), wanted, 1 + (gain - 1) * weight, lift * weight)


def _autumn_leaves(oklab: FloatImage, weight: FloatPlane, scene: Scene) -> FloatImage:
    """Turn leaves to gold, orange and rust, tree by tree a little different; smooth meadows only dry to straw."""
    lightness = oklab[..., 0]
    detail = np.abs(lightness - scene.blur(lightness, 0.004))
    _, y = scene.coordinates()
    tree = np.maximum(smooth_step(scene.blur(detail, 0.012), 0.018, 0.042), smooth_step(y, 0.20, -0.05))
    trees = 0.75 * scene.noise(0.07) + 0.45 * scene.noise(0.025)
    turned = 52 + 34 * smooth_step(lightness, 0.25, 0.85) + 11 * np.clip(trees, -1.6, 1.6)
    hue = 101 + tree * (turned - 101)
    gain = 1 + weight * (-0.18 + tree * (0.32 + 0.10 * smooth_step(lightness, 0.3, 0.6)))
    return _recoloured(oklab, weight * np.float32(0.94), hue.astype(np.float32), gain, 0.035 * weight)


def _recoloured(oklab: FloatImage, pull: FloatPlane, hue: FloatPlane, gain: FloatPlane, lift: FloatPlane) -> FloatImage:
    before, strength = colour.hue_degrees(oklab), colour.chroma(oklab)
    angle = np.radians(before + pull * (hue - before))
    result = np.empty_like(oklab)
    result[..., 0] = oklab[..., 0] + lift * smooth_step(oklab[..., 0], 0.05, 0.4)
    result[..., 1] = strength * gain * np.cos(angle)
    result[..., 2] = strength * gain * np.sin(angle)
    return result
