"""Tools that answer with every kind of content, report, log, and announce changes."""

import asyncio
import base64
import json

from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import AudioContent, EmbeddedResource, ImageContent, TextContent, TextResourceContents

from mcp_server.conformance.fixture import Ctx, fixture

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
"""A PNG."""
SILENCE = base64.b64encode(
    b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\0\0\0\0"
).decode()


def embedded(uri: str, text: str, mime_type: str = "text/plain") -> EmbeddedResource:
    """A resource within an answer."""
    return EmbeddedResource(resource=TextResourceContents(uri=uri, mime_type=mime_type, text=text))


@fixture
def test_simple_text() -> list[TextContent]:
    """Answer with a text."""
    return [TextContent(text="This is a simple text response for testing.")]


@fixture
def test_image_content() -> list[ImageContent]:
    """Answer with a picture."""
    return [ImageContent(data=PIXEL, mime_type="image/png")]


@fixture
def test_audio_content() -> list[AudioContent]:
    """Answer with a sound."""
    return [AudioContent(data=SILENCE, mime_type="audio/wav")]


@fixture
def test_embedded_resource() -> list[EmbeddedResource]:
    """Answer with a resource."""
    return [embedded("test://embedded-resource", "This is an embedded resource content.")]


@fixture
def test_multiple_content_types() -> list[TextContent | ImageContent | EmbeddedResource]:
    """Answer with a text, a picture and a resource."""
    data = json.dumps({"test": "data", "value": 123})
    return [
        TextContent(text="Multiple content types test:"),
        *test_image_content(),
        embedded("test://mixed-content-resource", data, "application/json"),
    ]


@fixture
def test_error_handling() -> str:
    """Answer with an error."""
    raise ToolError("This tool intentionally returns an error for testing")


@fixture
async def test_tool_with_progress(ctx: Ctx) -> str:
    """Report progress three times, then answer."""
    for done in (0, 50, 100):
        await ctx.report_progress(done, 100)
        await asyncio.sleep(0.05)
    return "done"


@fixture
async def test_tool_with_logging(ctx: Ctx) -> str:
    """Log three messages, then answer."""
    for message in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.info(message)
        await asyncio.sleep(0.05)
    return "done"


@fixture
async def test_logging_tool(ctx: Ctx) -> str:
    """Log one message for clients that set a level."""
    await ctx.info("a message that goes to clients that set a level")
    return "done"


@fixture
async def test_trigger_tool_change(ctx: Ctx) -> str:
    """Tell clients that the list of tools has changed."""
    await ctx.notify_tools_changed()
    return "told"


@fixture
async def test_trigger_prompt_change(ctx: Ctx) -> str:
    """Tell clients that the list of prompts has changed."""
    await ctx.notify_prompts_changed()
    return "told"
