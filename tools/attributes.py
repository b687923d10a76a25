"""Attributes of a picture: numbers with the names and the directions of the goals that people state.

Every attribute grows in the direction of its name: more `warmth` is warmer, more `haze` hazier. They are measured on
the proxy in Oklab, over the whole picture or weighted by a mask, by the formulas of `tools.attribute_formulas`. `UNIT`
says how much of each a person plainly sees.
"""

import math
from collections.abc import Callable, Hashable
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import attribute_formulas, attribute_kernels, colour, detail_kernels
from tools.colour import Space
from tools.colour_bands import colour_weight
from tools.rows import SHARP, Enlarged, block_means
from tools.types import FloatImage, FloatPlane
from tools.weight import Weight, everywhere

UNIT: dict[str, float] = {
    "brightness": 8.0,
    "contrast": 3.5,
    "highlights": 6.0,
    "shadows": 6.0,
    "warmth": 1.8,
    "tint": 1.5,
    "cast": 1.5,
    "saturation": 2.0,
    "clarity": 0.8,
    "sharpness": 0.6,
    "noise": 0.35,
    "grain": 0.35,
    "haze": 6.0,
    "vignette": 12.0,
    "bloom": 1.8,
    "fade": 6.0,
    "monochrome": 2.5,
    "bokeh": 0.35,
    "rays": 0.3,
    "leak": 6.0,
    "colour": 1.5,
}
"""A plain change of each attribute, in its own unit; `hue` goals are measured in the unit of `colour`."""

_ELSEWHERE = ("cast", "colour", "grain", "bokeh", "rays", "leak")
"""Attributes that need a colour, a subject or a picture before the edit, or are measured only for who asks."""
Told = TypeVar("Told")
LEVELS = 1024
"""Levels of L at which pixels are counted."""
TONES = 64
"""Levels of L at which a curve of tones is known."""
PLACE_PX = 8
"""Side of the squares in which the fine detail of a picture is known."""


_LIMITS = ((0.0006, 0.985), (0.86, 0.98), (0.07, 0.13), 0.19)
"""What is black and white, what is full and vivid, and what is gaudy; see `attribute_kernels.walk`."""


class Overall(NamedTuple):
    """What all pixels of a picture together tell."""

    lightness: float
    """Mean Oklab L."""
    variance: float
    """Of L."""
    a: float
    b: float
    chroma: float
    """Means."""
    clipped: float
    """Share that is pure black or white."""
    burnt: float
    """Share that is a vivid colour with a channel at the top; nearly there and nearly vivid count in part.

    A channel counts from 0.86 of the linear range, a chroma from 0.07.
    """
    gaudy: float
    """Share of chroma over 0.19."""


class _Fine(NamedTuple):
    """Fine detail of L."""

    plane: FloatPlane
    of_places: FloatPlane
    """Its mean magnitude in squares of `PLACE_PX`."""
    mean_magnitude: float
    rest: FloatPlane
    """L without it."""


class _Middle(NamedTuple):
    """Middle detail of L."""

    mean_magnitude: float
    """By every second pixel of every second row."""
    rest: Enlarged
    """L without it and what is finer."""


class Attributes:
    """Attributes of one picture, and the planes that they are told by, each measured once, when it is asked for.

    Args:
        srgb: `(H, W, 3)` encoded sRGB of proxy size.
        reference: the picture before editing; the pixels that *were* the highlights, the shadows and the surroundings
            of lights are then compared with themselves. By default the picture is its own reference.
    """

    lightness: FloatPlane
    """Oklab L."""
    a: FloatPlane
    """Oklab a: from green (-) to magenta (+)."""
    b: FloatPlane
    """Oklab b: from blue (-) to yellow (+)."""
    overall: Overall
    """What all pixels together tell."""

    def __init__(self, srgb: FloatImage, reference: "Attributes | None" = None) -> None:
        self._walk(srgb, "srgb", reference)

    @classmethod
    def of_light(cls, linear: FloatImage, reference: "Attributes | None" = None) -> "Attributes":
        """The same of linear sRGB inside the gamut."""
        picture = cls.__new__(cls)
        picture._walk(linear, "linear", reference)
        return picture

    def _walk(self, picture: FloatImage, space: Space, reference: "Attributes | None") -> None:
        self._picture, self._space = np.ascontiguousarray(picture, np.float32), space
        self._reference = reference  # not itself: a picture that holds itself stays in memory for long
        height, width = picture.shape[:2]
        down, across = (height + 1) // 2, (width + 1) // 2
        self.lightness, self.a, self.b = (np.empty((height, width), np.float32) for _ in range(3))
        self._blocks = np.empty((4, down, across), np.float32)
        self._told: dict[Hashable, object] = {}
        pixels = self._picture.reshape(height, -1)
        means = attribute_kernels.walk(pixels, space == "srgb", self.planes, self._blocks, _LIMITS)
        self.overall = Overall(*means.tolist())

    @cached_property
    def linear(self) -> FloatImage:
        """The picture in linear light."""
        return colour.between(self._picture, self._space, "linear")

    @property
    def halved(self) -> FloatImage:
        """Means of linear light over blocks of 2 x 2 pixels."""
        return cv2.merge([*self._blocks[:3]])

    @cached_property
    def chroma(self) -> FloatPlane:
        """Oklab chroma."""
        return cv2.magnitude(self.a, self.b)

    def measure(self, name: str, mask: FloatPlane | None = None, *, named: str | None = None) -> float:
        """The value of an attribute, over the picture or weighted by `mask`.

        Args:
            name: an attribute of `UNIT`, or `hue`.
            mask: `(H, W)` in [0, 1].
            named: the colour that `colour` and `hue` speak of.
        """
        if mask is not None:
            return attribute_formulas.measure(self, name, Weight(mask), named)
        return self.once((name, named), lambda: attribute_formulas.measure(self, name, self.everywhere, named))

    def once(self, name: Hashable, make: Callable[[], Told]) -> Told:
        """What the whole picture alone tells under a name, worked out when it is first asked for."""
        if name not in self._told:
            self._told[name] = make()
        return cast(Told, self._told[name])

    def all(self) -> dict[str, float]:
        """Every attribute that belongs to the whole picture, rounded for people and for prompts."""
        names = [name for name in UNIT if name not in _ELSEWHERE]
        return {name: round(self.measure(name), 2) for name in names}

    @property
    def reference(self) -> "Attributes":
        """The picture before editing, or this one."""
        return self._reference or self

    @property
    def everywhere(self) -> Weight:
        """One for every pixel."""
        return everywhere(*self.lightness.shape)

    @property
    def planes(self) -> tuple[FloatPlane, FloatPlane, FloatPlane]:
        """Oklab L, a and b."""
        return self.lightness, self.a, self.b

    @cached_property
    def oklab(self) -> FloatImage:
        """The picture in Oklab."""
        return cv2.merge(self.planes)

    def mean(self, plane: Literal["lightness", "a", "b", "chroma"], weight: Weight) -> float:
        """Weighted mean of a plane; those of the whole picture are known."""
        if weight.is_everywhere:
            return cast(float, getattr(self.overall, plane))
        return weight.mean(getattr(self, plane))

    def mean_magnitude(self, detail: Literal["fine", "middle"], weight: Weight) -> float:
        """Weighted mean of the magnitudes of fine or middle detail of L."""
        if weight.is_everywhere:
            known: _Fine | _Middle = getattr(self, f"_{detail}")
            return known.mean_magnitude
        return weight.mean_magnitude(getattr(self, detail))

    def deviation(self, weight: Weight) -> float:
        """Weighted standard deviation of L."""
        if weight.is_everywhere:
            return float(np.sqrt(max(self.overall.variance, 0.0)))
        return weight.deviation(self.lightness)

    @cached_property
    def hue(self) -> FloatPlane:
        """Oklab hue in degrees, [0, 360)."""
        return colour.hue_degrees(self.oklab)

    def belonging(self, band: str) -> FloatPlane:
        """How much each pixel belongs to a colour band; see `tools.colour_bands`."""
        return self.once(("belonging", band), lambda: colour_weight(self.oklab, band))

    @cached_property
    def highlights(self) -> Weight:
        """The brightest 15 % of the pixels."""
        return Weight(self._lightest(0.15).astype(np.float32))

    @cached_property
    def shadows(self) -> Weight:
        """The darkest 20 % of the pixels."""
        level = np.ceil(self.quantile(0.20) * LEVELS) / LEVELS
        return Weight((self.lightness <= level).astype(np.float32))

    @cached_property
    def glow(self) -> tuple[Weight, Weight]:
        """The ring close around the brightest 3 % of the pixels, and the ring beyond it."""
        lights = self._lightest(0.03).astype(np.uint8)
        side = max(self.lightness.shape)
        close, wide = (
            cv2.dilate(lights, np.ones((reach, reach), np.uint8)) for reach in (side // 33 | 3, side // 8 | 3)
        )
        return Weight((close - lights).astype(np.float32)), Weight((wide - close).astype(np.float32))

    @property
    def fine(self) -> FloatPlane:
        """Fine detail of L: what is under 0.3 % of the diagonal."""
        return self._fine.plane

    @property
    def fine_of_places(self) -> FloatPlane:
        """Mean magnitude of fine detail in squares of `PLACE_PX`; those at the border repeat its pixels."""
        return self._fine.of_places

    @cached_property
    def middle(self) -> FloatPlane:
        """Middle detail of L: from 0.3 % to 2.5 % of the diagonal."""
        return self._fine.rest - self._middle.rest[:]

    @cached_property
    def roughness(self) -> FloatPlane:
        """Mean middle detail around each pixel."""
        return cv2.blur(np.abs(self.middle), (9, 9))

    @cached_property
    def flat(self) -> Weight:
        """The four tenths of the picture that have least middle detail."""
        return attribute_formulas.flat(self, self.everywhere)

    @cached_property
    def dark_channel(self) -> FloatPlane:
        """Least light of any channel in the surroundings of each pixel, encoded (He et al., 2009); at half the size."""
        return colour.cube_root(cv2.erode(self._blocks[3], np.ones((5, 5), np.uint8)))

    @cached_property
    def edges(self) -> FloatPlane:
        """Square root of the gradient of L at a quarter of the size (Scharr), `(N,)`."""
        return detail_kernels.edges(block_means(self.lightness, 4))

    @cached_property
    def residual(self) -> FloatPlane:
        """What L gained that a curve of the reference's L, the same all over the picture, does not explain."""
        was, result = self.reference.lightness, np.empty_like(self.lightness)
        attribute_kernels.beside_curve(self.lightness.reshape(-1), was.reshape(-1), self.tone_gain, result.reshape(-1))
        return result

    @cached_property
    def tone_gain(self) -> FloatPlane:
        """Mean gain of L at each of `TONES` levels of the reference's L, `(TONES,)`."""
        tones, counts = self.reference.tones
        return attribute_kernels.mean_gain(self.lightness, self.reference.lightness, tones, np.maximum(counts, 1))

    @cached_property
    def tones(self) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
        """Which of `TONES` levels every second pixel of every second row lies in, and how many lie in each."""
        tones = attribute_kernels.tones(self.lightness, TONES)
        return tones, np.bincount(tones.ravel(), minlength=TONES)

    def quantile(self, share: float) -> float:
        """Lightness below which a share of the picture lies, by the level that holds it."""
        below, wanted = self._below, share * self.lightness.size
        level = min(int(np.searchsorted(below, wanted, side="right")), LEVELS - 1)
        before = float(below[level - 1]) if level else 0.0
        return (level + (wanted - before) / max(float(below[level]) - before, 1.0)) / LEVELS

    def _lightest(self, share: float) -> NDArray[np.bool_]:
        """Where the lightest share of the pixels is, and all that lie in the same level of L."""
        return self.lightness >= np.floor(self.quantile(1 - share) * LEVELS) / LEVELS

    @cached_property
    def levels(self) -> FloatPlane:
        """How many pixels lie in each of `LEVELS` levels of L, `(LEVELS,)`."""
        return attribute_kernels.histogram(self.lightness.reshape(-1), None, LEVELS)

    @cached_property
    def _below(self) -> FloatPlane:
        """How many pixels lie in each level or below it."""
        return np.cumsum(self.levels)

    @property
    def _diagonal(self) -> float:
        return float(np.hypot(*self.lightness.shape))

    @cached_property
    def _fine(self) -> _Fine:
        sigma_px = max(0.6, 0.003 * self._diagonal)
        taps = _half_of_gaussian(sigma_px)
        height, width = self.lightness.shape
        if min(height, width) < len(taps):
            smooth = cv2.GaussianBlur(self.lightness, (0, 0), sigma_px)
            left = self.lightness - smooth
            sizes = np.abs(left)
            return _Fine(left, block_means(sizes, PLACE_PX), float(sizes.mean()), smooth)
        blurred, fine = np.empty_like(self.lightness), np.empty_like(self.lightness)
        of_places = np.empty((-(-height // PLACE_PX), -(-width // PLACE_PX)), np.float32)
        total = detail_kernels.fine_detail(self.lightness, taps, blurred, fine, PLACE_PX, of_places)
        return _Fine(fine, of_places, total / fine.size, blurred)

    @cached_property
    def _middle(self) -> _Middle:
        sigma_px = max(1.2, 0.025 * self._diagonal)
        reduction = max(1, int(sigma_px / 3))
        small = block_means(self.lightness, reduction)  # what is left has no finer detail
        wide = cv2.GaussianBlur(small, (0, 0), sigma_px / reduction)
        rest = Enlarged(wide, *self.lightness.shape, pitch=reduction, cubic=SHARP)
        return _Middle(detail_kernels.mean_apart(rest.every(2), self._fine.rest, 2), rest)


@lru_cache(maxsize=16)
def _half_of_gaussian(sigma_px: float) -> FloatPlane:
    """Weights of a blur from its middle out to 3 sigma, and zeros up to a multiple of 3 to each side."""
    reach = math.ceil(3 * sigma_px)
    weights = np.zeros(reach + -reach % 3 + 1, np.float32)
    weights[: reach + 1] = cv2.getGaussianKernel(2 * reach + 1, sigma_px, cv2.CV_32F)[reach:, 0]
    return weights
