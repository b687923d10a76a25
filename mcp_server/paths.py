"""The one folder that the server reads from and writes to.

Paths are given by clients, so nothing that leads out of the folder is followed: no `..`, no absolute path elsewhere, no
symbolic link, no URL. What is refused is named as the client wrote it; where it would have led is not said.
"""

import os
import re
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import IO

from tools.declare import ToolError
from tools.picture import READ_SUFFIXES, write_atomically

MAX_PATH = 1024
"""Characters of the longest path that is taken."""

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Opens a file itself, not what a link in its place leads to, and does not wait for the other end of a pipe."""
_URL = re.compile(r"\s*([a-z][a-z0-9+.-]*://|(data|file|http|https|image):)", re.IGNORECASE)


class PhotoFolder:
    """Resolves the paths of clients inside one folder, and nowhere else."""

    def __init__(self, root: Path, closed: Path) -> None:
        """Serve `root`; `closed`, the server's own store, is out of reach even where it lies inside."""
        self._root = root
        self._closed = closed

    @cached_property
    def root(self) -> Path:
        """The folder itself, resolved.

        Raises:
            ToolError: if it is not there.
        """
        if not self._root.is_dir():
            raise ToolError(f"the server's photo folder {self._root.name!r} is not there; start it with another --root")
        return self._root.resolve()

    def photo(self, text: str) -> Path:
        """The existing file that `text` names.

        Raises:
            ToolError: if there is none, or it lies outside the folder.
        """
        path = self._inside(text)
        if path.is_dir():
            raise ToolError(f"{text!r} is a folder; list_photos names the pictures in it")
        if not path.exists():
            raise ToolError(f"there is no file {text!r} in the photo folder; list_photos names the pictures in it")
        if not path.is_file():
            raise ToolError(f"{text!r} is not a regular file")
        return path

    def read(self, path: Path, max_bytes: int) -> bytes:
        """The bytes of a file that `photo` found; what has been put in its place since is not followed.

        Raises:
            ToolError: if it cannot be read, is empty, or is longer than `max_bytes`.
        """
        name = self.name(path)
        try:
            with os.fdopen(os.open(path, _READ), "rb") as stream:
                status = os.fstat(stream.fileno())
                if (
                    path.resolve() != path
                    or not os.path.samestat(status, path.stat())
                    or not stat.S_ISREG(status.st_mode)
                ):
                    raise ToolError(f"{name} was exchanged while it was opened; open it again")
                if status.st_size > max_bytes:
                    limit = max_bytes / 1e6
                    raise ToolError(f"{name} has {status.st_size / 1e6:.1f} MB; this server reads at most {limit:g} MB")
                data = stream.read(status.st_size)
        except OSError as error:
            raise ToolError(f"{name} cannot be read: {error.strerror}") from None
        if not data:
            raise ToolError(f"{name} is empty (0 bytes)")
        return data

    def target(self, text: str, *, overwrite: bool) -> Path:
        """The file that `text` names as a place to write to.

        Raises:
            ToolError: if it lies outside the folder, is no regular file, or exists and `overwrite` is false.
        """
        path = self._inside(text)
        if path.is_dir():
            raise ToolError(f"{text!r} is a folder; name a file in it")
        if path.exists() and not path.is_file():
            raise ToolError(f"{text!r} is not a regular file; choose another name")
        if path.exists() and not overwrite:
            raise ToolError(f"{text!r} exists already; choose another name, or pass overwrite=true to replace it")
        return path

    def write(self, text: str, data: bytes | IO[bytes], *, overwrite: bool) -> None:
        """Write the file that `text` names, whole or not at all.

        Raises:
            ToolError: if the place is not right (see `target`), or cannot be written.
        """
        try:
            write_atomically(self.target(text, overwrite=overwrite), data)
        except ToolError as error:
            if not isinstance(error.__context__, OSError):
                raise
            raise ToolError(f"{text!r} cannot be written: {error.__context__.strerror}") from None

    def is_hidden(self, path: Path) -> bool:
        """Whether a file of the folder, or a folder on the way to it, begins with a dot, as settings of programs do."""
        return any(part.startswith(".") for part in path.relative_to(self.root).parts)

    def name(self, path: Path) -> str:
        """A path of the folder as clients write it: relative, with forward slashes."""
        return path.relative_to(self.root).as_posix()

    def photos(self, text: str) -> Iterator[Path]:
        """The pictures of a folder and its subfolders in order of their names; hidden ones are left out.

        Raises:
            ToolError: if there is no such folder, or it lies outside.
        """
        top = self._inside(text)
        if not top.is_dir():
            raise ToolError(f"there is no folder {text!r} in the photo folder; '.' is the photo folder itself")
        for folder, subfolders, files in os.walk(top):
            here = Path(folder)
            subfolders[:] = sorted(name for name in subfolders if self._is_listed(here / name))
            for name in sorted(files):
                path = here / name
                if path.suffix.lower() in READ_SUFFIXES and self._is_listed(path) and path.is_file():
                    yield path

    def _is_listed(self, path: Path) -> bool:
        """Whether a path is open, named in plain text, and not a link that leads out of the folder."""
        if path.name.startswith(".") or not _is_text(path.name):
            return False
        if not path.is_symlink():
            return path != self._store
        try:
            return self._is_open(path.resolve())
        except (OSError, RuntimeError):  # a loop
            return False

    @cached_property
    def _store(self) -> Path:
        return self._closed.resolve()

    def _is_open(self, resolved: Path) -> bool:
        return resolved.is_relative_to(self.root) and not resolved.is_relative_to(self._store)

    def _inside(self, text: str) -> Path:
        _refuse_strange(text)
        try:
            path = (self.root / text).resolve()
            path.exists()  # raises where the file system cannot look
        except (OSError, RuntimeError):
            raise ToolError(f"{_shown(text)} cannot be followed; give a path inside the photo folder") from None
        if not self._is_open(path):
            raise ToolError(f"{_shown(text)} is not inside the photo folder; give a path in it, such as 'coast.jpg'")
        return path


def _refuse_strange(text: str) -> None:
    if not text.strip():
        raise ToolError("the path is empty; give a path inside the photo folder, such as 'coast.jpg'")
    if len(text) > MAX_PATH:
        raise ToolError(f"a path of {len(text)} characters is too long; at most {MAX_PATH}")
    if _URL.match(text):
        raise ToolError(f"{_shown(text)} is a URL; only files inside the photo folder are used, such as 'coast.jpg'")
    if not _is_text(text) or any(ord(character) < 32 for character in text):
        raise ToolError(f"{_shown(text)} has characters that no file name has")


def _is_text(name: str) -> bool:
    """Whether a name can be written as UTF-8; file systems allow others, JSON does not."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 80 else text[:77] + "...")
