"""Rows that cannot be rendered for a planner, found before anything is trained on them."""

import io
from collections.abc import Iterator
from typing import Any

from PIL import Image, UnidentifiedImageError
from pydantic import ValidationError

from rl.methods.arguments import MethodArguments, NothingToTrainOnError
from tools.context import Context


def check_rows(rows: Any, arguments: MethodArguments) -> None:
    """Refuse rows of which a planner with these `inputs` could not be shown all.

    Raises:
        NothingToTrainOnError: with counts and the remedy.
    """
    faults = [fault for row in _undecoded(rows) if (fault := _fault(row, arguments))]
    if faults:
        raise NothingToTrainOnError(
            f"{len(faults)} of {len(rows)} rows cannot be shown to a planner, the first because {faults[0]}; make them "
            "again with `python -m rl.trajectories`"
        )


def _undecoded(rows: Any) -> Iterator[Any]:
    from datasets import Image as ImageFeature
    from datasets import List

    rows = rows.select_columns(["photo", "request", "context", "completion", "images"])
    return iter(rows.cast_column("images", List(ImageFeature(decode=False))))


def _fault(row: Any, arguments: MethodArguments) -> str | None:
    if row["photo"] is None or row["request"] is None:
        return "it names no photo or no request"
    if not _is_context(row["context"]):
        return f"its context is not one that was measured: {str(row['context'])[:60]!r}"
    if [bool(message["content"]) for message in row["completion"] or [] if message["role"] == "assistant"] != [True]:
        return "its completion is not one message of the assistant with a plan"
    if arguments.inputs == "context":
        return None
    if len(row["images"] or []) != 1:
        return f"it has {len(row['images'] or [])} pictures and should have one (--inputs context needs none)"
    return None if _is_picture(row["images"][0]) else "its picture cannot be opened (--inputs context needs none)"


def _is_context(text: Any) -> bool:
    try:
        Context.model_validate_json(text)
    except ValidationError:
        return False
    return True


def _is_picture(image: Any) -> bool:
    if image is None:
        return False
    try:
        with Image.open(io.BytesIO(image["bytes"]) if image["bytes"] else image["path"]):
            return True
    except (UnidentifiedImageError, OSError):
        return False
