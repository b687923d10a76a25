"""A photo cut into segments of even colour, and what is measured on each."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import colour
from tools.locate.plane import finite, gradient
from tools.rows import reduced
from tools.types import FloatImage, FloatPlane

WORKING_PX = 176
"""Long side of the copy that is cut."""
SCALE = 120
"""Larger values give larger segments."""
SMALLEST_PX = 30
"""Least size of a segment on that copy."""
LEAST_PX = 8
"""Short side of that copy below which there are too few pieces to tell things apart."""
_TO_BYTES = np.array([255, 600, 600], np.float32)
"""Oklab scaled so that a step in L and in a, b of the same visibility is a similar step in 8 bits."""


@dataclass(frozen=True)
class Segments:
    """Segments of a small Oklab picture; every measure is an array with one value a segment."""

    oklab: FloatImage
    labels: NDArray[np.int32]
    """`(H, W)`, 0 to `count` - 1."""
    count: int

    def mean(self, plane: FloatPlane) -> FloatPlane:
        """Mean of a plane over each segment."""
        sums = np.bincount(self.labels.ravel(), plane.ravel(), self.count)
        return (sums / self.pixels).astype(np.float32)

    def paint(self, values: FloatPlane) -> FloatPlane:
        """Plane that shows each segment's value."""
        return values.astype(np.float32)[self.labels]

    def contact(self, line: NDArray[np.int32]) -> FloatPlane:
        """Share of a line of labels, such as the top row, that belongs to each segment."""
        return (np.bincount(line.ravel(), minlength=self.count) / max(line.size, 1)).astype(np.float32)

    @cached_property
    def pixels(self) -> FloatPlane:
        """Size of each segment in px."""
        return np.bincount(self.labels.ravel(), minlength=self.count).astype(np.float32)

    @cached_property
    def share(self) -> FloatPlane:
        """Size of each segment as a share of the picture."""
        return self.pixels / self.labels.size

    @cached_property
    def colours(self) -> FloatPlane:
        """`(count, 3)` mean Oklab."""
        return np.stack([self.mean(self.oklab[..., axis]) for axis in range(3)], axis=1)

    @cached_property
    def texture(self) -> FloatPlane:
        """Mean lightness gradient inside each segment, its border left out."""
        inside = ~self._borders
        steps = gradient(cv2.GaussianBlur(self.oklab[..., 0], (0, 0), 0.7))
        counts = np.bincount(self.labels.ravel(), inside.ravel(), self.count)
        sums = np.bincount(self.labels.ravel(), (steps * inside).ravel(), self.count)
        return np.where(counts > 0, sums / np.maximum(counts, 1), self.mean(steps)).astype(np.float32)

    @cached_property
    def depth(self) -> FloatPlane:
        """Mean height of each segment in the frame, 0 top to 1 bottom."""
        rows = np.linspace(0, 1, self.labels.shape[0], dtype=np.float32)
        return self.mean(np.broadcast_to(rows[:, None], self.labels.shape))

    @cached_property
    def neighbours(self) -> NDArray[np.bool_]:
        """`(count, count)` table of the segments that touch."""
        table = np.zeros((self.count, self.count), bool)
        for one, other in ((self.labels[1:], self.labels[:-1]), (self.labels[:, 1:], self.labels[:, :-1])):
            table[one, other] = table[other, one] = True
        return table

    @cached_property
    def _borders(self) -> NDArray[np.bool_]:
        smallest = cv2.erode(self.labels.astype(np.float32), np.ones((3, 3), np.uint8))
        largest = cv2.dilate(self.labels.astype(np.float32), np.ones((3, 3), np.uint8))
        return largest != smallest


def segments(srgb: FloatImage) -> Segments:
    """Cut a picture, `(H, W, 3)` encoded sRGB of any size, into segments on a copy of `WORKING_PX`.

    Felzenszwalb and Huttenlocher, "Efficient Graph-Based Image Segmentation", IJCV 2004.
    """
    small = colour.srgb_to_oklab(reduced(finite(srgb), WORKING_PX))
    coded = np.clip(small * _TO_BYTES + np.array([0, 128, 128], np.float32), 0, 255).astype(np.uint8)
    cutter = cv2.ximgproc.segmentation.createGraphSegmentation(0.6, SCALE, SMALLEST_PX)
    labels = np.asarray(cutter.processImage(coded), np.int32).reshape(small.shape[:2])
    return Segments(small, labels, int(labels.max()) + 1)
