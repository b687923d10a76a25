"""Loops that measure a picture: its planes in Oklab, what a tone curve explains, the colours left beside casts.

Unlike those of `tools.kernels` they take planes, `(H, W) float32`, C-contiguous.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, compiled

_F = np.float32


@compiled
def distance(first: Any, second: Any, result: Pixels) -> None:
    """Oklab distance times 100 of each pixel.

    Args:
        first: three flat planes.
        second: three more.
        result: as long, filled.
    """
    (lightness, a, b), (other_lightness, other_a, other_b) = first, second
    for k in range(result.size):
        x, y, z = lightness[k] - other_lightness[k], a[k] - other_a[k], b[k] - other_b[k]
        result[k] = _F(100) * np.sqrt(x * x + y * y + z * z)


@compiled
def beyond(lightest: Pixels, darkest: Pixels, black: float, white: float) -> int:
    """Pixels whose lightest channel is at most `black`, or whose darkest is at least `white`. All flat."""
    low, high, count = _F(black), _F(white), 0
    for k in range(lightest.size):
        count += (lightest[k] <= low) | (darkest[k] >= high)
    return count


@compiled
def burnt(lightest: Pixels, chroma: Pixels, full: Any, vivid: Any) -> float:
    """Sum over all pixels of how far the lightest channel is full, times how far the colour is vivid. All flat.

    Args:
        lightest: light of the lightest channel.
        chroma: Oklab chroma.
        full: light that is not at all full, and light that is.
        vivid: chroma that is not at all vivid, and chroma that is.
    """
    total = 0.0
    for k in range(lightest.size):
        if lightest[k] > full[0] and chroma[k] > vivid[0]:
            light = min((lightest[k] - full[0]) / (full[1] - full[0]), 1.0)
            total += light * min((chroma[k] - vivid[0]) / (vivid[1] - vivid[0]), 1.0)
    return total


@compiled
def mean_gain(now: Pixels, was: Pixels, levels: int) -> Any:
    """Mean gain of L at each level of the L before, `(levels,)`; of every second pixel of every second row."""
    height, width = was.shape
    gain, count = np.zeros(levels), np.zeros(levels)
    for y in range(0, height, 2):
        for x in range(0, width, 2):
            level = min(max(int(was[y, x] * _F(levels)), 0), levels - 1)
            gain[level] += now[y, x] - was[y, x]
            count[level] += 1
    return (gain / np.maximum(count, 1)).astype(_F)


@compiled
def beside_curve(now: Pixels, was: Pixels, curve: Pixels, result: Pixels) -> None:
    """Gain of L less that of a curve over the levels of the L before; all flat."""
    levels = curve.size
    for k in range(result.size):
        level = min(max(int(was[k] * _F(levels)), 0), levels - 1)
        result[k] = now[k] - was[k] - curve[level]


@compiled
def colour_beside_casts(lightness: Pixels, a: Pixels, b: Pixels, inside: Any, levels: int) -> float:
    """Mean chroma left when the mean colour of each level of L is taken away.

    Args:
        lightness: Oklab L.
        a: Oklab a.
        b: Oklab b.
        inside: `(H / 2, W / 2) bool`: which of every second pixel of every second row count.
        levels: of L, from 0 to 1.
    """
    sums, count = np.zeros((levels, 2)), np.zeros(levels)
    rows, columns = inside.shape
    for y in range(rows):
        for x in range(columns):
            if inside[y, x]:
                level = min(max(int(lightness[2 * y, 2 * x] * _F(levels)), 0), levels - 1)
                sums[level, 0] += a[2 * y, 2 * x]
                sums[level, 1] += b[2 * y, 2 * x]
                count[level] += 1
    casts = np.zeros((levels, 2), _F)
    for level in range(levels):
        casts[level] = sums[level] / max(count[level], 1)
    left = 0.0
    for y in range(rows):
        for x in range(columns):
            if inside[y, x]:
                level = min(max(int(lightness[2 * y, 2 * x] * _F(levels)), 0), levels - 1)
                beside_a, beside_b = a[2 * y, 2 * x] - casts[level, 0], b[2 * y, 2 * x] - casts[level, 1]
                left += np.sqrt(beside_a * beside_a + beside_b * beside_b)
    return left / max(count.sum(), 1)


@compiled
def histogram(plane: Pixels, weight: Pixels, bins: int) -> Any:
    """Weight of the values in each of `bins` from 0 to 1, `(bins,)`; what lies outside is left out. All flat."""
    result = np.zeros((2, bins))  # two in turn: the next value need not wait for the last one's sum
    for k in range(plane.size):
        if (plane[k] >= _F(0)) & (plane[k] <= _F(1)):
            place = min(int(plane[k] * _F(bins)), bins - 1)
            result[k & 1, place] += weight[k]
    return result[0] + result[1]


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
