"""Where edits are kept: one small manifest each, and the bytes of the photos they start from, all named by digest.

Files are written whole or not at all and checked against their names when they are read, so a killed server leaves a
store that opens. When the photos grow beyond the limit, those longest out of use leave together with their edits.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from mcp_server.edits import Edit, digest_in
from tools.declare import ToolError
from tools.picture import write_atomically

_MADE = "made-"
"""Begins the names of pictures that an image editor made: results, not originals."""
IN_USE_S = 3600
"""A photo that was used within this time is in use, by this server or another, and stays."""


class Store:
    """Edits and photos by digest, in a folder that several servers may share."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        """Use `folder`, which is made when something is kept; evict above `max_bytes` of photos."""
        self._photos = folder / "photos"
        self._edits = folder / "edits"
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._size: int | None = None

    def put_photo(self, digest: str, data: bytes, *, made: bool = False) -> bool:
        """Keep the bytes of a photo, a table or a picture that an image editor made, under their digest.

        Returns:
            Whether they are new.
        """
        path = self._photos / (_MADE * made + digest)
        if path.exists():
            _touch(path)
            return False
        _write(path, data)
        with self._lock:
            self._size = self._measured_size() if self._size is None else self._size + len(data)
            if self._size > self._max_bytes:
                self._evict()
        return True

    def drop_photo(self, digest: str, *, made: bool = False) -> None:
        """Keep a file no longer that has turned out to be no photo; its size is no longer known then."""
        (self._photos / (_MADE * made + digest)).unlink(missing_ok=True)
        with self._lock:
            self._size = None

    def photo(self, digest: str) -> Path:
        """The file of a photo or a table.

        Raises:
            ToolError: if it has left the store or is damaged.
        """
        path = self._photos / digest
        if not path.exists():
            path = self._photos / (_MADE + digest)
        try:
            with path.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError:
            raise ToolError("the photo or table of this edit is no longer kept; give the file again") from None
        if found != digest:
            path.unlink(missing_ok=True)
            raise ToolError("the kept copy of this photo or table is damaged; give the file again")
        _touch(path)
        return path

    def holds(self, digest: str) -> bool:
        """Whether the bytes with a digest are kept."""
        return (self._photos / digest).exists()

    def put(self, edit: Edit) -> Edit:
        """Keep an edit; the same edit twice is one file."""
        path = self._edits / f"{edit.digest}.json"
        if not path.exists():
            _write(path, edit.manifest)
        return edit

    def get(self, uri: str) -> Edit:
        """The edit that a reference names.

        Raises:
            ToolError: if the reference is wrong, unknown, or of an edit that this version of the library cannot read.
        """
        digest = digest_in(uri)
        try:
            manifest = (self._edits / f"{digest}.json").read_bytes()
        except OSError:
            raise ToolError(f"no edit is known as {uri}; open_image starts one from a photo") from None
        if hashlib.sha256(manifest).hexdigest() != digest:
            (self._edits / f"{digest}.json").unlink(missing_ok=True)
            raise ToolError(f"the kept manifest of {uri} is damaged; start again from the photo with open_image")
        edit = _read(manifest)
        for needed in edit.needs:  # what is used from memory is used, too
            _touch(self._photos / needed)
            _touch(self._photos / (_MADE + needed))
        return edit

    def history(self, edit: Edit) -> list[Edit]:
        """The edits from the photo as opened to `edit`, oldest first."""
        chain = [edit]
        while chain[-1].parent is not None:
            chain.append(self.get(chain[-1].parent))
        return chain[::-1]

    def _measured_size(self) -> int:
        return sum(status.st_size for _, status in self._photo_files())

    def _photo_files(self) -> Iterator[tuple[Path, os.stat_result]]:
        """The photos kept; what a killed process left half-written is swept away once it is old.

        Other threads and servers share the folder: a file that is listed may be renamed or evicted before it is read.
        """
        for path in self._photos.iterdir():
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if not path.name.startswith("."):
                yield path, status
            elif status.st_mtime < time.time() - IN_USE_S:
                path.unlink(missing_ok=True)

    def _evict(self) -> None:
        """Drop the photos longest out of use until nine tenths of the limit are left, then the edits they carried."""
        self._size = self._measured_size()
        dropped = set()
        for path, status in sorted(self._photo_files(), key=lambda kept: kept[1].st_mtime):
            if self._size <= 0.9 * self._max_bytes or status.st_mtime > time.time() - IN_USE_S:
                break
            path.unlink(missing_ok=True)
            self._size -= status.st_size
            dropped.add(path.name.removeprefix(_MADE))
        if dropped:
            self._drop_edits_of(dropped)

    def _drop_edits_of(self, photos: set[str]) -> None:
        for path in self._edits.glob("*.json"):
            try:
                unwanted = not _read(path.read_bytes()).needs.isdisjoint(photos)
            except ToolError:
                unwanted = True
            if unwanted:
                path.unlink(missing_ok=True)


def _read(manifest: bytes) -> Edit:
    try:
        return Edit.model_validate_json(manifest)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise ToolError(f"the edit was made with another version of the library: {reason}") from None


def _write(path: Path, data: bytes) -> None:
    """Write a file of the store; where the store lies is not the client's business, so errors do not say."""
    try:
        write_atomically(path, data)
    except ToolError as error:
        reason = error.__context__.strerror if isinstance(error.__context__, OSError) else "it cannot be written"
        raise ToolError(
            f"the server's store of edits fails: {reason}; let XDG_CACHE_HOME (or --store, of a server) name a folder "
            "that can be written"
        ) from None


def _touch(path: Path) -> None:
    """Mark a photo as used now; losing a race with an eviction shows when it is read."""
    try:
        os.utime(path)
    except OSError:
        return
