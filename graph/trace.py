"""The trace: what was seen, thought, done and measured, one JSON event a line, written as it happens.

    for event in read_trace(Path("coast.trace.jsonl")):
        print(event.number, event.kind, event.data)

Events of a run in order: `start`, `perceive`, `plan`, `approve`, `step` (one each, and `look` where the policy looked
again) or `edit`, `assess`, then again from
`plan` when the policy revises, and `finish`; `error` where a node failed. They are numbered: a run that was killed, or
that a person takes back to an earlier point, goes on with the number it was taken back to, and what had followed no
longer counts. Traces are what trajectories, and so trained policies, are made of.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tools.declare import ToolError
from tools.types import Json

SCHEMA_VERSION = 2
SUFFIX = ".trace.jsonl"

Kind = Literal["start", "perceive", "plan", "approve", "look", "step", "edit", "assess", "finish", "error"]
_HOLDS: dict[Kind, tuple[str, ...]] = {
    "start": ("photo", "request", "settings"),
    "perceive": ("image", "photo_sha256", "context", "reading", "words", "notes"),
    "plan": ("policy", "attempt", "plan"),
    "approve": ("decision", "proposed"),
    "look": ("policy", "plan"),
    "step": ("reasoning", "tool", "args", "region", "image", "result", "change", "error"),
    "edit": ("image", "instruction", "result", "change"),
    "assess": ("assessment", "result"),
    "finish": ("result", "message", "output"),
    "error": ("node", "error"),
}
"""What the data of each kind holds at least; readers rely on it."""


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
    claimed: dict[str, float]
    """The changes that the reasoning foretells (`graph.claims`)."""
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
    """Identifies the run: its thread, where it has one."""
    number: int
    """Place in the run, from 0. A number that comes again takes the run back to that place."""
    kind: Kind
    time: str = Field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    """When it was over, UTC."""
    seconds: float | None
    """How long it took: since the node began, or since the event before it in the node; None if that is not known."""
    data: Json
    pictures: dict[str, str] = Field(default_factory=dict)
    """Small JPEGs of pictures that the data refers to: reference to base64."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        missing = [name for name in _HOLDS[self.kind] if name not in self.data]
        if missing:
            raise ValueError(f"an event of the kind {self.kind!r} lacks {', '.join(missing)}")
        return self


def append_event(path: Path, event: Event) -> None:
    """Add an event to a trace and hand it to the operating system, so that it outlives this process.

    A line that an earlier process left unfinished is taken out first.

    Raises:
        ToolError: if the file cannot be written.
    """
    line = event.model_dump_json().encode() + b"\n"
    try:
        with _opened(path) as stream:
            length = stream.seek(0, os.SEEK_END)
            if length and os.pread(stream.fileno(), 1, length - 1) != b"\n":
                stream.truncate(path.read_bytes().rfind(b"\n") + 1)
            stream.write(line)
            if event.kind == "finish":
                os.fsync(stream.fileno())
    except OSError as error:
        raise ToolError(f"cannot write the trace {path}: {error.strerror or error}") from None


def _opened(path: Path) -> BinaryIO:
    """A trace to append to; with its folder, if this is the first event."""
    try:
        return path.open("ab+", buffering=0)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab+", buffering=0)


def read_trace(path: Path) -> list[Event]:
    """Read the events of a trace that count; a last line that a crash cut off is left out.

    Raises:
        ToolError: if the file is not a trace.
    """
    try:
        written = path.read_bytes()
    except OSError as error:
        raise ToolError(f"there is no trace to read at {path}: {error.strerror}") from None
    events = []
    lines = written.splitlines()
    whole = len(lines) if written.endswith(b"\n") else len(lines) - 1
    for number, line in enumerate(lines, 1):
        try:
            events.append(Event.model_validate(json.loads(line)))
        except (ValueError, RecursionError) as error:
            if number <= whole:
                raise ToolError(f"{path.name}, line {number} is not a trace event: {_reason(error)}") from None
    return counting(events)


def counting(events: list[Event]) -> list[Event]:
    """The events that count: of each run, those before a number that came again are followed by it, not by the rest."""
    kept: list[Event] = []
    latest: dict[str, int] = {}
    for event in events:
        if event.number <= latest.get(event.run, -1):
            kept = [earlier for earlier in kept if earlier.run != event.run or earlier.number < event.number]
        kept.append(event)
        latest[event.run] = event.number
    return kept


def _reason(error: Exception) -> str:
    """What a parser says, in one line."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    place, what = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
    return f"{place}: {what}" if place else what
