"""Maps of a photo: soft masks of its regions, a depth cue, and its attributes, found by measurement on the proxy.

They are cues from colour, texture and position, not recognition. A region that is not there is an error, never a
silent no-op.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import cv2
import numpy as np

from tools.attributes import Attributes
from tools.colour import Space
from tools.colour_bands import colour_weight
from tools.declare import ToolError
from tools.locate import Face, Segments, depth_cue, faces, foliage, segments, skin, sky, subject
from tools.lut import Colours
from tools.ramps import smooth_step
from tools.region import PLACES, Both, Either, Named, Not, Region, parse
from tools.rows import thinned
from tools.statistics import SAMPLE_PIXELS
from tools.types import FloatImage, FloatPlane

MIN_COVERAGE = 0.004
"""A region that covers less of the picture counts as not found."""


class Maps:
    """What is known of one photo, computed when first asked for; every plane has the size of the proxy."""

    def __init__(self, proxy_srgb: FloatImage) -> None:
        """Keep the photo's proxy, `(H, W, 3)` encoded sRGB."""
        self.proxy_srgb = proxy_srgb
        self._named: dict[str, FloatPlane] = {}

    @cached_property
    def attributes(self) -> Attributes:
        """Attributes of the photo; every edit of it is measured against them."""
        return Attributes(self.proxy_srgb)

    def is_of(self, srgb: FloatImage) -> bool:
        """Whether a picture is the photo."""
        return srgb is self.proxy_srgb or np.array_equal(srgb, self.proxy_srgb)

    @cached_property
    def _colours(self) -> Colours:
        return Colours(self.proxy_srgb)

    def colours_of(self, srgb: FloatImage) -> Colours:
        """The colours of a picture; those of the photo are kept."""
        return self._colours if srgb is self.proxy_srgb else Colours(srgb)

    def pixels(self, space: Space) -> FloatImage:
        """The proxy in a space; it must not be written to."""
        match space:
            case "srgb":
                return self.proxy_srgb
            case "linear":
                return self.attributes.linear
            case "oklab":
                return self.oklab

    @cached_property
    def sample(self) -> FloatImage:
        """Linear light of some pixels of the proxy, `thinned` to `SAMPLE_PIXELS`; it must not be written to."""
        return np.array(thinned(self.pixels("linear"), SAMPLE_PIXELS))

    @property
    def oklab(self) -> FloatImage:
        """The proxy in Oklab."""
        return self.attributes.oklab

    @cached_property
    def faces(self) -> tuple[Face, ...]:
        """Faces that look at the lens."""
        return faces(self.proxy_srgb)

    @cached_property
    def _pieces(self) -> Segments:
        return segments(self.proxy_srgb)

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
                return sky(self.oklab, self._pieces)
            case "foliage":
                return foliage(self.oklab)
            case "skin":
                return skin(self.proxy_srgb, self.faces)
            case "subject":
                return subject(self.proxy_srgb, self._pieces, self._plane("sky"), self._plane("skin"), self.faces)
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
