"""The light of an hour, a season, a weather or a mood: a grade, a sky, a low sun, glow, mist and dark corners.

Each is a table of `grades.toml`; `Ambience.apply` lays it over a picture at full strength.
"""

from functools import cache

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict

from tools import colour
from tools.library.atmosphere import fogged
from tools.library.grade import Grade, HueChroma, grades
from tools.library.guided import base_layer, lightness_of
from tools.library.optics import haloed
from tools.maps import MIN_COVERAGE
from tools.ramps import smooth_step
from tools.rows import SHARP, Changed, Enlarged, Rows, averaged, once, thinned
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

_SAMPLE_PIXELS = 40_000
"""Pixels of which means and percentiles are taken."""
_DARK_SKY_SHARE = 0.5
"""How far a night sky takes the colours of a bright one: more would show every lamp and cable cut out of it."""


class Ambience(BaseModel):
    """Numbers of one ambience; all but the grade are 0 to 1 and off by default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grade: Grade = Grade()
    sky: tuple[str, ...] = ()
    """sRGB of the sky from the zenith to the horizon."""
    sky_amount: float = 0
    """How far the sky takes these colours."""
    clouds: float = 0
    """Depth of a deck of clouds drawn into a bare sky."""
    sun: float = 0
    """Light of a low sun from the brighter side."""
    sunlight: HueChroma = (70, 0.06)
    """Oklab hue of that light, and its chroma at white."""
    lights: float = 0
    """How far lamps stay lit when the scene darkens."""
    local_contrast: float = 0
    """+ deepens large shapes, - flattens them as soft light does."""
    spotlight: float = 0
    """A pool of light on the subject."""
    vignette: float = 0
    """Darkness of the corners."""
    glow: float = 0
    """How much the lights bloom."""
    mist: float = 0
    """Thickness of mist in the distance."""

    def apply(self, oklab: Rows, scene: Scene) -> Rows:
        """Return the picture in this ambience, `(H, W, 3)` Oklab."""
        lamps = _lamps(oklab, scene) if self.lights else None
        sky = sky_mask(oklab, scene) if self.sky else None
        result = once(Changed(lambda strip: self.grade.apply(strip, scene.statistics), oklab))
        if self.local_contrast:
            result = _shape(result, self.local_contrast)
        if sky is not None:
            result = self._paint_sky(result, oklab, sky, scene)
        if self.sun or self.spotlight or self.vignette:
            result = self._light(result, scene)
        if lamps is not None:
            result = Changed(self._lamplit, result, oklab, lamps)
        if self.glow or self.mist:
            result = self._scatter(result, scene)
        return result

    def _lamplit(self, graded: FloatImage, before: FloatImage, lamps: FloatPlane) -> FloatImage:
        lit = before * np.float32(0.94)
        pale = lamps * (1 - _warmth(before))
        lit[..., 1] += np.float32(0.02) * pale
        lit[..., 2] += np.float32(0.045) * pale
        return graded + (np.float32(self.lights) * lamps)[..., None] * (lit - graded)

    def _paint_sky(self, graded: Rows, before: Rows, sky: Rows, scene: Scene) -> Rows:
        """Move the sky to its colours; clouds keep their shapes, twigs and towers in front of it their darkness."""
        shares = thinned(sky, _SAMPLE_PIXELS)
        total = max(float(shares.sum()), 1e-3)
        reference = float((thinned(before, _SAMPLE_PIXELS)[..., 0] * shares).sum()) / total
        tint = (thinned(graded, _SAMPLE_PIXELS)[..., 1:] * shares[..., None]).sum(axis=(0, 1)) / np.float32(total)
        palette = _gradient(self.sky, _sky_rows(scene))
        rise = float(palette[:, 0].mean()) - reference
        amount = self.sky_amount * float(np.interp(rise, [0.0, 0.2], [1, _DARK_SKY_SHARE]))
        deck = _cloud_deck(scene) if self.clouds else np.broadcast_to(np.float32(0), sky.shape)

        def painted(
            graded: FloatImage, before: FloatImage, sky: FloatPlane, palette: FloatImage, deck: FloatPlane
        ) -> FloatImage:
            offset = before[..., 0] - np.float32(reference)
            dimmer = np.clip(palette[..., 0] / np.float32(max(reference, 1e-3)), 0.35, 1)
            shapes = np.float32(0.8) * np.minimum(offset, offset * dimmer) + np.float32(0.11 * self.clouds) * deck
            target = palette.copy()
            target[..., 0] = _shoulder(target[..., 0] + shapes)
            target[..., 1:] += np.float32(0.35) * (graded[..., 1:] - tint)
            weight = np.float32(amount) * sky * smooth_step(offset, -0.42, -0.16)
            return graded + weight[..., None] * (target - graded)

        return Changed(painted, graded, before, sky, np.broadcast_to(palette[:, None], graded.shape), deck)

    def _light(self, oklab: Rows, scene: Scene) -> Rows:
        side = _bright_side(scene) if self.sun else 0.0
        centre = _subject_place(scene) if self.spotlight else (0.0, 0.0)
        hue, chroma = self.sunlight
        x, y = scene.coordinates()
        farthest = max(float(x[-1, -1]), 1e-3)

        def lit(oklab: FloatImage, x: FloatPlane, y: FloatPlane) -> FloatImage:
            stops, warm = np.zeros_like(x), np.zeros_like(x)
            if self.sun:
                fall = np.clip(0.5 + 0.5 * side * x / farthest - 0.15 * y, 0, 1)
                stops = stops + np.float32(self.sun) * (1.1 * fall - 0.55)
                warm = np.float32(self.sun) * fall * smooth_step(oklab[..., 0], 0.2, 0.75)
            if self.vignette or self.spotlight:
                distance = np.hypot(x - np.float32(centre[0]), (y - np.float32(centre[1])) * np.float32(1.15))
                stops = stops - np.float32(1.9 * self.vignette) * smooth_step(distance, 0.30, 1.15)
                stops = stops + np.float32(0.9 * self.spotlight) * np.exp(-((distance / 0.42) ** 2))
            result = oklab * np.exp2(stops / 3)[..., None]
            result[..., 0] = _shoulder(result[..., 0])
            result[..., 1] += np.float32(chroma * np.cos(np.radians(hue))) * warm
            result[..., 2] += np.float32(chroma * np.sin(np.radians(hue))) * warm
            return result

        return Changed(lit, oklab, x, y)

    def _scatter(self, oklab: Rows, scene: Scene) -> Rows:
        linear = once(Changed(colour.oklab_to_linear, oklab))
        if self.mist:
            tint = colour.oklab_to_linear(np.array([[[1.0, *self._mist_tint()]]], np.float32))[0, 0]
            level = np.float32(2.0 ** min(self.grade.stops, 0)) * np.float32(self.grade.white)
            linear = once(fogged(linear, scene, 1.4 * self.mist, near=0.05, tint=tuple(tint * level)))
        if self.glow:
            linear = glowing(linear, scene, self.glow)
        return Changed(colour.linear_to_oklab, linear)

    def _mist_tint(self) -> tuple[float, float]:
        hue, chroma = self.grade.highlights
        angle = np.radians(hue)
        return float(chroma * np.cos(angle)), float(chroma * np.sin(angle))


@cache
def ambience(kind: str, name: str) -> Ambience:
    """The ambience called `name` of one kind: `mood`, `time`, `season`, `weather`."""
    return Ambience.model_validate(grades(kind)[name])


def glowing(linear: Rows, scene: Scene, amount: float) -> Rows:
    """Let the lights of a picture bloom; nothing bright is blown out further."""
    tones = np.quantile(np.clip(colour.luminance(thinned(linear, _SAMPLE_PIXELS)), 0, 1), [0.75, 0.99])
    third, top = (float(np.clip(tone, 0.05, 1)) for tone in tones)

    def lights(linear: FloatImage) -> FloatImage:
        luminance = np.clip(colour.luminance(linear), 0, 1)
        return np.clip(linear, 0, 1) * smooth_step(luminance, 0.7 * third, max(top, third + 0.1))[..., None]

    def lit(linear: FloatImage, halo: FloatImage) -> FloatImage:
        return haloed(linear, np.maximum(halo, 0), 0.75 * amount)

    return Changed(lit, linear, scene.spread(Changed(lights, linear), (0.012, 0.6), (0.04, 0.4)))


def sky_mask(oklab: Rows, scene: Scene) -> Rows | None:
    """Mask of the sky to the pixel, at the size of the picture; None where the photo shows no sky.

    The map of the photo says where sky is for sure; near its border a pixel is sky if it has the colour of the sky
    beside it, so that roofs and trees get no rim of the old sky.
    """
    if scene.maps.coverage("sky") < MIN_COVERAGE:
        return None
    known = scene.maps.mask("sky")
    rows, columns = known.shape
    long_side = max(rows, columns)
    copy = averaged(oklab, rows, columns)
    sure = known * known
    sums = cv2.GaussianBlur(np.dstack([copy * sure[..., None], sure]), (0, 0), 0.03 * long_side)
    beside = sums[..., :3] / np.maximum(sums[..., 3:], np.float32(1e-3))
    side = 2 * max(1, round(0.018 * long_side)) + 1
    near = cv2.dilate(known, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    near = cv2.GaussianBlur(near, (0, 0), 0.004 * long_side + 0.3)
    inside = smooth_step(known, 0.9, 1.0)
    maps = np.dstack([beside, near, inside]).astype(np.float32)

    def decided(oklab: FloatImage, maps: FloatImage) -> FloatPlane:
        apart = (oklab - maps[..., :3]) * np.array([1, 2, 2], np.float32)
        alike = smooth_step(np.sqrt(np.square(apart).sum(axis=2)), 0.14, 0.05)
        return np.clip(np.maximum(maps[..., 4], maps[..., 3] * alike), 0, 1)

    return Changed(decided, oklab, Enlarged(maps, scene.height, scene.width), plane=True)


def _shoulder(lightness: FloatPlane) -> FloatPlane:
    """Roll lightness off above 0.85 so that it nears 1.02 and never passes it."""
    over = np.maximum(lightness - np.float32(0.85), 0)
    return np.minimum(lightness, np.float32(0.85)) + np.float32(0.17) * (1 - np.exp(-over / np.float32(0.17)))


def _shape(oklab: Rows, amount: float) -> Rows:
    """Deepen or flatten shapes of about a twentieth of the picture, without halos at edges."""
    base = base_layer(lightness_of(oklab), 0.05, 0.15)
    level = float(thinned(base, _SAMPLE_PIXELS).mean())

    def shaped(oklab: FloatImage, base: FloatPlane) -> FloatImage:
        lightness, result = oklab[..., 0], oklab.copy()
        if amount > 0:
            inside = np.clip(4 * lightness * (1 - lightness), 0, 1)
            result[..., 0] += np.float32(amount) * inside * np.clip(lightness - base, -0.2, 0.2)
        else:
            result[..., 0] += np.float32(0.5 * amount) * (base - np.float32(level))
        return result

    return Changed(shaped, oklab, base)


def _warmth(oklab: FloatImage) -> FloatPlane:
    """How much each pixel has the colour of lamplight."""
    return smooth_step(oklab[..., 2], 0.035, 0.10)


def _lamps(oklab: Rows, scene: Scene) -> Rows:
    """How much each pixel looks like a lamp, bright in the dark and small or fire-coloured, or lit by one at night."""
    dark, night = np.float32(np.interp(scene.statistics.mean_lightness, [0.42, 0.62], [1, 0])), _night(scene)

    def lamps(oklab: FloatImage, around: FloatPlane) -> FloatPlane:
        lightness = oklab[..., 0]
        small, flame = smooth_step(lightness - around, 0.12, 0.32), smooth_step(oklab[..., 2], 0.08, 0.14)
        lamps = np.maximum(small, flame) * smooth_step(lightness, 0.55, 0.8)
        lit = np.float32(0.8) * _warmth(oklab) * smooth_step(lightness, 0.2, 0.5)
        return np.maximum(dark * lamps, night * lit)

    sharp = Changed(lamps, oklab, scene.spread(lightness_of(oklab), (0.05, 1)), plane=True)
    return Changed(lambda soft: np.clip(soft, 0, 1), scene.spread(sharp, (0.0015, 1)))


def _night(scene: Scene) -> np.float32:
    """Whether it is night already, 0 to 1: only the sky tells it from dark clothes."""
    if scene.maps.coverage("sky") < MIN_COVERAGE:
        return np.float32(0)
    level = float(np.average(scene.maps.oklab[..., 0], weights=scene.maps.mask("sky")))
    return np.float32(np.interp(level, [0.3, 0.45], [1, 0]))


def _bright_side(scene: Scene) -> float:
    """+1 where the photo is brighter on its right, -1 on its left."""
    lightness = scene.maps.oklab[..., 0]
    columns = lightness.mean(axis=0)
    weights = np.linspace(-1, 1, columns.size)
    return 1.0 if float((columns * weights).sum()) >= 0 else -1.0


def _subject_place(scene: Scene) -> tuple[float, float]:
    """Centre of the subject in half-diagonals from the middle; half-way to it, so that the pool stays in the frame."""
    if scene.maps.coverage("subject") < MIN_COVERAGE:
        return 0.0, 0.0
    mask = scene.maps.mask("subject")
    rows, columns = mask.shape
    half = np.hypot(rows, columns) / 2
    weight = mask / max(float(mask.sum()), 1e-6)
    x = float((weight.sum(axis=0) * (np.arange(columns) - (columns - 1) / 2)).sum()) / half
    y = float((weight.sum(axis=1) * (np.arange(rows) - (rows - 1) / 2)).sum()) / half
    return 0.7 * x, 0.7 * y


def _sky_rows(scene: Scene) -> FloatPlane:
    """Place of each row between the zenith, 0, and the horizon, 1."""
    rows = scene.maps.mask("sky").sum(axis=1)
    below = np.cumsum(rows) / max(float(rows.sum()), 1e-6)
    horizon = max(float(np.searchsorted(below, 0.97)) / rows.size, 0.05)
    return np.clip((np.arange(scene.height, dtype=np.float32) + 0.5) / scene.height / horizon, 0, 1)


def _gradient(colours: tuple[str, ...], places: FloatPlane) -> FloatImage:
    """Oklab of a gradient of sRGB colours at places 0 to 1, `(N, 3)`, smooth at the stops."""
    codes = np.array([[int(code[i : i + 2], 16) for i in (1, 3, 5)] for code in colours], np.float32) / 255
    stops = colour.srgb_to_oklab(codes[None])[0]
    position = places * (len(colours) - 1)
    weights = np.exp(-(((position[:, None] - np.arange(len(colours))) / 0.6) ** 2))
    weights /= weights.sum(axis=1, keepdims=True)
    return (weights @ stops).astype(np.float32)


def _cloud_deck(scene: Scene) -> Rows:
    """A deck of clouds seen from below, mean 0: fractal noise that closes up towards the horizon."""
    rows, columns = scene.maps.oklab.shape[:2]
    random = scene.random()
    texture = np.zeros((256, 256), np.float32)
    for octave in range(2, 7):
        cells = random.standard_normal((2**octave, 2**octave)).astype(np.float32)
        tiled = np.pad(cells, 2, mode="wrap")
        size = 256 + 4 * (256 >> octave)
        fine = cv2.resize(tiled, (size, size), interpolation=cv2.INTER_CUBIC)
        margin = (size - 256) // 2
        texture += fine[margin : margin + 256, margin : margin + 256] * np.float32(0.62 ** (octave - 2))
    texture = np.tanh(texture / texture.std())
    place = np.interp(np.linspace(0, 1, rows), np.linspace(0, 1, scene.height), _sky_rows(scene)).astype(np.float32)
    distance = 1 / (1.18 - place[:, None])
    across = (np.arange(columns, dtype=np.float32)[None, :] / max(columns, 2) - 0.5) * 150 * distance
    away = np.broadcast_to(190 * distance, (rows, columns))
    deck = cv2.remap(
        texture, across.astype(np.float32), away.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
    )
    deck = deck * (1 - 0.75 * smooth_step(place, 0.75, 1.0))[:, None]
    return Enlarged(deck, scene.height, scene.width, cubic=SHARP)
