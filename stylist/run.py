"""Runs of the graph, told as they go; the person is asked where one stops to ask.

After every step the checkpointer has the state, so a run whose process was killed goes on from its last finished step.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import Command, StateSnapshot
from rich.console import Console

from graph.agent import builder
from graph.checkpoints import open_checkpointer
from graph.history import read_history
from graph.settings import LocalSettings
from stylist.approval import ask
from stylist.narration import Narrator, print_line
from tools.types import Json


class Runs:
    """Runs that one checkpointer keeps."""

    def __init__(self, saver: BaseCheckpointSaver[str]) -> None:
        self._saver = saver
        self._graph = builder.compile(checkpointer=saver)

    async def run(
        self, thread: str, given: Json, settings: LocalSettings, console: Console, *, plan_only: bool = False
    ) -> Json:
        """Run the graph to its end, or to the plan, and return its state; a thread that was begun goes on.

        Args:
            thread: names the run.
            given: the graph's input: photo, request, output.
            settings: the run's settings.
            console: where the story is told.
            plan_only: whether to stop once the plan is written.

        Raises:
            ToolError: if the photo, the request or a place to write to is not right.
            Mistake: if the person was asked and gave no answer.
        """
        config: RunnableConfig = {"configurable": {"thread_id": thread}}
        narrator = Narrator(console)
        stops = ["act", "approve", "assess"] if plan_only else None
        state = await self._graph.aget_state(config)
        if state.values:
            await self._tell_again(config, narrator)
        while not _is_over(state, plan_only):
            question = _question(state)
            todo: Any = Command(resume=ask(question)) if question else None if state.values else given
            parts = self._graph.astream(
                todo, config, context=settings, stream_mode="custom", interrupt_before=stops, durability="sync"
            )
            async for part in parts:
                narrator.tell(_event(part))
            state = await self._graph.aget_state(config)
        values: Json = state.values
        return values

    async def _tell_again(self, config: RunnableConfig, narrator: Narrator) -> None:
        """Tell what was done before the process was killed."""
        for event in await read_history(self._graph, config):
            narrator.tell(event.model_dump())
        print_line(narrator.console, "resumed", "the run was stopped here and goes on", style="bold green")

    async def forget(self, thread: str) -> None:
        """Delete what is kept of a run."""
        await self._saver.adelete_thread(thread)


@asynccontextmanager
async def open_runs() -> AsyncIterator[Runs]:
    """Open the record of runs.

    Raises:
        ToolError: if it cannot be used.
    """
    async with open_checkpointer() as saver:
        yield Runs(saver)


def _is_over(state: StateSnapshot, plan_only: bool) -> bool:
    """Whether nothing is left to do.

    That is said by `tasks`: `next` leaves out a node that is done but for the checkpoint, in which a run may be killed.
    """
    return bool(state.values) and (not state.tasks or (plan_only and "plan" in state.values))


def _question(state: StateSnapshot) -> Json | None:
    """What the run is waiting for a person to answer."""
    return next((interrupt.value for interrupt in state.interrupts), None)


def _event(part: Any) -> Json:
    """What the stream yields, which is typed as anything."""
    event: Json = part
    return event
