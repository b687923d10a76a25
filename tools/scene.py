"""The scene a tool works in: statistics of the picture, its size, its maps, and seeded randomness.

Sizes in tools are fractions of the diagonal, so that a plan looks the same on the proxy and at full size.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from tools.maps import Maps
from tools.statistics import Statistics
from tools.types import FloatImage, FloatPlane


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

    @property
    def diagonal(self) -> float:
        """Length of the diagonal in px."""
        return float(np.hypot(self.height, self.width))

    def random(self) -> np.random.Generator:
        """A generator that gives the same numbers each time it is asked for."""
        return np.random.default_rng(self.seed)

    def fit(self, plane: FloatPlane) -> FloatPlane:
        """Scale a map of proxy size to the picture being rendered."""
        fitted = cv2.resize(plane, (self.width, self.height), interpolation=cv2.INTER_CUBIC)
        return np.clip(fitted, 0, 1, out=fitted)

    def mask(self, region: str) -> FloatPlane:
        """Mask of a region expression at the size of the picture, `(H, W)` in [0, 1]."""
        return self.fit(self.maps.mask(region))

    def depth(self) -> FloatPlane:
        """Depth *cue* at the size of the picture: 0 near, 1 far; estimated from position, blur and air."""
        return self.fit(self.maps.depth)

    def coordinates(self) -> tuple[FloatPlane, FloatPlane]:
        """Coordinates x and y of every pixel from the centre, in half-diagonals: the corners lie at distance 1."""
        x = (np.arange(self.width, dtype=np.float32) - (self.width - 1) / 2) / (self.diagonal / 2)
        y = (np.arange(self.height, dtype=np.float32) - (self.height - 1) / 2) / (self.diagonal / 2)
        return np.broadcast_to(x, (self.height, self.width)), np.broadcast_to(y[:, None], (self.height, self.width))

    def blur(self, image: FloatImage, radius: float, *, out: FloatImage | None = None) -> FloatImage:
        """Gaussian blur; `radius` is the standard deviation as a fraction of the diagonal.

        Wide blurs run on a reduced copy, which differs from the plain definition by less than the rounding of 8 bits.
        The result goes to `out`, which may be the image itself, or to a new array.
        """
        sigma = radius * self.diagonal
        if sigma < 0.2:
            return image
        factor = max(1, int(sigma / 4))
        if factor == 1:
            return cv2.GaussianBlur(image, (0, 0), sigma, dst=out, borderType=cv2.BORDER_REFLECT_101)
        height, width = image.shape[:2]
        size = (max(1, -(-width // factor)), max(1, -(-height // factor)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), sigma / factor, borderType=cv2.BORDER_REFLECT_101)
        return cv2.resize(small, (width, height), dst=out, interpolation=cv2.INTER_CUBIC)

    def noise(self, cell: float) -> FloatPlane:
        """Smooth Gaussian noise, mean 0 and deviation 1, with grains of `cell` as a fraction of the diagonal.

        It is drawn on a grid that does not depend on the size in px, so proxy and full size show the same grains.
        """
        rows = max(2, round(self.height / self.diagonal / cell))
        columns = max(2, round(self.width / self.diagonal / cell))
        grid = _grains(self.seed, rows, columns)
        shrinks = rows > self.height
        method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        return cv2.resize(grid, (self.width, self.height), interpolation=method)


@lru_cache(maxsize=8)
def _grains(seed: int, rows: int, columns: int) -> FloatPlane:
    """White noise; kept, because a plan is tried many times over with the same grain."""
    grid = np.random.default_rng(seed).standard_normal((rows, columns), np.float32)
    grid.flags.writeable = False
    return grid
