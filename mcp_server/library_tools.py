"""Profile `all`: every tool of the library as an MCP tool of its own name, its arguments those of its declaration.

There are many, and clients show all of them to the model at once: their schemas are kept short.
"""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import AfterValidator, Field
from pydantic.fields import FieldInfo

from mcp_server.answers import ImageAnswer
from mcp_server.edit_tools import EditTools
from mcp_server.served_tool import ADDS, ServedTool, served
from tools.declare import Tool, plannable
from tools.plan import Step
from tools.region import parse as parse_region

_PHOTO = Annotated[str, Field(description="reference, or path of a photo")]


def _known(region: str) -> str:
    parse_region(region)
    return region


_REGION = Annotated[str, AfterValidator(_known), Field(description="where, as in apply_step")]


def library_tools(edits: EditTools, *, needs_editor: bool = False) -> list[ServedTool]:
    """One MCP tool for each tool of the library that runs here, or for each that needs a generative editor."""
    return [_served(entry, edits) for entry in plannable(editor=True) if entry.needs_editor == needs_editor]


def _served(entry: Tool, edits: EditTools) -> ServedTool:
    return served(_call(entry, edits), ADDS, None, name=entry.name, description=f"{entry.meaning} ({entry.axis}).")


def _call(entry: Tool, edits: EditTools) -> Callable[..., Any]:
    """A function with the signature that the declaration implies, from which the SDK derives the schema."""

    async def call(**arguments: Any) -> CallToolResult:
        image, region = arguments.pop("image"), arguments.pop("region")
        return await edits.take(image, [Step(tool=entry.name, args=arguments, region=region)])

    parameters = [
        _parameter("image", _PHOTO),
        *(_parameter(name, _annotation(info), info.default) for name, info in entry.parameters.model_fields.items()),
        _parameter("region", _REGION, "everywhere"),
    ]
    call.__signature__ = inspect.Signature(parameters, return_annotation=ImageAnswer)  # type: ignore[attr-defined]
    return call


def _annotation(info: FieldInfo) -> Any:
    """Type, range, meaning and unit of a parameter of the library."""
    extra = info.json_schema_extra
    unit = extra.get("unit") if isinstance(extra, dict) else None
    described = Field(description=info.description, json_schema_extra={"unit": unit} if unit else None)
    return Annotated[(info.annotation, *info.metadata, described)]


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
