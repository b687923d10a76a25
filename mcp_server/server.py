"""The server: a studio, its tools, resources and prompts under one name.

async with Client(build_server(ServerSettings(root=Path("photos")))) as client:
    photo = await client.call_tool("open_image", {"path": "coast.jpg"})
"""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import rich.logging  # noqa: F401  (the SDK imports it on first use, which an event loop that forbids blocking refuses)
from mcp.server.auth.provider import TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError as ServedToolError
from mcp.shared.exceptions import MCPError
from mcp.types import INVALID_PARAMS, CallToolResult, GetPromptResult, InputRequiredResult

from mcp_server.edit_tools import EditTools
from mcp_server.editor import Editor
from mcp_server.instruct_tools import InstructTools
from mcp_server.library_tools import library_tools
from mcp_server.look_tools import LookTools
from mcp_server.pipes import can_wait, pipe_server
from mcp_server.prompts import add_prompts
from mcp_server.resources import add_resources
from mcp_server.settings import ServerSettings
from mcp_server.studio import Studio
from mcp_server.view import view
from mcp_server.workers import Workers
from tools.declare import nearest, shown


def _version() -> str:
    try:
        return version("stylist")
    except PackageNotFoundError:
        return "0"


VERSION = _version()
INSTRUCTIONS = """\
Styles photographs. Every picture is named by an image://sha256/... reference: open_image gives one for a photo, and \
every edit gives a new one while the old stays valid, so undo and branches are just references. Look (open_image, \
measure_image), plan (describe_library), act (apply_step, apply_plan, apply_style), check (compare, assess_edit), then \
export_image. Originals are never changed."""


class StylistServer(MCPServer[None]):
    """A server that names the nearest tool or prompt when an unknown one is asked for."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[None, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; see the SDK's `MCPServer.call_tool`."""
        try:
            return await super().call_tool(name, arguments, context)
        except ServedToolError:
            known = [tool.name for tool in await self.list_tools()]
            if name not in known:
                raise ServedToolError(_unknown("tool", name, known)) from None
            raise

    async def run_stdio_async(self) -> None:
        """Serve over standard input and output; see the SDK's `MCPServer.run_stdio_async`."""
        if not can_wait():
            return await super().run_stdio_async()
        server = self._lowlevel_server
        async with pipe_server() as (messages, answers):
            await server.run(messages, answers, server.create_initialization_options())

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[None, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """Fill in a prompt; see the SDK's `MCPServer.get_prompt`."""
        prompts = {prompt.name: prompt for prompt in await self.list_prompts()}
        if name not in prompts:
            raise MCPError(INVALID_PARAMS, _unknown("prompt", name, prompts))
        for argument in prompts[name].arguments or []:
            if argument.required and argument.name not in (arguments or {}):
                raise MCPError(
                    INVALID_PARAMS, f"the argument {argument.name!r} is missing; it is {argument.description or 'text'}"
                )
        return await super().get_prompt(name, arguments, context)


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    hint = f"did you mean {near!r}?" if near else f"known are {', '.join(known)}"
    return f"no {kind} is called {shown(name)}; {hint}"


def build_server(
    settings: ServerSettings, *, verifier: TokenVerifier | None = None, auth: AuthSettings | None = None
) -> StylistServer:
    """Build a server; it touches no file until it is called.

    Args:
        settings: what it serves, and its limits.
        verifier: checks bearer tokens, for HTTP; goes with `auth`.
        auth: what clients without a token are told.
    """
    studio = Studio(settings)
    workers = Workers(settings.concurrency, settings.timeout_s)
    exports = Workers(settings.concurrency, settings.timeout_s)
    instructing = InstructTools(studio, workers, exports, Editor(settings.editor)) if settings.editor else None
    edits = EditTools(studio, workers, exports, instructing)
    tools = [*LookTools(studio, workers).all(), *edits.all()]
    if instructing:
        tools += [*instructing.all(), *library_tools(edits, needs_editor=True)]
    if settings.profile == "all":
        tools += library_tools(edits)
    server = StylistServer(
        "stylist",
        title="Photo stylist",
        description="Measures, styles and assesses photographs.",
        instructions=INSTRUCTIONS,
        version=VERSION,
        tools=list(tools),
        extensions=[view()],
        token_verifier=verifier,
        auth=auth,
        log_level="WARNING",
    )
    add_resources(server, studio, workers)
    add_prompts(server)
    return server
