"""The interrupt: a person accepts, edits or rejects; a run waits for the answer as long as it takes."""

from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from graph.agent import builder
from graph.settings import LocalSettings
from graph.tool_session import ToolSession, tool_session
from graph.trace import read_trace
from mcp_server import ServerSettings
from tests.graph.conftest import plan, thread
from tools.types import Json

MINE = plan({"tool": "exposure", "args": {"stops": -1}})


async def _asked(agent: Any, settings: LocalSettings) -> Json:
    """Run until the person is asked, and return the question."""
    given = {"photo": "meadow.jpg", "request": "warmer"}
    stopped = await agent.ainvoke(given, thread("ask"), context=settings)
    question: Json = stopped["__interrupt__"][0].value
    return question


@pytest.fixture
def settings(folder: Path) -> LocalSettings:
    return LocalSettings(approve=True, trace_path=str(folder / "trace.jsonl"))


@pytest.mark.parametrize("answer", [{"decision": "accept"}, "accept"])
async def test_accept(session: ToolSession, settings: LocalSettings, answer: Any) -> None:
    agent = builder.compile(checkpointer=InMemorySaver())
    question = await _asked(agent, settings)
    made = await agent.ainvoke(Command(resume=answer), thread("ask"), context=settings)
    assert made["plan"]["steps"] == question["plan"]["steps"]
    assert made["result"] != made["image"]


async def test_edit(session: ToolSession, settings: LocalSettings) -> None:
    agent = builder.compile(checkpointer=InMemorySaver())
    question = await _asked(agent, settings)
    answer: Any = Command(resume={"decision": "edit", "plan": MINE})
    made = await agent.ainvoke(answer, thread("ask"), context=settings)
    assert [step["tool"] for step in made["plan"]["steps"]] == ["exposure"]
    (asked,) = [event.data for event in read_trace(Path(settings.trace_path or "")) if event.kind == "approve"]
    assert asked["proposed"] == question["plan"]
    assert asked["plan"]["summary"] == "mine"


async def test_edit_to_nothing(session: ToolSession, settings: LocalSettings) -> None:
    agent = builder.compile(checkpointer=InMemorySaver())
    await _asked(agent, settings)
    answer: Any = Command(resume={"decision": "edit", "plan": {"summary": "leave it", "steps": []}})
    made = await agent.ainvoke(answer, thread("ask"), context=settings)
    assert made["result"] == made["image"]
    assert made["message"] == "leave it"


async def test_reject(session: ToolSession, settings: LocalSettings) -> None:
    agent = builder.compile(checkpointer=InMemorySaver())
    await _asked(agent, settings)
    answer: Any = Command(resume={"decision": "reject", "reason": "too warm"})
    made = await agent.ainvoke(answer, thread("ask"), context=settings)
    assert made["result"] == made["image"]
    assert made["message"] == "The plan was rejected; nothing was changed."
    events = list(read_trace(Path(settings.trace_path or "")))
    assert [event.kind for event in events] == ["start", "perceive", "plan", "approve", "finish"]
    assert events[3].data["reason"] == "too warm"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("maybe", "the decision 'maybe' is not known; it is accept, edit or reject"),
        (["accept"], "is not known; it is accept, edit or reject"),
        ({"decision": "edit"}, "brings the edited plan with it"),
        ({"decision": "edit", "plan": {"steps": [{"tool": "exposur"}]}}, "did you mean 'exposure'?"),
        ({"decision": "edit", "plan": "{"}, "the plan is not JSON"),
    ],
)
async def test_an_answer_that_cannot_be_taken_is_asked_again(
    session: ToolSession, settings: LocalSettings, answer: Any, problem: str
) -> None:
    agent = builder.compile(checkpointer=InMemorySaver())
    first = await _asked(agent, settings)
    again = await agent.ainvoke(Command(resume=answer), thread("ask"), context=settings)
    question = again["__interrupt__"][0].value
    assert problem in question["problem"]
    assert question["plan"] == first["plan"]
    made = await agent.ainvoke(Command(resume="accept"), thread("ask"), context=settings)
    assert made["plan"]["steps"] == first["plan"]["steps"]


async def test_a_run_goes_on_from_the_disk_alone(folder: Path, settings: LocalSettings) -> None:
    """After the question everything is closed; another graph, server and checkpointer answer it."""
    results = []
    for _ in range(2):
        async with (
            tool_session(ServerSettings(root=folder, store=folder / "store")),
            AsyncSqliteSaver.from_conn_string(str(folder / "runs.sqlite")) as saver,
        ):
            agent = builder.compile(checkpointer=saver)
            if results:
                results.append(await agent.ainvoke(Command(resume="accept"), thread("ask"), context=settings))
            else:
                results.append(await _asked(agent, settings))
    asked, made = results
    assert made["plan"]["steps"] == asked["plan"]["steps"]
    assert made["result"].startswith("image://sha256/")
    events = list(read_trace(folder / "trace.jsonl"))
    assert events[-1].kind == "finish"
    assert {event.run for event in events} == {"ask"}
