"""Loops that measure a picture: sums over its planes, what a tone curve explains, the colours left beside casts.

They take planes, `(H, W) float32`, C-contiguous. Sums are taken column by column, and of the columns in the end: thus
loops over a row become vectors, though no sum is reordered, and what several sums need is read once.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, Real, compiled
from tools.kernels import AT_HAND, angle_degrees, code_to_planes, to_planes

_F = np.float32
_I = np.int32
_U = np.uint32
"""Of places in an array: a compiler that knows that they are not below 0 need not look."""
_B = np.uint8


@compiled
def _share(value: Real, ends: Any) -> Real:
    """How far a value lies from the first of two ends to the second, 0 to 1."""
    share = (value - _F(ends[0])) * _F(1 / (ends[1] - ends[0]))
    share = share if share > _F(0) else _F(0)
    return share if share < _F(1) else _F(1)


@compiled
def walk(picture: Pixels, encoded: bool, linear: Pixels, planes: Any, limits: Any) -> Any:
    """Bring a picture into planes, and tell what all its pixels together do while they are at hand.

    Args:
        picture: `(H, 3 W)`, sRGB.
        encoded: whether that is not linear light.
        linear: as large; filled with linear light if `picture` is encoded, else the same.
        planes: Oklab L, a and b, light of the darkest channel, Oklab chroma, `(H, W)` each; filled.
        limits: light of the lightest channel of what is black, and of the darkest of what is white; light at which a
            channel is not at all full, and at which it is; chroma that is not at all vivid, and chroma that is; chroma
            beyond which a colour is gaudy.

    Returns:
        `(8,)`: mean L, its variance, mean a, b and chroma; shares of pixels at the ends of the range, of those of a
        vivid colour with a full channel, by degrees, and of gaudy ones.
    """
    lightness, a, b, darkest, chroma = planes
    height, width = lightness.shape
    rows = max(AT_HAND // width, 1)
    total, lightest = np.zeros((8, width), _F), np.empty((rows, width), _F)
    first = _F(0)
    for top in range(0, height, rows):
        band = slice(top, min(top + rows, height))
        lights, high = linear[band].reshape(-1), lightest[: band.stop - top]
        tones, reds, yellows, low = lightness[band], a[band], b[band], darkest[band]
        flat = tones.reshape(-1), reds.reshape(-1), yellows.reshape(-1), low.reshape(-1), high.reshape(-1)
        if encoded:
            code_to_planes(picture[band].reshape(-1), lights, flat[0], flat[1], flat[2], flat[3], flat[4])
        else:
            to_planes(lights, flat[0], flat[1], flat[2], flat[3], flat[4])
        first = tones[0, 0] if top == 0 else first
        for y in range(tones.shape[0]):
            _add_colours(tones[y], reds[y], yellows[y], chroma[top + y], first, total)
            _add_extremes(low[y], high[y], chroma[top + y], limits, total)
    means = np.empty(8)
    for k in range(8):
        means[k] = total[k].sum() / lightness.size
    means[1] -= means[0] * means[0]
    means[0] += first
    return means


@compiled
def _add_colours(tones: Pixels, reds: Pixels, yellows: Pixels, colours: Pixels, first: Real, total: Any) -> None:
    """Fill in the chroma of a row; L is counted from that of the first pixel, lest small differences are lost."""
    light, squared, red, yellow, vivid = total[0], total[1], total[2], total[3], total[4]
    for x in range(tones.size):
        light[x] += tones[x] - first
        squared[x] += (tones[x] - first) * (tones[x] - first)
    for x in range(tones.size):
        red[x] += reds[x]
        yellow[x] += yellows[x]
    for x in range(tones.size):
        colours[x] = np.sqrt(reds[x] * reds[x] + yellows[x] * yellows[x])
        vivid[x] += colours[x]


@compiled
def _add_extremes(low: Pixels, high: Pixels, colours: Pixels, limits: Any, total: Any) -> None:
    clipped, burnt, loud = total[5], total[6], total[7]
    (black, white), full, vivid, gaudy = limits
    for x in range(low.size):
        clipped[x] += _F(1) if (high[x] <= _F(black)) | (low[x] >= _F(white)) else _F(0)
    for x in range(low.size):
        burnt[x] += _share(high[x], full) * _share(colours[x], vivid)
    for x in range(low.size):
        loud[x] += _F(1) if colours[x] > _F(gaudy) else _F(0)


@compiled
def distance(first: Any, second: Any, result: Pixels) -> float:
    """Fill in the Oklab distance times 100 of each pixel; give the sum.

    Args:
        first: three planes.
        second: three more.
        result: as large.
    """
    total = np.zeros(result.shape[1], _F)
    for y in range(result.shape[0]):
        row = result[y]
        row[:] = _F(0)
        for channel in range(3):
            one, other = first[channel][y], second[channel][y]
            for x in range(row.size):
                row[x] += (one[x] - other[x]) * (one[x] - other[x])
        for x in range(row.size):
            row[x] = _F(100) * np.sqrt(row[x])
            total[x] += row[x]
    return total.sum()


@compiled
def products(first: Pixels, second: Pixels, down: int, right: int, edge: int, stride: int) -> Any:
    """Sums of the products of two planes, and of the squares of each.

    Args:
        first: `(H, W)`.
        second: as large; what lies there so many px further down and right is taken.
        down: in px, no more than `edge`.
        right: see above.
        edge: px along the borders that are left out.
        stride: every so many rows are taken.
    """
    height, width = first.shape[0], first.shape[1] - 2 * edge
    both, own, other = np.zeros(width, _F), np.zeros(width, _F), np.zeros(width, _F)
    for y in range(edge, height - edge, stride):
        one, two = first[y, edge : edge + width], second[y + down, edge + right : edge + right + width]
        for x in range(width):
            both[x] += one[x] * two[x]
        for x in range(width):
            own[x] += one[x] * one[x]
        for x in range(width):
            other[x] += two[x] * two[x]
    return both.sum(), own.sum(), other.sum()


@compiled
def fine_detail(plane: Pixels, taps: Pixels, blurred: Pixels, fine: Pixels) -> float:
    """Blur a plane, mirrored at its borders, and take that from it; give the sum of the magnitudes that are left.

    Args:
        plane: `(H, W)`, larger than the reach of the blur.
        taps: `(R + 1,)`: the middle weight of the blur and those to one side, R a multiple of 4.
        blurred: as large, filled.
        fine: see above.
    """
    height, width = plane.shape
    reach = taps.size - 1
    total, line = np.zeros(width, _F), np.empty(width + 2 * reach, _F)
    middle = line[reach : reach + width]
    for y in range(height):
        own, smooth, left = plane[y], blurred[y], fine[y]
        for x in range(width):
            middle[x] = taps[0] * own[x]
        for k in range(1, reach, 4):
            a, b, c, d = taps[k], taps[k + 1], taps[k + 2], taps[k + 3]
            above, below = plane[abs(y - k)], plane[_mirrored(y + k, height)]
            above_b, below_b = plane[abs(y - k - 1)], plane[_mirrored(y + k + 1, height)]
            above_c, below_c = plane[abs(y - k - 2)], plane[_mirrored(y + k + 2, height)]
            above_d, below_d = plane[abs(y - k - 3)], plane[_mirrored(y + k + 3, height)]
            for x in range(width):
                near = a * (above[x] + below[x]) + b * (above_b[x] + below_b[x])
                middle[x] += near + c * (above_c[x] + below_c[x]) + d * (above_d[x] + below_d[x])
        for k in range(1, reach + 1):
            line[reach - k], line[reach + width - 1 + k] = line[reach + k], line[reach + width - 1 - k]
        for x in range(width):
            smooth[x] = taps[0] * middle[x]
        for k in range(1, reach, 4):
            a, b, c, d = taps[k], taps[k + 1], taps[k + 2], taps[k + 3]
            before, after = line[reach - k - 3 :], line[reach + k :]
            for x in range(width):
                near = a * (before[x + 3] + after[x]) + b * (before[x + 2] + after[x + 1])
                smooth[x] += near + c * (before[x + 1] + after[x + 2]) + d * (before[x] + after[x + 3])
        for x in range(width):
            left[x] = own[x] - smooth[x]
        for x in range(width):
            total[x] += abs(left[x])
    return total.sum()


@compiled
def take_away(plane: Pixels, other: Pixels) -> float:
    """Replace a plane by what another has more than it; give the sum of the magnitudes of that."""
    total = np.zeros(plane.shape[1], _F)
    for y in range(plane.shape[0]):
        own, more = plane[y], other[y]
        for x in range(own.size):
            own[x] = more[x] - own[x]
        for x in range(own.size):
            total[x] += abs(own[x])
    return total.sum()


@compiled
def _mirrored(place: int, count: int) -> int:
    return place if place < count else 2 * count - 2 - place


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
        inside: `(H / 2, W / 2) float32`, 0 or 1: which of every second pixel of every second row count.
        levels: of L, from 0 to 1.
    """
    sums, count = np.zeros((2, levels, 2), _F), np.zeros((2, levels), _F)  # two in turn: no sum waits for the last
    rows, columns = inside.shape
    level = np.empty((rows, columns), _U)
    for y in range(rows):
        places, tones, reds, yellows, counts = level[y], lightness[2 * y], a[2 * y], b[2 * y], inside[y]
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
        places, reds, yellows, counts = level[y], a[2 * y], b[2 * y], inside[y]
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
        above, own, below = plane[min(abs(y - 1), height - 1)], plane[y], plane[max(_mirrored(y + 1, height), 0)]
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


@compiled
def laplacians(plane: Pixels, weight: Pixels) -> float:
    """Weighted sum of the magnitudes of Immerkaer's difference of two Laplacians; the border is mirrored.

    Args:
        plane: `(H, W)`, at least 2 x 2.
        weight: as many.
    """
    height, width = plane.shape
    sums, across = np.zeros(width, _F), np.empty(width, _F)
    for y in range(height):
        above, own, below = plane[abs(y - 1)], plane[y], plane[min(y + 1, 2 * height - 3 - y)]
        for x in range(width):
            across[x] = above[x] - _F(2) * own[x] + below[x]
        counts = weight[y]
        for x in range(1, width - 1):
            sums[x] += counts[x] * abs(across[x - 1] - _F(2) * across[x] + across[x + 1])
        sums[0] += counts[0] * abs(_F(2) * (across[1] - across[0]))
        sums[-1] += counts[-1] * abs(_F(2) * (across[-2] - across[-1]))
    return sums.sum() / 6
