"""Pointwise work on a large picture, strip by strip on all cores, so that intermediate arrays stay in the cache."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tools.types import FloatImage

THREADS = int(os.environ.get("STYLIST_THREADS", "0")) or min(4, os.cpu_count() or 1)
STRIP_PIXELS = 32_000
"""Pixels of a strip: three channels of float32 and a few intermediate arrays fit the second-level cache."""
WORTH_SHARING = 400_000
"""Pixels below which a picture is handled whole, on the calling thread."""


def in_strips(
    change: Callable[..., FloatImage], image: FloatImage, *planes: FloatImage | None, out: FloatImage | None = None
) -> FloatImage:
    """Return `change(image, *planes)` for a `change` that treats every pixel by itself.

    Args:
        change: takes a strip of the image and of each plane, and returns as many pixels and channels as the image has.
        image: `(H, W)` or `(H, W, 3)`.
        planes: further arrays of H rows, cut alike; None is handed on as None.
        out: where the result goes, a new array by default; it may be the image itself.
    """
    height, width = image.shape[:2]
    rows = height if height * width < WORTH_SHARING else max(1, STRIP_PIXELS // width)
    if rows == height and out is None:
        return change(image, *planes)
    result = np.empty_like(image) if out is None else out

    def run(top: int) -> None:
        cut = slice(top, top + rows)
        result[cut] = change(image[cut], *(None if plane is None else plane[cut] for plane in planes))

    over_rows(run, height, rows)
    return result


def over_rows(run: Callable[[int], None], height: int, rows: int) -> None:
    """Call `run` with the top row of every strip of `rows` rows, on several threads where there are several strips."""
    tops = range(0, height, rows)
    if len(tops) == 1:
        run(0)
        return
    with ThreadPoolExecutor(min(THREADS, len(tops))) as pool:
        list(pool.map(run, tops))
