"""The scene a tool works in: statistics of the picture, its size, its maps, and seeded randomness.

Sizes in tools are fractions of the diagonal, so that a plan looks the same on the proxy and at full size.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from tools.maps import Maps
from tools.rows import KEPT_PIXELS, SHARP, SMOOTH, SPLINE, Changed, Cubic, Enlarged, Rows, averaged, halved, whole
from tools.statistics import Statistics
from tools.types import FloatImage, FloatPlane

_SIGMA_PX = 1.25
"""Least standard deviation of a blur, in px of the reduced copy on which it runs."""
_Pair = tuple[float, float]
"""Of rows and of columns."""
_PIXEL, _NONE = (1.0, 1.0), (0.0, 0.0)
Kept = dict[Hashable, FloatImage]
"""What a tool keeps of one picture, by names of its own."""


@dataclass(frozen=True)
class Scene:
    """What a tool may know beside the pixels it is given."""

    statistics: Statistics
    """Of the picture as it stands before this step, measured on the proxy."""
    maps: Maps
    """Region masks and depth cue of the photo as it was opened."""
    height: int
    width: int
    """Of the picture being rendered, in px."""
    seed: int
    """Differs from step to step; the same for the same plan and seed."""
    kept: Kept | None = None
    """What the tool kept of this picture, where it is tried with several amounts."""

    def once(self, name: Hashable, make: Callable[[], Rows]) -> Rows:
        """What does not depend on an amount: made once where the tool is tried with several on the same picture.

        Args:
            name: tells apart all that the tool keeps, and the arguments that it depends on.
            make: gives it; nobody may write to it.
        """
        if self.kept is None:
            return make()
        if name not in self.kept:
            self.kept[name] = whole(make())
        return self.kept[name]

    @property
    def diagonal(self) -> float:
        """Length of the diagonal in px."""
        return math.hypot(self.height, self.width)

    def random(self) -> np.random.Generator:
        """A generator that gives the same numbers each time it is asked for."""
        return np.random.default_rng(self.seed)

    def fit(self, plane: FloatPlane) -> Rows:
        """Scale a map in [0, 1] of proxy size to the picture being rendered."""
        return fit(plane, self.height, self.width)

    def mask(self, region: str) -> Rows:
        """Mask of a region expression at the size of the picture, `(H, W)` in [0, 1]."""
        return self.fit(self.maps.mask(region))

    def depth(self) -> Rows:
        """Depth *cue* at the size of the picture: 0 near, 1 far; estimated from position, blur and air."""
        return self.fit(self.maps.depth)

    def coordinates(self) -> tuple[FloatPlane, FloatPlane]:
        """Coordinates x and y of every pixel from the centre, in half-diagonals: the corners lie at distance 1."""
        x = (np.arange(self.width, dtype=np.float32) - (self.width - 1) / 2) / (self.diagonal / 2)
        y = (np.arange(self.height, dtype=np.float32) - (self.height - 1) / 2) / (self.diagonal / 2)
        return np.broadcast_to(x, (self.height, self.width)), np.broadcast_to(y[:, None], (self.height, self.width))

    def blur(self, image: FloatImage, radius: float) -> FloatImage:
        """Gaussian blur; `radius` is the standard deviation as a fraction of the diagonal."""
        return whole(self.spread(image, (radius, 1)))

    def spread(self, image: Rows, *lobes: tuple[float, float], interpolated: bool = False) -> Rows:
        """Spread the light of a picture by one Gaussian or a sum of them; what is wide is kept small.

        A blur of 2.5 px or more runs on a reduced copy, which differs from the plain definition by less than the
        rounding of 8 bits.

        Args:
            image: `(H, W)` or `(H, W, C)`; one that is kept small already is blurred there.
            lobes: standard deviation of each, as a fraction of the diagonal, ascending; and its weight.
            interpolated: whether the copy itself has the whole blur, since it will be changed by more than a factor;
                else some of it comes with the enlargement, which is more exact.
        """
        factor, is_large = self._reduction(lobes[0][0], _PIXEL), self.height * self.width > KEPT_PIXELS
        if isinstance(image, Enlarged):
            copy = image
        elif is_large and len(lobes) == 1 and factor <= 2:
            sigma, weight = lobes[0][0] * self.diagonal, np.float32(lobes[0][1])
            return Changed(lambda strip: weight * _blurred(strip, sigma, sigma), image, reach=math.ceil(4 * sigma) + 1)
        elif factor == 1:
            return self._spread(whole(image), lobes, _PIXEL, _NONE)
        else:
            copy = _reduced_copy(image, factor, SMOOTH if interpolated else SPLINE)
        known = _NONE if copy is image else _variance_of_copy(copy.pitches, _PIXEL)
        return copy.of(self._spread(copy.small, lobes, copy.pitches, _sum(known, copy.variance)))

    def _spread(
        self, image: FloatImage, lobes: Sequence[tuple[float, float]], pitch: _Pair, variance: _Pair
    ) -> FloatImage:
        """The same of an array, which may be a reduced copy, at its own size.

        Args:
            image: the array.
            lobes: see `spread`.
            pitch: px of the picture from one row and one column to the next.
            variance: px^2, that the copy has been and will be blurred with, down and across.
        """
        total: FloatImage | None = None
        for radius, weight in lobes:
            factor = self._reduction(radius, pitch)
            if factor == 1:
                spread = self._gaussian(image, radius, pitch, variance)
            else:
                copy = _reduced_copy(image, factor, SPLINE)
                wider = _product(pitch, copy.pitches)
                enlarging = _product(pitch, pitch, copy.variance)
                known = _sum(variance, _variance_of_copy(wider, pitch), enlarging)
                small = self._gaussian(copy.small, radius, wider, known)
                spread = whole(copy.of(small))
            spread = spread if weight == 1 else np.float32(weight) * spread
            total = spread if total is None else total + spread
        assert total is not None
        return total

    def _reduction(self, radius: float, pitch: _Pair) -> int:
        """How many times smaller a copy may be on which a blur of what has this pitch runs: 1, or an even number."""
        return max(1, 2 * int(radius * self.diagonal / max(pitch) / _SIGMA_PX / 2))

    def _gaussian(self, image: FloatImage, radius: float, pitch: _Pair, variance: _Pair) -> FloatImage:
        """Blur a copy by what is not blurred yet."""
        wanted = (radius * self.diagonal) ** 2
        sigma_y, sigma_x = (math.sqrt(max(wanted - own, 1e-4)) / px for own, px in zip(variance, pitch, strict=True))
        return image if max(sigma_y, sigma_x) < 0.2 else _blurred(image, sigma_y, sigma_x)

    def noise(self, cell: float) -> Rows:
        """Smooth Gaussian noise, mean 0 and deviation 1, with grains of `cell` as a fraction of the diagonal.

        It is drawn on a grid that does not depend on the size in px, nor on how that was rounded, so proxy and full
        size show the same grains.
        """
        pitch, nodes = cell * self.diagonal, _grains(self.seed, cell, self.height, self.width)
        return nodes if pitch < 1 else Enlarged(nodes, self.height, self.width, pitch=pitch, cubic=SHARP)


def fit(plane: FloatPlane, height: int, width: int) -> Rows:
    """Scale a map in [0, 1] of proxy size to a picture."""
    return Changed(_unit, Enlarged(plane, height, width, cubic=SHARP))


def _reduced_copy(image: Rows, factor: int, cubic: Cubic) -> Enlarged:
    """A copy so many times smaller, averaged to twice its size, then halved; it is enlarged by a filter."""
    height, width = image.shape[:2]
    if factor == 2:
        return Enlarged(halved(whole(image)), height, width, pitch=2, cubic=cubic)
    rows, columns = (min(2 * -(-side // factor), side) for side in (height, width))
    return Enlarged(halved(averaged(image, rows, columns)), height, width, cubic=cubic)


def _variance_of_copy(pitch: _Pair, before: _Pair) -> _Pair:
    """Variance, px^2, of the blur of a reduced copy: by averaging (1/48 of a squared pitch) and halving (3/16).

    Args:
        pitch: of the copy, px of the picture.
        before: of what it is a copy of.
    """
    down, across = (5 / 24 * own**2 - other**2 / 12 for own, other in zip(pitch, before, strict=True))
    return down, across


def _sum(*pairs: _Pair) -> _Pair:
    return math.fsum(down for down, _ in pairs), math.fsum(across for _, across in pairs)


def _product(*pairs: _Pair) -> _Pair:
    return math.prod(down for down, _ in pairs), math.prod(across for _, across in pairs)


def _blurred(image: FloatImage, sigma_y: float, sigma_x: float) -> FloatImage:
    return cv2.GaussianBlur(image, (0, 0), sigma_x, sigmaY=sigma_y, borderType=cv2.BORDER_REFLECT)


def _unit(plane: FloatPlane) -> FloatPlane:
    return np.clip(plane, 0, 1)


@lru_cache(maxsize=8)
def _grains(seed: int, cell: float, height: int, width: int) -> FloatPlane:
    """White noise, a number for each grain, or for each pixel where grains are smaller; nobody may write to it.

    It is kept, because a plan is tried many times over with the same grain.
    """
    pitch = cell * math.hypot(height, width)
    rows, columns = (max(2, math.ceil(side / pitch)) for side in (height, width))
    grid = _drawn(seed, rows, math.ceil(1 / cell) + 1)[:, :columns]
    if pitch >= 1:
        return np.ascontiguousarray(grid)
    grains = cv2.resize(grid, None, fx=pitch, fy=pitch, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(grains[:height, :width], np.float32)


@lru_cache(maxsize=2)
def _drawn(seed: int, rows: int, columns: int) -> FloatPlane:
    """Random numbers, the same for a small and a large copy of a photo."""
    return np.random.default_rng(seed).standard_normal((rows, columns), np.float32)
