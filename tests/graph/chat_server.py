"""A small OpenAI-compatible endpoint for tests: real HTTP, no model behind it; what it writes is said by the test.

The name of the model says how it behaves: `answers` writes the texts it was given, one a request, over a stream of
events as vLLM does; the others are ways in which an endpoint can fail.
"""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tools.types import Json

PIECE = 40
"""Characters of each piece of an answer."""


class ChatServer(ThreadingHTTPServer):
    """Serves on a free port of this machine, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[str] = []
        self.asked: list[Json] = []
        self.keys: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(asked)
        self.server.keys.append(self.headers["Authorization"])
        try:
            getattr(self, "_" + asked["model"].replace("-", "_"))()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _answers(self) -> None:
        text = self.server.answers.pop(0)
        self._head(200, "text/event-stream")
        for start in range(0, len(text), PIECE):
            self._event(_chunk({"content": text[start : start + PIECE]}))
        self._event({**_chunk({}), "choices": [], "usage": _usage(len(text))})
        self.wfile.write(b"data: [DONE]\n\n")

    def _fails_first(self) -> None:
        if len(self.server.asked) > 1:
            return self._answers()
        return self._fails()

    def _fails(self) -> None:
        self._head(500, "text/plain")
        self.wfile.write(b"out of memory")

    def _refuses(self) -> None:
        self._head(401, "application/json")
        self.wfile.write(json.dumps({"error": {"message": f"wrong key {self.headers['Authorization']}"}}).encode())

    def _sleeps(self) -> None:
        time.sleep(3)

    def _drips(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(60):
            self.wfile.write(b"x-header-%d: 1\r\n" % number)
            self.wfile.flush()
            time.sleep(0.1)

    def _rubbish(self) -> None:
        self._head(200, "text/html")
        self.wfile.write(b"<html>Welcome to the router</html>")

    def _rubbish_events(self) -> None:
        self._head(200, "text/event-stream")
        self.wfile.write(b"data: {{{{\n\n")

    def _wrong_events(self) -> None:
        self._head(200, "text/event-stream")
        self._event({"choices": [{"delta": 7}]})

    def _breaks_off(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self._event(_chunk({"content": '{"summary": "'}))

    def _endless(self) -> None:
        self._head(200, "text/event-stream")
        while True:
            self._event(_chunk({"content": "more and more " * 200}))

    def _head(self, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def _event(self, data: Json) -> None:
        self.wfile.write(b"data: " + json.dumps(data).encode() + b"\n\n")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class names it)
        """Stay quiet."""


def _chunk(delta: Json) -> Json:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": None}
    return {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "answers", "choices": [choice]}


def _usage(written: int) -> Json:
    return {"prompt_tokens": 100, "completion_tokens": written, "total_tokens": 100 + written}


def serve() -> Iterator[ChatServer]:
    """Run a server until the generator is closed."""
    from threading import Thread

    with ChatServer() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
