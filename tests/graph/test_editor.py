"""The renderer `editor`: a real endpoint carries out the plan as one instruction, or the request as it is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from graph.agent import builder, graph
from graph.history import read_history
from graph.settings import LocalSettings
from graph.tool_session import ToolSession, tool_session
from graph.trace import read_trace
from mcp_server.editor import EditorSettings
from mcp_server.settings import ServerSettings
from tests.graph.conftest import thread
from tests.mcp_server.editor_server import EditorServer
from tools.declare import ToolError
from tools.picture import load

KEY = "a-secret-of-mine"


@pytest.fixture
def editing(endpoint: EditorServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ServerSettings:
    """Settings of a tool server that has the endpoint."""
    endpoint.requests.clear()
    monkeypatch.setenv("STYLIST_EDITOR_URL", f"{endpoint.url}/v1")
    monkeypatch.setenv("STYLIST_EDITOR_KEY", KEY)
    return ServerSettings(root=folder, store=folder / "store")


async def test_the_plan_becomes_one_instruction(editing: ServerSettings, endpoint: EditorServer, folder: Path) -> None:
    trace = folder / "trace.jsonl"
    settings = LocalSettings(renderer="editor", approve=True, trace_path=str(trace))
    given: Any = {"photo": "meadow.jpg", "request": "warmer and darker", "output": "out.png"}
    async with (
        tool_session(editing) as session,
        AsyncSqliteSaver.from_conn_string(str(folder / "runs.sqlite")) as saver,
    ):
        agent = builder.compile(checkpointer=saver)
        await agent.ainvoke(given, thread("edited"), context=settings)
        made = await agent.ainvoke(Command(resume="accept"), thread("edited"), context=settings)
        assert await read_history(agent, thread("edited"), session) == read_trace(trace)
    kinds = [event.kind for event in read_trace(trace)]
    assert kinds == ["start", "perceive", "plan", "approve", "edit", "assess", "finish"]
    (sent,) = endpoint.requests
    assert "darken it" in sent["prompt"]
    assert "make the light" in sent["prompt"]
    assert made["message"] == "Wrote out.png."
    assert load(folder / "out.png").size == load(folder / "meadow.jpg").size
    found = [path.name for path in folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert found == []


async def test_edit_only_sends_the_sentence_as_it_is(editing: ServerSettings, endpoint: EditorServer) -> None:
    settings = LocalSettings(policy="edit_only", renderer="editor")
    given: Any = {"photo": "meadow.jpg", "request": "put a dragon on the hill"}
    async with tool_session(editing):
        made = await graph.ainvoke(given, thread("only"), context=settings)
    assert [request["prompt"] for request in endpoint.requests] == ["put a dragon on the hill"]
    assert made["plan"]["steps"] == []
    assert made["result"] != made["image"]


async def test_what_no_tool_can_do_is_asked_of_the_editor(editing: ServerSettings, endpoint: EditorServer) -> None:
    settings = LocalSettings(renderer="editor", revisions=0)
    async with tool_session(editing):
        for request in ("warmer, and remove the man", "remove the man"):
            made = await graph.ainvoke({"photo": "meadow.jpg", "request": request}, thread(request), context=settings)
    both, alone = (request["prompt"] for request in endpoint.requests)
    assert both.startswith("Edit this photograph: make the light")
    assert "; then remove the man. Keep the composition" in both
    assert alone.startswith("Edit this photograph: remove the man. ")
    assert made["plan"]["summary"] == f"The image editor was asked: {alone}"
    assert made["result"] != made["image"]


async def test_an_editor_that_fails_ends_the_run_and_the_run_can_go_on(
    editing: ServerSettings, endpoint: EditorServer, folder: Path
) -> None:
    bad = replace(editing, editor=EditorSettings(f"{endpoint.url}/key/v1"))
    trace = folder / "trace.jsonl"
    settings = LocalSettings(renderer="editor", revisions=0, trace_path=str(trace))
    given: Any = {"photo": "meadow.jpg", "request": "warmer"}
    async with AsyncSqliteSaver.from_conn_string(str(folder / "runs.sqlite")) as saver:
        agent = builder.compile(checkpointer=saver)
        async with tool_session(bad):
            with pytest.raises(ToolError, match=r"answered 401: the key \[secret\] is not known"):
                await agent.ainvoke(given, thread("fails"), context=settings)
        assert read_trace(trace)[-1].data["node"] == "act"
        assert KEY.encode() not in (folder / "runs.sqlite-wal").read_bytes() + trace.read_bytes()
        async with tool_session(editing):
            made = await agent.ainvoke(None, thread("fails"), context=settings)
    assert made["message"]
    assert [event.kind for event in read_trace(trace)].count("plan") == [e.kind for e in read_trace(trace)].count(
        "edit"
    )


async def test_without_an_endpoint_the_renderer_is_refused(session: ToolSession) -> None:
    given: Any = {"photo": "meadow.jpg", "request": "warmer"}
    with pytest.raises(ToolError, match="set STYLIST_EDITOR_URL"):
        await graph.ainvoke(given, thread("none"), context=LocalSettings(renderer="editor"))
    with pytest.raises(ToolError, match="it needs renderer 'editor'"):
        await graph.ainvoke(given, thread("none"), context=LocalSettings(policy="edit_only"))
