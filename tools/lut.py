"""A run of pointwise tools as a table of colours: sampled once on a lattice, then read by interpolation.

The statistics that such tools need are known from the proxy, so a pixel's result depends on its colour alone, and one
table stands for any number of them. It is kept only if it agrees with the tools themselves on pixels of the photo.
Values outside [0, 1] are kept in it, so that the gamut is cut after interpolation and not between the nodes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tools import lut_kernels
from tools.colour import converted, draw_in, flat
from tools.rows import thinned
from tools.strips import in_strips
from tools.types import FloatImage

Change = Callable[[FloatImage], FloatImage]
"""Takes encoded sRGB to encoded sRGB, `(H, W, 3)`, each pixel by itself; values outside [0, 1] are kept."""

CELLS = (32, 48, 64)
"""Cells from black to white; a finer lattice is tried where a coarser one does not agree with the tools."""
WIDEST = 1.75
"""Widest range of encoded values that a table is made for; white to black is 1."""
MEAN_LEVELS = 0.15
FAR_LEVELS = 2.5
FAR_SHARE = 5e-4
"""A table agrees if its mean error is at most `MEAN_LEVELS` of 255, and at most this share of channels is off by more
than `FAR_LEVELS`."""


@dataclass(frozen=True)
class Table:
    """Colours at the nodes of a cubic lattice in encoded sRGB."""

    nodes: FloatImage
    """`(side^3 * 4,) float32`, red fastest: encoded sRGB and one number of padding."""
    side: int
    low: float
    """Coordinate of the first node on each axis."""
    cells: int
    """Cells from 0 to 1."""

    def look_up(self, pixels: FloatImage) -> None:
        """Replace each colour of a flat run of pixels by the table's."""
        lut_kernels.look_up(pixels, self.nodes, self.side, self.low, float(self.cells))

    def __call__(self, srgb: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
        """Look up every pixel of `(H, W, 3)`."""
        return converted((self.look_up,), srgb, out)


class _Places(NamedTuple):
    """Where the pixels of a picture lie on a lattice."""

    nodes: FloatImage
    """`(M, 1, 3)`: encoded sRGB of the nodes around them."""
    corners: NDArray[np.uint16] | NDArray[np.uint32]
    """See `tools.lut_kernels.locate`; numbers among those nodes."""
    weights: NDArray[np.uint8]
    """In 255ths. They are read from memory for every change, which takes longer than to reckon with them."""


class Colours:
    """The colours of a picture; where they lie on a lattice is found once for all changes.

    Only the nodes around them are worked out, which are a few thousand of 118,000.
    """

    def __init__(self, srgb: FloatImage) -> None:
        """Keep `(H, W, 3)` encoded sRGB; it must not change afterwards."""
        self.srgb = srgb
        self._places: dict[int, _Places] = {}

    @cached_property
    def range(self) -> tuple[float, float]:
        """Least and most of their values, or 0 and 1 where those lie further out; NaN where one is."""
        return min(float(self.srgb.min()), 0.0), max(float(self.srgb.max()), 1.0)

    def nodes(self, change: Change, cells: int) -> FloatImage:
        """What becomes of the nodes of a lattice of so many cells from black to white, `(M, 4)` as in `Table`."""
        colours = self._at(cells).nodes
        nodes = np.zeros((len(colours), 4), np.float32)
        nodes[:, :3] = in_strips(change, colours)[:, 0]
        return nodes

    def through(self, nodes: FloatImage, cells: int) -> FloatImage:
        """The picture, looked up among such nodes."""
        places, result = self._at(cells), np.empty(self.srgb.shape, np.float32)
        shares = nodes * np.float32(1 / 255)
        lut_kernels.interpolate(places.corners, places.weights, shares.reshape(-1), result.reshape(-1))
        return result

    def _at(self, cells: int) -> _Places:
        if cells not in self._places:
            self._places[cells] = self._placed(cells)
        return self._places[cells]

    def _placed(self, cells: int) -> _Places:
        axis = _axis(*self.range, cells)
        side, count = len(axis), self.srgb.size // 3
        corners, weights = np.empty(4 * count, np.uint32), np.empty(4 * count, np.float32)
        lut_kernels.locate(flat(self.srgb), side, float(axis[0]), float(cells), corners, weights)
        numbers, used = np.zeros(side**3, np.uint32), np.empty(side**3, np.int64)
        occurring = lut_kernels.renumber(corners, numbers, used)
        shares = np.empty(4 * count, np.uint8)
        lut_kernels.in_bytes(weights, shares)
        short = corners.astype(np.uint16) if occurring <= 1 << 16 else corners
        return _Places(lattice(axis, used[:occurring]), short, shares)


def tabulate(change: Change, low: float, high: float, cells: int) -> Table:
    """Sample `change` on a lattice that covers [low, high] and has nodes at 0 and 1.

    Args:
        change: what the table stands for.
        low: smallest coordinate.
        high: largest.
        cells: from 0 to 1.
    """
    axis = _axis(low, high, cells)
    nodes = np.zeros((len(axis) ** 3, 4), np.float32)
    nodes[:, :3] = in_strips(change, lattice(axis))[:, 0]
    return Table(nodes.reshape(-1), len(axis), float(axis[0]), cells)


def _axis(low: float, high: float, cells: int) -> NDArray[np.float32]:
    """Coordinates of the nodes along each side of a lattice."""
    first, last = int(np.floor(low * cells)), int(np.ceil(high * cells))
    return np.arange(first, last + 1).astype(np.float32) / np.float32(cells)


def lattice(axis: NDArray[np.float32], used: NDArray[np.int64] | None = None) -> FloatImage:
    """Colours at the nodes of a cubic lattice, red fastest, `(M, 1, 3)`.

    Args:
        axis: coordinates along each side, `(side,)`.
        used: numbers of the nodes that are wanted; all by default.
    """
    side = len(axis)
    number = np.arange(side**3) if used is None else used
    return np.stack([axis[number % side], axis[number // side % side], axis[number // side**2]], axis=-1)[:, None]


def agreeing_table(change: Change, sample: FloatImage) -> Table | None:
    """Return the coarsest table that agrees with `change` on `sample`, or None.

    Args:
        change: what the table stands for.
        sample: some pixels of the picture, `(H, W, 3)` encoded sRGB.
    """
    low, high = min(float(sample.min()), 0.0), max(float(sample.max()), 1.0)
    if not high - low <= WIDEST:
        return None
    wanted = draw_in(change(sample))
    for cells in CELLS:
        table = tabulate(change, low, high, cells)
        if _agree(table(sample), wanted) and np.isfinite(table.nodes).all():
            return table
    return None


def through_agreeing_table(
    change: Change, colours: Colours, pixels: int, changed: FloatImage | None = None
) -> FloatImage | None:
    """Return a picture through the coarsest table that agrees with `change` on some of its pixels, or None.

    Of few nodes it is quicker to make more than to try twice.

    Args:
        change: what the table stands for.
        colours: of the picture.
        pixels: how many are tried.
        changed: what becomes of them, if it is known.
    """
    low, high = colours.range
    if not high - low <= WIDEST:
        return None
    wanted = draw_in(change(thinned(colours.srgb, pixels)) if changed is None else changed)
    for cells in CELLS[1:]:
        nodes = colours.nodes(change, cells)
        picture = colours.through(nodes, cells)
        if _agree(thinned(picture, pixels), wanted) and np.isfinite(nodes).all():
            return picture
    return None


def _agree(srgb: FloatImage, wanted: FloatImage) -> bool:
    """Whether colours are what the tools make them, once they are drawn into the gamut; NaN never is."""
    error = 255 * np.abs(draw_in(srgb) - wanted)
    return bool(error.mean() <= MEAN_LEVELS and (error > FAR_LEVELS).mean() <= FAR_SHARE)
