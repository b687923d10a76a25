"""Pointwise work on a large picture, strip by strip on all cores, so that intermediate arrays stay in the cache."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from tools.types import FloatImage

THREADS = int(os.environ.get("STYLIST_THREADS", "0")) or min(4, os.cpu_count() or 1)
STRIP_PIXELS = 64_000
"""Pixels of a strip: a few arrays of three channels of float32 then stay in the cache."""
WORTH_SHARING = 400_000
"""Pixels below which a picture is handled whole, on the calling thread."""

np.empty(31 << 20, np.uint8)
"""Freed at once. Having seen a freed block of this size, glibc keeps smaller blocks for the next array instead of
handing each back to the system and clearing its pages again, which takes half the time of a chain of tools on a proxy.
"""


def in_strips(
    change: Callable[..., FloatImage], image: FloatImage, *planes: FloatImage | None, out: FloatImage | None = None
) -> FloatImage:
    """Return `change(image, *planes)` for a `change` that treats every pixel by itself.

    Args:
        change: takes a strip of the image and of each plane, and returns as many pixels and channels as the image has.
        image: `(H, W)` or `(H, W, C)`.
        planes: further arrays of H rows, cut alike; None is handed on as None.
        out: where the result goes, a new array by default; it may be the image itself.
    """
    result = np.empty(image.shape, np.float32) if out is None else out

    def run(rows: slice) -> None:
        result[rows] = change(image[rows], *(None if plane is None else plane[rows] for plane in planes))

    over_strips(run, *image.shape[:2])
    return result


def over_strips(run: Callable[[slice], None], height: int, width: int) -> None:
    """Call `run` with the rows of every strip of a picture, on several threads where it is large."""
    if height * width < WORTH_SHARING:
        run(slice(0, height))
        return
    rows = max(1, STRIP_PIXELS // width)
    tops = iter(range(0, height, rows))

    def work(_: int) -> None:
        for top in tops:
            run(slice(top, top + rows))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
