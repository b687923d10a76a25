"""Loops that make pictures smaller by averaging and larger by interpolation, some rows at a time.

What each number of a row is made of is laid out once, channels side by side, so that the loops over rows are sums of
products with nothing to decide.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, compiled, inlined

Pair = tuple[int, int]
_F = np.float32
_U = np.uint64
_REACH = 2
"""How many pixels beyond either end of a row `enlarge` may look."""


@inlined
def _add_pairs(line: Pixels, channels: int, result: Pixels) -> None:
    for x in range(result.size // channels):
        for channel in range(channels):
            place = _U(channels * x + channel)
            result[place] = line[place + _U(channels * x)] + line[place + _U(channels * (x + 1))]


@compiled
def add_pairs(line: Pixels, channels: int, result: Pixels) -> None:
    """Sums of pairs of neighbours in a row, channels side by side; steps that the compiler knows become vectors."""
    if channels == 1:
        _add_pairs(line, 1, result)
    elif channels == 3:
        _add_pairs(line, 3, result)
    elif channels == 4:
        _add_pairs(line, 4, result)
    else:
        _add_pairs(line, channels, result)


@compiled
def average(
    source: Any, corner: Pair, size: Pair, channels: int, result: Any, rows: Pair, columns: Pair, unit: float
) -> None:
    """Average a part of a picture over the pixels of some rows and columns of a smaller one.

    Args:
        source: `(n, m * C)`: the part of the picture that is needed.
        corner: row and column of its first pixel.
        size: height and width of the whole picture.
        channels: C.
        result: `(h, w * C) float32`, filled in some rows and columns.
        rows: the first of them, and the first that is none.
        columns: see above.
        unit: what a value of 1 becomes.
    """
    height, width = result.shape[0], result.shape[1] // channels
    edges = np.arange(columns[0], columns[1] + 1) * size[1] / width - corner[1]
    taps, numbers = int(np.ceil(size[1] / width)) + 1, channels * (edges.size - 1)
    begin, weights = np.empty(numbers, np.uint32), np.empty((taps, numbers), np.float32)
    for column in range(edges.size - 1):
        left, right = edges[column], edges[column + 1]
        for channel in range(channels):
            place = channels * column + channel
            begin[place] = channels * int(left) + channel
            for tap in range(taps):
                x = float(int(left) + tap)
                weights[tap, place] = max(min(x + 1.0, right) - max(x, left), 0.0)
    scale = _F(unit / (size[0] / height * (size[1] / width)))
    line = np.zeros(source.shape[1] + channels * taps, np.float32)
    for row in range(rows[0], rows[1]):
        upper, lower = row * size[0] / height, (row + 1) * size[0] / height
        line[:] = _F(0)
        for y in range(int(upper), int(np.ceil(lower))):
            share = _F(min(y + 1.0, lower) - max(float(y), upper))
            own = source[y - corner[0]]
            for k in range(own.size):
                line[k] += share * _F(own[k])
        out = result[row, channels * columns[0] : channels * columns[1]]
        if size[1] == 2 * width:
            add_pairs(line, channels, out)
        else:
            out[:] = _F(0)
            for tap in range(taps):
                ahead, weight = _U(channels * tap), weights[tap]
                for k in range(out.size):
                    out[k] += weight[k] * line[_U(begin[k]) + ahead]
        for k in range(out.size):
            out[k] *= scale


@inlined
def _between(line: Pixels, begin: Any, across: Pixels, channels: int, result: Pixels) -> None:
    one, two, three = _U(channels), _U(2 * channels), _U(3 * channels)
    for x in range(begin.size):
        a, b, c, d = across[x, 0], across[x, 1], across[x, 2], across[x, 3]
        for channel in range(channels):
            at = _U(begin[x]) + _U(channel)
            mixed = a * line[at] + b * line[at + one] + c * line[at + two] + d * line[at + three]
            result[_U(channels * x) + _U(channel)] = mixed


@compiled
def _widen(line: Pixels, begin: Any, across: Pixels, channels: int, result: Pixels) -> None:
    """Interpolate along a row; a loop over as many channels as the compiler knows is written out.

    Args:
        line: channels side by side, as `result`.
        begin: place of the first of the four pixels around each.
        across: `(m, 4)`: weights of the four.
        channels: of a pixel.
        result: filled.
    """
    if channels == 1:
        _between(line, begin, across, 1, result)
    elif channels == 2:
        _between(line, begin, across, 2, result)
    elif channels == 3:
        _between(line, begin, across, 3, result)
    elif channels == 4:
        _between(line, begin, across, 4, result)
    elif channels == 5:
        _between(line, begin, across, 5, result)
    else:
        _between(line, begin, across, channels, result)


@compiled
def enlarge(small: Pixels, channels: int, result: Pixels, rows: Any, down: Pixels, places: Any, across: Pixels) -> None:
    """Interpolate some pixels of some rows of a larger picture, between four pixels each way.

    The few rows that are needed are widened first, so that most of the work is sums of whole rows.

    Args:
        small: `(h, w * C)`.
        channels: C.
        result: `(n, m * C)`, filled.
        rows: `(n,) int32`: the first of the four rows above and below each row, from -2 on, ascending.
        down: `(n, 4)`: weights of the four rows.
        places: `(m,) int32`: the first of the four pixels left and right of each pixel, from -2 on.
        across: `(m, 4)`: weights of the four pixels.
    """
    last_row = small.shape[0] - 1
    lowest, highest = max(rows[0], 0), min(rows[-1] + 3, last_row)
    left_most, right_most = max(places[0], 0), min(places[-1] + 3, small.shape[1] // channels - 1)
    few = channels * (right_most - left_most + 1)
    begin = np.empty(places.size, np.uint32)
    for x in range(places.size):
        begin[x] = channels * (places[x] - left_most + _REACH)
    line = np.empty(few + 2 * channels * _REACH, np.float32)
    middle, beyond = line[channels * _REACH :], line[channels * _REACH + few :]
    wide = np.empty((highest - lowest + 1, result.shape[1]), np.float32)
    for y in range(wide.shape[0]):
        own = small[lowest + y, channels * left_most : channels * (right_most + 1)]
        for k in range(few):
            middle[k] = own[k]
        for channel in range(channels):
            for pixel in range(_REACH):
                line[channels * pixel + channel] = own[channel]
                beyond[channels * pixel + channel] = own[few - channels + channel]
        _widen(line, begin, across, channels, wide[y])
    for y in range(result.shape[0]):
        first = wide[min(max(rows[y], 0), last_row) - lowest]
        second = wide[min(max(rows[y] + 1, 0), last_row) - lowest]
        third = wide[min(max(rows[y] + 2, 0), last_row) - lowest]
        fourth = wide[min(max(rows[y] + 3, 0), last_row) - lowest]
        a, b, c, d = down[y, 0], down[y, 1], down[y, 2], down[y, 3]
        out = result[y]
        for k in range(out.size):
            out[k] = a * first[k] + b * second[k] + c * third[k] + d * fourth[k]


@compiled
def block_means(plane: Pixels, side: int, result: Pixels) -> None:
    """Means over square blocks of a plane; those at the border repeat its pixels.

    Args:
        plane: `(H, W)`.
        side: of a block, in px.
        result: filled.
    """
    height, width = plane.shape
    line = np.empty(side * result.shape[1], np.float32)
    for row in range(result.shape[0]):
        line[:] = _F(0)
        for y in range(row * side, (row + 1) * side):
            own = plane[min(y, height - 1)]
            for x in range(width):
                line[x] += own[x]
        line[width:] = line[width - 1]
        out = result[row]
        out[:] = _F(0)
        if side == 2:  # steps that are known become vectors
            for x in range(out.size):
                out[x] = line[2 * x] + line[2 * x + 1]
        for tap in range(side if side != 2 else 0):
            ahead = line[tap:]
            for x in range(out.size):
                out[x] += ahead[side * x]
        for x in range(out.size):
            out[x] *= _F(1 / (side * side))


@compiled
def _at_border(place: int, count: int) -> int:
    """A place up to two before or after `count`, mirrored at the border."""
    place = place if place >= 0 else -1 - place
    return max(min(place, 2 * count - 1 - place), 0)


@compiled
def halve(picture: Pixels, channels: int, result: Pixels) -> None:
    """Halve a picture each way with weights 1 3 3 1, which let hardly anything through that half the size cannot hold.

    Args:
        picture: `(H, W * C)`; the borders are mirrored.
        channels: C.
        result: `(ceil(H / 2), ceil(W / 2) * C)`, filled.
    """
    height, width = picture.shape[0], picture.shape[1] // channels
    line, mixed = np.empty(channels * (width + 3), _F), np.empty(channels * width, _F)
    middle = line[channels : channels * (width + 1)]
    for y in range(result.shape[0]):
        first, second = picture[_at_border(2 * y - 1, height)], picture[2 * y]
        third, fourth = picture[_at_border(2 * y + 1, height)], picture[_at_border(2 * y + 2, height)]
        for k in range(middle.size):
            middle[k] = _F(1 / 64) * (first[k] + fourth[k]) + _F(3 / 64) * (second[k] + third[k])
        for channel in range(channels):
            line[channel] = middle[channel]
            for beyond in range(2):
                line[channels * (width + 1 + beyond) + channel] = middle[
                    channels * _at_border(width + beyond, width) + channel
                ]
        one, two, three = line[channels:], line[2 * channels :], line[3 * channels :]
        for k in range(mixed.size):
            mixed[k] = line[k] + three[k] + _F(3) * (one[k] + two[k])
        out = result[y]
        for x in range(out.size // channels):
            for channel in range(channels):
                out[channels * x + channel] = mixed[2 * channels * x + channel]
