"""One file from parts that threads finish in any order."""

from threading import Lock
from typing import IO


class InOrder:
    """Writes parts to a file one after the other, and keeps those that come too early."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Take the file."""
        self._stream, self._lock = stream, Lock()
        self._early: dict[int, bytes] = {}
        self._next = 0

    def write(self, number: int, part: bytes) -> None:
        """Write a part, by its number from 0, as soon as all before it are written."""
        with self._lock:
            self._early[number] = part
            while self._next in self._early:
                self._stream.write(self._early.pop(self._next))
                self._next += 1
