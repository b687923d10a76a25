"""Profile `all`: every tool of the library as an MCP tool of its own name, its arguments those of its declaration."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import Field

from mcp_server.answers import ImageAnswer
from mcp_server.arguments import REGION_BRIEFLY, PhotoArg, SeedArg, usable_tools
from mcp_server.edit_tools import EditTools
from mcp_server.served_tool import ADDS, ServedTool, served
from tools.declare import Tool, lookup
from tools.plan import Step

_AROUND = ("image", "region", "seed")


def library_tools(edits: EditTools) -> list[ServedTool]:
    """One MCP tool for each tool of the library that runs here."""
    return [_served(lookup(name), edits) for name in usable_tools()]


def _served(entry: Tool, edits: EditTools) -> ServedTool:
    title = entry.name.replace("_", " ").capitalize()
    return served(_call(entry, edits), ADDS, title, name=entry.name, description=f"{entry.meaning} ({entry.axis}).")


def _call(entry: Tool, edits: EditTools) -> Callable[..., Any]:
    """A function with the signature that the declaration implies, from which the SDK derives the schema."""

    async def call(**arguments: Any) -> CallToolResult:
        image, region, seed = (arguments.pop(name) for name in _AROUND)
        return await edits.take(image, [Step(tool=entry.name, args=arguments, region=region)], seed)

    parameters = [_parameter("image", PhotoArg)]
    parameters += [
        _parameter(name, Annotated[(info.annotation, *info.metadata, _described(info))], info.default)
        for name, info in entry.parameters.model_fields.items()
    ]
    parameters += [
        _parameter("region", Annotated[str, Field(description=REGION_BRIEFLY)], "everywhere"),
        _parameter("seed", SeedArg, None),
    ]
    signature = inspect.Signature(parameters, return_annotation=ImageAnswer)
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


def _described(info: Any) -> Any:
    return Field(description=info.description, json_schema_extra=info.json_schema_extra)


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
