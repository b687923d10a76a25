"""Secrets never enter: neither traces, nor checkpoints, nor the stream, nor the store of edits."""

from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from graph.agent import builder
from graph.secrets import without_secrets
from graph.settings import LocalSettings
from graph.tool_session import ToolSession, tool_session
from mcp_server.settings import ServerSettings
from tests.graph.conftest import thread
from tools.declare import ToolError

KEY = "correct-horse-battery-staple"


def _where_found(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files if KEY.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    "text",
    [
        f"{KEY} is wrong",
        "Authorization: Bearer abcdefgh12345678",
        "https://me:hunter22@example.org/v1 refused",
        "POST https://example.org/v1?api_key=abc123 failed",
        'the server said {"api_key": "abc123"}',
        "Incorrect API key provided: sk-proj-abcdefghijklmnop1234",
        "Authorization: Basic abcdefghOmh1bnRlcjIy",
        "https://me:hunter@hunter22@example.org/v1 refused",
        "GET https://example.org/v1?size=2&key=abc123 failed",
        "client_secret=abc123",
        "github_pat_11abcdefgh0123456789",
        "AIzaabcdefgh0123456789012345678901234",
        "eyJhbGciOiJI.eyJabcdefgh.dozjgNryP4J3jVmN",
        "-----BEGIN RSA PRIVATE KEY-----\nabcdefgh\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_secrets_are_blotted_out(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("STYLIST_API_KEY", KEY)
    blotted = without_secrets({"said": [text]})["said"][0]
    assert "[secret]" in blotted
    assert not any(word in blotted for word in (KEY, "abcdefgh", "hunter22", "abc123"))


@pytest.mark.parametrize(
    "text", ["warmer, like a key light", "a token of love", "https://example.org/a@b", "task-force", "basic retouching"]
)
def test_ordinary_words_stay(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize("spoken", [False, True])
async def test_a_key_in_a_request_goes_no_further(
    session: ToolSession, folder: Path, monkeypatch: pytest.MonkeyPatch, spoken: bool
) -> None:
    monkeypatch.setenv("STYLIST_API_KEY", KEY)
    words = f"meadow.jpg, warmer, {KEY}, https://me:hunter22@example.org"
    given: Any = {"messages": [{"role": "user", "content": words}]} if spoken else {"request": words}
    trace = folder / "trace.jsonl"
    agent = builder.compile(checkpointer=InMemorySaver())
    made = await agent.ainvoke(
        {"photo": "meadow.jpg", **given}, thread("said"), context=LocalSettings(trace_path=str(trace))
    )
    state = (await agent.aget_state(thread("said"))).values
    for kept in (trace.read_text(), str(state), str(made)):
        assert "[secret]" in kept
        assert KEY not in kept
        assert "hunter22" not in kept
    assert [message.type for message in made["messages"]] == ["human", "ai"]


async def test_a_key_is_found_nowhere_after_runs_that_meet_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STYLIST_API_KEY", KEY)
    monkeypatch.chdir(folder)
    traces = (folder / "trace.jsonl", folder / "meadow.jpg" / f"{KEY}.jsonl")
    given: Any = {"photo": "meadow.jpg", "request": "warmer"}
    told = []
    async with (
        tool_session(ServerSettings(root=folder, store=folder / "store")),
        AsyncSqliteSaver.from_conn_string(str(folder / "runs.sqlite")) as saver,
    ):
        agent = builder.compile(checkpointer=saver)
        for trace in traces:
            settings = LocalSettings(trace_path=str(trace))
            try:
                async for part in agent.astream(given, thread(trace.stem[:5]), context=settings, stream_mode="custom"):
                    told.append(str(part))
            except ToolError as error:
                told.append(str(error))
    assert "[secret]" in told[-1]
    assert not any(KEY in part for part in told)
    assert _where_found(folder) == []
