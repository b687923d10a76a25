"""An array that lies in a temporary file, so that only the parts in use take memory.

    aside = Filed((5464, 8192, 3), np.float16)
    aside[0:16] = light
    aside[0:16, 100:200]

The system keeps as much of the file in its cache as there is room for; on most machines none of it is read from a disk.
"""

import tempfile
from collections.abc import Iterator
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tools.declare import ToolError
from tools.rows import window
from tools.strips import Place


class Filed:
    """`(H, W, C)` in the folder for temporary files; it goes when nobody holds it any more."""

    margin = 0

    def __init__(self, shape: tuple[int, ...], dtype: DTypeLike) -> None:
        """Make one without values."""
        self.shape, self.dtype = shape, np.dtype(dtype)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._lock = Lock()

    def __getitem__(self, place: Place) -> NDArray[Any]:
        """A part, in a new array."""
        rows, columns = window(place, *self.shape[:2])
        part = np.empty((rows.stop - rows.start, columns.stop - columns.start, *self.shape[2:]), self.dtype)
        with self._lock:
            for piece in self._pieces(rows, columns, part):
                self._file.readinto(piece)
        return part

    def __setitem__(self, place: Place, part: NDArray[Any]) -> None:
        """Set a part.

        Raises:
            ToolError: if the disk is full.
        """
        rows, columns = window(place, *self.shape[:2])
        try:
            with self._lock:
                for piece in self._pieces(rows, columns, np.ascontiguousarray(part, self.dtype)):
                    self._file.write(piece)
                self._file.flush()
        except OSError as error:
            raise ToolError(f"a photo this large needs room in {tempfile.gettempdir()}: {error.strerror}") from None

    def every(self, stride: int) -> NDArray[Any]:
        """Every so many pixels of every so many rows."""
        return np.concatenate([self[row : row + 1][:, ::stride] for row in range(0, self.shape[0], stride)])

    def _pieces(self, rows: slice, columns: slice, part: NDArray[Any]) -> Iterator[Any]:
        """Parts of a part that lie in one piece in the file, which stands there when each is given."""
        whole = part.shape[1] == self.shape[1]
        for row, line in [(rows.start, part)] if whole else enumerate(part, rows.start):
            self._file.seek((row * self.shape[1] + columns.start) * part[0, :1].nbytes)
            yield line
