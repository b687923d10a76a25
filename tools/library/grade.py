"""A colour grade as data: what a film stock, a lab or a colourist does to tone and colour, in a dozen numbers.

    grade = Grade(contrast=0.2, saturation=1.2, highlights=(80, 0.02))
    graded = grade.apply(oklab, scene.statistics)

The grades of the library stand in `grades.toml`. A grade is pointwise: a pixel's result depends on that pixel and on
the statistics of the picture alone.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from tools import colour
from tools.colour_bands import HUE_CENTRES
from tools.ramps import smooth_step
from tools.statistics import Statistics
from tools.types import FloatImage, FloatPlane

HueChroma = tuple[float, float]
"""Oklab hue in degrees and Oklab chroma."""


class Grade(BaseModel):
    """Numbers of one grade; the defaults leave a picture as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gamma: float = 1
    """Exponent on lightness: below 1 lifts the middle tones, black and white stay."""
    stops: float = 0
    """Exposure in EV; used to darken."""
    key: float = 0
    """Median lightness below which `stops` darkens no further."""
    contrast: float = 0
    """Steepness of the S about the median lightness, 0 none; below 0 flattens."""
    black: float = 0
    white: float = 1
    """Oklab L that black and white are printed at."""
    saturation: float = 1
    """Gain of chroma."""
    tones: tuple[float, float, float] = (1, 1, 1)
    """Further gain of chroma in shadows, midtones and highlights."""
    density: float = 0
    """How much vivid colours darken, as dyes do."""
    filter: HueChroma = (0, 0)
    """Hue that is lightened before the colours are mixed down, and by how much a unit of chroma."""
    mono: float = 0
    """1 leaves no colour."""
    cast: HueChroma = (0, 0)
    """Colour of the light: hue, and chroma at white."""
    shadows: HueChroma = (0, 0)
    midtones: HueChroma = (0, 0)
    highlights: HueChroma = (0, 0)
    """Hue and chroma added to each part of the tone scale."""
    hues: dict[str, tuple[float, float, float]] = {}
    """Colour band: turn of hue in degrees, gain of chroma, shift of lightness."""

    def apply(self, oklab: FloatImage, statistics: Statistics) -> FloatImage:
        """Return the graded picture, `(H, W, 3)` Oklab."""
        result = self._expose(oklab, statistics.percentiles[2])
        if self.hues:
            result = self._turn_bands(result)
        lightness = result[..., 0]
        if self.filter[1]:
            a, b = _direction(self.filter[0])
            lightness = lightness + self.filter[1] * (a * result[..., 1] + b * result[..., 2])
        if self.density:
            lightness = lightness - self.density * colour.chroma(result)
        toned = self._curve(lightness, statistics.percentiles[2])
        gain = (1 - self.mono) * self.saturation * self._tonal_gain(toned) * _chroma_follows(result[..., 0], toned)
        out = np.empty_like(result)
        out[..., 0] = toned
        out[..., 1:] = result[..., 1:] * gain[..., None]
        return self._split_tone(out)

    def blend(self, oklab: FloatImage, graded: FloatImage, strength: float) -> FloatImage:
        """Return the picture graded by a share, 0 to 1; a black-and-white grade drains colour early."""
        colours = 1 - (1 - strength) ** (1 + 2 * self.mono)
        result = graded - oklab
        result *= np.array([strength, colours, colours], np.float32)
        result += oklab
        return result

    def _expose(self, oklab: FloatImage, median: float) -> FloatImage:
        factor = 2.0 ** (self.stops / 3)
        if self.key:
            factor = max(factor, min(1.0, self.key / max(median, 1e-3)))
        result = oklab * np.float32(factor)
        a, b = _direction(self.cast[0])
        light = np.clip(result[..., 0], 0, 1)
        result[..., 1] += np.float32(self.cast[1] * a) * light
        result[..., 2] += np.float32(self.cast[1] * b) * light
        return result

    def _turn_bands(self, oklab: FloatImage) -> FloatImage:
        strength = colour.chroma(oklab)
        vivid = smooth_step(strength, 0.008, 0.05)
        turn, gain, lift = _band_tables(tuple(sorted(self.hues.items())))
        index = colour.hue_degrees(oklab).astype(np.int32) % 360
        angle = np.radians(turn)[index] * vivid
        scale = 1 + (gain[index] - 1) * vivid
        cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
        result = np.empty_like(oklab)
        result[..., 0] = oklab[..., 0] + lift[index] * np.minimum(strength / np.float32(0.12), 1)
        result[..., 1] = oklab[..., 1] * cosine - oklab[..., 2] * sine
        result[..., 2] = oklab[..., 1] * sine + oklab[..., 2] * cosine
        return result

    def _curve(self, lightness: FloatPlane, median: float) -> FloatPlane:
        inside = np.clip(lightness, 0, 1)
        curve = _gamma(np.linspace(0, 1, 4097), self.gamma)
        pivot = float(np.clip(median * 2.0 ** (self.stops / 3), 0.35, 0.7))
        steep = 1 + self.contrast
        toe = pivot * (np.minimum(curve, pivot) / pivot) ** steep
        shoulder = (1 - pivot) * ((1 - np.maximum(curve, pivot)) / (1 - pivot)) ** steep
        curve = np.where(curve < pivot, toe, 1 - shoulder)
        curve = _veiled(curve, self.black) * self.white
        position = inside * np.float32(4096)
        low = np.minimum(position.astype(np.int32), 4095)
        table = curve.astype(np.float32)
        return table[low] + (position - low) * (table[low + 1] - table[low]) + (lightness - inside)

    def _tonal_gain(self, lightness: FloatPlane) -> FloatPlane:
        if self.tones == (1, 1, 1):
            return np.ones_like(lightness)
        dark, middle, bright = (np.float32(gain) for gain in self.tones)
        shade, light = 1 - smooth_step(lightness, 0.1, 0.5), smooth_step(lightness, 0.55, 0.98)
        return middle + (dark - middle) * shade + (bright - middle) * light

    def _split_tone(self, oklab: FloatImage) -> FloatImage:
        lightness = np.clip(oklab[..., 0], 0, 1)
        rise = smooth_step(lightness, 0.0, 0.18)
        shade = (1 - smooth_step(lightness, 0.2, 0.65)) * (0.35 + 0.65 * rise)
        light = smooth_step(lightness, 0.45, 0.9) * (1 - 0.55 * smooth_step(lightness, 0.9, 1.0))
        body = np.clip(4 * lightness * (1 - lightness), 0, 1)
        for weight, (hue, chroma) in ((shade, self.shadows), (body, self.midtones), (light, self.highlights)):
            if chroma:
                a, b = _direction(hue)
                oklab[..., 1] += np.float32(chroma * a) * weight
                oklab[..., 2] += np.float32(chroma * b) * weight
        return oklab


@cache
def grades(kind: str) -> dict[str, dict[str, Any]]:
    """The tables of `grades.toml` of one kind: `look`, `mood`, `time`, `season`, `weather`."""
    text = (Path(__file__).parent / "grades.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)[kind]


@cache
def look(name: str) -> Grade:
    """The grade of a look."""
    return Grade.model_validate(grades("look")[name])


def _gamma(tones: FloatPlane, gamma: float) -> FloatPlane:
    """A power curve whose slope at black is finite, so that it does not pull noise out of the shadows.

    It is held in [0, 1]: the rounding of powers, which differs between processors, else takes black below 0.
    """
    toe = 0.08
    return np.clip(((tones + toe) ** gamma - toe**gamma) / ((1 + toe) ** gamma - toe**gamma), 0, 1)


def _veiled(tones: FloatPlane, black: float) -> FloatPlane:
    """Lift black as stray light does: most where there is none, so that the steps of crushed shadows stay unseen."""
    return (black**1.5 + (1 - black**1.5) * tones**1.5) ** (2 / 3)


def _direction(hue: float) -> tuple[np.float32, np.float32]:
    return np.float32(np.cos(np.radians(hue))), np.float32(np.sin(np.radians(hue)))


def _chroma_follows(before: FloatPlane, after: FloatPlane) -> FloatPlane:
    """Gain of chroma that goes with a change of lightness: deeper shadows carry less of it."""
    ratio = (np.maximum(after, 0) + np.float32(0.06)) / (np.maximum(before, 0) + np.float32(0.06))
    return np.clip(ratio, 0.15, 1.4) ** np.float32(0.8)


@cache
def _band_tables(hues: tuple[tuple[str, tuple[float, float, float]], ...]) -> tuple[FloatPlane, ...]:
    """Turn, gain and lift for every degree of hue, smooth between the centres of the bands."""
    chosen = dict(hues)
    names = list(HUE_CENTRES)
    centres = np.array([HUE_CENTRES[name] for name in names], float)
    degrees = np.arange(360)
    tables = []
    for part, neutral in enumerate((0.0, 1.0, 0.0)):
        values = np.array([chosen[name][part] if name in chosen else neutral for name in names])
        table = np.interp(degrees, centres, values, period=360)
        smooth = np.convolve(np.r_[table[-12:], table, table[:12]], np.hanning(25) / np.hanning(25).sum(), "valid")
        tables.append(smooth.astype(np.float32))
    return tuple(tables)
