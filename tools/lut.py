"""A run of pointwise tools as a table of colours: sampled once on a lattice, then read by interpolation.

The statistics that such tools need are known from the proxy, so a pixel's result depends on its colour alone, and one
table stands for any number of them. It is kept only if it agrees with the tools themselves on pixels of the photo.
Values outside [0, 1] are kept in it, so that the gamut is cut after interpolation and not between the nodes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tools import lut_kernels
from tools.colour import converted, draw_in, flat
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


class Lattice(NamedTuple):
    """Nodes on a cubic grid in encoded sRGB, among them 0 and 1."""

    first: int
    """Place of the first node on each axis, in cells from 0."""
    side: int
    """Nodes along each axis."""
    cells: int
    """Cells from 0 to 1."""

    @property
    def low(self) -> float:
        """Coordinate of the first node on each axis."""
        return self.first / self.cells


class Colours:
    """The colours of a picture, and where they lie on a lattice, which is found once."""

    def __init__(self, srgb: FloatImage) -> None:
        """Keep `(H, W, 3)` encoded sRGB; it must not change afterwards."""
        self._srgb = srgb
        self._nodes: dict[Lattice, NDArray[np.int64]] = {}
        self._places: dict[Lattice, tuple[NDArray[np.uint32], FloatImage]] = {}

    def are_of(self, srgb: FloatImage) -> bool:
        """Whether a picture is the one that they are of."""
        return srgb.shape == self._srgb.shape and np.may_share_memory(srgb, self._srgb)

    def nodes(self, lattice: Lattice) -> NDArray[np.int64]:
        """Numbers of the nodes at the corners of the cells in which colours lie."""
        if lattice not in self._nodes:
            marks = np.zeros(lattice.side**3, np.uint8)
            lut_kernels.mark_cells(flat(self._srgb), marks, lattice.side, lattice.low, float(lattice.cells))
            self._nodes[lattice] = corners(marks, lattice.side)
        return self._nodes[lattice]

    def interpolated(self, nodes: FloatImage, lattice: Lattice, out: FloatImage | None) -> FloatImage:
        """Look every pixel up in the nodes of a table; see `Table`."""
        if lattice not in self._places:
            found = np.empty(self._srgb.size, np.uint32), np.empty(self._srgb.size, np.float32)
            lut_kernels.locate(flat(self._srgb), lattice.side, lattice.low, float(lattice.cells), *found)
            self._places[lattice] = found
        result = np.empty(self._srgb.shape, np.float32) if out is None else out
        lut_kernels.interpolate(*self._places[lattice], nodes, lattice.side, result.reshape(-1))
        return result


@dataclass(frozen=True)
class Table:
    """Colours at the nodes of a lattice."""

    nodes: FloatImage
    """`(side^3 * 4,) float32`, red fastest: encoded sRGB and one number of padding."""
    lattice: Lattice
    colours: Colours | None = None
    """The only ones that it holds for, if it does not hold for all."""

    def look_up(self, pixels: FloatImage) -> None:
        """Replace each colour of a flat run of pixels by the table's."""
        lattice = self.lattice
        lut_kernels.look_up(pixels, self.nodes, lattice.side, lattice.low, float(lattice.cells))

    def __call__(self, srgb: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
        """Look up every pixel of `(H, W, 3)`."""
        if self.colours and self.colours.are_of(srgb):
            return self.colours.interpolated(self.nodes, self.lattice, out)
        return converted((self.look_up,), srgb, out)


def tabulate(change: Change, low: float, high: float, cells: int, colours: Colours | None = None) -> Table:
    """Sample `change` on a lattice that covers [low, high] and has nodes at 0 and 1.

    Args:
        change: what the table stands for.
        low: smallest coordinate.
        high: largest.
        cells: from 0 to 1.
        colours: only the nodes around these are sampled, the others are 0.
    """
    first, last = int(np.floor(low * cells)), int(np.ceil(high * cells))
    lattice = Lattice(first, last - first + 1, cells)
    axis = np.arange(first, last + 1, dtype=np.float32) / np.float32(cells)
    nodes = np.zeros((lattice.side**3, 4), np.float32)
    fill(nodes[:, :3], change, axis, colours.nodes(lattice) if colours else None)
    return Table(nodes.reshape(-1), lattice, colours)


def corners(marks: NDArray[np.uint8], side: int) -> NDArray[np.int64]:
    """Numbers of the nodes at the corners of marked cells; a cell is marked at its first corner."""
    grid = marks.reshape(side, side, side)
    for axis in range(3):
        grid = np.maximum(grid, np.roll(grid, 1, axis))
    return np.flatnonzero(grid)


def fill(nodes: FloatImage, change: Change, axis: NDArray[np.float32], used: NDArray[np.int64] | None = None) -> None:
    """Write `change` of the colours at the nodes of a cubic lattice, red fastest.

    Args:
        nodes: `(side^3, 3)`, filled.
        change: see above.
        axis: coordinates along each side, `(side,)`.
        used: numbers of the nodes that are wanted; all by default.
    """
    side = len(axis)
    number = np.arange(side**3) if used is None else used
    colours = np.stack([axis[number % side], axis[number // side % side], axis[number // side**2]], axis=-1)
    nodes[number] = in_strips(change, colours[:, None])[:, 0]


def agreeing_table(
    change: Change, sample: FloatImage, changed: FloatImage | None = None, colours: Colours | None = None
) -> Table | None:
    """Return the coarsest table that agrees with `change` on `sample`, or None.

    Args:
        change: what the table stands for.
        sample: some pixels of the picture, `(H, W, 3)` encoded sRGB.
        changed: what becomes of them, if it is known.
        colours: those of all pixels, where the table need hold for no others.
    """
    low, high = min(float(sample.min()), 0.0), max(float(sample.max()), 1.0)
    if not high - low <= WIDEST:
        return None
    wanted = draw_in(change(sample) if changed is None else changed)
    for cells in CELLS if colours is None else CELLS[1:]:  # of few nodes it is quicker to make more than to try twice
        table = tabulate(change, low, high, cells, colours)
        error = 255 * np.abs(draw_in(table(sample)) - wanted)
        if error.mean() <= MEAN_LEVELS and (error > FAR_LEVELS).mean() <= FAR_SHARE and np.isfinite(table.nodes).all():
            return table
    return None
