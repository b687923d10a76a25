"""The server as its own process: stdio, HTTP, the token, the command line."""

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from mcp_server.__main__ import main
from mcp_server.settings import MAX_MESSAGE_BYTES

TOKEN = "a-token-of-some-length"
STEP = {"tool": "exposure", "args": {"stops": 0.5}}


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_stdio(command: list[str], mode: str) -> None:
    server = StdioServerParameters(command=command[0], args=command[1:], cwd=Path.cwd())
    async with Client(server, mode=mode) as client:
        assert len((await client.list_tools()).tools) <= 15
        done = await client.call_tool("apply_step", {"image": "coast.jpg", "step": STEP})
        assert done.structured_content["steps"] == 1
        assert (await client.call_tool("apply_step", {"image": "coast.jpg", "stp": STEP})).is_error


def test_stdio_outlives_what_is_no_message(command: list[str]) -> None:
    client = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}
    messages = [
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client}).encode(),
        b'{"jsonrpc": "2.0", "id": 2, "method": "' + b"a" * MAX_MESSAGE_BYTES + b'"}',
        b"\xff\xfe",
        b'{"method": "ping", "params": {"id": 9, "cut off": "\\ud83d"}, "jsonrpc": "2.0", "id": 3}',
        b'{"jsonrpc": "2.0", "id": "four", "method": "ping", "params": ' + b"[" * 400 + b"]" * 400 + b"}",
        b'{"method": "ping", "params": "' + b"a" * 5 * MAX_MESSAGE_BYTES + b'", "jsonrpc": "2.0", "id": 5}',
        json.dumps({"jsonrpc": "2.0", "id": 6, "method": "ping"}).encode(),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdin.write(b"\n".join(messages) + b"\n")
        server.stdin.flush()
        answers = {answer["id"]: answer for answer in (json.loads(server.stdout.readline()) for _ in range(6))}
        assert "result" in answers.pop(1)
        assert "result" in answers.pop(6)
        told = {name: answer["error"]["message"] for name, answer in answers.items()}
        assert told.keys() == {2, 3, "four", 5}
        assert "more than 1,048,576 bytes" in told[2]
        assert told[2] == told[5]
        assert "cannot be read" in told[3]
        assert "recursion limit" in told["four"]
        server.stdin.close()
        assert server.stderr.read() == b""
    assert server.returncode == 0


async def test_http(root: Path, serve: Any) -> None:
    with serve() as (url, _):
        async with Client(url) as client:
            done = await client.call_tool("apply_step", {"image": "coast.jpg", "step": STEP})
            assert done.structured_content["steps"] == 1
        async with httpx2.AsyncClient() as stranger:
            answer = await stranger.post(url, json={}, headers={"Host": "evil.example"})
            assert answer.status_code == 421


async def test_http_with_a_token(tmp_path: Path, serve: Any) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    with serve("--token-file", str(tmp_path / "token")) as (url, _):
        for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer caf\u00e9".encode("latin-1")}):
            async with httpx2.AsyncClient(headers=header) as stranger:  # type: ignore[arg-type]
                assert (await stranger.post(url, json={})).status_code == 401
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as friend,
            Client(streamable_http_client(url, http_client=friend)) as client,
        ):
            assert not (await client.call_tool("list_photos", {})).is_error


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--root", "nowhere"], "--root nowhere is not a folder"),
        (["--timeout", "0"], "timeout_s = 0.0 is not right"),
        (["--transport", "http", "--host", "0.0.0.0"], "give a --token-file"),
        (["--transport", "http", "--token-file", "nowhere"], "cannot be read"),
        (["--transport", "http", "--token-file", "short"], "at least 16 characters"),
    ],
)
def test_the_command_line_explains_what_is_wrong(tmp_path: Path, monkeypatch: Any, given: list[str], said: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short").write_text("abc")
    result = CliRunner().invoke(main, given)
    assert result.exit_code == 2
    assert said in result.output
