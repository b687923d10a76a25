"""Stopping a thread that works for nobody any more."""

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc


class Interrupted(BaseException):
    """Raised in a thread between two of its instructions; no `except Exception` holds it up."""


class Interruptible:
    """One piece of work that another thread may stop.

    The interpreter raises `Interrupted` in the working thread before its next instruction, so work written in Python
    over NumPy and OpenCV stops after the array operation it is in, wherever that is.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None
        self.stopped = False

    def run(self, work: Callable[[], T]) -> T:
        """Do the work on this thread, once.

        Raises:
            Interrupted: if it was stopped, before or while it ran.
        """
        try:
            with self._lock:
                if self.stopped:
                    raise Interrupted
                self._thread = threading.get_ident()
            return work()
        finally:
            with self._lock:
                if self._thread is not None and self.stopped:
                    # What has not been raised yet never will be. Only then: CPython leaves its "something is pending"
                    # mark standing when nothing is, which slows every thread and hangs it under a profiler.
                    _raise_in_thread(ctypes.c_ulong(self._thread), None)
                self._thread = None

    def stop(self) -> None:
        """Stop the work if it runs, and keep it from starting if it does not yet."""
        with self._lock:
            if self._thread is not None and not self.stopped:
                _raise_in_thread(ctypes.c_ulong(self._thread), ctypes.py_object(Interrupted))
            self.stopped = True
