"""The graph's MCP client: one held connection to the tool server, in-process by default.

    async with tool_session(ServerSettings(root=folder)) as session:
        opened = await session.call("open_image", path="coast.jpg")

Runs started inside the block use that session. A run started elsewhere (LangGraph Studio) gets one that lives as long
as its event loop. A client must be entered and left by the same task, so a task of its own holds it.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import jsonschema  # noqa: F401  (the client imports it on its first call, which would block the event loop)
from mcp import Client
from mcp.types import BlobResourceContents, TextContent

from mcp_server import build_server
from mcp_server.settings import ServerSettings
from tools.declare import ToolError
from tools.types import Json


class ToolSession:
    """Calls tools and reads pictures over one MCP client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def call(self, tool: str, **arguments: Any) -> Json:
        """Call a tool and return its structured result.

        Raises:
            ToolError: with the server's words.
        """
        result = await self._client.call_tool(tool, arguments)
        if result.is_error or result.structured_content is None:
            words = " ".join(block.text for block in result.content if isinstance(block, TextContent))
            raise ToolError(words or f"{tool} failed without a word")
        return result.structured_content

    async def read_picture(self, uri: str) -> bytes:
        """The preview of a picture, a JPEG of at most 512 px."""
        result = await self._client.read_resource(uri)
        content = result.contents[0]
        if not isinstance(content, BlobResourceContents):
            raise ToolError(f"{uri} is not a picture")
        return base64.b64decode(content.blob)


_current: ContextVar[ToolSession | None] = ContextVar("tool_session", default=None)
_of_loop: dict[tuple[int, str | None], ToolSession] = {}
_holders: set[asyncio.Task[None]] = set()


@asynccontextmanager
async def tool_session(settings: ServerSettings) -> AsyncIterator[ToolSession]:
    """Hold a session for the block; graph runs inside it use it."""
    failure: Exception | None = None
    async with Client(build_server(settings)) as client:
        session = ToolSession(client)
        token = _current.set(session)
        try:
            yield session
        except Exception as error:  # noqa: BLE001  (the client's task group would wrap it; it is raised bare below)
            failure = error
        finally:
            _current.reset(token)
    if failure is not None:
        raise failure


async def current_session(root: str | None) -> ToolSession:
    """The session of the surrounding `tool_session` block, or one held for this event loop."""
    session = _current.get()
    if session is not None:
        return session
    key = (id(asyncio.get_running_loop()), root)
    if key not in _of_loop:
        _of_loop[key] = await _hold(root)
    return _of_loop[key]


async def _hold(root: str | None) -> ToolSession:
    ready: asyncio.Future[ToolSession] = asyncio.get_running_loop().create_future()
    settings = ServerSettings(root=Path(root)) if root else ServerSettings()

    async def hold() -> None:
        async with Client(build_server(settings)) as client:
            ready.set_result(ToolSession(client))
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    _holders.add(holder)
    done, _ = await asyncio.wait({ready, holder}, return_when=asyncio.FIRST_COMPLETED)
    if holder in done:
        holder.result()
    return ready.result()
