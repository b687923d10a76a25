"""The graph: drawn as it runs, plain state, runs that do not mix."""

import asyncio
import json
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from graph import nodes
from graph.agent import builder, graph
from graph.settings import LocalSettings, Settings
from graph.tool_session import ToolSession, tool_session
from graph.trace import read_trace
from mcp_server import ServerSettings
from tests.graph.conftest import plan, small, thread
from tools.attributes import Attributes
from tools.declare import ToolError
from tools.picture import PROXY_PX, load

NODES = ("perceive", "plan", "approve", "act", "assess", "revise", "finish")


def _destinations(node: str) -> set[str]:
    """Where a node says that it may go: the literals of its `Command`."""
    (literal,) = get_args(get_type_hints(getattr(nodes, node))["return"]) or (None,)
    return set(get_args(literal))


def test_the_drawn_graph_is_the_one_that_runs() -> None:
    drawn = {(edge.source, edge.target) for edge in graph.get_graph().edges}
    jumps = {(node, target) for node in NODES if node not in ("perceive", "finish") for target in _destinations(node)}
    assert drawn == jumps | {("__start__", "perceive"), ("perceive", "plan"), ("finish", "__end__")}


def test_the_graph_brings_no_checkpointer_and_describes_its_form() -> None:
    assert graph.checkpointer is None
    assert "required" not in graph.get_input_jsonschema()
    fields = graph.get_context_jsonschema()["properties"]
    assert all("description" in field for field in fields.values())
    assert set(fields) == set(Settings.model_fields)


async def test_a_run_gives_plain_data_of_modest_size(session: ToolSession, folder: Path) -> None:
    agent = builder.compile(checkpointer=InMemorySaver())
    request = "a foggy morning, darker, with film grain"
    made = await agent.ainvoke({"photo": "meadow.jpg", "request": request, "output": "out.png"}, thread("plain"))
    state = (await agent.aget_state(thread("plain"))).values
    assert set(made) == {"image", "result", "plan", "assessment", "message", "messages"}
    assert [message.type for message in state.pop("messages")] == ["human", "ai"]
    assert json.loads(json.dumps(state)) == state
    assert len(json.dumps(state)) < 100_000
    assert made["message"] == "Wrote out.png."
    assert load(folder / "out.png").size == load(folder / "meadow.jpg").size


async def test_the_result_on_the_proxy_and_the_picture_written_are_the_same(session: ToolSession, folder: Path) -> None:
    given: Any = {"photo": "meadow.jpg", "request": "warmer", "output": "out.png"}
    made = await graph.ainvoke(given, thread("same"))
    measured = await session.call("measure_image", image=made["result"])
    photo, written = (load(folder / name).reduced(PROXY_PX) for name in ("meadow.jpg", "out.png"))
    again = Attributes(written, reference=Attributes(photo)).all()
    for name, value in measured["context"]["attributes"].items():
        assert again[name] == pytest.approx(value, abs=0.15), name


async def test_eight_runs_at_once_do_not_mix(session: ToolSession, folder: Path) -> None:
    small("bee.jpg", folder)
    requests = ("warmer", "darker", "black and white", "with film grain")
    jobs = [(photo, request) for request in requests for photo in ("meadow.jpg", "bee.jpg")]

    async def run(number: int, where: str) -> Any:
        photo, request = jobs[number]
        settings = LocalSettings(trace_path=str(folder / f"{where}-{number}.jsonl"))
        return await graph.ainvoke({"photo": photo, "request": request}, thread(f"run {number}"), context=settings)

    alone = [await run(number, "alone") for number in range(len(jobs))]
    together = await asyncio.gather(*(run(number, "together") for number in range(len(jobs))))
    assert together == alone
    assert len({made["result"] for made in together}) == len(jobs)
    for number, (photo, _) in enumerate(jobs):
        events = list(read_trace(folder / f"together-{number}.jsonl"))
        assert {event.run for event in events} == {f"run {number}"}
        assert events[0].data["photo"] == photo
        assert [event.kind for event in events].count("start") == 1


async def test_the_next_run_of_a_thread_starts_afresh(session: ToolSession, folder: Path) -> None:
    agent = builder.compile(checkpointer=InMemorySaver())
    first: Any = {"photo": "meadow.jpg", "request": "a moody autumn evening", "output": "out.png"}
    await agent.ainvoke(first, thread("again"))
    second = await agent.ainvoke({"photo": "meadow.jpg", "request": "warmer"}, thread("again"))
    state = (await agent.aget_state(thread("again"))).values
    assert second["message"] == "The styled picture is ready."
    assert [step["tool"] for step in second["plan"]["steps"]] == ["temperature"]
    assert state["history"] == []
    assert state["decision"] is None


async def test_a_weak_result_is_revised_and_the_best_attempt_is_kept(session: ToolSession, folder: Path) -> None:
    trace = folder / "trace.jsonl"
    settings = LocalSettings(policy="preset", revisions=2, trace_path=str(trace))
    made = await graph.ainvoke({"photo": "meadow.jpg", "request": "cold, dark noir"}, thread("weak"), context=settings)
    scores = [e.data["assessment"]["scores"]["picture"] for e in read_trace(trace) if e.kind == "assess"]
    assert made["assessment"]["scores"]["picture"] == max(scores)
    assert len(scores) <= 3


async def test_a_step_that_fails_is_left_out_and_said(session: ToolSession, folder: Path) -> None:
    trace = folder / "trace.jsonl"
    settings = LocalSettings(approve=True, trace_path=str(trace))
    agent = builder.compile(checkpointer=InMemorySaver())
    await agent.ainvoke({"photo": "meadow.jpg", "request": "warmer"}, thread("fails"), context=settings)
    mine = plan(
        {"tool": "exposure", "args": {"stops": 0.5}, "region": "skin"},
        {"tool": "contrast", "args": {"amount": 20}},
    )
    answer: Any = Command(resume={"decision": "edit", "plan": mine})
    made = await agent.ainvoke(answer, thread("fails"), context=settings)
    assert [step["tool"] for step in made["plan"]["steps"]] == ["contrast"]
    assert "Left out" in made["plan"]["summary"]
    assert "skin" in made["plan"]["summary"]
    steps = [event.data for event in read_trace(trace) if event.kind == "step"]
    assert [bool(step["error"]) for step in steps] == [True, False]


@pytest.mark.parametrize(
    ("photo", "request_text", "said"),
    [
        ("nowhere.jpg", "warmer", "there is no file 'nowhere.jpg'"),
        ("../meadow.jpg", "warmer", "is not inside the photo folder"),
        ("meadow.jpg", "  ", "the request is empty"),
        ("meadow.jpg", 7, "the request is empty"),
        ("meadow.jpg", "w" * 100_001, "at most 100000 are read"),
        ("meadow.jpg", "warm \udcff", "not UTF-8 text"),
        ("image://sha256/" + "0" * 64, "warmer", "no edit is known"),
    ],
)
async def test_bad_input_is_explained(session: ToolSession, photo: str, request_text: Any, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        await graph.ainvoke({"photo": photo, "request": request_text}, thread("bad"))


def test_a_run_outside_a_session_gets_one_for_its_loop(folder: Path) -> None:
    given: Any = {"photo": "meadow.jpg", "request": "it's perfect as it is"}
    settings = LocalSettings(root=str(folder))
    for _ in range(2):
        made = asyncio.run(graph.ainvoke(given, thread("loop"), context=settings))
        assert made["result"] == made["image"]
        assert made["message"].startswith("Nothing was changed")


async def test_an_error_inside_a_session_comes_out_bare(folder: Path) -> None:
    with pytest.raises(ToolError, match="no edit is known"):
        async with tool_session(ServerSettings(root=folder, store=folder / "store")) as held:
            await held.call("measure_image", image="image://sha256/" + "0" * 64)
