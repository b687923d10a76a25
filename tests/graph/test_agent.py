"""The graph: drawn as it runs, plain state, runs that do not mix."""

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from graph.agent import builder, graph
from graph.settings import LocalSettings, Settings
from graph.tool_session import ToolSession, tool_session
from graph.trace import read_trace
from mcp_server import ServerSettings
from tests.graph.conftest import plan, small, thread
from tools.attributes import Attributes
from tools.declare import ToolError
from tools.picture import PROXY_PX, load
from tools.quality import assess
from tools.request import parse_request


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


@pytest.mark.parametrize(
    ("node", "change", "tools"),
    [
        ("perceive", {"request": "black and white"}, ["monochrome"]),
        ("plan", {"plan": plan({"tool": "monochrome", "args": {"amount": 100}})}, ["monochrome"]),
        ("plan", {"plan": plan()}, []),
        ("act", {"plan": plan({"tool": "exposure"}, {"tool": "temperature", "args": {"warmer": 50}})}, ["temperature"]),
        ("assess", {}, ["exposure", "temperature"]),
    ],
)
async def test_a_fork_goes_on_from_any_node(session: ToolSession, node: str, change: Any, tools: list[str]) -> None:
    agent, request = builder.compile(checkpointer=InMemorySaver()), "warmer and darker"
    await agent.ainvoke({"photo": "meadow.jpg", "request": request}, thread("fork"))
    history = [state async for state in agent.aget_state_history(thread("fork"))]
    after = next(earlier for later, earlier in pairwise(history[::-1]) if later.next == (node,))
    fork = await agent.aupdate_state(after.config, change, as_node=node)
    made = await agent.ainvoke(None, fork)
    assert made["message"]
    state = (await agent.aget_state(thread("fork"))).values
    done = [step["tool"] for step in state["observed"]]
    assert done == (["exposure", *tools] if node == "act" else tools)


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
    request, photo = "cold, dark noir", load(folder / "meadow.jpg")
    made = await graph.ainvoke({"photo": "meadow.jpg", "request": request}, thread("weak"), context=settings)
    scores = [e.data["assessment"]["scores"]["picture"] for e in read_trace(trace) if e.kind == "assess"]
    untouched = assess(photo, photo, parse_request(request)).scores["picture"]
    assert made["assessment"]["scores"]["picture"] == max(*scores, untouched)
    assert 1 <= len(scores) <= 3


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
