"""Where the files of a run go: the picture, and beside it the plan, the trace and the before/after sheet."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stylist.errors import Mistake
from tools.declare import ToolError
from tools.picture import FORMATS, output_format

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
    def sheet(self) -> Path:
        """Before and after, side by side."""
        return self.picture.with_suffix(".sheet.png")


def destinations(photos: Sequence[Path], out: Path | None, *, force: bool) -> list[Destination]:
    """Decide where each photo's result goes, before any work is done.

    Args:
        photos: the photos.
        out: a picture file (for one photo) or a folder; None for `styled/`.
        force: whether existing files may be replaced.

    Raises:
        Mistake: if a name is taken, two results would have one name, or a result would replace a photo.
    """
    planned = [Destination(photo, _picture(photo, out, len(photos))) for photo in photos]
    seen: dict[Path, Path] = {}
    originals = {photo.resolve() for photo in photos}
    for destination in planned:
        picture = destination.picture.resolve()
        if picture in originals:
            raise Mistake(
                f"{destination.picture} is one of the photos; results never replace them, name another place with -o"
            )
        if picture.with_suffix("") in seen:
            raise Mistake(
                f"{seen[picture.with_suffix('')]} and {destination.photo} would both become {destination.picture}; "
                "style them one at a time with -o"
            )
        seen[picture.with_suffix("")] = destination.photo
        if not force and destination.picture.exists():
            raise Mistake(
                f"{destination.picture} exists already; add --force to replace it, or name another place with -o"
            )
    return planned


def common_root(planned: Sequence[Destination]) -> Path:
    """The folder that holds all photos and all results: the only one that the tool server may touch."""
    places = [path.resolve().parent for item in planned for path in (item.photo, item.picture)]
    return Path(os.path.commonpath(places))


def _picture(photo: Path, out: Path | None, count: int) -> Path:
    if out is not None and out.suffix and not out.is_dir():
        if count > 1:
            raise Mistake(f"{out} is one file, but there are {count} photos; name a folder with -o")
        try:
            output_format(out)
        except ToolError as error:
            raise Mistake(str(error)) from None
        return out
    suffix = photo.suffix.lower() if photo.suffix.lower() in FORMATS else ".png"
    return (out or DEFAULT_FOLDER) / f"{photo.stem}{suffix}"
