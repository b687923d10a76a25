"""One run of the graph, told as it goes; the person is asked where it stops to ask."""

import os
import sqlite3
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command
from rich.console import Console

from graph.agent import builder
from graph.settings import LocalSettings
from mcp_server.settings import default_store
from stylist.approval import ask
from stylist.narration import Narrator
from tools.declare import ToolError
from tools.types import Json


async def run_graph(given: Json, settings: LocalSettings, console: Console, *, plan_only: bool = False) -> Json:
    """Run the graph to its end, or to the plan, and return its state.

    Args:
        given: the graph's input: photo, request, output.
        settings: the run's settings.
        console: where the story is told.
        plan_only: whether to stop once the plan is written.

    Raises:
        ToolError: if the photo, the request or a place to write to is not right.
        Mistake: if the person was asked and gave no answer.
    """
    narrator = Narrator(console)
    thread = uuid.uuid4().hex
    config: Any = {"configurable": {"thread_id": thread}}
    stops = ["act", "approve", "assess"] if plan_only else None
    async with _checkpoints() as saver:
        graph = builder.compile(checkpointer=saver)
        todo: Any = given
        while todo is not None:
            question = None
            async for part in graph.astream(
                todo,
                config,
                context=settings,
                stream_mode=["custom", "updates"],
                interrupt_before=stops,
            ):
                mode, chunk = _mode_and_chunk(part)
                if mode == "custom":
                    narrator.tell(chunk)
                elif chunk.get("__interrupt__"):
                    question = chunk["__interrupt__"][0].value
            todo = Command(resume=ask(question)) if question else None
        values: Json = (await graph.aget_state(config)).values
        await saver.adelete_thread(thread)
        return values


def _mode_and_chunk(part: Any) -> tuple[str, Json]:
    """What several stream modes at once yield, which is typed as anything."""
    mode, chunk = part
    return mode, chunk


@asynccontextmanager
async def _checkpoints() -> AsyncIterator[AsyncSqliteSaver]:
    """The checkpointer; a run that ends well is deleted from it, since its trace says more."""
    database = default_store() / "runs.sqlite"
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        async with AsyncSqliteSaver.from_conn_string(os.fspath(database)) as saver:
            yield saver
    except (sqlite3.Error, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ToolError(
            f"the record of runs {database} cannot be used: {reason}; "
            "set XDG_CACHE_HOME to a folder that can be written to"
        ) from None
