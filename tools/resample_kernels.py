"""Loops that make pictures smaller by averaging and larger by interpolation, some rows at a time.

What each number of a row is made of is laid out once, channels side by side, so that the loops over rows are sums of
products with nothing to decide.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, compiled

_F = np.float32
_U = np.uint64
_REACH = 2
"""How many pixels beyond either end of a row `enlarge` may look."""


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
    taps = int(np.ceil(wide)) + 1
    begin, weights = np.empty(result.shape[1], np.uint32), np.empty((taps, result.shape[1]), np.float32)
    for column in range(columns):
        left, right = column * wide, min((column + 1) * wide, float(width))
        for channel in range(channels):
            place = channels * column + channel
            begin[place] = channels * int(left) + channel
            for tap in range(taps):
                x = float(int(left) + tap)
                weights[tap, place] = max(min(x + 1.0, right) - max(x, left), 0.0)
    line = np.zeros(channels * (width + taps), np.float32)
    for row in range(first, stop):
        upper, lower = row * tall, min((row + 1) * tall, float(height))
        line[:] = _F(0)
        for y in range(int(upper), int(np.ceil(lower))):
            share = _F(min(y + 1.0, lower) - max(float(y), upper))
            own = source[y - top]
            for k in range(own.size):
                line[k] += share * _F(own[k])
        out = result[row]
        out[:] = _F(0)
        for tap in range(taps):
            ahead, weight = _U(channels * tap), weights[tap]
            for k in range(out.size):
                out[k] += weight[k] * line[_U(begin[k]) + ahead]
        scale = _F(unit / (tall * wide))
        for k in range(out.size):
            out[k] *= scale


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
    begin, weights = np.empty(result.shape[1], np.uint32), np.empty((4, result.shape[1]), np.float32)
    for x in range(places.size):
        for channel in range(channels):
            begin[channels * x + channel] = channels * (places[x] + _REACH) + channel
            for tap in range(4):
                weights[tap, channels * x + channel] = across[x, tap]
    line = np.empty(small.shape[1] + 2 * channels * _REACH, np.float32)
    middle, beyond = line[channels * _REACH :], line[channels * (_REACH + last_column + 1) :]
    wide = np.empty((highest - lowest + 1, result.shape[1]), np.float32)
    one, two, three = _U(channels), _U(2 * channels), _U(3 * channels)
    a_few, b_few, c_few, d_few = weights[0], weights[1], weights[2], weights[3]
    for y in range(wide.shape[0]):
        own, widened = small[lowest + y], wide[y]
        for k in range(own.size):
            middle[k] = own[k]
        for channel in range(channels):
            for pixel in range(_REACH):
                line[channels * pixel + channel] = own[channel]
                beyond[channels * pixel + channel] = own[channels * last_column + channel]
        for k in range(widened.size):
            at = _U(begin[k])
            left, right = line[at], line[at + three]
            widened[k] = a_few[k] * left + b_few[k] * line[at + one] + c_few[k] * line[at + two] + d_few[k] * right
    for y in range(result.shape[0]):
        first = wide[min(max(rows[y], 0), last_row) - lowest]
        second = wide[min(max(rows[y] + 1, 0), last_row) - lowest]
        third = wide[min(max(rows[y] + 2, 0), last_row) - lowest]
        fourth = wide[min(max(rows[y] + 3, 0), last_row) - lowest]
        a, b, c, d = down[y, 0], down[y, 1], down[y, 2], down[y, 3]
        out = result[y]
        for k in range(out.size):
            out[k] = a * first[k] + b * second[k] + c * third[k] + d * fourth[k]
