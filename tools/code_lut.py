"""A run of pointwise tools as a table from 8-bit codes to 8-bit codes, in whole numbers; the fastest way there is.

Nodes lie eight (or four) codes apart, so the weights of the interpolation are small whole numbers, and three channels
fit into one number of 64 bits. Colours outside the gamut of the profile are kept in the table and drawn in pixel by
pixel, so that the gamut is cut after interpolation and not between the nodes.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tools import lut_kernels
from tools.lut import Change, lattice
from tools.picture.profile import Profile
from tools.strips import in_strips, over_strips
from tools.types import Codes, FloatImage

STEP_BITS = (3, 2)
"""Nodes lie 8 codes apart; 4 where that does not agree with the tools."""
MEAN_LEVELS = 0.29
FAR_LEVELS = 3.0
FAR_SHARE = 5e-4
"""A table agrees if its mean error is at most `MEAN_LEVELS` of 255, of which rounding is 0.25, and at most this share
of channels is off by more than `FAR_LEVELS`."""
_LOWEST = -256


@dataclass(frozen=True, eq=False)
class CodeTable:
    """Packed codes at the nodes of a cubic lattice of codes."""

    nodes: NDArray[np.uint64]
    step_bits: int
    profile: Profile
    """Of the codes that go in and come out."""

    def __call__(self, codes: Codes, *, out: Codes | None = None) -> Codes:
        """Look up every pixel of `(H, W, 3) uint8`; the result goes to `out`, which may be the codes themselves."""
        result = np.empty(codes.shape, np.uint8) if out is None else out
        table = self.nodes, _tetrahedra(self.step_bits), self.step_bits
        gamut = _light_of_codes(self.profile), self.profile.byte_codes, self.profile.luminance

        def run(rows: slice) -> None:
            lut_kernels.look_up_codes(codes[rows].reshape(-1), result[rows].reshape(-1), *table, *gamut)

        over_strips(run, *codes.shape[:2])
        return result


def code_table(change: Change, profile: Profile, step_bits: int, codes: Codes | None = None) -> CodeTable:
    """Sample `change` on a lattice of codes.

    Args:
        change: takes encoded sRGB to encoded sRGB.
        profile: of the codes.
        step_bits: nodes lie `1 << step_bits` codes apart.
        codes: `(H, W, 3) uint8`; only the nodes around these colours are sampled.
    """
    step = 1 << step_bits
    axis = np.arange(0, 256 + step, step, dtype=np.float32) / np.float32(255)
    side, used = len(axis), None
    if codes is not None:
        marks = np.zeros(side**3, np.uint8)
        lut_kernels.mark_code_cells(np.ascontiguousarray(codes).reshape(-1), marks, side, step_bits)
        used = _corners(marks, side)
    changed = np.zeros((side**3, 3), np.float32)
    made = in_strips(lambda colours: profile.from_srgb(change(profile.to_srgb(colours))), lattice(axis, used))
    changed[slice(None) if used is None else used] = made[:, 0]
    fraction = lut_kernels.FIELD_BITS - lut_kernels.WHOLE_BITS - step_bits
    nodes = np.empty(side**3, np.uint64)
    lut_kernels.pack(changed, nodes, fraction, _LOWEST)
    return CodeTable(nodes, step_bits, profile)


def _corners(marks: NDArray[np.uint8], side: int) -> NDArray[np.int64]:
    """Numbers of the nodes at the corners of marked cells; a cell is marked at its first corner."""
    grid = marks.reshape(side, side, side)
    for axis in range(3):
        grid = np.maximum(grid, np.roll(grid, 1, axis))
    return np.flatnonzero(grid)


def agreeing_code_table(
    change: Change, profile: Profile, sample: Codes, sample_srgb: FloatImage, codes: Codes | None = None
) -> CodeTable | None:
    """Return the coarsest table that agrees with `change` on some pixels of the picture, or None.

    Args:
        change: what the table stands for; takes encoded sRGB to encoded sRGB.
        profile: of the codes.
        sample: some pixels of the picture, `(H, W, 3) uint8`.
        sample_srgb: the same as encoded sRGB.
        codes: all pixels, where the table need hold for no others.
    """
    wanted = 255 * profile.drawn_in(change(sample_srgb))
    for step_bits in STEP_BITS:
        table = code_table(change, profile, step_bits, codes)
        error = np.abs(table(sample) - wanted)
        if error.mean() <= MEAN_LEVELS and (error > FAR_LEVELS).mean() <= FAR_SHARE:
            return table
    return None


@lru_cache(maxsize=4)
def _tetrahedra(step_bits: int) -> NDArray[np.uint16]:
    """The tetrahedron around each place in a cell; see `tools.lut_kernels.look_up_codes`."""
    step, side = 1 << step_bits, (256 >> step_bits) + 1
    along = (1, side, side * side)
    numbers = np.zeros((lut_kernels.PLACES, 8), np.uint16)
    for number, place in enumerate(product(range(step), repeat=3)):
        first, second, third = sorted(range(3), key=lambda axis: -place[axis])
        offsets = along[first], along[first] + along[second]
        numbers[number, :5] = *offsets, place[first], place[second], place[third]
    return numbers.reshape(-1)


@lru_cache(maxsize=8)
def _light_of_codes(profile: Profile) -> NDArray[np.float32]:
    """Light of codes in quarters, outside [0, 255] too: `Profile.to_codes` turned round."""
    quarters = (np.arange(4 << lut_kernels.WHOLE_BITS) + 0.5) / 4 + _LOWEST - 0.5
    light = np.linspace(-8, 24, 400_000, dtype=np.float32)
    light = np.sort(np.concatenate([light, np.linspace(-1, 1, 100_000, dtype=np.float32) ** 3]))
    codes = 255 * profile.to_codes(np.repeat(light[None, :, None], 3, axis=2))[0]
    return np.stack([np.interp(quarters, codes[:, channel], light) for channel in range(3)]).astype(np.float32)
