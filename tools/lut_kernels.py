"""Loops that look colours up in a table, interpolated in the tetrahedron that holds them.

Kasson, Nin, Plouffe and Hafner, "Performing color space conversions with three-dimensional linear interpolation"
(1995). A tetrahedron runs from one corner of a cell to the opposite one, first along the axis on which the colour lies
furthest, last along the axis on which it lies least far. Greys lie on an edge that all tetrahedra share.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, Real, compiled
from tools.kernels import BLOCK, block, drawn_in

_F = np.float32
_I = np.int32
_U = np.uint64
FIELD_BITS = 21
"""Bits of a channel in a packed number, which holds three."""
WHOLE_BITS = 10
"""Bits of a channel before the point: codes from -256 to 767."""
CORNER_BITS = 20
"""Bits that number the nodes."""
PLACES = 512
"""Places in a cell at most."""
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
def interpolate(corners: Any, weights: Pixels, nodes: Pixels, result: Pixels) -> None:
    """Mix the colours at the corners of tetrahedra; see `locate`.

    Args:
        corners: of at least as many colours as the result has.
        weights: as many.
        nodes: `(4 M,)`: each is a colour and one number of padding.
        result: `(3 N,)`, filled.
    """
    for k in range(result.size // 3):
        i, j = _U(4 * k), _U(3 * k)
        first, second = _U(corners[i]) << _U(2), _U(corners[i + _U(1)]) << _U(2)
        third, opposite = _U(corners[i + _U(2)]) << _U(2), _U(corners[i + _U(3)]) << _U(2)
        w_first, w_second, w_third, w_opposite = weights[i], weights[i + _U(1)], weights[i + _U(2)], weights[i + _U(3)]
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


@compiled
def _mixed(codes: Any, at: Any, nodes: Any, places: Any, tetrahedra: Any, opposite: Any) -> Any:
    """The packed colour, weighted, of the pixel whose red is `codes[at]`; see `look_up_codes`."""
    place = places[0, codes[at]] + places[1, codes[at + _U(1)]] + places[2, codes[at + _U(2)]]
    corner, cell = _U(place & np.uint32((1 << CORNER_BITS) - 1)), _U(place >> np.uint32(CORNER_BITS))
    second = corner + _U(tetrahedra[cell])
    third = corner + _U(tetrahedra[cell + _U(PLACES)])
    return (
        _U(tetrahedra[cell + _U(2 * PLACES)]) * nodes[corner]
        + _U(tetrahedra[cell + _U(3 * PLACES)]) * nodes[second]
        + _U(tetrahedra[cell + _U(4 * PLACES)]) * nodes[third]
        + _U(tetrahedra[cell + _U(5 * PLACES)]) * nodes[corner + opposite]
    )


@compiled
def _unpack(mixed: Any, result: Any, at: Any) -> None:
    result[at] = mixed >> _U(_POINT)
    result[at + _U(1)] = mixed >> _U(_POINT + FIELD_BITS)
    result[at + _U(2)] = mixed >> _U(_POINT + 2 * FIELD_BITS)


@compiled
def _gathered(at: Any, outside: Any, count: Any, index: Any, mixed: Any) -> Any:
    """Note a colour and its index after `count` others; return how many there are now, one more if it lies outside."""
    at[_U(count)], outside[_U(count)] = index, mixed
    return count + (1 if mixed & _EDGES != _INSIDE else 0)


@compiled
def look_up_codes(
    codes: Any,
    result: Any,
    nodes: Any,
    places: Any,
    tetrahedra: Any,
    opposite: Any,
    light: Any,
    curves: Any,
    weights: Pixels,
) -> None:
    """Look 8-bit colours up in whole numbers, all three channels in one; colours outside the gamut are drawn in.

    Four pixels are read before any is written, since the compiler cannot know that writing one does not change the
    next. The few colours outside are gathered and handled a block at a time. Indices are unsigned, because those below
    0 would count from the end.

    Args:
        codes: `(3 N,) uint8`.
        result: as many, filled; not the codes themselves.
        nodes: `uint64`, red fastest: packed codes, which fill a field of `FIELD_BITS` once they are weighted.
        places: `(3, 256) uint32`: of each code of each channel, the first node in the low `CORNER_BITS` and the place
            in the cell above; those of the three channels add up.
        tetrahedra: `(6 * PLACES,) uint16`: for each place in a cell, how far the second and the third node are from the
            first, then the weights of the four nodes.
        opposite: `uint64`: how far the fourth is.
        light: `(3, 4096)`: light of codes from -256 to 767 in quarters.
        curves: see `tools.kernels.code_light`.
        weights: of the primaries in luminance.
    """
    quarters, last = _U((1 << (WHOLE_BITS + 2)) - 1), _F(curves.shape[1] - 1)
    outside = np.empty(BLOCK, np.uint64)
    at, red, green, blue = block()
    pixels = codes.size // 3
    for start in range(0, pixels, BLOCK):
        count, stop = 0, min(start + BLOCK, pixels)
        groups = (stop - start) // 4
        for group in range(groups):
            first = _U(3 * start) + _U(12 * group)
            second, third, fourth = first + _U(3), first + _U(6), first + _U(9)
            one = _mixed(codes, first, nodes, places, tetrahedra, opposite)
            two = _mixed(codes, second, nodes, places, tetrahedra, opposite)
            three = _mixed(codes, third, nodes, places, tetrahedra, opposite)
            four = _mixed(codes, fourth, nodes, places, tetrahedra, opposite)
            _unpack(one, result, first)
            _unpack(two, result, second)
            _unpack(three, result, third)
            _unpack(four, result, fourth)
            if ((one ^ _INSIDE) | (two ^ _INSIDE) | (three ^ _INSIDE) | (four ^ _INSIDE)) & _EDGES:
                count = _gathered(at, outside, count, first, one)
                count = _gathered(at, outside, count, second, two)
                count = _gathered(at, outside, count, third, three)
                count = _gathered(at, outside, count, fourth, four)
        for k in range(start + 4 * groups, stop):
            index = _U(3 * k)
            mixed = _mixed(codes, index, nodes, places, tetrahedra, opposite)
            _unpack(mixed, result, index)
            count = _gathered(at, outside, count, index, mixed)
        for k in range(count):
            mixed = outside[k]
            red[k] = light[0, (mixed >> _U(_POINT - 2)) & quarters]
            green[k] = light[1, (mixed >> _U(_POINT - 2 + FIELD_BITS)) & quarters]
            blue[k] = light[2, (mixed >> _U(_POINT - 2 + 2 * FIELD_BITS)) & quarters]
        _drawn_codes(red, green, blue, count, last, weights)
        for k in range(count):
            index = _U(at[k])
            result[index] = curves[0, _U(red[k])]
            result[index + _U(1)] = curves[1, _U(green[k])]
            result[index + _U(2)] = curves[2, _U(blue[k])]
