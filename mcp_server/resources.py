"""What clients can read: pictures, the library, the styles; and completions for their names."""

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)

from mcp_server.arguments import usable_tools
from mcp_server.edits import SCHEME
from mcp_server.library_text import description, description_markdown, library, library_markdown, style_markdown
from mcp_server.previews import preview
from mcp_server.studio import Studio
from mcp_server.workers import Workers
from tools.declare import ToolError
from tools.styles import STYLES

MAX_COMPLETIONS = 100


def add_resources(server: MCPServer[None], studio: Studio, workers: Workers) -> None:
    """Give a server its resources and completions."""

    @server.resource(
        SCHEME + "{digest}", name="image", title="A picture", mime_type="image/jpeg", description="Preview of a picture"
    )
    async def image(digest: str) -> bytes:
        try:
            return await workers.heavy(
                lambda progress: preview(studio.darkroom.proxy(studio.store.get(SCHEME + digest), progress))
            )
        except ToolError as error:
            raise ResourceNotFoundError(str(error)) from None

    @server.resource(
        "library://tools",
        name="library",
        title="The tool library",
        mime_type="text/markdown",
        description="All tools with their arguments, the regions and the styles",
    )
    async def tools() -> str:
        return library_markdown(library(editor=studio.has_editor))

    @server.resource(
        "library://tools/{tool}",
        name="tool",
        title="A tool",
        mime_type="text/markdown",
        description="A tool of the library with its arguments and an example",
    )
    async def tool(tool: str) -> str:
        try:
            return description_markdown(description(tool))
        except ToolError as error:
            raise ResourceNotFoundError(str(error)) from None

    @server.resource(
        "style://{name}",
        name="style",
        title="A named style",
        mime_type="text/markdown",
        description="A style and the steps it takes",
    )
    async def style(name: str) -> str:
        try:
            return style_markdown(name)
        except ToolError as error:
            raise ResourceNotFoundError(str(error)) from None

    async def complete(
        reference: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,
    ) -> Completion:
        known = {"tool": usable_tools(), "name": list(STYLES), "style": list(STYLES)}.get(argument.name, [])
        found = [name for name in known if name.startswith(argument.value.lower())]
        return Completion(values=found[:MAX_COMPLETIONS], total=len(found), has_more=len(found) > MAX_COMPLETIONS)

    server.completion()(complete)  # type: ignore[no-untyped-call]
