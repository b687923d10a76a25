"""Loops that measure a picture: sums over its planes, what a tone curve explains, the colours left beside casts.

They take planes, `(H, W) float32`, C-contiguous. Sums are taken column by column, and of the columns in the end: thus
loops over a row become vectors, though no sum is reordered, and what several sums need is read once.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, Real, compiled
from tools.kernels import AT_HAND, decoded, oklab_of

_F = np.float32
_I = np.int32
CHUNK_PX = 512
"""Pixels that are brought into planes at a time. Their planes lie that far apart in one array, so that the compiler
knows without looking that none overlaps another."""
_U = np.uint32
"""Of places in an array: a compiler that knows that they are not below 0 need not look."""


@compiled
def _share(value: Real, ends: Any) -> Real:
    """How far a value lies from the first of two ends to the second, 0 to 1."""
    share = (value - _F(ends[0])) * _F(1 / (ends[1] - ends[0]))
    share = share if share > _F(0) else _F(0)
    return share if share < _F(1) else _F(1)


@compiled
def walk(picture: Pixels, encoded: bool, planes: Any, blocks: Any, limits: Any) -> Any:
    """Bring a picture into planes, and tell what all its pixels together do while they are at hand.

    Args:
        picture: `(H, 3 W)`, sRGB.
        encoded: whether that is not linear light.
        planes: Oklab L, a and b, `(H, W)` each; filled.
        blocks: `(4, ceil(H / 2), ceil(W / 2))`: means of linear red, green and blue and of the darkest channel over
            blocks of 2 x 2 px; those at the border repeat its pixels; filled.
        limits: light of the lightest channel of what is black, and of the darkest of what is white; light at which a
            channel is not at all full, and at which it is; chroma that is not at all vivid, and chroma that is; chroma
            beyond which a colour is gaudy.

    Returns:
        `(8,)`: mean L, its variance, mean a, b and chroma; shares of pixels at the ends of the range, of those of a
        vivid colour with a full channel, by degrees, and of gaudy ones.
    """
    height, width = planes[0].shape
    tones, reds, yellows = planes[0].reshape(-1), planes[1].reshape(-1), planes[2].reshape(-1)
    rows = max(2 * (CHUNK_PX // width), 2)
    chunk, sums = np.zeros(8 * CHUNK_PX, _F), np.zeros(8 * CHUNK_PX, _F)
    light = np.empty((4, rows * width), _F)
    first = _F(0)
    for top in range(0, height, rows):
        band = slice(top, min(top + rows, height))
        pixels = picture[band].reshape(-1)
        count = pixels.size // 3
        for start in range(0, count, CHUNK_PX):
            size = min(CHUNK_PX, count - start)
            _into_planes(pixels[3 * start : 3 * (start + size)], encoded, chunk)
            for plane in range(4):
                _copy(chunk[plane * CHUNK_PX :], light[plane, start : start + size])
            place = top * width + start
            _copy(chunk[5 * CHUNK_PX :], tones[place : place + size])
            _copy(chunk[6 * CHUNK_PX :], reds[place : place + size])
            _copy(chunk[7 * CHUNK_PX :], yellows[place : place + size])
            first = chunk[5 * CHUNK_PX] if top + start == 0 else first
            _add_up(chunk, size, first, limits, sums)
        for y in range(0, band.stop - top, 2):
            below = min(y + 1, band.stop - top - 1)
            for plane in range(4):
                own = light[plane]
                upper, lower = own[y * width : (y + 1) * width], own[below * width : (below + 1) * width]
                _halve(upper, lower, blocks[plane, (top + y) // 2])
    means = np.empty(8)
    for k in range(8):
        means[k] = sums[k * CHUNK_PX : (k + 1) * CHUNK_PX].sum() / planes[0].size
    means[1] -= means[0] * means[0]
    means[0] += first
    return means


@compiled
def _into_planes(pixels: Pixels, encoded: bool, chunk: Pixels) -> None:
    """Linear red, green and blue, the least and the most of them, and Oklab L, a and b of up to `CHUNK_PX` pixels."""
    size = min(pixels.size // 3, CHUNK_PX)
    for k in range(size):
        chunk[k], chunk[CHUNK_PX + k], chunk[2 * CHUNK_PX + k] = pixels[3 * k], pixels[3 * k + 1], pixels[3 * k + 2]
    if encoded:
        for k in range(3 * CHUNK_PX):
            chunk[k] = decoded(chunk[k])
    for k in range(size):
        red, green, blue = chunk[k], chunk[CHUNK_PX + k], chunk[2 * CHUNK_PX + k]
        tone, a, b = oklab_of(red, green, blue)
        chunk[3 * CHUNK_PX + k] = min(red, min(green, blue))
        chunk[4 * CHUNK_PX + k] = max(red, max(green, blue))
        chunk[5 * CHUNK_PX + k], chunk[6 * CHUNK_PX + k], chunk[7 * CHUNK_PX + k] = tone, a, b


@compiled
def _copy(values: Pixels, result: Pixels) -> None:
    for k in range(result.size):
        result[k] = values[k]


@compiled
def _add_up(chunk: Pixels, size: int, first: Real, limits: Any, sums: Pixels) -> None:
    """Add what the pixels of a chunk tell; L is counted from that of the first pixel, lest differences are lost."""
    (black, white), full, vivid, gaudy = limits
    for k in range(size):
        tone, a, b = chunk[5 * CHUNK_PX + k] - first, chunk[6 * CHUNK_PX + k], chunk[7 * CHUNK_PX + k]
        darkest, lightest, chroma = chunk[3 * CHUNK_PX + k], chunk[4 * CHUNK_PX + k], np.sqrt(a * a + b * b)
        sums[k] += tone
        sums[CHUNK_PX + k] += tone * tone
        sums[2 * CHUNK_PX + k] += a
        sums[3 * CHUNK_PX + k] += b
        sums[4 * CHUNK_PX + k] += chroma
        sums[5 * CHUNK_PX + k] += _F(1) if (lightest <= _F(black)) | (darkest >= _F(white)) else _F(0)
        sums[6 * CHUNK_PX + k] += _share(lightest, full) * _share(chroma, vivid)
        sums[7 * CHUNK_PX + k] += _F(1) if chroma > _F(gaudy) else _F(0)


@compiled
def _halve(upper: Pixels, lower: Pixels, result: Pixels) -> None:
    """Means over blocks of two rows and two columns; the last column may count twice."""
    for x in range(upper.size // 2):
        result[x] = _F(0.25) * ((upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]))
    if 2 * result.size > upper.size:
        result[-1] = _F(0.5) * (upper[-1] + lower[-1])


@compiled
def distance(first: Any, second: Any, result: Pixels) -> None:
    """Fill in the Oklab distance times 100 of each pixel.

    Args:
        first: three planes.
        second: three more.
        result: as large.
    """
    for y in range(result.shape[0]):
        row = result[y]
        row[:] = _F(0)
        for channel in range(3):
            one, other = first[channel][y], second[channel][y]
            for x in range(row.size):
                row[x] += (one[x] - other[x]) * (one[x] - other[x])
        for x in range(row.size):
            row[x] = _F(100) * np.sqrt(row[x])


@compiled
def mean_distance(first: Any, second: Any, stride: int) -> float:
    """Mean Oklab distance times 100 of the pixels of every so many rows; see `distance`."""
    height, width = first[0].shape
    total, squared, rows = np.zeros(width, _F), np.empty(width, _F), 0
    for y in range(0, height, stride):
        tones, a, b = first[0][y], first[1][y], first[2][y]
        other_tones, other_a, other_b = second[0][y], second[1][y], second[2][y]
        for x in range(width):
            light, red = tones[x] - other_tones[x], a[x] - other_a[x]
            squared[x] = light * light + red * red
        for x in range(width):
            yellow = b[x] - other_b[x]
            total[x] += np.sqrt(squared[x] + yellow * yellow)
        rows += 1
    return 100 * total.sum() / (rows * width)


@compiled
def tones(lightness: Pixels, levels: int) -> Any:
    """Which of so many levels every second pixel of every second row of L lies in, `(H / 2, W / 2) uint32`."""
    result = np.empty(((lightness.shape[0] + 1) // 2, (lightness.shape[1] + 1) // 2), _U)
    for y in range(result.shape[0]):
        own, places = lightness[2 * y], result[y]
        for x in range(places.size):
            places[x] = _level(own[2 * x], levels)
    return result


@compiled
def mean_gain(now: Pixels, was: Pixels, tone: Any, counts: Any) -> Any:
    """Mean gain of L at each level of the L before, `(levels,)`; of every second pixel of every second row.

    Args:
        now: L.
        was: L before.
        tone: its `tones`.
        counts: how many pixels each level has, or 1.
    """
    gain = np.zeros((2, counts.size))  # two in turn: no sum waits for the last
    for y in range(tone.shape[0]):
        before, after, places = was[2 * y], now[2 * y], tone[y]
        for x in range(places.size):
            gain[_U(x & 1), places[x]] += after[2 * x] - before[2 * x]
    return ((gain[0] + gain[1]) / counts).astype(_F)


@compiled
def _level(value: Real, levels: int) -> Any:
    """Which of so many levels from 0 to 1 a value lies in; values outside belong to the ends."""
    return _U(min(max(_I(value * _F(levels)), _I(0)), _I(levels - 1)))


@compiled
def beside_curve(now: Pixels, was: Pixels, curve: Pixels, result: Pixels) -> None:
    """Gain of L less that of a curve over the levels of the L before; all flat."""
    levels = curve.size
    for k in range(result.size):
        level = _level(was[k], levels)
        result[k] = now[k] - was[k] - curve[level]


@compiled
def colour_beside_casts(lightness: Pixels, a: Pixels, b: Pixels, inside: Any, levels: int) -> float:
    """Mean chroma left when the mean colour of each level of L is taken away.

    Args:
        lightness: Oklab L.
        a: Oklab a.
        b: Oklab b.
        inside: `(H / 2, W / 2) float32`, 0 or 1: which of every second pixel of every second row may count; of those,
            every second row does.
        levels: of L, from 0 to 1.
    """
    sums, count = np.zeros((2, levels, 2), _F), np.zeros((2, levels), _F)  # two in turn: no sum waits for the last
    rows, columns = (inside.shape[0] + 1) // 2, inside.shape[1]
    level = np.empty((rows, columns), _U)
    for y in range(rows):
        places, tones, reds, yellows, counts = level[y], lightness[4 * y], a[4 * y], b[4 * y], inside[2 * y]
        for x in range(columns):
            places[x] = _level(tones[2 * x], levels)
        for x in range(columns):
            place, turn = places[x], _U(x & 1)
            sums[turn, place, 0] += counts[x] * reds[2 * x]
            sums[turn, place, 1] += counts[x] * yellows[2 * x]
            count[turn, place] += counts[x]
    total = count[0] + count[1]
    casts = np.empty((2, levels), _F)
    for channel in range(2):
        casts[channel] = (sums[0, :, channel] + sums[1, :, channel]) / np.maximum(total, _F(1))
    left, square = np.zeros(columns, _F), np.empty(columns, _F)
    for y in range(rows):
        places, reds, yellows, counts = level[y], a[4 * y], b[4 * y], inside[2 * y]
        for x in range(columns):
            red, yellow = reds[2 * x] - casts[0, places[x]], yellows[2 * x] - casts[1, places[x]]
            square[x] = red * red + yellow * yellow
        for x in range(columns):
            left[x] += counts[x] * np.sqrt(square[x])
    return left.sum() / max(total.sum(), _F(1))


@compiled
def histogram(plane: Pixels, weight: Pixels | None, bins: int) -> Any:
    """Weight, or number, of the values in each of `bins` from 0 to 1, `(bins,)`; others are left out. All flat."""
    result = np.zeros((4, bins + 1))  # four in turn: no sum waits for the last
    places = np.empty(AT_HAND, _U)
    for start in range(0, plane.size, AT_HAND):
        values = plane[start : start + AT_HAND]
        for k in range(values.size):
            within = (values[k] >= _F(0)) & (values[k] <= _F(1))
            places[k] = _level(values[k], bins) if within else _U(bins)
        for k in range(values.size):
            result[_U(k & 3), places[k]] += _F(1) if weight is None else weight[start + k]
    return result.sum(axis=0)[:bins]


@compiled
def middle_and_corners(plane: Pixels, middle: Any, corners: Any) -> Any:
    """Sums of a plane over its middle and over its corners.

    Args:
        plane: `(H, W)`.
        middle: `(H, 2)`: where in each row the middle begins and ends.
        corners: `(H, 2)`: where the left corner ends and the right one begins.
    """
    height, width = plane.shape
    inner, outer = np.zeros(width, _F), np.zeros(width, _F)
    for y in range(height):
        own = plane[y]
        for x in range(middle[y, 0], middle[y, 1]):
            inner[x] += own[x]
        for x in range(corners[y, 0]):
            outer[x] += own[x]
        for x in range(corners[y, 1], width):
            outer[x] += own[x]
    return inner.sum(), outer.sum()
