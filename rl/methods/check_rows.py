"""Rows that cannot be rendered for a planner, found before anything is trained on them."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError
from pydantic import ValidationError

from graph.messages import read_completion
from rl.methods.arguments import MethodArguments, NothingToTrainOnError
from tools.context import Context
from tools.declare import ToolError


def check_rows(rows: Any, arguments: MethodArguments) -> None:
    """Refuse rows of which a planner with these `inputs` could not be shown all.

    Raises:
        NothingToTrainOnError: with counts and the remedy.
    """
    good_pictures: set[bytes] = set()
    faults = [fault for row in _undecoded(rows) if (fault := _fault(row, arguments, good_pictures))]
    if faults:
        raise NothingToTrainOnError(
            f"{len(faults)} of {len(rows)} rows cannot be shown to a planner, the first because {faults[0]}; make them "
            "again with `python -m rl.trajectories`"
        )


def _undecoded(rows: Any) -> Iterator[Any]:
    from datasets import Image as ImageFeature
    from datasets import List

    rows = rows.select_columns(["photo", "request", "context", "completion", "images"])
    try:
        return iter(rows.cast_column("images", List(ImageFeature(decode=False))))
    except (TypeError, ValueError, NotImplementedError):
        raise NothingToTrainOnError(
            f"the column images is of type {rows.features['images']}; it holds a list with one picture a row, as "
            "`python -m rl.trajectories` writes it"
        ) from None


def _fault(row: Any, arguments: MethodArguments, good_pictures: set[bytes]) -> str | None:
    if not isinstance(row["photo"], str) or not isinstance(row["request"], str):
        return "it names no photo or no request"
    if not _is_context(row["context"]):
        return f"its context is not one that was measured: {str(row['context'])[:60]!r}"
    try:
        read_completion(_answer(row["completion"]))
    except ToolError as error:
        return f"its completion is not one message of the assistant with a plan ({error})"
    if arguments.inputs == "context":
        return None
    if len(row["images"] or []) != 1:
        return f"it has {len(row['images'] or [])} pictures and should have one (--inputs context needs none)"
    if _is_picture(row["images"][0], good_pictures):
        return None
    return "its picture cannot be read to the end (--inputs context needs none)"


def _answer(completion: Any) -> str:
    """What the assistant says; nothing where it does not say exactly one thing."""
    messages = completion if isinstance(completion, list) else []
    said = [message.get("content") for message in messages if isinstance(message, dict)]
    return said[0] if len(said) == 1 and isinstance(said[0], str) and messages[0].get("role") == "assistant" else ""


def _is_context(text: Any) -> bool:
    try:
        Context.model_validate_json(text)
    except ValidationError:
        return False
    return True


def _is_picture(image: Any, known: set[bytes]) -> bool:
    """Whether all pixels can be had; `known` keeps the digests of pictures that were read, which plans share."""
    if image is None:
        return False
    try:
        content = image["bytes"] or Path(image["path"]).read_bytes()
        digest = hashlib.sha256(content).digest()
        if digest not in known:
            with Image.open(io.BytesIO(content)) as picture:
                picture.load()
            known.add(digest)
    except (UnidentifiedImageError, OSError, SyntaxError):
        return False
    return True
