"""An MCP tool that takes its arguments strictly and explains itself.

The SDK drops arguments that it does not know, so that a misspelt one would silently do nothing; here it is refused with
the nearest known name. Errors of the library reach the client as they were written.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError as ServedToolError
from mcp.server.mcpserver.exceptions import UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase
from mcp.types import ToolAnnotations
from pydantic import ConfigDict, ValidationError, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import ErrorDetails
from pydantic_core.core_schema import ModelSchema, WithDefaultSchema

from tools.declare import ToolError, nearest, shown
from tools.types import Json

LOOKS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
"""Changes nothing."""
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
"""Adds an edit; the same call again adds nothing."""
WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=False, open_world_hint=False)
"""Writes a file, which replaces another one if that is asked for."""


class _Strict(ArgModelBase):
    """Makes an argument model refuse what it does not know."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _Terse(GenerateJsonSchema):
    """Leaves out the titles that pydantic derives from names, and docstrings of classes: clients pay for every word."""

    _noise: ClassVar[tuple[str, ...]] = ("title", "description")

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No field has a title."""
        return False

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        """Schema of a field with its default, unless that is to leave the argument out."""
        described = super().default_schema(schema)
        return {key: value for key, value in described.items() if key != "default" or value is not None}

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """Schema of a model without the noise."""
        return {key: value for key, value in super().model_schema(schema).items() if key not in self._noise}


class _TerseOpen(_Terse):
    """For results: all fields are always there, and further ones may come."""

    _noise: ClassVar[tuple[str, ...]] = ("title", "description", "additionalProperties", "required")


class ServedTool(Tool):
    """A tool whose unknown arguments are errors and whose errors are words."""

    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> Any:
        """Run the tool; see the SDK's `Tool.run`."""
        try:
            return await super().run(arguments, context, convert_result)
        except ServedToolError as error:
            cause = error.__cause__
            if isinstance(cause, ToolError):
                raise ServedToolError(str(cause)) from None
            if isinstance(cause, ValidationError) and not isinstance(error, UnexpectedToolError):
                raise ServedToolError(explain(cause.errors()[0], self.parameters)) from None
            raise


def served(
    fn: Callable[..., Any],
    annotations: ToolAnnotations,
    title: str | None,
    *,
    name: str | None = None,
    description: str | None = None,
    meta: Json | None = None,
) -> ServedTool:
    """Make a tool of a function: its name, docstring, parameters and result model become the declaration."""
    tool = ServedTool.from_function(
        fn, name=name, title=title, description=description, annotations=annotations, meta=meta
    )
    assert isinstance(tool, ServedTool)
    loose = tool.fn_metadata.arg_model
    strict = create_model(loose.__name__, __base__=(loose, _Strict))
    tool.fn_metadata.arg_model = strict  # type: ignore[assignment]
    tool.parameters = strict.model_json_schema(schema_generator=_Terse)
    tool.fn_metadata.output_schema = tool.fn_metadata.output_model.model_json_schema(schema_generator=_TerseOpen)
    tool.description = " ".join(tool.description.split("Args:")[0].split())
    return tool


def explain(error: ErrorDetails, schema: Json) -> str:
    """Say what was wrong with which argument, and what would be right."""
    place = [part for part in error["loc"] if not str(part).startswith("function-")]
    name = ".".join(str(part) for part in place)
    if error["type"] == "value_error":
        said = error["msg"].removeprefix("Value error, ")
        return said if said.startswith(f"{name} ") else f"{name}: {said}"
    if error["type"] == "extra_forbidden":
        known = list(_schema_at(place[:-1], schema).get("properties", {}))
        near = nearest(str(place[-1]), known)
        hint = f"did you mean {near!r}?" if near else f"known are {', '.join(known) or 'none'}"
        return f"unknown argument {shown(name)}; {hint}"
    if error["type"] == "too_long":
        return f"{name} has {error['ctx']['actual_length']} items; at most {error['ctx']['max_length']} are taken"
    wanted = in_words(_schema_at(place, schema))
    if error["type"] == "missing":
        return f"the argument {name!r} is missing; it is {wanted}"
    return f"{name} = {shown(error['input'])} is not right; it is {wanted}"


def in_words(schema: Mapping[str, Any]) -> str:
    """Say which values a schema takes."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    schema = {**schema, **kinds[0]} if kinds else schema
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "minimum" in schema and "maximum" in schema:
        kind = "a whole number" if schema.get("type") == "integer" else "a number"
        words = f"{kind} from {schema['minimum']:g} to {schema['maximum']:g} {schema.get('unit', '')}".rstrip()
    elif "minimum" in schema:
        words = f"a whole number of at least {schema['minimum']:g}"
    else:
        words = _KINDS.get(schema.get("type", ""), "a value")
    if "maxItems" in schema:
        words += f" of at most {schema['maxItems']}"
    if "maxLength" in schema:
        words += f" of {schema.get('minLength', 0)} to {schema['maxLength']} characters"
    return words + (f": {schema['description']}" if "description" in schema else "")


_KINDS = {"object": "an object", "array": "a list", "string": "a text", "boolean": "true or false"}


def _schema_at(place: list[int | str], schema: Json) -> Json:
    """The part of a schema that describes the value at `place`."""
    for part in place:
        schema = schema.get("items", {}) if isinstance(part, int) else schema.get("properties", {}).get(part, {})
    return schema
