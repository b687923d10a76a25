"""A bounded memory of what was expensive to make, shared by threads."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class SizedCache(Generic[T]):
    """Keeps the things used last, up to a sum of their sizes; what alone is larger is made anew each time."""

    def __init__(self, max_bytes: int, size: Callable[[T], int]) -> None:
        self._max_bytes = max_bytes
        self._size = size
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: str) -> T | None:
        """What is kept under `key`, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, thing: T) -> T:
        """Keep `thing` and return it; two threads that made the same end up with one."""
        with self._lock:
            if key in self._kept:
                return self._kept[key]
            if self._size(thing) <= self._max_bytes:
                self._bytes += self._size(thing)  # first: a thread that is interrupted here keeps less, never more
                self._kept[key] = thing
            while self._bytes > self._max_bytes and self._kept:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= self._size(oldest)
            return thing

    def take(self, key: str) -> T | None:
        """What is kept under `key`, which is then kept no longer, or None."""
        with self._lock:
            thing = self._kept.pop(key, None)
            self._bytes -= 0 if thing is None else self._size(thing)
            return thing

    def get_or_make(self, key: str, make: Callable[[], T]) -> T:
        """What is kept under `key`, made if need be; the lock is not held while it is made."""
        kept = self.get(key)
        return self.put(key, make()) if kept is None else kept
