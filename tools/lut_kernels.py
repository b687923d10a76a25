"""Loops that look colours up in a table, interpolated in the tetrahedron that holds them.

Kasson, Nin, Plouffe and Hafner, "Performing color space conversions with three-dimensional linear interpolation"
(1995). A tetrahedron runs from one corner of a cell to the opposite one, first along the axis on which the colour lies
furthest, last along the axis on which it lies least far. Greys lie on an edge that all tetrahedra share.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, Real, compiled, inlined
from tools.kernels import GROUP, drawn_in, room_for

_F = np.float32
_I = np.int32
_W = np.uint32
_U = np.uint64
BLOCK = 256
"""Colours that are looked up at a time."""
FIELD_BITS = 21
"""Bits of a channel in a packed number, which holds three."""
WHOLE_BITS = 10
"""Bits of a channel before the point: codes from -256 to 767."""
PLACES = 512
"""Places in a cell at most; eight numbers of the tetrahedron belong to each."""
PLACE_BITS = 12
"""Bits of the place, counted in those numbers; the number of the cell stands above."""
_POINT = FIELD_BITS - WHOLE_BITS
_EDGES = _U(sum(0b11 << (FIELD_BITS * (channel + 1) - 2) for channel in range(3)))
_INSIDE = _U(sum(0b01 << (FIELD_BITS * (channel + 1) - 2) for channel in range(3)))
"""The two highest bits of each channel, and what they are for codes from 0 to 255."""


@compiled
def _position(coordinate: Real, last: Real) -> Real:
    """Hold a coordinate inside the table, so that no number, not even NaN, leads out of it."""
    positive = coordinate if coordinate > _F(0) else _F(0)
    return positive if positive < last else last


@compiled
def mark_code_cells(codes: Any, marks: Any, side: int, step_bits: int) -> None:
    """Set `marks`, `(side^3,) uint8`, for the first corner of every cell that 8-bit colours lie in.

    Nodes lie `1 << step_bits` codes apart.
    """
    for k in range(codes.size // 3):
        j = 3 * k
        r, g, b = codes[j] >> step_bits, codes[j + 1] >> step_bits, codes[j + 2] >> step_bits
        marks[r + side * (g + side * b)] = 1


@compiled
def locate(pixels: Pixels, side: int, low: float, cells: float, corners: Any, weights: Pixels) -> None:
    """Find the tetrahedron of nodes that holds each colour.

    Args:
        pixels: colours, `(3 N,)`.
        side: nodes along each axis.
        low: coordinate of the first node, the same on each axis.
        cells: cells in a step of 1.
        corners: `(4 N,) uint32`, filled: numbers of the nodes at the four corners, red fastest.
        weights: `(4 N,)`, filled: of each corner.
    """
    start, scale, last = _F(low), _F(cells), _F((side - 1) * (1 - 1e-7))
    along_r, along_g, along_b = _I(1), _I(side), _I(side * side)
    for k in range(pixels.size // 3):
        j = 3 * k
        r = _position((pixels[j] - start) * scale, last)
        g = _position((pixels[j + 1] - start) * scale, last)
        b = _position((pixels[j + 2] - start) * scale, last)
        cell_r, cell_g, cell_b = _I(r), _I(g), _I(b)
        r, g, b = r - _F(cell_r), g - _F(cell_g), b - _F(cell_b)
        furthest = (along_r if r >= b else along_b) if r >= g else (along_g if g >= b else along_b)
        nearest = (along_b if g >= b else along_g) if r >= g else (along_b if r >= b else along_r)
        first = along_r * cell_r + along_g * cell_g + along_b * cell_b
        opposite = first + along_r + along_g + along_b
        i = 4 * k
        corners[i], corners[i + 1] = first, first + furthest
        corners[i + 2], corners[i + 3] = opposite - nearest, opposite
        low_rg, high_rg = min(r, g), max(r, g)
        most, least = max(high_rg, b), min(low_rg, b)
        middle = max(low_rg, min(high_rg, b))
        weights[i], weights[i + 1], weights[i + 2], weights[i + 3] = _F(1) - most, most - middle, middle - least, least


@compiled
def interpolate(corners: Any, weights: Any, nodes: Pixels, result: Pixels) -> None:
    """Mix the colours at the corners of tetrahedra; see `locate`.

    Args:
        corners: of at least as many colours as the result has.
        weights: as many, of any type.
        nodes: `(4 M,)`: each is a colour and one number of padding.
        result: `(3 N,)`, filled.
    """
    for k in range(result.size // 3):
        i, j = _U(4 * k), _U(3 * k)
        first, second = _U(corners[i]) << _U(2), _U(corners[i + _U(1)]) << _U(2)
        third, opposite = _U(corners[i + _U(2)]) << _U(2), _U(corners[i + _U(3)]) << _U(2)
        w_first, w_second = _F(weights[i]), _F(weights[i + _U(1)])
        w_third, w_opposite = _F(weights[i + _U(2)]), _F(weights[i + _U(3)])
        for channel in range(3):
            c = _U(channel)
            result[j + c] = (
                w_first * nodes[first + c]
                + w_second * nodes[second + c]
                + w_third * nodes[third + c]
                + w_opposite * nodes[opposite + c]
            )


@compiled
def look_up(pixels: Pixels, nodes: Pixels, side: int, low: float, cells: float) -> None:
    """Replace each colour by the table's, whose nodes are `(4 * side^3,)`; see `locate` and `interpolate`."""
    corners, weights = np.empty(4 * BLOCK, np.uint32), np.empty(4 * BLOCK, _F)
    for start in range(0, pixels.size, 3 * BLOCK):
        part = pixels[start : start + 3 * BLOCK]
        locate(part, side, low, cells, corners, weights)
        interpolate(corners, weights, nodes, part)


@compiled
def in_bytes(weights: Pixels, result: Any) -> None:
    """Round weights that sum to 1, four a colour, to whole numbers that sum to 255; all flat."""
    for k in range(result.size // 4):
        i = 4 * k
        last = weights[i + 3] * _F(255) + _F(0.5)
        third = last + weights[i + 2] * _F(255)
        second = third + weights[i + 1] * _F(255)
        result[i] = _I(255) - _I(second)
        result[i + 1], result[i + 2], result[i + 3] = _I(second) - _I(third), _I(third) - _I(last), _I(last)


@compiled
def renumber(corners: Any, numbers: Any, used: Any) -> int:
    """Replace the numbers of nodes by those that they have among the nodes that occur.

    Args:
        corners: `(N,) uint32`, replaced.
        numbers: as many zeros as there are nodes, `uint32`, filled: the new number of each that occurs.
        used: as many `int64`, filled from the start: the old numbers of those that occur, ascending.

    Returns:
        How many occur.
    """
    for k in range(corners.size):
        numbers[corners[k]] = 1
    count = 0
    for node in range(numbers.size):
        if numbers[node]:
            numbers[node], used[count] = count, node
            count += 1
    for k in range(corners.size):
        corners[k] = numbers[corners[k]]
    return count


@compiled
def pack(colours: Pixels, nodes: Any, fraction: int, lowest: int) -> None:
    """Pack colours, `(N, 3)` in [0, 1], into whole numbers with `fraction` bits, codes from `lowest` on; NaN is 0."""
    top = _F((1 << (WHOLE_BITS + fraction)) - 1)
    for k in range(nodes.size):
        packed = _U(0)
        for channel in range(3):
            scaled = (colours[k, channel] * _F(255) + _F(0.5 - lowest)) * _F(1 << fraction) + _F(0.5)
            packed |= _U(_position(scaled, top)) << _U(FIELD_BITS * channel)
        nodes[k] = packed


@compiled
def _drawn_codes(red: Pixels, green: Pixels, blue: Pixels, count: int, last: Real, weights: Pixels) -> None:
    """Draw light into the gamut and turn it into places on curves over the square root of light."""
    for k in range(count):
        r, g, b = drawn_in(red[k], green[k], blue[k], weights)
        red[k] = np.sqrt(r) * last + _F(0.5)
        green[k] = np.sqrt(g) * last + _F(0.5)
        blue[k] = np.sqrt(b) * last + _F(0.5)


@inlined
def _placed(codes: Any, places: Any, step_bits: int) -> None:
    """Find the cell of each colour, red fastest, and, in the low `PLACE_BITS`, where in it the colour lies."""
    bits, inside, side = _W(step_bits), _W((1 << step_bits) - 1), (256 >> step_bits) + 1
    along_g, along_b = _W(side), _W(side * side)
    for k in range(places.size):
        r, g, b = _W(codes[3 * k]), _W(codes[3 * k + 1]), _W(codes[3 * k + 2])
        cell = (r >> bits) + along_g * (g >> bits) + along_b * (b >> bits)
        within = (((r & inside) << bits | (g & inside)) << bits) | (b & inside)
        places[k] = cell << _W(PLACE_BITS) | within << _W(3)


@compiled
def _place(codes: Any, places: Any, step_bits: int) -> None:
    """The same; numbers that the compiler knows make it twice as quick."""
    if step_bits == 3:
        _placed(codes, places, 3)
    else:
        _placed(codes, places, 2)


@compiled
def _mix(places: Any, nodes: Any, tetrahedra: Any, opposite: Any, step_bits: Any, mixed: Any) -> None:
    """Mix packed colours: `step` of the first node, and as much of each way to the next as the colour lies along it."""
    whole = _U(step_bits)
    for k in range(mixed.size):
        cell, way = _U(places[k] >> _W(PLACE_BITS)), _U(places[k] & _W((1 << PLACE_BITS) - 1))
        first, second = nodes[cell], nodes[cell + _U(tetrahedra[way])]
        third, fourth = nodes[cell + _U(tetrahedra[way + _U(1)])], nodes[cell + opposite]
        mixed[k] = (
            (first << whole)
            + _U(tetrahedra[way + _U(2)]) * (second - first)
            + _U(tetrahedra[way + _U(3)]) * (third - second)
            + _U(tetrahedra[way + _U(4)]) * (fourth - third)
        )


@compiled
def _unpack(mixed: Any, result: Any) -> None:
    for k in range(mixed.size):
        packed = mixed[k]
        result[3 * k] = packed >> _U(_POINT)
        result[3 * k + 1] = packed >> _U(_POINT + FIELD_BITS)
        result[3 * k + 2] = packed >> _U(_POINT + 2 * FIELD_BITS)


@compiled
def _listed(mixed: Any, at: Any, count: int, k: Any) -> int:
    """Write the place of a colour down, for the next to write over where it lies inside; return how many stay."""
    at[_U(count)] = k
    return count + (1 if mixed[k] & _EDGES != _INSIDE else 0)


@compiled
def _outside(mixed: Any, at: Any) -> int:
    """List the places of colours outside the gamut in `at`; return how many there are. Most groups have none."""
    count = 0
    for group in range(mixed.size // GROUP):
        first, edges = _U(GROUP * group), _U(0)
        for k in range(GROUP):
            edges |= mixed[first + _U(k)] ^ _INSIDE
        if edges & _EDGES:
            for k in range(GROUP):
                count = _listed(mixed, at, count, first + _U(k))
    for k in range(mixed.size // GROUP * GROUP, mixed.size):
        count = _listed(mixed, at, count, _U(k))
    return count


@compiled
def look_up_codes(
    codes: Any,
    result: Any,
    nodes: Any,
    tetrahedra: Any,
    step_bits: int,
    light: Any,
    curves: Any,
    weights: Pixels,
) -> None:
    """Look 8-bit colours up in whole numbers, all three channels in one; colours outside the gamut are drawn in.

    Each loop over a block does one thing, which is what the compiler can turn into vectors; only the middle one
    cannot be. Indices are unsigned, because those below 0 would count from the end.

    Args:
        codes: `(3 N,) uint8`.
        result: as many, filled; it may be the codes themselves.
        nodes: `(side^3,) uint64`, red fastest: packed codes, which fill a field of `FIELD_BITS` once they are weighted.
        tetrahedra: `(8 * PLACES,) uint16`: for each place in a cell, how far the second and the third node are from the
            first, then how far the colour lies along the ways from each node to the next; three are padding.
        step_bits: nodes lie `1 << step_bits` codes apart: 3 or 2.
        light: `(3, 4096)`: light of codes from -256 to 767 in quarters.
        curves: see `tools.kernels.code_light`.
        weights: of the primaries in luminance.
    """
    quarters, last = _U((1 << (WHOLE_BITS + 2)) - 1), _F(curves.shape[1] - 1)
    side = (256 >> step_bits) + 1
    opposite = _U(1 + side + side * side)
    places, packed = np.empty(BLOCK, np.uint32), np.empty(BLOCK, np.uint64)
    at, red, green, blue = room_for(BLOCK)
    for start in range(0, codes.size, 3 * BLOCK):
        out = result[start : start + 3 * BLOCK]
        mixed = packed[: out.size // 3]
        _place(codes[start : start + 3 * BLOCK], places[: mixed.size], step_bits)
        _mix(places, nodes, tetrahedra, opposite, step_bits, mixed)
        _unpack(mixed, out)
        count = _outside(mixed, at)
        for k in range(count):
            vivid = mixed[_U(at[k])]
            red[k] = light[0, (vivid >> _U(_POINT - 2)) & quarters]
            green[k] = light[1, (vivid >> _U(_POINT - 2 + FIELD_BITS)) & quarters]
            blue[k] = light[2, (vivid >> _U(_POINT - 2 + 2 * FIELD_BITS)) & quarters]
        _drawn_codes(red, green, blue, count, last, weights)
        for k in range(count):
            index = _U(3 * at[k])
            out[index] = curves[0, _U(red[k])]
            out[index + _U(1)] = curves[1, _U(green[k])]
            out[index + _U(2)] = curves[2, _U(blue[k])]
