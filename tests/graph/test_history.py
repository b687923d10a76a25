"""What the checkpointer keeps is the trace: read back, the events are the same ones."""

from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from graph.agent import builder
from graph.history import read_history
from graph.settings import LocalSettings
from graph.tool_session import ToolSession
from graph.trace import read_trace
from tests.graph.conftest import thread
from tools.declare import ToolError


async def test_a_run_read_back_is_its_trace(session: ToolSession, folder: Path) -> None:
    trace = folder / "trace.jsonl"
    settings = LocalSettings(policy="preset", revisions=1, trace_path=str(trace))
    given: Any = {"photo": "meadow.jpg", "request": "cold, dark noir"}
    async with AsyncSqliteSaver.from_conn_string(str(folder / "runs.sqlite")) as saver:
        agent = builder.compile(checkpointer=saver)
        for request in (given, {**given, "request": "warmer"}):
            await agent.ainvoke(request, thread("read"), context=settings)
        events = await read_history(agent, thread("read"), session)
    kinds = [event.kind for event in events]
    assert kinds.count("start") == 2
    assert kinds.count("assess") >= 2
    assert events == read_trace(trace)


async def test_a_run_taken_back_follows_its_last_branch(session: ToolSession, folder: Path) -> None:
    trace = folder / "trace.jsonl"
    settings = LocalSettings(approve=True, trace_path=str(trace))
    agent = builder.compile(checkpointer=InMemorySaver())
    given: Any = {"photo": "meadow.jpg", "request": "warmer"}
    await agent.ainvoke(given, thread("branch"), context=settings)
    asked = await agent.aget_state(thread("branch"))
    await agent.ainvoke(Command(resume="accept"), thread("branch"), context=settings)
    forked = await agent.aupdate_state(asked.config, {"request": "darker"}, as_node="perceive")
    await agent.ainvoke(None, forked, context=settings)
    await agent.ainvoke(Command(resume="accept"), thread("branch"), context=settings)
    events = await read_history(agent, thread("branch"), session)
    assert [event.data["tool"] for event in events if event.kind == "step"] == ["exposure"]
    assert events == read_trace(trace)


async def test_a_failure_is_read_back_too(session: ToolSession, folder: Path) -> None:
    trace = folder / "trace.jsonl"
    settings = LocalSettings(trace_path=str(trace))
    agent = builder.compile(checkpointer=InMemorySaver())
    (folder / "taken.png").touch()
    given: Any = {"photo": "meadow.jpg", "request": "warmer", "output": "taken.png"}
    with pytest.raises(ToolError, match="exists already"):
        await agent.ainvoke(given, thread("failed"), context=settings)
    live, read = read_trace(trace), await read_history(agent, thread("failed"), session)
    assert live[:-1] == read[:-1]
    assert live[-1].data == read[-1].data
    assert live[-1].data["node"] == "finish"
    assert "exists already" in live[-1].data["error"]
    (folder / "taken.png").unlink()
    await agent.ainvoke(None, thread("failed"), context=settings)
    assert await read_history(agent, thread("failed"), session) == read_trace(trace)
    assert read_trace(trace)[-1].kind == "finish"
