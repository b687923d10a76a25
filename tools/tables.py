"""Tables of colours that people bring as .cube files: read, checked, and known by digest while the process lives.

    sha256 = read_table(Path("film.cube").read_bytes(), "film.cube")
    known(sha256, "film.cube")(srgb)

Adobe, "Cube LUT Specification", version 1.0 (2013), and Resolve's files that hold curves before the cube.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from tools.declare import ToolError
from tools.lut import Table
from tools.types import FloatImage

MOST_BYTES = 24_000_000
MOST_SIDE = 65
"""Nodes along an axis of a cube."""
MOST_LEVELS = 65_536
"""Of a curve."""
KEPT = 32
"""Tables in memory; a photo has no more steps."""

Numbers = NDArray[np.float32]
_SIZES = {"LUT_1D_SIZE": MOST_LEVELS, "LUT_3D_SIZE": MOST_SIDE}
_RANGES = ("LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE")
_FARTHEST = 1e4
"""Largest number of a colour."""


@dataclass(frozen=True)
class ColourTable:
    """Curves, a cube, or both, one after the other."""

    curves: Numbers | None
    """`(N, 3)`."""
    cube: Table | None
    low: Numbers
    high: Numbers
    """Ends of what each channel of the input takes."""

    def __call__(self, srgb: FloatImage) -> FloatImage:
        """Look up every pixel of `(H, W, 3)` encoded sRGB; what lies beyond the ends is held at them."""
        inside = np.clip((srgb - self.low) / (self.high - self.low), 0, 1).astype(np.float32)
        if self.curves is not None:
            places = np.linspace(0, 1, len(self.curves))
            for channel in range(3):
                inside[..., channel] = np.interp(inside[..., channel], places, self.curves[:, channel])
        return inside if self.cube is None else self.cube(inside, out=inside)


_known: OrderedDict[str, ColourTable] = OrderedDict()
_lock = Lock()


def read_table(data: bytes, name: str) -> str:
    """Read a .cube file, keep its table in memory, and return the digest by which steps name it.

    Raises:
        ToolError: saying what is wrong with it, and on which line.
    """
    digest = hashlib.sha256(data).hexdigest()
    if not is_known(digest):
        table = _parsed(data, name)
        with _lock:
            _known[digest] = table
            while len(_known) > KEPT:
                _known.popitem(last=False)
    return digest


def is_known(digest: str) -> bool:
    """Whether a table is in memory; it is then the last to leave."""
    with _lock:
        if digest in _known:
            _known.move_to_end(digest)
        return digest in _known


def known(digest: str, name: str) -> ColourTable:
    """The table with a digest.

    Raises:
        ToolError: if it has not been read.
    """
    with _lock:
        table = _known.get(digest)
    if table is None:
        raise ToolError(f"the table {name!r} of this step has not been read; give the .cube file itself")
    return table


def _parsed(data: bytes, name: str) -> ColourTable:
    if len(data) > MOST_BYTES:
        raise ToolError(f"{name} has {len(data) / 1e6:.1f} MB; a .cube file has at most {MOST_BYTES / 1e6:g}")
    reader = _Reader(name)
    for number, line in enumerate(data.decode("utf-8-sig", errors="replace").splitlines(), 1):
        reader.read(number, line.strip())
    return reader.table()


class _Reader:
    """Takes the lines of a file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sizes: dict[str, int] = {}
        self._domain = {"DOMAIN_MIN": [0.0] * 3, "DOMAIN_MAX": [1.0] * 3}
        self._rows: list[list[float]] = []

    def read(self, number: int, line: str) -> None:
        """Take a line without the blanks about it."""
        word, *rest = line.split() or [""]
        if not word or word.startswith("#") or word == "TITLE":
            return
        if word in _SIZES:
            self._sizes[word] = self._size(number, word, rest)
        elif word in self._domain:
            self._domain[word] = self._numbers(number, rest, 3)
        elif word in _RANGES:
            low, high = self._numbers(number, rest, 2)
            self._domain = {"DOMAIN_MIN": [low] * 3, "DOMAIN_MAX": [high] * 3}
        elif word[0].isalpha() and word.lower() not in ("nan", "inf"):
            raise self._wrong(number, f"{word[:40]!a} is no word of a .cube file")
        else:
            if not self._wanted:
                raise self._wrong(number, "a colour stands before LUT_1D_SIZE or LUT_3D_SIZE")
            self._rows.append(self._numbers(number, [word, *rest], 3))
            if len(self._rows) > self._wanted:
                raise self._wrong(number, f"there are more than the {self._wanted} colours that its size says")

    def table(self) -> ColourTable:
        """What the lines hold."""
        if not self._wanted:
            raise ToolError(f"{self._name} is not a .cube file: it has neither LUT_1D_SIZE nor LUT_3D_SIZE")
        if len(self._rows) < self._wanted:
            raise ToolError(f"{self._name} has {len(self._rows)} colours, but its size says {self._wanted}")
        low, high = (np.array(self._domain[end], np.float32) for end in ("DOMAIN_MIN", "DOMAIN_MAX"))
        if not (low < high).all():
            raise ToolError(f"{self._name} begins its domain at {low.tolist()} and ends it at {high.tolist()}")
        colours = np.array(self._rows, np.float32)
        levels, side = self._sizes.get("LUT_1D_SIZE", 0), self._sizes.get("LUT_3D_SIZE", 0)
        curves = colours[:levels] if levels else None
        return ColourTable(curves, _cube(colours[levels:], side) if side else None, low, high)

    @property
    def _wanted(self) -> int:
        return self._sizes.get("LUT_1D_SIZE", 0) + self._sizes.get("LUT_3D_SIZE", 0) ** 3

    def _size(self, number: int, word: str, rest: list[str]) -> int:
        most = _SIZES[word]
        if len(rest) == 1 and rest[0].isdecimal() and 2 <= int(rest[0]) <= most:
            return int(rest[0])
        raise self._wrong(number, f"{word} {' '.join(rest)[:40]!a} is not right; it is a number from 2 to {most}")

    def _numbers(self, number: int, words: list[str], count: int) -> list[float]:
        try:
            values = [float(word) for word in words]
        except ValueError:
            values = []
        if len(values) != count or not all(abs(value) <= _FARTHEST for value in values):
            raise self._wrong(number, f"{' '.join(words)[:60]!a} is not {count} numbers up to {_FARTHEST:g}")
        return values

    def _wrong(self, number: int, what: str) -> ToolError:
        return ToolError(f"{self._name}, line {number}: {what}")


def _cube(colours: Numbers, side: int) -> Table:
    nodes = np.zeros((side**3, 4), np.float32)
    nodes[:, :3] = colours
    return Table(nodes.reshape(-1), side, 0.0, side - 1)
