"""Maps of a photo: soft masks of its regions and a depth cue, found by measurement on the proxy.

They are cues from colour, texture and position, not recognition. A region that is not there is an error, never a
silent no-op.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import cv2
import numpy as np

from tools import colour
from tools.declare import ToolError
from tools.locate import Face, depth_cue, faces, foliage, skin, sky, subject
from tools.ramps import smooth_step
from tools.region import COLOURS, PLACES, Both, Either, Named, Not, Region, parse
from tools.types import FloatImage, FloatPlane

MIN_COVERAGE = 0.004
"""A region that covers less of the picture counts as not found."""
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


class Maps:
    """Masks and depth of one photo, computed when first asked for; every plane has the size of the proxy."""

    def __init__(self, proxy_srgb: FloatImage) -> None:
        """Keep the photo's proxy, `(H, W, 3)` encoded sRGB."""
        self.proxy_srgb = proxy_srgb
        self._named: dict[str, FloatPlane] = {}

    @cached_property
    def oklab(self) -> FloatImage:
        """The proxy in Oklab."""
        return colour.srgb_to_oklab(self.proxy_srgb)

    @cached_property
    def faces(self) -> tuple[Face, ...]:
        """Faces that look at the lens."""
        return faces(self.proxy_srgb)

    @cached_property
    def depth(self) -> FloatPlane:
        """Depth cue, 0 near to 1 far."""
        return depth_cue(self.oklab, self._plane("sky"), self._plane("subject"))

    def mask(self, region: str) -> FloatPlane:
        """Mask of a region expression, feathered along the edges of the photo.

        Raises:
            ToolError: if the expression is wrong or nothing of it is found in this photo.
        """
        mask = self._evaluate(parse(region))
        if float(mask.mean()) < MIN_COVERAGE:
            raise ToolError(f"region {region!r} is not found in this photo (it covers {mask.mean():.1%})")
        return mask

    def coverage(self, name: str) -> float:
        """Share of the picture that a named region covers, 0 to 1."""
        return float(self._plane(name).mean())

    def present(self) -> dict[str, float]:
        """The places found in this photo (sky, subject, ...) and the share of it that they cover."""
        with ThreadPoolExecutor(1) as aside:
            skin, _ = aside.submit(self.coverage, "skin"), aside.submit(self.coverage, "foliage")
            self.coverage("sky")
            skin.result()  # the subject is found by it
            self.coverage("subject")
        found = {name: self.coverage(name) for name in PLACES}
        return {name: share for name, share in found.items() if share >= MIN_COVERAGE}

    def _evaluate(self, region: Region) -> FloatPlane:
        match region:
            case Named(name):
                return self._plane(name)
            case Not(inner):
                return 1 - self._evaluate(inner)
            case Both(left, right):
                return self._evaluate(left) * self._evaluate(right)
            case Either(left, right):
                return np.maximum(self._evaluate(left), self._evaluate(right))

    def _plane(self, name: str) -> FloatPlane:
        if name not in self._named:
            self._named[name] = self._find(name).astype(np.float32)
        return self._named[name]

    def _find(self, name: str) -> FloatPlane:
        lightness = self.oklab[..., 0]
        height, width = lightness.shape
        match name:
            case "everywhere":
                return np.ones_like(lightness)
            case "sky":
                return sky(self.oklab)
            case "foliage":
                return foliage(self.oklab)
            case "skin":
                return skin(self.proxy_srgb, self.faces)
            case "subject":
                return subject(self.proxy_srgb, self._plane("sky"), self._plane("skin"), self.faces)
            case "background":
                return 1 - self._plane("subject")
            case "highlights":
                return _rise(lightness, 60, 90)
            case "shadows":
                return 1 - _rise(lightness, 10, 40)
            case "midtones":
                return np.clip(1 - self._plane("highlights") - self._plane("shadows"), 0, 1)
            case "left" | "right":
                rise = np.broadcast_to(smooth_step(np.linspace(0, 1, width), 0.35, 0.65), (height, width))
                return rise if name == "right" else 1 - rise
            case "top" | "bottom":
                rise = np.broadcast_to(smooth_step(np.linspace(0, 1, height), 0.35, 0.65)[:, None], (height, width))
                return rise if name == "bottom" else 1 - rise
            case "centre":
                y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
                return 1 - smooth_step(np.hypot(x, y), 0.35, 0.95)
            case _:
                return self._colour(name)

    def _colour(self, name: str) -> FloatPlane:
        """What people call by a colour: all that is nearer to its band than to another, wholly."""
        mask = smooth_step(colour_weight(self.oklab, name), 0.1, 0.6)
        return cv2.GaussianBlur(mask, (0, 0), 1.0)


def _rise(lightness: FloatPlane, first: float, last: float) -> FloatPlane:
    """How far each pixel has come from one percentile of lightness to another; 0 in a plain picture."""
    low, high = np.percentile(lightness, [first, last])
    return smooth_step(lightness, low, max(high, low + 1e-6))


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


def _vivid(oklab: FloatImage) -> FloatPlane:
    return smooth_step(colour.chroma(oklab), 0.015, 0.05)


def _colour_weight(hue: FloatPlane, vivid: FloatPlane, name: str) -> FloatPlane:
    index = COLOURS.index(name)
    centre = HUE_CENTRES[name]
    before = HUE_CENTRES[COLOURS[index - 1]]
    after = HUE_CENTRES[COLOURS[(index + 1) % len(COLOURS)]]
    offset = (hue - centre + 180) % 360 - 180
    reach = np.where(offset < 0, (centre - before) % 360, (after - centre) % 360)
    return (smooth_step(np.abs(offset) / reach, 1, 0) * vivid).astype(np.float32)
