"""Pointwise work on a large picture, strip by strip on all cores, so that intermediate arrays stay in the cache."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tools.types import FloatImage

_STRIP_PIXELS = 200_000
_THREADS = int(os.environ.get("STYLIST_THREADS", "0")) or min(4, os.cpu_count() or 1)


def in_strips(change: Callable[[FloatImage], FloatImage], image: FloatImage) -> FloatImage:
    """Return `change(image)` for a `change` that treats every pixel by itself and keeps the shape."""
    height, width = image.shape[:2]
    rows = max(1, _STRIP_PIXELS // max(width, 1))
    if height <= rows:
        return change(image)
    result = np.empty_like(image)

    def run(top: int) -> None:
        result[top : top + rows] = change(image[top : top + rows])

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(run, range(0, height, rows)))
    return result
