"""A real LangGraph server, as `langgraph dev` starts it for Studio, driven over its API.

The server watches its event loop: a call that blocks it ends the run with a BlockingError.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from graph.settings import LocalSettings, Settings
from graph.trace import read_trace
from tests.graph.conftest import small
from tools.types import Json

ROOT = Path(__file__).parents[2]
START_S = 60


class Server(NamedTuple):
    """A server that runs."""

    url: str
    log: Path
    folder: Path
    """Its working folder, with `meadow.jpg` in it."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("studio")
    small("meadow.jpg", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Server(f"http://127.0.0.1:{port}", folder / "server.log", folder)
    quiet = {"LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1", "NO_COLOR": "1"}
    own = {"XDG_CACHE_HOME": str(folder / "cache"), "STYLIST_TRACES": str(folder / "traces")}
    environment = {**os.environ, **quiet, **own}
    program = [str(Path(sys.executable).parent / "langgraph"), "dev", "--config", str(ROOT / "langgraph.json")]
    options = ["--no-browser", "--no-reload", "--port", str(port)]
    with running.log.open("wb") as log:
        process = subprocess.Popen(
            [*program, *options], cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_up(running, process)
        yield running
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_until_up(running: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_S * 5):
        assert process.poll() is None, running.log.read_text()
        try:
            if httpx.get(f"{running.url}/ok").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"no server after {START_S} s: {running.log.read_text()}")


@pytest.fixture
async def client(server: Server) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=server.url) as held:
        yield held


async def _assistant(client: LangGraphClient) -> str:
    (assistant,) = await client.assistants.search()
    assert assistant["graph_id"] == "style"
    return str(assistant["assistant_id"])


async def _thread(client: LangGraphClient) -> str:
    return str((await client.threads.create())["thread_id"])


async def _stream(client: LangGraphClient, thread: str, **what: Any) -> list[tuple[str, Json]]:
    modes: Any = ["updates", "custom"]
    parts = client.runs.stream(thread, await _assistant(client), stream_mode=modes, **what)
    return [(part.event, part.data) async for part in parts]


def _errors(events: list[tuple[str, Json]]) -> list[Json]:
    return [data for kind, data in events if kind == "error"]


async def test_it_describes_the_form_that_studio_shows(client: LangGraphClient) -> None:
    schemas: Any = await client.assistants.get_schemas(await _assistant(client))
    assert {"photo", "request", "messages"} <= set(schemas["input_schema"]["properties"])
    assert set(schemas["context_schema"]["properties"]) == set(Settings.model_fields)
    drawn: Any = await client.assistants.get_graph(await _assistant(client))
    assert {node["id"] for node in drawn["nodes"]} >= {"perceive", "plan", "approve", "act", "assess", "finish"}


async def test_a_run_streams_what_happens(client: LangGraphClient, server: Server) -> None:
    given = {"photo": "meadow.jpg", "request": "warmer and darker", "output": "out.png"}
    thread = await _thread(client)
    events = await _stream(client, thread, input=given)
    assert not _errors(events)
    told = [data["kind"] for kind, data in events if kind == "custom"]
    assert told == ["start", "perceive", "plan", "step", "step", "assess", "finish"]
    assert (server.folder / "out.png").is_file()
    trace = server.folder / "traces" / f"{thread}.trace.jsonl"
    assert [event.kind for event in read_trace(trace)][-1] == "finish"


async def test_a_person_is_asked_and_the_run_goes_on(client: LangGraphClient) -> None:
    thread = await _thread(client)
    context = {"approve": True}
    events = await _stream(client, thread, input={"photo": "meadow.jpg", "request": "warmer"}, context=context)
    assert [kind for kind, data in events if kind == "updates" and "__interrupt__" in data]
    assert (await client.threads.get_state(thread))["next"] == ["approve"]
    mine = {"summary": "mine", "steps": [{"tool": "exposure", "args": {"stops": -1}}]}
    command: Any = {"resume": {"decision": "edit", "plan": mine}}
    assert not _errors(await _stream(client, thread, command=command, context=context))
    values: Any = (await client.threads.get_state(thread))["values"]
    assert [step["tool"] for step in values["plan"]["steps"]] == ["exposure"]
    assert values["decision"]["decision"] == "edit"


async def test_a_wrong_path_is_refused(client: LangGraphClient) -> None:
    given = {"photo": "/etc/passwd", "request": "warmer"}
    (error,) = _errors(await _stream(client, await _thread(client), input=given))
    assert error["error"] == "ToolError"


async def test_a_client_cannot_say_where_files_lie(client: LangGraphClient, server: Server, tmp_path: Path) -> None:
    own = set(LocalSettings.model_fields) - set(Settings.model_fields)
    for way in ({"context": dict.fromkeys(own, str(tmp_path))}, {"config": {"configurable": {"root": str(tmp_path)}}}):
        thread = await _thread(client)
        assert not _errors(await _stream(client, thread, input={"photo": "meadow.jpg", "request": "warmer"}, **way))
        assert not list(tmp_path.iterdir())
        assert (server.folder / "traces" / f"{thread}.trace.jsonl").is_file()


def test_nothing_blocked_the_event_loop(server: Server) -> None:
    assert "BlockingError" not in server.log.read_text()
