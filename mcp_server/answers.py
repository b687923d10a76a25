"""Results as they go out: words for the model, structured content for programs, at most one small picture."""

import base64
from typing import Annotated

from mcp.types import CallToolResult, ContentBlock, ImageContent, TextContent
from pydantic import BaseModel

from mcp_server.results import ImageResult
from tools.types import Json

ImageAnswer = Annotated[CallToolResult, ImageResult]
"""Return type of the tools that answer with a picture."""


def answer(words: str, result: BaseModel, jpeg: bytes | None = None, meta: Json | None = None) -> CallToolResult:
    """Text and structured content, a picture to look at if there is one, and what only programs read."""
    content: list[ContentBlock] = [TextContent(text=words)]
    if jpeg is not None:
        content.append(ImageContent(data=base64.b64encode(jpeg).decode(), mime_type="image/jpeg"))
    return CallToolResult(content=content, structured_content=result.model_dump(mode="json"), _meta=meta)


def image_answer(result: ImageResult, jpeg: bytes, meta: Json | None = None) -> CallToolResult:
    """A picture: its reference, what changed, and a preview."""
    count = "1 step" if result.steps == 1 else f"{result.steps} steps"
    lines = [result.uri, f"{result.source}, {result.width} x {result.height} px, {count}"]
    lines += [f"- {remark}" for remark in (*result.words, *result.notes)]
    return answer("\n".join(lines), result, jpeg, meta)
