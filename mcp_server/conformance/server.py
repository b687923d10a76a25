"""Mounts the fixtures on a server."""

import base64
import json
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp.types import (
    EmptyResult,
    InputRequiredResult,
    SetLevelRequestParams,
    SubscribeRequestParams,
    UnsubscribeRequestParams,
)

import mcp_server.conformance.questions  # noqa: F401  (adds its fixtures)
from mcp_server.conformance.contents import PIXEL, embedded, test_image_content
from mcp_server.conformance.fixture import FIXTURES, Ctx
from mcp_server.conformance.rounds import ask, form


def add_fixtures(server: MCPServer[None]) -> None:
    """Give a server what the conformance suite calls."""
    for tool in FIXTURES:
        server.tool(description=f"Conformance fixture: {tool.__name__}")(tool)
    _add_resources(server)
    _add_prompts(server)
    _add_session_methods(server)


def _add_resources(server: MCPServer[None]) -> None:
    @server.resource("test://static-text", mime_type="text/plain")
    def static_text() -> str:
        return "This is the content of the static text resource."

    @server.resource("test://static-binary", mime_type="image/png")
    def static_binary() -> bytes:
        return base64.b64decode(PIXEL)

    @server.resource("test://watched-resource", mime_type="text/plain")
    def watched() -> str:
        return "Watched."

    @server.resource("test://template/{id}/data", mime_type="application/json")
    def template(id: str) -> str:  # noqa: A002  (named by the suite)
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})


def _add_prompts(server: MCPServer[None]) -> None:
    @server.prompt(description="Conformance fixture")
    def test_simple_prompt() -> str:
        return "This is a simple prompt for testing."

    @server.prompt(description="Conformance fixture")
    def test_prompt_with_arguments(arg1: str, arg2: str) -> str:
        return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"

    @server.prompt(description="Conformance fixture")
    def test_prompt_with_embedded_resource(resourceUri: str) -> list[UserMessage]:  # noqa: N803  (named by the suite)
        shown = embedded(resourceUri, "Embedded resource content for testing.")
        return [UserMessage(shown), UserMessage("Please process the embedded resource above.")]

    @server.prompt(description="Conformance fixture")
    def test_prompt_with_image() -> list[UserMessage]:
        return [UserMessage(*test_image_content()), UserMessage("Please analyze the image above.")]

    @server.prompt(description="Conformance fixture")
    def test_input_required_result_prompt(ctx: Ctx) -> str | InputRequiredResult:
        return ask(ctx, user_context=form("What context should the prompt use?", "context"))


def _add_session_methods(server: MCPServer[None]) -> None:
    """Methods of the 2025 revision that this server has no use for: log levels and subscriptions."""

    async def acknowledge(ctx: ServerRequestContext[Any, Any], params: Any) -> EmptyResult:
        return EmptyResult()

    low = server._lowlevel_server
    low.add_request_handler("logging/setLevel", SetLevelRequestParams, acknowledge)
    low.add_request_handler("resources/subscribe", SubscribeRequestParams, acknowledge)
    low.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, acknowledge)
