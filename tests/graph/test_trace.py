"""The trace: line by line as things happen, readable after a crash."""

import base64
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from graph.agent import graph
from graph.settings import LocalSettings
from graph.tool_session import ToolSession
from graph.trace import SCHEMA_VERSION, Event, StepRecord, append_event, read_trace
from tests.graph.conftest import thread
from tools.declare import ToolError
from tools.types import Json

BEGUN: Json = {"photo": "meadow.jpg", "request": "warmer", "settings": {}}


def _event(number: int, **data: str) -> Event:
    return Event(run="run", number=number, kind="start", seconds=0.0, data={**BEGUN, **data})


@pytest.fixture
async def trace(session: ToolSession, folder: Path) -> Path:
    """The trace of a whole run."""
    path = folder / "traces" / "meadow.trace.jsonl"
    given = {"photo": "meadow.jpg", "request": "warmer and darker"}
    await graph.ainvoke(given, thread("traced"), context=LocalSettings(trace_path=str(path)))
    return path


async def test_it_tells_the_whole_run_in_order(trace: Path) -> None:
    events = list(read_trace(trace))
    kinds = [event.kind for event in events]
    assert kinds == ["start", "perceive", "plan", "step", "step", "assess", "finish"]
    assert [event.time for event in events] == sorted(event.time for event in events)
    assert {event.schema_version for event in events} == {SCHEMA_VERSION}
    planned, finished = events[2].data["plan"], events[-1].data
    steps = [StepRecord.model_validate(event.data) for event in events if event.kind == "step"]
    assert [step.tool for step in steps] == [step["tool"] for step in planned["steps"]]
    assert steps[0].result == steps[1].image
    assert all(step.reasoning and step.change for step in steps)
    assert finished["plan"] == planned
    assert len(events[1].data["photo_sha256"]) == 64
    assert [event.number for event in events] == list(range(7))
    assert all(0 <= event.seconds < 60 for event in events)
    sizes = [Image.open(io.BytesIO(base64.b64decode(jpeg))).size for e in events for jpeg in e.pictures.values()]
    assert [max(size) for size in sizes] == [200, 100, 100]


async def test_a_line_that_was_cut_off_costs_only_that_line(trace: Path) -> None:
    whole = trace.read_bytes()
    lines = whole.splitlines(keepends=True)
    for cut in (1, 20, len(lines[-1]) - 2):
        trace.write_bytes(whole[:-cut])
        assert [event.kind for event in read_trace(trace)][-1] == ("finish" if cut == 1 else "assess")
    trace.write_bytes(b"".join(lines[:4]) + "é".encode()[:1])
    assert len(list(read_trace(trace))) == 4


async def test_a_broken_line_inside_is_named(trace: Path) -> None:
    lines = trace.read_text().splitlines()
    lines[2] = lines[2][:50]
    trace.write_text("\n".join(lines))
    with pytest.raises(ToolError, match=r"meadow.trace.jsonl, line 3 is not a trace event"):
        list(read_trace(trace))


def test_separators_of_unicode_do_not_end_a_line(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    for number, word in enumerate(("a\u2028b", "c\x85d\x0b", "e\nf\r")):
        append_event(path, _event(number, request=word))
    assert [event.data["request"] for event in read_trace(path)] == ["a\u2028b", "c\x85d\x0b", "e\nf\r"]


def test_what_is_no_trace_is_said(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="there is no trace"):
        list(read_trace(tmp_path / "nowhere.jsonl"))
    other = tmp_path / "other.jsonl"
    whole = _event(0).model_dump()
    for line, said in (
        (json.dumps({"kind": "dance"}), "run: Field required"),
        (json.dumps([]), "Input should be"),
        ("[" * 100_000, ""),
        (json.dumps({**whole, "data": {"photo": "a.jpg"}}), "an event of the kind 'start' lacks request, settings"),
    ):
        other.write_text(line + "\n")
        with pytest.raises(ToolError, match=f"line 1 is not a trace event: {said}"):
            read_trace(other)


def test_a_trace_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ToolError, match="cannot write the trace"):
        append_event(tmp_path / "file" / "trace.jsonl", _event(0))


def test_a_line_that_was_left_unfinished_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    append_event(path, _event(0))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])
    append_event(path, _event(1))
    assert [event.number for event in read_trace(path)] == [0, 1]


def test_a_number_that_comes_again_takes_the_run_back(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    other = _event(1).model_copy(update={"run": "other"})
    for event in (_event(0), _event(1, old="1"), other, _event(2, old="2"), _event(1, new="1")):
        append_event(path, event)
    assert [(event.run, event.number, event.data) for event in read_trace(path)] == [
        ("run", 0, BEGUN),
        ("other", 1, BEGUN),
        ("run", 1, {**BEGUN, "new": "1"}),
    ]
