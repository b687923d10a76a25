"""Loops that look for the marks of effects: flakes and streaks, leaves that turned, leaning lines.

They take planes as those of `tools.attribute_kernels` do.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, compiled
from tools.detail_kernels import mirrored
from tools.kernels import angle_degrees

_F = np.float32
_I = np.int32
_B = np.uint8


@compiled
def leanings(plane: Pixels, weight: Pixels) -> Any:
    """Weighted sums of the squares of the slopes to the right and down (Sobel), and of their product.

    Args:
        plane: `(H, W)`; the border is mirrored.
        weight: as many, or one row that counts for all.
    """
    height, width = plane.shape
    total = np.zeros((3, width), _F)
    right, down, both = total[0], total[1], total[2]
    line, rise = np.empty(width + 2, _F), np.empty(width + 2, _F)
    for y in range(height):
        above, own, below = plane[min(abs(y - 1), height - 1)], plane[y], plane[max(mirrored(y + 1, height), 0)]
        counts = weight[min(y, weight.shape[0] - 1)]
        for x in range(width):
            line[x + 1] = above[x] + _F(2) * own[x] + below[x]
        for x in range(width):
            rise[x + 1] = below[x] - above[x]
        first, last = min(2, width), max(width - 1, 1)
        line[0], line[-1], rise[0], rise[-1] = line[first], line[last], rise[first], rise[last]
        for x in range(width):
            across, along = line[x + 2] - line[x], rise[x] + _F(2) * rise[x + 1] + rise[x + 2]
            right[x] += counts[x] * across * across
            down[x] += counts[x] * along * along
            both[x] += counts[x] * across * along
    return right.sum(), down.sum(), both.sum()


@compiled
def turned(now: Any, was: Any, lightness: Pixels, cast: Any, weight: Pixels) -> float:
    """Weighted mean of the degrees, at most 60, from the hue of each pixel to the one it had, under a cast.

    Args:
        now: Oklab a and b.
        was: those before.
        lightness: Oklab L before.
        cast: a and b, over L, that every pixel took on.
        weight: of each pixel, as far as its chroma is 0.04 or more.
    """
    width = weight.shape[1]
    total, counted, counts, turn = np.zeros(width, _F), np.zeros(width, _F), np.empty(width, _F), np.empty(width, _F)
    for y in range(weight.shape[0]):
        a, b, was_a, was_b, tones, weights = now[0][y], now[1][y], was[0][y], was[1][y], lightness[y], weight[y]
        for x in range(width):
            lit_a, lit_b = was_a[x] + _F(cast[0]) * tones[x], was_b[x] + _F(cast[1]) * tones[x]
            turn[x] = angle_degrees(a[x] * lit_b - b[x] * lit_a, a[x] * lit_a + b[x] * lit_b)
        for x in range(width):
            counts[x] = weights[x] * min(np.sqrt(a[x] * a[x] + b[x] * b[x]) * _F(1 / 0.04), _F(1))
            counted[x] += counts[x]
        for x in range(width):
            shorter = turn[x] - _F(360) if turn[x] > _F(180) else turn[x]
            total[x] += counts[x] * min(max(shorter, _F(-60)), _F(60))
    return total.sum() / max(counted.sum(), _F(1e-30))


@compiled
def levels(gain: Pixels, result: Any) -> None:
    """Gains from -0.5 to 0.5 as 8 bits, 128 for none. All flat."""
    for k in range(gain.size):
        result[k] = _B(_I(min(max(_F(128) + _F(255) * gain[k], _F(0)), _F(255))))


@compiled
def specks(padded: Any, size: int, least: int, result: Pixels) -> None:
    """Tell what stands out from the median of the square around it: 1 where lighter, -1 where darker, else 0.

    No median is found: it lies so far below a pixel where so many of its neighbours do.

    Args:
        padded: `(H + size - 1, W + size - 1) uint8`.
        size: of the square, odd and at most 15.
        least: levels from which a pixel stands out.
        result: `(H, W)`, filled.
    """
    height, width = result.shape
    half, most = size // 2, _B(size * size // 2 + 1)
    lower, higher, darker, lighter = (
        np.empty(width, _B),
        np.empty(width, _B),
        np.empty(width, _B),
        np.empty(width, _B),
    )
    for y in range(height):
        own, out = padded[y + half, half : half + width], result[y]
        for x in range(width):
            lower[x], higher[x] = own[x] - min(own[x], _B(least)), own[x] + min(_B(255) - own[x], _B(least))
            darker[x], lighter[x] = 0, 0
        for down in range(size):
            for right in range(size):
                beside = padded[y + down, right : right + width]
                for x in range(width):
                    darker[x] += _B(beside[x] <= lower[x])
                for x in range(width):
                    lighter[x] += _B(beside[x] >= higher[x])
        for x in range(width):
            stands_out = (darker[x] >= most) & (own[x] >= _B(least))
            sinks = (lighter[x] >= most) & (own[x] <= _B(255 - least))
            out[x] = _F(1) if stands_out else _F(-1) if sinks else _F(0)


@compiled
def bands(plane: Pixels, side: int, of_rows: Pixels, of_columns: Pixels) -> None:
    """Means over bands of so many rows, and of so many columns, of a plane `(H, W)`.

    Args:
        plane: of which what is left over below and at the right counts in none.
        side: a multiple of 4.
        of_rows: `(H // side, W)`, filled.
        of_columns: `(W // side, H)`, filled.
    """
    width, unit = plane.shape[1], _F(1 / side)
    for number in range(of_rows.shape[0]):
        band = of_rows[number]
        band[:] = _F(0)
        for y in range(side * number, side * (number + 1), 4):
            a, b, c, d = plane[y], plane[y + 1], plane[y + 2], plane[y + 3]
            for x in range(width):
                band[x] += unit * ((a[x] + b[x]) + (c[x] + d[x]))
    fours = np.empty(width - 3, _F)
    for y in range(plane.shape[0]):
        row = plane[y]
        for x in range(fours.size):
            fours[x] = (row[x] + row[x + 1]) + (row[x + 2] + row[x + 3])
        for number in range(of_columns.shape[0]):
            total = _F(0)
            for x in range(side * number, side * (number + 1), 4):
                total += fours[x]
            of_columns[number, y] = unit * total


@compiled
def sharp_steps(bands: Pixels, beside: int, own: Pixels, times: float, seen: float) -> float:
    """Mean step between neighbours in rows, as far as it is more than all that is allowed to it.

    Allowed is twice the larger of those so many px beside it, the photo's `own` step so many times, and what is seen.

    Args:
        bands: `(N, M)`.
        beside: px.
        own: `(N, M - 1 - 2 beside)`.
        times: how many times.
        seen: in the unit of the bands.
    """
    count = own.shape[1]
    total = np.zeros(count, _F)
    for number in range(own.shape[0]):
        row, allowed = bands[number], own[number]
        for x in range(count):
            step = abs(row[x + beside + 1] - row[x + beside])
            left, right = abs(row[x + 1] - row[x]), abs(row[x + 2 * beside + 1] - row[x + 2 * beside])
            total[x] += max(step - _F(2) * max(left, right) - _F(times) * allowed[x] - _F(seen), _F(0))
    return total.sum() / max(own.size, 1)


@compiled
def terraces(was: Pixels, now: Pixels, side: int) -> Any:
    """Tell what share of the gentle slopes in each place became level, or four times what became steps if that is less.

    A slope is gentle between 0.003 and 0.03 a px; it is level below half of what became of all slopes on the whole, and
    a step from 2.5 times that and 0.01. A place of few gentle slopes counts as one of three tenths.

    Args:
        was: `(H, W)`, before.
        now: `(H, W)`, after.
        side: of the places, px; what is over at the end belongs to the last.
    """
    height, width = was.shape
    rows, columns = max(height // side, 1), max(width // side, 1)
    both, squares = _F(0), _F(1e-12)
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            right, down = _slopes(was, y, x)
            right_now, down_now = _slopes(now, y, x)
            both += right * right_now + down * down_now
            squares += right * right + down * down
    kept = max(both / squares, _F(0.2))
    gentle, level, steps = np.zeros((3, rows * columns), _F)
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            right, down = _slopes(was, y, x)
            slope = np.sqrt(right * right + down * down)
            if _F(0.003) < slope < _F(0.03):
                right, down = _slopes(now, y, x)
                beyond = np.sqrt(right * right + down * down) - _F(0.5) * kept * slope
                place = min(y // side, rows - 1) * columns + min(x // side, columns - 1)
                gentle[place] += _F(1)
                level[place] += _F(beyond < _F(0))
                steps[place] += _F(beyond > _F(2) * kept * slope + _F(0.01))
    return np.minimum(level, _F(4) * steps) / np.maximum(gentle, _F(0.3 * side * side))


@compiled
def _slopes(plane: Pixels, y: int, x: int) -> Any:
    """Slopes of a plane to the right and down, an eighth of Sobel's."""
    above, own, below = plane[y - 1], plane[y], plane[y + 1]
    right = above[x + 1] - above[x - 1] + _F(2) * (own[x + 1] - own[x - 1]) + below[x + 1] - below[x - 1]
    down = below[x - 1] - above[x - 1] + _F(2) * (below[x] - above[x]) + below[x + 1] - above[x + 1]
    return right * _F(0.125), down * _F(0.125)
