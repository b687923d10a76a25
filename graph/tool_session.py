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
from contextvars import Context, ContextVar
from pathlib import Path
from typing import Any, NoReturn

from mcp import Client
from mcp.types import (
    BlobResourceContents,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    ContentBlock,
    ImageContent,
    TextContent,
)

from mcp_server.cache import SizedCache
from mcp_server.server import build_server
from mcp_server.settings import ServerSettings
from tools.declare import ToolError
from tools.types import Json

PREVIEW_CACHE_BYTES = 10_000_000
"""Of the previews seen last, some two hundred; a reference names one picture for ever."""


class ToolSession:
    """Calls tools and reads pictures over one MCP client."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._previews = SizedCache[bytes](PREVIEW_CACHE_BYTES, len)

    async def call(self, tool: str, **arguments: Any) -> Json:
        """Call a tool and return its structured result.

        Raises:
            ToolError: with the server's words.
        """
        structured, _ = await self._called(tool, arguments)
        return structured

    async def call_seeing(self, tool: str, **arguments: Any) -> tuple[Json, bytes]:
        """Call a tool that answers with a picture; return its structured result and the preview, a JPEG.

        Raises:
            ToolError: with the server's words.
        """
        structured, content = await self._called(tool, arguments)
        (picture,) = (block for block in content if isinstance(block, ImageContent))
        return structured, self._previews.put(structured["uri"], base64.b64decode(picture.data))

    async def offered(self) -> list[str]:
        """Names of the tools that the server offers."""
        return [tool.name for tool in (await self._client.list_tools()).tools]

    async def _called(self, tool: str, arguments: Json) -> tuple[Json, list[ContentBlock]]:
        # The server has held its result against the model; `Client.call_tool` would hold it against the JSON schema of
        # that model once more, which takes longer than the call.
        request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=arguments))
        result = await self._client.session.send_request(request, CallToolResult)
        if result.is_error or result.structured_content is None:
            words = " ".join(block.text for block in result.content if isinstance(block, TextContent))
            raise ToolError(words or f"{tool} failed without a word")
        return result.structured_content, result.content

    async def read_picture(self, uri: str) -> bytes:
        """The preview of a picture, a JPEG of at most 512 px."""
        seen = self._previews.get(uri)
        if seen is not None:
            return seen
        result = await self._client.read_resource(uri)
        content = result.contents[0]
        if not isinstance(content, BlobResourceContents):
            raise ToolError(f"{uri} is not a picture")
        return self._previews.put(uri, base64.b64decode(content.blob))


_current: ContextVar[ToolSession | None] = ContextVar("tool_session", default=None)
_of_loop: dict[tuple[asyncio.AbstractEventLoop, str | None], "_Held"] = {}


@asynccontextmanager
async def tool_session(settings: ServerSettings) -> AsyncIterator[ToolSession]:
    """Hold a session for the block; graph runs inside it use it."""
    failure: Exception | SystemExit | None = None
    async with Client(build_server(settings)) as client:
        session = ToolSession(client)
        token = _current.set(session)
        try:
            yield session
        except (Exception, SystemExit) as error:  # noqa: BLE001  (the client's task group would wrap it; it is raised bare below)
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
    for other in list(_of_loop):
        if other[0].is_closed():
            _of_loop.pop(other, None)
    key = (asyncio.get_running_loop(), root)
    if key not in _of_loop:
        _of_loop[key] = _Held(ServerSettings(root=Path(root)) if root else ServerSettings())
    return await _of_loop[key].session()


class _Held:
    """A session that a task of its own holds until its event loop ends."""

    def __init__(self, settings: ServerSettings) -> None:
        self._ready: asyncio.Future[ToolSession] = asyncio.get_running_loop().create_future()
        self._holder = asyncio.create_task(self._hold(settings), context=Context())

    async def session(self) -> ToolSession:
        """The session, once it is connected."""
        waiting: set[asyncio.Future[Any]] = {self._ready, self._holder}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        return self._ready.result() if self._ready.done() else self._holder.result()

    async def _hold(self, settings: ServerSettings) -> NoReturn:
        async with Client(build_server(settings)) as client:
            self._ready.set_result(ToolSession(client))
            await asyncio.Event().wait()
        raise ToolError("the tool server has ended")
