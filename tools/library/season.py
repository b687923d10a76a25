"""Seasons: the colour of leaves and grass, snow on the ground, and the light that goes with them."""

import numpy as np

from tools import colour
from tools.library.ambience import ambience
from tools.library.guided import along_edges, lightness_of
from tools.maps import MIN_COVERAGE
from tools.ramps import smooth_step
from tools.rows import Changed, Rows, once
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane


def in_season(oklab: Rows, scene: Scene, season: str) -> Rows:
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
    lit = ambience("season", season).apply(once(turned), scene)
    return snow_cover(lit, oklab, scene, 1.0) if season == "winter" else lit


def withered(oklab: Rows, scene: Scene) -> Rows:
    """Take most of their colour from leaves, the green and the golden; snow that thinly covers green looks minty."""
    return _leaves(oklab, leaf_weight(oklab, scene, first=40), hue=80, pull=0.3, gain=0.35, lift=0.0)


def leaf_weight(oklab: Rows, scene: Scene, first: float = 88) -> Rows:
    """How much each pixel is leaf or grass: from the hue `first` to green, inside the foliage of the photo."""

    def leafy(oklab: FloatImage, place: FloatPlane) -> FloatPlane:
        hue, strength = colour.hue_degrees(oklab), colour.chroma(oklab)
        green = smooth_step(hue, first, first + 20) * smooth_step(hue, 178, 158) * smooth_step(strength, 0.012, 0.04)
        return green * smooth_step(place, 0.05, 0.5)

    if scene.maps.coverage("foliage") < MIN_COVERAGE:
        return np.broadcast_to(np.float32(0), oklab.shape[:2])
    return once(Changed(leafy, oklab, along_edges(scene.maps.mask("foliage"), lightness_of(oklab)), plane=True))


def snow_cover(lit: Rows, before: Rows, scene: Scene, amount: float) -> Rows:
    """Lay snow on the ground and on the upper sides of leaves; buildings, people and rooms stay bare.

    Upper sides are told by light: they are brighter than what surrounds them. On even ground such as a meadow the
    snow closes and only the large shapes show through.
    """
    lightness = lightness_of(before)
    around, broad = scene.spread(lightness, (0.006, 1)), scene.spread(lightness, (0.03, 1))
    detail = scene.spread(Changed(_apart, lightness, around), (0.012, 1))

    def covered(
        lit: FloatImage,
        before: FloatImage,
        place: FloatPlane,
        around: FloatPlane,
        broad: FloatPlane,
        detail: FloatPlane,
        drift: FloatPlane,
    ) -> FloatImage:
        lightness, even = before[..., 0], smooth_step(detail, 0.05, 0.02)
        relief = (0.7 - 0.45 * even) * (lightness - around) + 0.3 * (around - broad)
        upper = smooth_step(relief, -0.10, 0.015)
        deep = np.clip(1.15 + 0.2 * drift, 0.75, 1.4)
        weight = np.clip(np.float32(amount) * np.clip(place, 0, 1) * upper * deep, 0, 1)[..., None]
        snow = np.empty_like(lit)
        snow[..., 0] = 0.81 + 0.9 * np.clip(relief, -0.2, 0.2) + 0.12 * smooth_step(broad, 0.2, 0.8)
        snow[..., 1] = -0.005
        snow[..., 2] = -0.008 - 0.016 * (1 - smooth_step(lightness, 0.2, 0.6))
        return lit + weight * (snow - lit)

    if scene.maps.coverage("foliage") + scene.maps.coverage("sky") < 0.04:
        return lit
    ground = scene.spread(_ground(before, scene), (0.006, 1))
    return Changed(covered, lit, before, ground, around, broad, detail, scene.noise(0.04))


def _ground(oklab: Rows, scene: Scene) -> Rows:
    """Where snow can lie: leaves, grass, soil and rock below the open sky."""
    names = [name for name in ("sky", "skin", "subject") if scene.maps.coverage(name) >= MIN_COVERAGE]
    places = [along_edges(scene.maps.mask(name), lightness_of(oklab)) for name in names]

    def bare(oklab: FloatImage, leaves: FloatPlane, y: FloatPlane, *places: FloatPlane) -> FloatPlane:
        hue, strength = colour.hue_degrees(oklab), colour.chroma(oklab)
        earth = smooth_step(hue, 35, 60) * smooth_step(hue, 175, 150) * smooth_step(strength, 0.16, 0.10)
        earth = earth * smooth_step(strength, 0.006, 0.02)
        ground = np.maximum(leaves, 0.85 * earth * smooth_step(y, -0.15, 0.35))
        for name, place in zip(names, places, strict=True):
            share = 0.9 * (1 - 0.9 * leaves) if name == "subject" else 1.0
            ground = ground * (1 - share * np.clip(place, 0, 1))
        return ground

    _, y = scene.coordinates()
    return Changed(bare, oklab, leaf_weight(oklab, scene), y, *places, plane=True)


def _leaves(oklab: Rows, weight: Rows, *, hue: float, pull: float, gain: float, lift: float) -> Rows:
    """Turn leaves towards a hue by the share `pull`, scale their chroma and shift their lightness."""

    def turned(oklab: FloatImage, weight: FloatPlane) -> FloatImage:
        wanted = np.broadcast_to(np.float32(hue), weight.shape)
        return _recoloured(oklab, weight * np.float32(pull), wanted, 1 + (gain - 1) * weight, lift * weight)

    return Changed(turned, oklab, weight)


def _autumn_leaves(oklab: Rows, weight: Rows, scene: Scene) -> Rows:
    """Turn leaves to gold, orange and rust, tree by tree a little different; smooth meadows only dry to straw."""

    def turned(
        oklab: FloatImage, weight: FloatPlane, rough: FloatPlane, y: FloatPlane, broad: FloatPlane, fine: FloatPlane
    ) -> FloatImage:
        lightness = oklab[..., 0]
        tree = np.maximum(smooth_step(rough, 0.018, 0.042), smooth_step(y, 0.20, -0.05))
        trees = 0.75 * broad + 0.45 * fine
        gold = 52 + 34 * smooth_step(lightness, 0.25, 0.85) + 11 * np.clip(trees, -1.6, 1.6)
        hue = (101 + tree * (gold - 101)).astype(np.float32)
        gain = 1 + weight * (-0.18 + tree * (0.32 + 0.10 * smooth_step(lightness, 0.3, 0.6)))
        return _recoloured(oklab, weight * np.float32(0.94), hue, gain, 0.035 * weight)

    lightness, (_, y) = lightness_of(oklab), scene.coordinates()
    detail = Changed(_apart, lightness, scene.spread(lightness, (0.004, 1)))
    rough = scene.spread(detail, (0.012, 1))
    return Changed(turned, oklab, weight, rough, y, scene.noise(0.07), scene.noise(0.025))


def _apart(plane: FloatPlane, other: FloatPlane) -> FloatPlane:
    return np.abs(plane - other)


def _recoloured(oklab: FloatImage, pull: FloatPlane, hue: FloatPlane, gain: FloatPlane, lift: FloatPlane) -> FloatImage:
    before, strength = colour.hue_degrees(oklab), colour.chroma(oklab)
    angle = np.radians(before + pull * (hue - before))
    result = np.empty_like(oklab)
    result[..., 0] = oklab[..., 0] + lift * smooth_step(oklab[..., 0], 0.05, 0.4)
    result[..., 1] = strength * gain * np.cos(angle)
    result[..., 2] = strength * gain * np.sin(angle)
    return result
