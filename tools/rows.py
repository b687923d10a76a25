"""Pictures that are made row by row when they are asked for, so that no whole one of them need be kept.

    glow = Enlarged(small, height, width)       # a blurred picture, kept small
    result = Changed(np.add, image, glow)       # nothing has happened yet
    result[100:116]                             # 16 rows of the sum
    result[100:116, 200:400]                    # a window of it

An array is such a picture too.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from math import sqrt
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from tools import resample_kernels
from tools.strips import WORTH_SHARING, Place, in_strips, over_windows
from tools.types import FloatImage, FloatPlane

Cubic = tuple[float, float]
"""B and C of a cubic filter (Mitchell and Netravali, 1988)."""
SMOOTH, SHARP, SPLINE = (0.0, 0.5), (0.0, 0.75), (1.0, 0.0)
"""Interpolation that is exact for parabolas; that of OpenCV; the spline, which blurs by a third of a square node."""
KEPT_PIXELS = 30_000_000
"""Pixels up to which floats are kept where that saves time; those of a larger picture take too much memory."""
_LEAST_PX = 8
"""Rows of a picture that are averaged at a time, where there are twice as many or more for each row of the result."""
_WINDOW_PX = 256
"""Width of the windows in which every so many pixels of a row are made, where what is near them is needed too."""


class Rows(Protocol):
    """`(H, W)` or `(H, W, C)`, of which rows can be had."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width, and channels if there are some."""
        ...

    def __getitem__(self, place: Place, /) -> Any:
        """Some rows, or a window, as an array."""
        ...


class Lazy(Rows, Protocol):
    """Rows that are made when they are asked for."""

    @property
    def margin(self) -> int:
        """How far around each pixel it looks, in px."""
        ...

    def every(self, stride: int) -> FloatImage:
        """Every so many pixels of every so many rows, as an array."""
        ...


class Changed:
    """A change that treats every pixel by itself, or with what is near it, of one picture and others of its size."""

    def __init__(
        self,
        change: Callable[..., FloatImage],
        image: Rows,
        *others: Rows,
        plane: bool = False,
        channels: int | None = None,
        reach: int = 0,
    ) -> None:
        """Keep what is to be done.

        Args:
            change: takes rows of each picture and gives new ones; it leaves those it is given alone.
            image: `(H, W)` or `(H, W, C)`.
            others: further ones of H rows.
            plane: whether a plane `(H, W)` comes out, not as many channels as `image` has.
            channels: how many come out, if others than `image` has.
            reach: how far around a pixel the change looks, in px.
        """
        kept = () if plane else image.shape[2:]
        self.shape: tuple[int, ...] = (*image.shape[:2], *((channels,) if channels else kept))
        self._change, self._images, self._reach = change, (image, *others), reach
        self.margin = reach + max(margin(image) for image in self._images)

    def __getitem__(self, place: Place) -> FloatImage:
        """A part of all pictures, changed."""
        if not self._reach:
            return self._change(*(image[place] for image in self._images))
        rows, columns = window(place, *self.shape[:2])
        top, left = max(0, rows.start - self._reach), max(0, columns.start - self._reach)
        wide = slice(top, rows.stop + self._reach), slice(left, columns.stop + self._reach)
        changed = self._change(*(image[wide] for image in self._images))
        return changed[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]

    def every(self, stride: int) -> FloatImage:
        """Every so many pixels of every so many rows, changed."""
        if not self._reach:
            return self._change(*(every(image, stride) for image in self._images))
        height, width = self.shape[:2]
        step = stride * max(1, _WINDOW_PX // stride)
        parts = [slice(left, left + step) for left in range(0, width, step)]
        rows = ([self[row : row + 1, part][:, ::stride] for part in parts] for row in range(0, height, stride))
        return np.concatenate([np.concatenate(row, axis=1) for row in rows])


class Once:
    """A picture whose parts are made once where several changes ask for them in turn; nobody may write to them."""

    def __init__(self, image: Lazy) -> None:
        """Take the picture."""
        self.shape, self.margin = image.shape, image.margin
        self._image, self._last = image, threading.local()

    def __getitem__(self, place: Place) -> FloatImage:
        """The part that this thread asked for last, or another, made anew."""
        if getattr(self._last, "place", None) != place:
            self._last.place, self._last.part = place, self._image[place].view()  # a view is not worked on in place
        return cast(FloatImage, self._last.part)

    def every(self, stride: int) -> FloatImage:
        """Every so many pixels of every so many rows."""
        return self._image.every(stride)


class Enlarged:
    """A smooth picture that is kept small; its rows come from it by a cubic filter between four nodes each way."""

    margin = 0

    def __init__(
        self,
        small: FloatImage | FloatPlane,
        height: int,
        width: int,
        *,
        pitch: float | tuple[float, float] | None = None,
        cubic: Cubic = SMOOTH,
    ) -> None:
        """Keep what is enlarged.

        Args:
            small: `(h, w)` or `(h, w, C) float32`.
            height: in px, that it stands for.
            width: see above.
            pitch: px from one node to the next, down and across, where the small picture does not just fill the size.
            cubic: the filter.
        """
        self.shape: tuple[int, ...] = (height, width, *small.shape[2:])
        self.small = np.ascontiguousarray(small)
        filling = height / small.shape[0], width / small.shape[1]
        self.pitches: tuple[float, float] = pitch if isinstance(pitch, tuple) else (pitch, pitch) if pitch else filling
        self._cubic = cubic

    def of(self, small: FloatImage | FloatPlane) -> "Enlarged":
        """The same with another small picture, of as many nodes."""
        return Enlarged(small, *self.shape[:2], pitch=self.pitches, cubic=self._cubic)

    @property
    def variance(self) -> tuple[float, float]:
        """Px^2 that the enlargement blurs down and across."""
        down, across = (pitch**2 * self._cubic[0] / 3 for pitch in self.pitches)
        return down, across

    def __getitem__(self, place: Place) -> FloatImage:
        """A part at full size."""
        if self.small.shape == self.shape:
            return self.small[place]
        return self._at(*window(place, *self.shape[:2]))

    def every(self, stride: int) -> FloatImage:
        """Every so many pixels of every so many rows."""
        if self.small.shape == self.shape:
            return self.small[::stride, ::stride]
        return self._at(slice(None, None, stride), slice(None, None, stride))

    def _at(self, rows: slice, columns: slice) -> FloatImage:
        height, width, *channels = self.shape
        down, across = (_between(n, pitch, self._cubic) for n, pitch in zip(self.shape, self.pitches, strict=False))
        depth = channels[0] if channels else 1
        size = len(range(height)[rows]), len(range(width)[columns])
        result = np.empty((size[0], size[1] * depth), np.float32)
        small = self.small.reshape(self.small.shape[0], -1)
        places, weights = across.places[columns], across.weights[columns]
        resample_kernels.enlarge(small, depth, result, down.places[rows], down.weights[rows], places, weights)
        return result.reshape(*size, *channels)


class Squares:
    """A picture that is kept small, and of which every pixel becomes a square."""

    margin = 0

    def __init__(self, small: FloatImage, height: int, width: int) -> None:
        """Keep what is drawn in squares, `(h, w)` or `(h, w, C)`, and the size in px that it stands for."""
        self.shape: tuple[int, ...] = (height, width, *small.shape[2:])
        self._small = small
        self._down = (2 * np.arange(height) + 1) * small.shape[0] // (2 * height)
        self._across = (2 * np.arange(width) + 1) * small.shape[1] // (2 * width)

    def __getitem__(self, place: Place) -> FloatImage:
        """A part at full size."""
        rows, columns = window(place, *self.shape[:2])
        return self._small[self._down[rows, None], self._across[columns]]

    def every(self, stride: int) -> FloatImage:
        """Every so many pixels of every so many rows."""
        return self[::stride, ::stride]


def smoothly(change: Callable[..., FloatImage], image: Rows, *others: Rows) -> Rows:
    """What becomes of smooth pictures under a change that keeps them smooth: done where they are kept small."""
    if isinstance(image, Enlarged) and all(isinstance(o, Enlarged) and o.pitches == image.pitches for o in others):
        return image.of(change(image.small, *(cast(Enlarged, other).small for other in others)))
    return change(*(whole(each) for each in (image, *others)))


class _Between(NamedTuple):
    places: NDArray[np.int32]
    """`(N,)`: the first of the four nodes around each pixel."""
    weights: NDArray[np.float32]
    """`(N, 4)`."""


@lru_cache(maxsize=16)
def _between(pixels: int, pitch: float, cubic: Cubic) -> _Between:
    """Where pixels lie between nodes, and what each of four of them weighs."""
    position = (np.arange(pixels) + 0.5) / pitch - 0.5
    cell = np.floor(position)
    t = position - cell
    weights = np.stack([_far(1 + t, *cubic), _near(t, *cubic), _near(1 - t, *cubic), _far(2 - t, *cubic)], axis=-1)
    return _Between((cell - 1).astype(np.int32), weights.astype(np.float32))


def _near(x: FloatPlane, b: float, c: float) -> FloatPlane:
    """Weight of a node up to a node away."""
    return ((12 - 9 * b - 6 * c) * x**3 + (12 * b + 6 * c - 18) * x**2 + 6 - 2 * b) / 6


def _far(x: FloatPlane, b: float, c: float) -> FloatPlane:
    """Weight of a node between one and two nodes away."""
    return ((-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 - (12 * b + 48 * c) * x + 8 * b + 24 * c) / 6


def window(place: Place, height: int, width: int) -> tuple[slice, slice]:
    """Rows and columns of a place in a picture, each with its ends."""
    rows, columns = place if isinstance(place, tuple) else (place, slice(None))
    return slice(*rows.indices(height)), slice(*columns.indices(width))


def margin(image: Rows) -> int:
    """How far around each pixel a picture looks, in px."""
    return 0 if isinstance(image, np.ndarray) else cast(Lazy, image).margin


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
    taller, wider = max(1, height // (_LEAST_PX * rows)), max(1, width // (_LEAST_PX * columns))
    if taller > 1:  # in two steps: all the pixels behind a row of the result are in memory at a time
        return averaged(averaged(image, taller * rows, wider * columns, unit), rows, columns)
    depth = channels[0] if channels else 1
    result = np.empty((rows, columns * depth), np.float32)

    def run(place: Place) -> None:
        part = window(place, height, width)
        first, left = part[0].start * rows // height, part[1].start * columns // width
        last, right = part[0].stop * rows // height, part[1].stop * columns // width
        if first == last or left == right:
            return
        top, start = first * height // rows, left * width // columns
        source = image[top : -(-last * height // rows), start : -(-right * width // columns)]
        source = np.ascontiguousarray(source).reshape(len(source), -1)
        resample_kernels.average(
            source, (top, start), (height, width), depth, result, (first, last), (left, right), unit
        )

    over_windows(run, height, width, margin(image))
    return result.reshape(rows, columns, *channels)


def reduced(image: Rows, long_side: int) -> FloatImage:
    """Copy of a picture with at most `long_side` px at its long side, averaged."""
    height, width = image.shape[:2]
    scale = min(1.0, long_side / max(height, width))
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    if isinstance(image, Enlarged):
        return averaged(image.small, min(rows, image.small.shape[0]), min(columns, image.small.shape[1]))
    return averaged(image, rows, columns)


def block_means(plane: FloatPlane, side_px: int) -> FloatPlane:
    """Means over square blocks; those at the border repeat its pixels. Several times quicker than any other size.

    Args:
        plane: `(H, W) float32`.
        side_px: of a block.
    """
    height, width = plane.shape
    result = np.empty((-(-height // side_px), -(-width // side_px)), np.float32)
    resample_kernels.block_means(plane, side_px, result)
    return result


def halved(image: FloatImage) -> FloatImage:
    """A picture at half its size, `(ceil(H / 2), ceil(W / 2))` or with C channels; its nodes lie 2 px apart.

    Averaging pairs would let twice as much detail through that half the size cannot hold, and that turns up elsewhere.
    """
    height, width, *channels = image.shape
    depth = channels[0] if channels else 1
    result = np.empty((-(-height // 2), -(-width // 2) * depth), np.float32)
    resample_kernels.halve(np.ascontiguousarray(image, np.float32).reshape(height, -1), depth, result)
    return result.reshape(result.shape[0], -1, *channels)


def thinned(image: Rows, count: int) -> FloatImage:
    """Every n-th pixel of every n-th row: about `count` of them, or all if there are fewer."""
    stride = max(1, round(sqrt(image.shape[0] * image.shape[1] / count)))
    return every(image, stride)


def every(image: Rows, stride: int) -> FloatImage:
    """Every so many pixels of every so many rows of a picture."""
    return image[::stride, ::stride] if isinstance(image, np.ndarray) else cast(Lazy, image).every(stride)


def once(image: Rows) -> Rows:
    """The same, to be looked at several times: all of it is kept up to `KEPT_PIXELS`, else the rows asked for last."""
    if isinstance(image, np.ndarray):
        return image
    return whole(image) if image.shape[0] * image.shape[1] <= KEPT_PIXELS else Once(cast(Lazy, image))


def whole(image: Rows) -> FloatImage:
    """All rows of a picture as an array."""
    if isinstance(image, np.ndarray):
        return image
    height, width = image.shape[:2]
    single = height * width < WORTH_SHARING
    return np.ascontiguousarray(image[0:height], np.float32) if single else in_strips(lambda strip: strip, image)
