"""A photo folder, and a client of a server that serves it."""

import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mcp import Client
from mcp.types import CallToolResult, ImageContent, TextContent
from PIL import Image

from mcp_server import ServerSettings
from mcp_server.server import build_server


class Caller:
    """Calls tools as a client does."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, tool: str, /, **arguments: Any) -> CallToolResult:
        return await self.client.call_tool(tool, arguments)

    async def ok(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The structured content of a call that works."""
        result = await self.call(tool, **arguments)
        assert not result.is_error, words(result)
        assert result.structured_content is not None
        return result.structured_content

    async def error(self, tool: str, /, **arguments: Any) -> str:
        """The words of a call that is refused."""
        result = await self.call(tool, **arguments)
        assert result.is_error
        assert result.structured_content is None
        return words(result)


def words(result: CallToolResult) -> str:
    return "\n".join(block.text for block in result.content if isinstance(block, TextContent))


def pictures(result: CallToolResult) -> list[ImageContent]:
    return [block for block in result.content if isinstance(block, ImageContent)]


def scenery(width: int, height: int, seed: int = 0) -> Image.Image:
    """Blue above, green below, a bright disc, and some texture."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    sky = np.stack([0.45 + 0.2 * y, 0.6 + 0.15 * y, 0.85 + 0 * y], axis=-1)
    land = np.stack([0.2 + 0.1 * x, 0.35 + 0.1 * x, 0.15 + 0 * x], axis=-1)
    picture = np.where(y[..., None] < 0.55, sky, land)
    picture[np.hypot(x - 0.7, y - 0.25) < 0.08] = 0.97
    picture += np.random.default_rng(seed).normal(0, 0.02, picture.shape)
    return Image.fromarray((picture.clip(0, 1) * 255).astype(np.uint8))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "trip").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    scenery(240, 160).save(folder / "coast.jpg", quality=92)
    scenery(150, 200, seed=1).save(folder / "trip" / "hill.png")
    scenery(64, 64).save(folder / ".hidden" / "secret.jpg")
    (folder / "notes.txt").write_text("not a picture")
    scenery(64, 64).save(tmp_path / "outside.jpg")
    return folder


@pytest.fixture
def settings(root: Path, tmp_path: Path) -> ServerSettings:
    return ServerSettings(root=root, store=tmp_path / "store")


Connect = Callable[[ServerSettings], AbstractAsyncContextManager[Caller]]


@pytest.fixture
def connect() -> Connect:
    @asynccontextmanager
    async def connected(settings: ServerSettings) -> AsyncIterator[Caller]:
        async with Client(build_server(settings)) as client:
            yield Caller(client)

    return connected


REPOSITORY = Path(__file__).parents[2]
Serve = Callable[..., AbstractContextManager[tuple[str, "subprocess.Popen[bytes]"]]]


@pytest.fixture
def command(root: Path, tmp_path: Path) -> list[str]:
    """What starts the server as a process of its own, from the top of the repository."""
    return [sys.executable, "-m", "mcp_server", "--root", str(root), "--store", str(tmp_path / "store")]


@pytest.fixture
def serve(command: list[str]) -> Serve:
    @contextmanager
    def serving(*more: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
        """An HTTP server on a free port: its address and its process."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        whole = [*command, "--transport", "http", "--port", str(port), *more]
        with subprocess.Popen(whole, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as process:
            try:
                _wait_for(port)
                yield f"http://127.0.0.1:{port}/mcp", process
            finally:
                process.terminate()

    return serving


def _wait_for(port: int) -> None:
    for _ in range(400):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError
