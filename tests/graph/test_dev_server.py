"""A real LangGraph server, as `langgraph dev` starts it for Studio, driven over its API.

The server watches its event loop: a call that blocks it ends the run with a BlockingError.
"""

import asyncio
import base64
import json
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
from mcp import Client

from graph.assistants import PRESETS, offer
from graph.settings import LocalSettings, Settings
from graph.trace import read_trace
from tests.graph.chat_server import ChatServer, serve
from tests.graph.conftest import small
from tools.types import Json

ROOT = Path(__file__).parents[2]
START_S = 60
KEY = "sk-of-this-server-0123456789abcdef"


class Server(NamedTuple):
    """A server that runs."""

    url: str
    log: Path
    folder: Path
    """Its working folder, with `meadow.jpg` in it."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[ChatServer]:
    """The OpenAI-compatible endpoint that the server's environment names."""
    yield from serve()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, endpoint: ChatServer) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("studio")
    small("meadow.jpg", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Server(f"http://127.0.0.1:{port}", folder / "server.log", folder)
    quiet = {"LANGSMITH_TRACING": "false", "LANGGRAPH_CLI_NO_ANALYTICS": "1", "NO_COLOR": "1"}
    own = {"XDG_CACHE_HOME": str(folder / "cache"), "STYLIST_TRACES": str(folder / "traces")}
    asks = {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": KEY}
    environment = {**os.environ, **quiet, **own, **asks}
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


async def _thread(client: LangGraphClient) -> str:
    return str((await client.threads.create())["thread_id"])


async def _stream(
    client: LangGraphClient, thread: str, assistant: str = "style", **what: Any
) -> list[tuple[str, Json]]:
    modes: Any = ["updates", "custom"]
    parts = client.runs.stream(thread, assistant, stream_mode=modes, **what)
    return [(part.event, part.data) async for part in parts]


def _errors(events: list[tuple[str, Json]]) -> list[Json]:
    return [data for kind, data in events if kind == "error"]


async def test_it_describes_the_form_that_studio_shows(client: LangGraphClient) -> None:
    (assistant,) = await client.assistants.search(graph_id="style", metadata={"created_by": "system"})
    schemas: Any = await client.assistants.get_schemas(assistant["assistant_id"])
    asked = schemas["input_schema"]["properties"]
    assert {"photo", "request", "messages"} <= asked.keys()
    assert all(field["description"] for field in asked.values())
    assert set(schemas["context_schema"]["properties"]) == set(Settings.model_fields)
    form = schemas["context_schema"]["properties"]
    assert all(field["description"] and field["langgraph_nodes"] for field in form.values())
    assert (form["revisions"]["minimum"], form["revisions"]["maximum"]) == (0, 3)
    drawn: Any = await client.assistants.get_graph(assistant["assistant_id"])
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


async def test_a_conversation_goes_on_and_shows_its_pictures(client: LangGraphClient) -> None:
    thread = await _thread(client)
    results = []
    for words in ("meadow.jpg, warmer", "darker, and less grain"):
        said = {"messages": [{"role": "user", "content": words}]}
        events = await _stream(client, thread, input=said)
        assert not _errors(events)
        shown = [data for kind, data in events if kind == "custom" and data["kind"] == "step"]
        for step in shown:
            (picture,) = step["pictures"].values()
            assert base64.b64decode(picture).startswith(b"\xff\xd8")
        values: Any = (await client.threads.get_state(thread))["values"]
        results.append((values["image"], values["result"]))
    assert results[1][0] == results[0][1]
    assert [message["type"] for message in values["messages"]] == ["human", "ai", "human", "ai"]


async def test_a_run_is_forked_and_run_again_from_any_checkpoint(client: LangGraphClient) -> None:
    thread = await _thread(client)
    await _stream(client, thread, input={"photo": "meadow.jpg", "request": "warmer and darker"})
    whole: Any = (await client.threads.get_state(thread))["values"]
    history = await client.threads.get_history(thread, limit=20)
    begun = [state for state in history if state["next"]]
    assert [state["next"][0] for state in begun] == ["finish", "assess", "act", "act", "plan", "perceive", "__start__"]
    for state in begun:
        again: Any = await client.runs.wait(thread, "style", checkpoint=state["checkpoint"])
        assert again["result"] == whole["result"], state["next"]
    planning = next(state for state in begun if state["next"] == ["plan"])
    fork: Any = await client.threads.update_state(
        thread, {"request": "black and white"}, as_node="perceive", checkpoint=planning["checkpoint"]
    )
    forked: Any = await client.runs.wait(thread, "style", checkpoint=fork["checkpoint"])
    assert [step["tool"] for step in forked["plan"]["steps"]] == ["monochrome"]
    assert forked["image"] == whole["image"]


async def test_presets_are_assistants_and_tools_of_the_mcp_endpoint(client: LangGraphClient, server: Server) -> None:
    for _ in range(2):
        assert await offer(server.url) == list(PRESETS)
    async with Client(f"{server.url}/mcp", mode="legacy") as mcp:
        tools = {tool.name: tool for tool in (await mcp.list_tools()).tools}
        assert set(tools) == {"style", *PRESETS}
        assert tools["careful"].description == PRESETS["careful"].description
        assert {"photo", "request"} <= set(tools["quick"].input_schema["properties"])
        made = await mcp.call_tool("quick", {"photo": "meadow.jpg", "request": "warmer"})
        assert not made.is_error
        assert "image://sha256/" in made.content[0].text  # type: ignore[union-attr]
    assistant = next(each for each in await client.assistants.search() if each["name"] == "ask-first")
    thread = await _thread(client)
    await _stream(client, thread, assistant["assistant_id"], input={"photo": "meadow.jpg", "request": "warmer"})
    assert (await client.threads.get_state(thread))["next"] == ["approve"]


async def test_two_threads_at_once_do_not_mix(client: LangGraphClient) -> None:
    wishes = ["warmer", "darker"]
    runs = [
        client.runs.wait(await _thread(client), "style", input={"photo": "meadow.jpg", "request": wish})
        for wish in wishes
    ]
    made: Any = await asyncio.gather(*runs)
    assert [run["plan"]["steps"][0]["tool"] for run in made] == ["temperature", "exposure"]
    assert len({run["result"] for run in made}) == 2


async def test_the_chat_policy_streams_its_tokens_and_the_key_stays_in_the_environment(
    client: LangGraphClient, server: Server, endpoint: ChatServer
) -> None:
    wanted = {"summary": "Warmer.", "steps": [{"reasoning": "", "tool": "temperature", "args": {"warmer": 40}}]}
    endpoint.answers = [json.dumps(wanted)]
    thread, context = await _thread(client), {"policy": "chat", "model": "answers", "revisions": 0}
    given = {"photo": "meadow.jpg", "request": "warmer"}
    written = ""
    async for part in client.runs.stream(thread, "style", input=given, context=context, stream_mode=["messages-tuple"]):
        assert part.event != "error", part.data
        if part.event == "messages" and part.data[1]["langgraph_node"] == "plan":
            written += part.data[0]["content"]
    assert json.loads(written) == wanted
    assert endpoint.keys == [f"Bearer {KEY}"]
    state = json.dumps(await client.threads.get_history(thread, limit=20))
    assert KEY not in state
    for file in server.folder.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file


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
