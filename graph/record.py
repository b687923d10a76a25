"""What a node writes down: into the trace, to whoever watches, and into the state, from which it can be read back.

    @recorded
    async def act(state: State, runtime: Runtime[Settings], record: Record) -> Json:
        ...
        await record.write("step", data, {uri: jpeg})
        return {"current": uri}

A node that fails leaves an `error` event and no change of the state.
"""

import base64
import functools
import inspect
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import anyio.to_thread
from langgraph.config import get_stream_writer
from langgraph.errors import GraphBubbleUp
from langgraph.runtime import Runtime

from graph.secrets import without_secrets
from graph.settings import LocalSettings, Settings, settings_of
from graph.state import State
from graph.trace import SUFFIX, Event, Kind, append_event
from tools.declare import ToolError
from tools.types import Json

_notes: ContextVar[Json | None] = ContextVar("notes", default=None)


def note(**facts: Any) -> None:
    """Add to the event that is written next: what a policy used, such as model, prompt version and token counts."""
    notes = _notes.get()
    if notes is not None:
        notes.update(facts)


class Record:
    """The events of one node."""

    def __init__(self, state: State, runtime: Runtime[Settings]) -> None:
        earlier = state.get("events")
        thread = runtime.execution_info.thread_id if runtime.execution_info else None
        self._run = earlier[-1]["run"] if earlier else thread or uuid.uuid4().hex
        self._number = earlier[-1]["number"] + 1 if earlier else 0
        self._path = _trace_file(settings_of(runtime), self._run)
        self._since = time.perf_counter()
        self.events: list[Json] = []
        """What was written, without pictures, for the state."""

    async def write(self, kind: Kind, data: Json, pictures: Mapping[str, bytes] | None = None) -> None:
        """Write an event.

        Args:
            kind: of the event.
            data: what there is to know; what `note` has added goes with it.
            pictures: small JPEGs of the pictures that the data refers to, by reference.

        Raises:
            ToolError: if the trace cannot be written.
        """
        notes = _notes.get() or {}
        now = time.perf_counter()
        event = Event(
            run=self._run,
            number=self._number,
            kind=kind,
            seconds=round(now - self._since, 4),
            data=without_secrets({**data, **notes}),
        )
        notes.clear()
        self._since, self._number = now, self._number + 1
        self.events.append(event.model_dump(exclude={"pictures"}))
        event.pictures = {uri: base64.b64encode(jpeg).decode() for uri, jpeg in (pictures or {}).items()}
        if self._path is not None:
            await anyio.to_thread.run_sync(append_event, self._path, event)
        get_stream_writer()(event.model_dump())


def _trace_file(settings: LocalSettings, run: str) -> Path | None:
    if settings.trace_path:
        return Path(settings.trace_path)
    return Path(settings.traces) / (quote(run, safe="") + SUFFIX) if settings.traces else None


class Node(Protocol):
    """A node as the graph calls it."""

    async def __call__(self, state: State, runtime: Runtime[Settings]) -> Any:
        """Return the update of the state, or a command."""


def recorded(node: Callable[[State, Runtime[Settings], Record], Awaitable[Json]]) -> Node:
    """Give a node its record, and the state what the node has written."""

    @functools.wraps(node)
    async def run(state: State, runtime: Runtime[Settings]) -> Any:
        record = Record(state, runtime)
        _notes.set({})
        try:
            result = await node(state, runtime, record)
        except GraphBubbleUp:
            raise
        except Exception as error:
            error.args = tuple(without_secrets(list(error.args)))  # the checkpointer keeps them
            with suppress(ToolError):  # where the trace cannot be written, that is the error
                await record.write("error", {"node": node.__name__, "error": repr(error)})
            raise
        return {**result, "events": record.events}

    parameters = list(inspect.signature(node).parameters.values())[:2]
    run.__signature__ = inspect.signature(node).replace(parameters=parameters)  # type: ignore[attr-defined]
    return run
