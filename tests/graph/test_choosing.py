"""What is returned: the best that was seen, the untouched photo among it; and what a person decides stands above it.

The plans come from a small endpoint that writes what the test gives it, so that bad planning can be had.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from graph.agent import builder, graph
from graph.messages import render_plan
from graph.settings import LocalSettings
from graph.tool_session import ToolSession
from graph.trace import read_trace
from tests.graph.chat_server import ChatServer, serve
from tests.graph.conftest import plan, thread
from tools.declare import ToolError
from tools.goals import Goal, Request
from tools.plan import read_plan
from tools.types import Json


def _exposure(stops: float, reasoning: str = "") -> Json:
    return plan({"reasoning": reasoning, "tool": "exposure", "args": {"stops": stops}})


@pytest.fixture
def server() -> Iterator[ChatServer]:
    yield from serve()


@pytest.fixture
def settings(server: ChatServer, folder: Path) -> LocalSettings:
    trace = str(folder / "trace.jsonl")
    return LocalSettings(policy="chat", model="answers", endpoint=server.url, revisions=0, trace_path=trace)


async def _run(server: ChatServer, settings: LocalSettings, *plans: Json, **given: Any) -> Any:
    server.answers = [render_plan(read_plan(each)) for each in plans]
    return await graph.ainvoke({"photo": "meadow.jpg", **given}, thread("run"), context=settings)


def _judged(settings: LocalSettings) -> list[Json]:
    return [event.data for event in read_trace(Path(settings.trace_path or "")) if event.kind == "assess"]


async def test_a_plan_that_does_harm_leaves_the_photo_alone(
    session: ToolSession, server: ChatServer, settings: LocalSettings
) -> None:
    made = await _run(server, settings, _exposure(-2), request="brighter")
    assert made["result"] == made["image"]
    assert made["plan"]["steps"] == []
    assert "did no better than leaving it alone" in made["message"]


async def test_of_several_attempts_the_best_is_kept_and_a_worse_one_ends_the_search(
    session: ToolSession, server: ChatServer, settings: LocalSettings
) -> None:
    thrice = settings.model_copy(update={"revisions": 3})
    made = await _run(server, thrice, _exposure(0.1), _exposure(0.3), _exposure(-1), request="brighter")
    scores = [judged["score"] for judged in _judged(settings)]
    assert made["plan"]["steps"][0]["args"] == {"stops": 0.3}
    assert len(scores) == 3
    assert scores[1] == max(scores)


async def test_a_plan_that_was_tried_already_ends_the_search(
    session: ToolSession, server: ChatServer, settings: LocalSettings
) -> None:
    thrice = settings.model_copy(update={"revisions": 3})
    again = _exposure(0.2, "other words")
    made = await _run(server, thrice, _exposure(0.2), again, request="brighter")
    assert made["plan"]["steps"][0]["args"] == {"stops": 0.2}
    assert len(_judged(settings)) == 1
    assert len(server.asked) == 2


async def test_what_cannot_be_measured_is_not_judged_away(
    session: ToolSession, server: ChatServer, settings: LocalSettings
) -> None:
    made = await _run(server, settings, _exposure(1), request="as my grandmother would have loved it")
    assert made["result"] != made["image"]


async def test_true_goals_are_recorded_and_choose_nothing(
    session: ToolSession, server: ChatServer, settings: LocalSettings
) -> None:
    """The words say brighter, the task's author meant darker: the run goes by the words, the record by the author."""
    truth = Request(text="brighter", goals=[Goal(attribute="brightness", direction=-1)]).model_dump()
    made = await _run(server, settings, _exposure(1), request="brighter", goals=truth)
    assert made["result"] != made["image"]
    assert made["assessment"]["goals_source"] == "truth"
    assert made["assessment"]["results"][0]["status"] == "reversed"
    assert _judged(settings)[0]["score"] > made["assessment"]["scores"]["picture"]


async def test_true_goals_that_are_none_are_explained(
    session: ToolSession, server: ChatServer, settings: LocalSettings
) -> None:
    with pytest.raises(ToolError, match="goals: text: Field required"):
        await _run(server, settings, _exposure(1), request="brighter", goals={"attribute": "warmth"})


async def test_what_a_person_decides_is_done(session: ToolSession, server: ChatServer, settings: LocalSettings) -> None:
    agent = builder.compile(checkpointer=InMemorySaver())
    asking = settings.model_copy(update={"approve": True})
    server.answers = [render_plan(read_plan(_exposure(1)))]
    given: Any = {"photo": "meadow.jpg", "request": "brighter"}
    stopped = await agent.ainvoke(given, thread("ask"), context=asking)
    question = stopped["__interrupt__"][0].value
    answer: Any = Command(resume={"decision": "edit", "plan": _exposure(-1)})
    made = await agent.ainvoke(answer, thread("ask"), context=asking)
    assert made["plan"]["steps"][0]["args"] == {"stops": -1}
    assert made["result"] not in (made["image"], question["preview"])
    history = await session.call("history", image=question["preview"])
    assert history["entries"][-1]["added"][0]["args"] == {"stops": 1}


async def test_what_reasons_foretell_is_checked(
    session: ToolSession, server: ChatServer, settings: LocalSettings
) -> None:
    false = _exposure(1, "It is dark. Expected: brightness 50.0 -> 30.0, contrast 20 -> 20.1.")
    await _run(server, settings, false, request="brighter")
    (judged,) = _judged(settings)
    (claim,) = judged["claims"]
    assert (claim["attribute"], claim["claimed"], claim["verdict"]) == ("brightness", -20, "opposite")
    assert claim["observed"] > 5


async def test_looking_again_mends_what_a_step_did_not_bring(
    session: ToolSession, server: ChatServer, settings: LocalSettings
) -> None:
    looking = settings.model_copy(update={"closed_loop": True})
    first, second, done = _exposure(0.3), _exposure(0.5), plan()
    made = await _run(server, looking, first, second, done, request="brighter")
    assert [step["args"]["stops"] for step in made["plan"]["steps"]] == [0.3, 0.5]
    kinds = [event.kind for event in read_trace(Path(settings.trace_path or ""))]
    assert kinds == ["start", "perceive", "plan", "step", "look", "step", "look", "assess", "finish"]


async def test_a_policy_that_never_has_enough_is_stopped(
    session: ToolSession, server: ChatServer, settings: LocalSettings
) -> None:
    looking = settings.model_copy(update={"closed_loop": True})
    made = await _run(server, looking, *[_exposure(0.05)] * 12, request="brighter")
    assert len(made["plan"]["steps"]) == 8


async def test_a_policy_that_cannot_look_again_says_so(session: ToolSession) -> None:
    settings = LocalSettings(policy="preset", closed_loop=True)
    with pytest.raises(ToolError, match="'preset' plans once and cannot look again"):
        await graph.ainvoke({"photo": "meadow.jpg", "request": "warmer"}, thread("run"), context=settings)
    with pytest.raises(ValueError, match="approve and closed_loop exclude each other"):
        LocalSettings(approve=True, closed_loop=True)
