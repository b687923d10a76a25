"""How much each pixel counts when a plane of numbers is averaged."""

from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.types import FloatPlane


class Weight:
    """A plane of weights; what follows from it alone is worked out once."""

    def __init__(self, plane: FloatPlane, *, is_everywhere: bool = False) -> None:
        """Keep a plane, which must not change afterwards.

        Args:
            plane: `(H, W) float32` in [0, 1].
            is_everywhere: whether it is 1 for every pixel.
        """
        self.plane = plane
        self.is_everywhere = is_everywhere

    @cached_property
    def total(self) -> float:
        """Sum over all pixels."""
        return float(self.plane.sum())

    def mean(self, plane: FloatPlane) -> float:
        """Weighted mean of a plane; 0 where there is no weight."""
        if self.is_everywhere:
            return cv2.mean(plane)[0]
        return float(np.vdot(plane, self.plane)) / self.total if self.total > 0 else 0.0

    def mean_magnitude(self, plane: FloatPlane) -> float:
        """Weighted mean of the magnitudes of a plane."""
        return cv2.norm(plane, cv2.NORM_L1) / plane.size if self.is_everywhere else self.mean(np.abs(plane))

    def share(self, where: NDArray[np.bool_]) -> float:
        """Weight of the pixels `where` it is asked for, `(H, W)`, as a share of all weight."""
        if self.is_everywhere:
            return np.count_nonzero(where) / where.size
        return self.mean(where.astype(np.float32))

    def deviation(self, plane: FloatPlane) -> float:
        """Weighted standard deviation of a plane."""
        mean = self.mean(plane)
        if self.is_everywhere:
            return float(np.sqrt(max(cv2.norm(plane, cv2.NORM_L2SQR) / plane.size - mean**2, 0.0)))
        apart = plane - np.float32(mean)
        return float(np.sqrt(max(self.mean(np.square(apart, out=apart)), 0.0)))

    def within(self, other: "Weight") -> "Weight":
        """What both weigh, as a product."""
        return other if self.is_everywhere else Weight(self.plane * other.plane)

    def outside(self) -> "Weight":
        """One less it."""
        return Weight(1 - self.plane)

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """Where it is more than a half, on every second pixel of every second row."""
        return self.plane[::2, ::2] > 0.5

    @cached_property
    def inside_counts(self) -> FloatPlane:
        """The same as 1 and 0."""
        return self.inside.astype(np.float32)

    def of_size(self, height: int, width: int) -> "Weight":
        """The same for a plane of another size; where that is smaller, averaged."""
        if self.is_everywhere:
            return everywhere(height, width)
        return Weight(cv2.resize(self.plane, (width, height), interpolation=cv2.INTER_AREA))


@lru_cache(maxsize=64)
def everywhere(height: int, width: int) -> Weight:
    """One for every pixel."""
    plane = np.ones((height, width), np.float32)
    plane.flags.writeable = False
    return Weight(plane, is_everywhere=True)
