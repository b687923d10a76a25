"""Loops that make pictures smaller by averaging and larger by interpolation, some rows at a time."""

from typing import Any

import numpy as np

from tools.compiled import Pixels, compiled

_F = np.float32


@compiled
def average(source: Any, top: int, height: int, channels: int, result: Any, first: int, stop: int, unit: float) -> None:
    """Average rows of a picture over the pixels of some rows of a smaller one.

    Args:
        source: `(n, W * C)`: the rows of the picture from `top` on that are needed.
        top: number of the first of them.
        height: of the whole picture.
        channels: C.
        result: `(h, w * C) float32`, filled from row `first` to before row `stop`.
        first: see above.
        stop: see above.
        unit: what a value of 1 becomes.
    """
    width, columns = source.shape[1] // channels, result.shape[1] // channels
    tall, wide = height / result.shape[0], width / columns
    line = np.empty(source.shape[1], np.float32)
    for row in range(first, stop):
        upper, lower = row * tall, min((row + 1) * tall, float(height))
        line[:] = _F(0)
        for y in range(int(upper), int(np.ceil(lower))):
            share = _F(min(y + 1.0, lower) - max(float(y), upper))
            own = source[y - top]
            for k in range(line.size):
                line[k] += share * _F(own[k])
        scale = _F(unit / (tall * wide))
        for column in range(columns):
            left, right = column * wide, min((column + 1) * wide, float(width))
            for channel in range(channels):
                total = _F(0)
                for x in range(int(left), int(np.ceil(right))):
                    total += _F(min(x + 1.0, right) - max(float(x), left)) * line[channels * x + channel]
                result[row, channels * column + channel] = total * scale


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
    last_row, last_column = small.shape[0] - 1, small.shape[1] // channels - 1
    lowest, highest = max(rows[0], 0), min(rows[-1] + 3, last_row)
    wide = np.empty((highest - lowest + 1, result.shape[1]), np.float32)
    for y in range(wide.shape[0]):
        own, widened = small[lowest + y], wide[y]
        for x in range(places.size):
            a, b, c, d = across[x, 0], across[x, 1], across[x, 2], across[x, 3]
            p = channels * min(max(places[x], 0), last_column)
            q = channels * min(max(places[x] + 1, 0), last_column)
            r = channels * min(max(places[x] + 2, 0), last_column)
            s = channels * min(max(places[x] + 3, 0), last_column)
            for channel in range(channels):
                widened[channels * x + channel] = (
                    a * own[p + channel] + b * own[q + channel] + c * own[r + channel] + d * own[s + channel]
                )
    for y in range(result.shape[0]):
        first = wide[min(max(rows[y], 0), last_row) - lowest]
        second = wide[min(max(rows[y] + 1, 0), last_row) - lowest]
        third = wide[min(max(rows[y] + 2, 0), last_row) - lowest]
        fourth = wide[min(max(rows[y] + 3, 0), last_row) - lowest]
        a, b, c, d = down[y, 0], down[y, 1], down[y, 2], down[y, 3]
        out = result[y]
        for k in range(out.size):
            out[k] = a * first[k] + b * second[k] + c * third[k] + d * fourth[k]
