"""The eight colours that people name, as soft bands of Oklab hue."""

import numpy as np

from tools import colour
from tools.ramps import smooth_step
from tools.region import COLOURS
from tools.types import FloatImage, FloatPlane

HUE_CENTRES = {
    "red": 27,
    "orange": 58,
    "yellow": 104,
    "green": 142,
    "aqua": 195,
    "blue": 258,
    "purple": 300,
    "magenta": 345,
}
"""Centres of the eight colour bands in degrees of Oklab hue."""


def colour_weight(oklab: FloatImage, name: str) -> FloatPlane:
    """How much each pixel belongs to one of the eight colour bands: 1 at its hue, 0 at the neighbouring bands.

    Greys belong to no band; the weights of all bands of a vivid pixel add up to 1.
    """
    return _colour_weight(colour.hue_degrees(oklab), _vivid(oklab), name)


def chroma_by_colour(oklab: FloatImage) -> dict[str, float]:
    """The chroma of a picture divided among the eight colour bands: the sum of chroma times `colour_weight` of each.

    A vivid pixel lies between two centres and belongs to both, so all bands take one pass.
    """
    centres = np.array([*HUE_CENTRES.values(), HUE_CENTRES["red"] + 360], np.float32)
    hue = (colour.hue_degrees(oklab).ravel() - centres[0]) % 360 + centres[0]
    before = np.clip(np.searchsorted(centres, hue, side="right") - 1, 0, len(COLOURS) - 1)
    share = smooth_step((hue - centres[before]) / np.diff(centres)[before], 0, 1)
    strength = (colour.chroma(oklab) * _vivid(oklab)).ravel()
    lower, upper = (np.bincount(before, part * strength, len(COLOURS)) for part in (1 - share, share))
    return dict(zip(COLOURS, map(float, lower + np.roll(upper, 1)), strict=True))


def shorter_way(degrees: FloatPlane) -> FloatPlane:
    """The same angles within half a turn, [-180, 180]."""
    return degrees - np.float32(360) * np.rint(degrees * np.float32(1 / 360))


def _vivid(oklab: FloatImage) -> FloatPlane:
    return smooth_step(colour.chroma(oklab), 0.015, 0.05)


def _colour_weight(hue: FloatPlane, vivid: FloatPlane, name: str) -> FloatPlane:
    index = COLOURS.index(name)
    centre = HUE_CENTRES[name]
    before = HUE_CENTRES[COLOURS[index - 1]]
    after = HUE_CENTRES[COLOURS[(index + 1) % len(COLOURS)]]
    offset = shorter_way(hue - np.float32(centre))
    reach = np.where(offset < 0, np.float32((centre - before) % 360), np.float32((after - centre) % 360))
    return (smooth_step(np.abs(offset) / reach, 1, 0) * vivid).astype(np.float32)
