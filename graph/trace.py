"""The trace: what was seen, thought, done and measured, one JSON event a line, written as it happens.

Events of a run in order: `start`, `perceive`, `plan`, `approve`, `step` (one each), `assess`, then again from `plan`
when the policy revises, and `finish`. Traces are what trajectories, and so trained policies, are made of.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tools.declare import ToolError
from tools.types import Json

SCHEMA_VERSION = 1

Kind = Literal["start", "perceive", "plan", "approve", "step", "assess", "finish"]


class StepRecord(BaseModel):
    """One step of a plan, done."""

    model_config = ConfigDict(extra="forbid")

    reasoning: str
    tool: str
    args: Json
    region: str
    image: str
    """Reference of the picture before the step."""
    result: str
    """Reference of the picture after it."""
    change: dict[str, float]
    """Measured change of the attributes of the whole picture, in their own units."""
    seconds: float
    error: str | None = None
    """Why the step could not be done, or None."""


class Event(BaseModel):
    """One line of a trace."""

    model_config = ConfigDict(extra="forbid")

    schema_version: int = SCHEMA_VERSION
    run: str
    """Identifies the run."""
    kind: Kind
    time: str = Field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    data: Json


class Trace:
    """Appends events of one run to a file."""

    def __init__(self, path: Path, run: str) -> None:
        self.path = path
        self.run = run

    def write(self, kind: Kind, data: Json) -> None:
        """Append one event and hand it to the disk.

        Raises:
            ToolError: if the file cannot be written.
        """
        line = Event(run=self.run, kind=kind, data=data).model_dump_json() + "\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as stream:
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise ToolError(f"cannot write the trace {self.path}: {error.strerror or error}") from None


def read_trace(path: Path) -> Iterator[Event]:
    """Read the events of a trace; a last line that a crash cut off is left out.

    Raises:
        ToolError: if the file is not a trace.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise ToolError(f"there is no trace to read at {path}: {error.strerror}") from None
    for number, line in enumerate(lines, 1):
        try:
            yield Event.model_validate(json.loads(line))
        except ValueError as error:
            if number == len(lines):
                return
            raise ToolError(f"{path.name}, line {number} is not a trace event: {error}") from None
