"""Work on a large picture strip by strip on all cores, so that intermediate arrays stay in the cache.

Work that looks at what is near each pixel is done in square windows, since strips that overlap would be high.

The process has one pool of threads, however many pictures are worked on at once: the thread that asks works too, and
the pool helps where it is free.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from math import isqrt
from typing import Any

import cv2
import numpy as np
from numpy.typing import DTypeLike

from tools.types import Codes

Place = slice | tuple[slice, slice]
"""Rows of a picture, or a window: rows and columns."""
STRIP_PIXELS = 64_000
"""Pixels of a strip: a few arrays of three channels of float32 then stay in the cache."""
SPARE = 4
"""How many times as wide as its margin a window is at least; else most pixels would be made several times over. Each
thread holds some ten planes of a window, so that wider ones take much memory."""
WORTH_SHARING = 400_000
"""Pixels below which a picture is handled whole, on the calling thread."""
MOST_THREADS = 8
"""More are used only where they are asked for: memory, not arithmetic, is then the limit."""

np.empty(31 << 20, np.uint8)
"""Freed at once. Having seen a freed block of this size, glibc keeps smaller blocks for the next array instead of
handing each back to the system and clearing its pages again, which takes half the time of a chain of tools on a proxy.
"""


def _threads() -> int:
    """Threads asked for by STYLIST_THREADS, or the cores that this process may use.

    Raises:
        ValueError: if STYLIST_THREADS is not a whole number above 0.
    """
    wanted = os.environ.get("STYLIST_THREADS", "")
    if wanted and not (wanted.isdecimal() and int(wanted) > 0):
        raise ValueError(f"STYLIST_THREADS = {wanted!r} is not right; it is a whole number above 0")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return int(wanted) if wanted else min(MOST_THREADS, cores)


THREADS = _threads()
"""Threads that work on one picture; OpenCV keeps to the same number."""
cv2.setNumThreads(THREADS)


@lru_cache(maxsize=1)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="stylist")


_watch = threading.local()


@contextmanager
def watched(check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before every strip that this thread works on; what it raises gives the work up."""
    _watch.check = check
    try:
        yield
    finally:
        del _watch.check


def _check() -> None:
    if check := getattr(_watch, "check", None):
        check()


def in_strips(
    change: Callable[..., Codes],
    image: Any,
    *planes: Any,
    out: Any = None,
    dtype: DTypeLike = np.float32,
) -> Any:
    """Return `change(image, *planes)` for a `change` that treats every pixel by itself.

    Args:
        change: takes a strip of the image and of each plane, and returns as many pixels and channels as the image has.
        image: `(H, W)` or `(H, W, C)`, an array or one of `tools.rows`.
        planes: further ones of H rows, cut alike; None is handed on as None.
        out: what takes the result, a new array by default; it may be the image itself.
        dtype: of the new array.
    """
    if out is None and image.shape[0] * image.shape[1] < WORTH_SHARING:
        return _whole(change, image, planes, dtype)
    result = np.empty(image.shape, dtype) if out is None else out

    def run(place: Place) -> None:
        result[place] = change(image[place], *(None if plane is None else plane[place] for plane in planes))

    height, width = image.shape[:2]
    over_windows(run, height, width, max(getattr(part, "margin", 0) for part in (image, *planes)))
    return result


def _whole(change: Callable[..., Codes], image: Any, planes: Any, dtype: DTypeLike) -> Codes:
    """The change of a picture that is a single strip: a new array already, unless it is a part of what went in."""
    _check()
    rows = slice(0, image.shape[0])
    strips = [None if plane is None else plane[rows] for plane in (image, *planes)]
    result = change(*strips)
    is_new = result.flags.owndata or not any(np.may_share_memory(result, s) for s in strips if s is not None)
    return np.require(result, dtype, ["C", "W"]) if is_new else np.array(result, dtype)


def over_windows(run: Callable[[Place], None], height: int, width: int, margin: int) -> None:
    """Call `run` with the place of every part of a picture, on several threads where it is large.

    Args:
        run: takes the rows of a strip, or the rows and columns of a window.
        height: of the picture, in px.
        width: see above.
        margin: how far around each pixel the work looks, in px; 0 makes strips.
    """
    if not margin or height * width < WORTH_SHARING:
        over_strips(run, height, width)
        return
    side = max(SPARE * margin, isqrt(STRIP_PIXELS))
    across = _parts(width, side)
    _share(run, [(rows, columns) for rows in _parts(height, side) for columns in across])


def over_strips(run: Callable[[slice], None], height: int, width: int) -> None:
    """Call `run` with the rows of every strip of a picture, on several threads where it is large."""
    if height * width < WORTH_SHARING:
        _check()
        run(slice(0, height))
    else:
        _share(run, _parts(height, max(1, STRIP_PIXELS // width)))


def _parts(length: int, most: int) -> list[slice]:
    return [slice(start, min(start + most, length)) for start in range(0, length, most)]


def _share(run: Callable[[Any], None], places: Sequence[Place]) -> None:
    """Call `run` with every place, on all threads."""
    left = iter(places)

    def work() -> None:
        for place in left:
            _check()
            run(place)

    jobs = [work]

    def help_out() -> None:
        for job in tuple(jobs):
            job()

    helpers = [_pool(THREADS - 1).submit(help_out) for _ in range(THREADS - 1)] if THREADS > 1 else []
    try:
        work()
    except BaseException:
        deque(left, maxlen=0)  # the others have nothing left to do
        raise
    finally:
        jobs.clear()  # a busy pool keeps what it was given, cancelled or not: it must not keep the picture
        for helper in helpers:
            if not helper.cancel():
                helper.result()
