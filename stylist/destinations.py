"""Where the files of a run go: the picture, and beside it the plan, the trace and the before/after sheet."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stylist.errors import Mistake, shown
from tools.declare import ToolError
from tools.picture import FORMATS, HEIC_SUFFIXES, output_format

DEFAULT_FOLDER = Path("styled")


@dataclass(frozen=True)
class Destination:
    """The files that one photo becomes."""

    photo: Path
    picture: Path

    @property
    def plan(self) -> Path:
        """The plan that made the picture."""
        return self.picture.with_suffix(".plan.json")

    @property
    def trace(self) -> Path:
        """What happened, event by event."""
        return self.picture.with_suffix(".trace.jsonl")

    @property
    def running_trace(self) -> Path:
        """The trace while the run goes on; only a killed process leaves it behind."""
        return self.picture.with_suffix(".trace.jsonl.part")

    @property
    def sheet(self) -> Path:
        """Before and after, side by side."""
        return self.picture.with_suffix(".sheet.png")

    @property
    def results(self) -> tuple[Path, ...]:
        """The files that are never replaced without being asked to; a trace is added to."""
        return self.picture, self.plan, self.sheet


def destinations(photos: Sequence[Path], out: Path | None) -> list[Destination]:
    """Decide where each photo's result goes.

    Args:
        photos: the photos.
        out: a picture file (for one photo) or a folder; None for `styled/`.

    Raises:
        Mistake: if a name cannot be used, or `out` is one file and there are several photos, or has an unknown suffix.
    """
    for name in (*photos, *([out] if out else [])):
        _check_name(name)
    planned = [Destination(photo, _picture(photo, out, len(photos))) for photo in photos]
    for item in planned:
        _check_name(item.running_trace)
    return planned


def check_free(planned: Sequence[Destination], *, force: bool, beside: bool = True) -> None:
    """Check that the results can be written, before any work is done.

    Args:
        planned: what is to be written.
        force: whether existing files may be replaced; photos never are.
        beside: whether plan and sheet are written beside each picture.

    Raises:
        Mistake: if a name is taken, two results would have one name, a result would replace a photo, or a folder cannot
            be written to.
    """
    photos = {item.photo.resolve() for item in planned}
    owners: dict[Path, Path] = {}
    for item in planned:
        for file in item.results if beside else (item.picture,):
            place = file.resolve()
            if place in photos:
                raise Mistake(
                    f"{shown(file)} is one of the photos, which are never replaced; name another place with -o"
                )
            if place in owners:
                raise Mistake(
                    f"{shown(owners[place])} and {shown(item.photo)} would both become {shown(file)}; "
                    "style them one at a time, each with its own -o"
                )
            if file.exists() and not force:
                raise Mistake(f"{shown(file)} exists already; add --force to replace it, or name another place with -o")
            owners[place] = item.photo
    for folder in dict.fromkeys(item.picture.parent for item in planned):
        _check_writable(folder)


def check_photo(photo: Path) -> None:
    """Say what is wrong with a photo that cannot even be opened.

    Raises:
        ToolError: if there is no such file, or it is a folder.
    """
    if photo.is_dir():
        raise ToolError(f"{shown(photo)} is a folder; name the photos in it, as in  {shown(photo / '*.jpg')}")
    if not photo.exists():
        raise ToolError(f"there is no photo {shown(photo)}; check the name and the folder")


def common_root(planned: Sequence[Destination], like: Path | None = None) -> Path:
    """The folder of all photos, all results and the file whose look is wanted: the only one the server may touch."""
    places = [path.resolve().parent for item in planned for path in (item.photo, item.picture)]
    places += [like.resolve().parent] if like else []
    return Path(os.path.commonpath(places))


def _picture(photo: Path, out: Path | None, count: int) -> Path:
    if out is not None and out.suffix and not out.is_dir():
        if count > 1:
            raise Mistake(f"{shown(out)} is one file, but there are {count} photos; name a folder with -o")
        try:
            output_format(out)
        except ToolError as error:
            raise Mistake(str(error)) from None
        return out
    suffix = photo.suffix.lower()
    if suffix not in FORMATS:
        suffix = ".jpg" if suffix in HEIC_SUFFIXES else ".png"
    return (out or DEFAULT_FOLDER) / f"{photo.stem}{suffix}"


def _check_writable(folder: Path) -> None:
    """Look at the folder, or at the nearest one above that is there and in which it would be made."""
    there = folder.resolve()
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise Mistake(f"{shown(there)} is not a folder, so nothing can be written there; name another place with -o")
    if not os.access(there, os.W_OK | os.X_OK):
        raise Mistake(f"the folder {shown(there)} cannot be written to; name another place with -o")


def _check_name(path: Path) -> None:
    """Check that a path is text and that the file system takes it."""
    try:
        str(path).encode()
        path.exists()
    except UnicodeEncodeError:
        raise Mistake(f"the name {shown(path)} is not UTF-8 text; give the file another name") from None
    except OSError as error:
        raise Mistake(f"the name {shown(path)} cannot be used: {error.strerror}") from None
