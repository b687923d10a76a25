"""Reading a run back from the checkpointer's history: the same events as in its trace.

events = await read_history(graph, {"configurable": {"thread_id": thread}}, session)
"""

import base64
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import StateSnapshot

from graph.thumbnails import thumbnail
from graph.tool_session import ToolSession
from graph.trace import Event


async def read_history(graph: Any, config: RunnableConfig, session: ToolSession | None = None) -> list[Event]:
    """The events on the way to the latest checkpoint of a thread, or to the one that `config` names.

    Args:
        graph: compiled with the checkpointer that holds the thread.
        config: names the thread.
        session: draws the pictures of the events anew; without one they have none.
    """
    way = await _way(graph, config)
    events: list[Event] = []
    for snapshot in way:
        for entry in snapshot.values.get("events", []):
            if not events or entry["number"] > events[-1].number:
                events.append(Event.model_validate(entry))
    if way:
        events += _failures(way[-1], events)
    if session is not None:
        for event in events:
            event.pictures = await _pictures(event, session)
    return events


async def _way(graph: Any, config: RunnableConfig) -> list[StateSnapshot]:
    """The checkpoints from the first to the one that is asked for; those of other branches are left out."""
    known = {_checkpoint(snapshot.config): snapshot async for snapshot in graph.aget_state_history(config)}
    way = []
    here: RunnableConfig | None = (await graph.aget_state(config)).config
    while here is not None and (snapshot := known.get(_checkpoint(here))):
        way.append(snapshot)
        here = snapshot.parent_config
    return way[::-1]


def _checkpoint(config: RunnableConfig) -> str | None:
    return config["configurable"].get("checkpoint_id")


def _failures(latest: StateSnapshot, events: list[Event]) -> list[Event]:
    """What stopped the run after its latest checkpoint."""
    number = events[-1].number + 1 if events else 0
    run = events[-1].run if events else latest.config["configurable"]["thread_id"]
    return [
        Event(
            run=run,
            number=number,
            kind="error",
            time=latest.created_at or "",
            seconds=None,
            data={"node": task.name, "error": str(task.error)},
        )
        for task in latest.tasks
        if task.error
    ]


async def _pictures(event: Event, session: ToolSession) -> dict[str, str]:
    """The small pictures that a trace holds of an event."""
    match event.kind:
        case "perceive":
            uri = event.data["image"]
            jpeg = await session.read_picture(uri)
        case "edit" | "step" if not event.data.get("error"):
            uri = event.data["result"]
            jpeg = thumbnail(await session.read_picture(uri))
        case _:
            return {}
    return {uri: base64.b64encode(jpeg).decode()}
