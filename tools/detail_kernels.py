"""Loops over the detail of a plane: what a blur takes away, noise, and how two pictures agree.

They take planes as those of `tools.attribute_kernels` do.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, compiled

_F = np.float32


@compiled
def mirrored(place: int, count: int) -> int:
    """A place from 0 on, mirrored at the last of `count`."""
    return place if place < count else 2 * count - 2 - place


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
def fine_detail(plane: Pixels, taps: Pixels, blurred: Pixels, fine: Pixels, side: int, of_places: Pixels) -> float:
    """Blur a plane, mirrored at its borders, and take that from it; give the sum of the magnitudes that are left.

    Args:
        plane: `(H, W)`, larger than the reach of the blur.
        taps: `(R + 1,)`: the middle weight of the blur and those to one side, R a multiple of 3.
        blurred: as large, filled.
        fine: see above.
        side: of a place, in px.
        of_places: `(ceil(H / side), ceil(W / side))`, filled: mean magnitude of what is left there.
    """
    height, width = plane.shape
    reach = taps.size - 1
    total, line, sizes = 0.0, np.empty(width + 2 * reach, _F), np.zeros(width, _F)
    middle = line[reach : reach + width]
    for y in range(height):
        own, smooth, left = plane[y], blurred[y], fine[y]
        for x in range(width):
            middle[x] = taps[0] * own[x]
        for k in range(1, reach, 3):
            a, b, c = taps[k], taps[k + 1], taps[k + 2]
            above, below = plane[abs(y - k)], plane[mirrored(y + k, height)]
            above_b, below_b = plane[abs(y - k - 1)], plane[mirrored(y + k + 1, height)]
            above_c, below_c = plane[abs(y - k - 2)], plane[mirrored(y + k + 2, height)]
            for x in range(width):
                near = a * (above[x] + below[x]) + b * (above_b[x] + below_b[x])
                middle[x] += near + c * (above_c[x] + below_c[x])
        for k in range(1, reach + 1):
            line[reach - k], line[reach + width - 1 + k] = line[reach + k], line[reach + width - 1 - k]
        for x in range(width):
            smooth[x] = taps[0] * middle[x]
        for k in range(1, reach, 3):
            a, b, c = taps[k], taps[k + 1], taps[k + 2]
            before, after = line[reach - k - 2 :], line[reach + k :]
            for x in range(width):
                near = a * (before[x + 2] + after[x]) + b * (before[x + 1] + after[x + 1])
                smooth[x] += near + c * (before[x] + after[x + 2])
        for x in range(width):
            left[x] = own[x] - smooth[x]
        for x in range(width):
            sizes[x] += abs(left[x])
        if (y + 1) % side == 0 or y == height - 1:
            total += sizes.sum()
            _mean_of_places(sizes, side, y % side + 1, of_places[y // side])
            sizes[:] = _F(0)
    return total


@compiled
def _mean_of_places(sums: Pixels, side: int, rows: int, means: Pixels) -> None:
    """Means over so many columns of sums over so many rows; the last place may have fewer."""
    whole = sums.size // side
    means[:] = _F(0)
    for tap in range(side):
        ahead = sums[tap:]
        for place in range(whole):
            means[place] += ahead[side * place]
    for place in range(whole):
        means[place] *= _F(1 / (side * rows))
    if whole < means.size:
        means[whole] = sums[side * whole :].sum() / ((sums.size - side * whole) * rows)


@compiled
def mean_apart(thinned: Pixels, plane: Pixels, stride: int) -> float:
    """Mean magnitude of the difference of one plane from every so many pixels of every so many rows of another."""
    total = np.zeros(thinned.shape[1], _F)
    for y in range(thinned.shape[0]):
        own, other = thinned[y], plane[stride * y]
        for x in range(own.size):
            total[x] += abs(other[stride * x] - own[x])
    return total.sum() / thinned.size


@compiled
def edges(plane: Pixels) -> Any:
    """Square root of the size of the gradient at each pixel (Scharr), `(H * W,)`; the border is mirrored.

    A little is added to the gradient, lest noise counts in what is even.
    """
    height, width = plane.shape
    result, line, rise = np.empty((height, width), _F), np.empty(width + 2, _F), np.empty(width + 2, _F)
    second, last = min(2, width), max(width - 1, 1)
    for y in range(height):
        above, own, below = plane[min(abs(y - 1), height - 1)], plane[y], plane[max(mirrored(y + 1, height), 0)]
        for x in range(width):
            line[x + 1] = _F(3 / 16) * (above[x] + below[x]) + _F(10 / 16) * own[x]
        for x in range(width):
            rise[x + 1] = below[x] - above[x]
        line[0], line[-1], rise[0], rise[-1] = line[second], line[last], rise[second], rise[last]
        out = result[y]
        for x in range(width):
            right = line[x + 2] - line[x]
            down = _F(3 / 16) * (rise[x] + rise[x + 2]) + _F(10 / 16) * rise[x + 1]
            out[x] = np.sqrt(np.sqrt(right * right + down * down) + _F(1e-4))
    return result.reshape(-1)


@compiled
def mean_steps(plane: Pixels) -> Any:
    """Mean size of the steps from each pixel to the next on its right, and to the next below; `(H, W)`, 2 x 2 at least.

    Every second row tells enough.
    """
    height, width = plane.shape
    right, down, rows = np.zeros(width - 1, _F), np.zeros(width, _F), 0
    for y in range(0, height - 1, 2):
        own, below = plane[y], plane[y + 1]
        for x in range(width - 1):
            right[x] += abs(own[x + 1] - own[x])
        for x in range(width):
            down[x] += abs(below[x] - own[x])
        rows += 1
    return right.sum() / (rows * (width - 1)), down.sum() / (rows * width)


@compiled
def laplacians(plane: Pixels, weight: Pixels) -> float:
    """Weighted mean of the magnitudes of Immerkaer's difference of two Laplacians; the border is mirrored.

    Every second row tells enough.

    Args:
        plane: `(H, W)`, at least 2 x 2.
        weight: as many.
    """
    height, width = plane.shape
    sums, weights, across = np.zeros(width, _F), np.zeros(width, _F), np.empty(width, _F)
    for y in range(0, height, 2):
        above, own, below = plane[abs(y - 1)], plane[y], plane[min(y + 1, 2 * height - 3 - y)]
        for x in range(width):
            across[x] = above[x] - _F(2) * own[x] + below[x]
        counts = weight[y]
        for x in range(width):
            weights[x] += counts[x]
        for x in range(1, width - 1):
            sums[x] += counts[x] * abs(across[x - 1] - _F(2) * across[x] + across[x + 1])
        sums[0] += counts[0] * abs(_F(2) * (across[1] - across[0]))
        sums[-1] += counts[-1] * abs(_F(2) * (across[-2] - across[-1]))
    total = weights.sum()
    return sums.sum() / (6 * total) if total > 0 else 0.0


@compiled
def _repeated(place: int, count: int) -> int:
    """A place from 0 on, mirrored after the last of `count` and before the first, which are there twice."""
    place %= 2 * count
    return place if place < count else 2 * count - 1 - place


@compiled
def unexplained(planes: Any, basis: Pixels, left: Pixels) -> None:
    """Add what orthonormal columns leave of each square place of planes: sums of squares, less those they reach.

    Args:
        planes: `(H, W)` each; beyond the border they are mirrored.
        basis: `(N, H', W')`: the columns of all places beside a constant one, each where its place is; whole places,
            H' >= H and W' >= W.
        left: `(rows, columns)` of places.
    """
    height, width = planes[0].shape
    columns, _, wide = basis.shape
    side = wide // left.shape[1]
    line, sums, total = np.empty(wide, _F), np.empty((columns + 2, wide), _F), np.empty(left.shape[1], _F)
    for plane in planes:
        for row in range(left.shape[0]):
            sums[:] = _F(0)
            for y in range(side * row, side * (row + 1)):
                own = plane[_repeated(y, height)]
                line[:width] = own
                for x in range(width, wide):
                    line[x] = own[_repeated(x, width)]
                _add_squares(line, sums[columns], sums[columns + 1])
                for column in range(columns):
                    _add_products(basis[column, y], line, sums[column])
            for column in range(columns + 2):
                total[:] = _F(0)
                for x in range(side):
                    for place in range(total.size):
                        total[place] += sums[column, side * place + x]
                if column == columns:
                    left[row] += total
                else:
                    left[row] -= total * total * _F(1 if column < columns else 1 / (side * side))


@compiled
def _add_squares(values: Pixels, squares: Pixels, sums: Pixels) -> None:
    for x in range(values.size):
        squares[x] += values[x] * values[x]
    for x in range(values.size):
        sums[x] += values[x]


@compiled
def _add_products(first: Pixels, second: Pixels, total: Pixels) -> None:
    for x in range(total.size):
        total[x] += first[x] * second[x]
