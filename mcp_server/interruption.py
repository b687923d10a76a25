"""Stopping work on pictures that nobody wants any more."""

import threading
from collections.abc import Callable
from typing import TypeVar

from tools.strips import watched

T = TypeVar("T")


class Interrupted(BaseException):
    """Raised in work that was stopped; no `except Exception` holds it up."""


class Interruptible:
    """One piece of work that another thread may stop.

    The tools look between strips of a picture whether they should go on (`tools.strips.watched`). Raising in the thread
    from outside would be quicker and is not safe: it can hit an import or a lock half way, which then stays shut.
    """

    def __init__(self) -> None:
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether nobody wants it any more."""
        return self._stopped.is_set()

    def run(self, work: Callable[[], T]) -> T:
        """Do the work on this thread.

        Raises:
            Interrupted: if it was stopped, before or while it ran.
        """
        self._check()
        with watched(self._check):
            return work()

    def stop(self) -> None:
        """Stop the work at the next strip, and keep it from starting if it has not yet."""
        self._stopped.set()

    def _check(self) -> None:
        if self.stopped:
            raise Interrupted
