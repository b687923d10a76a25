"""Pictures that are made row by row when they are asked for, so that no whole one of them need be kept.

    glow = Enlarged(small, height, width)       # a blurred picture, kept small
    result = Changed(np.add, image, glow)       # nothing has happened yet
    result[100:116]                             # 16 rows of the sum

An array is such a picture too.
"""

from collections.abc import Callable
from functools import lru_cache
from math import sqrt
from typing import Any, NamedTuple, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import resample_kernels
from tools.strips import in_strips, over_strips
from tools.types import FloatImage, FloatPlane

OPENCV_PAYS = 0.35
"""Scale above which OpenCV averages faster than our own loop."""


class Rows(Protocol):
    """`(H, W)` or `(H, W, C)`, of which rows can be had."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width, and channels if there are some."""
        ...

    def __getitem__(self, rows: slice, /) -> Any:
        """Some rows, as an array."""
        ...


class Lazy(Rows, Protocol):
    """Rows that are made when they are asked for."""

    def every(self, stride: int) -> FloatImage:
        """Every so many pixels of every so many rows, as an array."""
        ...


class Changed:
    """A change that treats every pixel by itself, of one picture and others of its size."""

    def __init__(self, change: Callable[..., FloatImage], image: Rows, *others: Rows, plane: bool = False) -> None:
        """Keep what is to be done.

        Args:
            change: takes rows of each picture and gives new ones; it leaves those it is given alone.
            image: `(H, W)` or `(H, W, C)`.
            others: further ones of H rows.
            plane: whether a plane `(H, W)` comes out, not as many channels as `image` has.
        """
        self.shape = image.shape[:2] if plane else image.shape
        self._change, self._images = change, (image, *others)

    def __getitem__(self, rows: slice) -> FloatImage:
        """Rows of all pictures, changed."""
        return self._change(*(image[rows] for image in self._images))

    def every(self, stride: int) -> FloatImage:
        """Every so many pixels of every so many rows, changed."""
        return self._change(*(every(image, stride) for image in self._images))


class Enlarged:
    """A smooth picture that is kept small; its rows come from it by cubic interpolation (Keys, 1981)."""

    def __init__(self, small: FloatImage | FloatPlane, height: int, width: int) -> None:
        """Take `(h, w)` or `(h, w, C) float32`, and the size in px that it stands for."""
        self.shape: tuple[int, ...] = (height, width, *small.shape[2:])
        self.small = np.ascontiguousarray(small)

    def __getitem__(self, rows: slice) -> FloatImage:
        """Some rows at full size."""
        if self.small.shape == self.shape:
            return self.small[rows]
        return self._at(rows, slice(None))

    def every(self, stride: int) -> FloatImage:
        """Every so many pixels of every so many rows."""
        return self._at(slice(None, None, stride), slice(None, None, stride))

    def _at(self, rows: slice, columns: slice) -> FloatImage:
        down, across = _between(self.small.shape[0], self.shape[0]), _between(self.small.shape[1], self.shape[1])
        height, width, *channels = self.shape
        depth = channels[0] if channels else 1
        size = len(range(height)[rows]), len(range(width)[columns])
        result = np.empty((size[0], size[1] * depth), np.float32)
        small = self.small.reshape(self.small.shape[0], -1)
        places, weights = across.places[columns], across.weights[columns]
        resample_kernels.enlarge(small, depth, result, down.places[rows], down.weights[rows], places, weights)
        return result.reshape(*size, *channels)


def smoothly(change: Callable[[FloatImage], FloatImage], image: Rows) -> Rows:
    """What becomes of a smooth picture under a change that keeps it smooth: done where it is kept small."""
    return Enlarged(change(image.small), *image.shape[:2]) if isinstance(image, Enlarged) else change(whole(image))


class _Between(NamedTuple):
    places: NDArray[np.int32]
    """`(N,)`: the first of the four nodes around each pixel."""
    weights: NDArray[np.float32]
    """`(N, 4)`."""


@lru_cache(maxsize=16)
def _between(nodes: int, pixels: int) -> _Between:
    """Where pixels lie between nodes, and what each of four of them weighs."""
    position = (np.arange(pixels) + 0.5) * nodes / pixels - 0.5
    cell = np.floor(position)
    t = position - cell
    weights = [((2 - t) * t - 1) * t, (3 * t - 5) * t * t + 2, ((4 - 3 * t) * t + 1) * t, (t - 1) * t * t]
    return _Between((cell - 1).astype(np.int32), (np.stack(weights, axis=-1) / 2).astype(np.float32))


def averaged(image: Rows, rows: int, columns: int, unit: float = 1.0) -> FloatImage:
    """Average a picture over the pixels of a smaller one, `(rows, columns)` or `(rows, columns, C) float32`.

    Args:
        image: the picture.
        rows: height of the result.
        columns: its width.
        unit: what a value of 1 becomes.
    """
    height, width, *channels = image.shape
    if (rows, columns) == (height, width) and unit == 1:
        return whole(image)
    depth = channels[0] if channels else 1
    result = np.empty((rows, columns * depth), np.float32)

    def run(part: slice) -> None:
        top, bottom = part.start * height // rows, -(-part.stop * height // rows)
        strip = np.ascontiguousarray(image[top:bottom]).reshape(bottom - top, width * depth)
        resample_kernels.average(strip, top, height, depth, result, part.start, part.stop, unit)

    over_strips(run, rows, max(1, height * width // rows))
    return result.reshape(rows, columns, *channels)


def reduced(image: Rows, long_side: int) -> FloatImage:
    """Copy of a picture with at most `long_side` px at its long side, averaged."""
    height, width = image.shape[:2]
    scale = min(1.0, long_side / max(height, width))
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    at_hand = image.small if isinstance(image, Enlarged) else image
    if isinstance(at_hand, np.ndarray) and at_hand.dtype == np.float32 and rows > OPENCV_PAYS * at_hand.shape[0]:
        return cv2.resize(at_hand, (columns, rows), interpolation=cv2.INTER_AREA)
    return averaged(at_hand, rows, columns)


def block_means(image: FloatImage | FloatPlane, side_px: int) -> FloatImage | FloatPlane:
    """Means over square blocks; those at the border repeat its pixels. Several times quicker than any other size.

    Args:
        image: `(H, W)` or `(H, W, C) float32`.
        side_px: of a block.
    """
    height, width = image.shape[:2]
    below, beside = -height % side_px, -width % side_px
    if below or beside:
        image = cv2.copyMakeBorder(image, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    size = (width + beside) // side_px, (height + below) // side_px
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def thinned(image: Rows, count: int) -> FloatImage:
    """Every n-th pixel of every n-th row: about `count` of them, or all if there are fewer."""
    stride = max(1, round(sqrt(image.shape[0] * image.shape[1] / count)))
    return every(image, stride)


def every(image: Rows, stride: int) -> FloatImage:
    """Every so many pixels of every so many rows of a picture."""
    return image[::stride, ::stride] if isinstance(image, np.ndarray) else cast(Lazy, image).every(stride)


def whole(image: Rows) -> FloatImage:
    """All rows of a picture as an array."""
    return image if isinstance(image, np.ndarray) else in_strips(lambda strip: strip, image)
