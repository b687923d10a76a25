"""The plan: up to eight steps, each a reason, a tool of the library, its arguments, and where it applies.

    Plan(summary="a warm evening", steps=[
        Step(reasoning="The picture is neutral; evening light is warm.", tool="temperature", args={"warmer": 40})])

A plan is plain JSON. It is what policies write, people edit, the engine renders and models are trained on.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

import tools.library  # noqa: F401  (fills the registry)
from tools.declare import Tool, ToolError, lookup, plannable
from tools.region import parse as parse_region
from tools.types import Json

MAX_STEPS = 8
MAX_CHARACTERS = 20_000
"""Of a plan as JSON; one of eight steps with reasons takes a fifth of it."""


class Step(BaseModel):
    """One call of one tool."""

    model_config = ConfigDict(extra="forbid")

    reasoning: str = ""
    """Why: what was measured, what is wanted, what this step will change. It comes before the tool it justifies."""
    tool: str
    """Name of a tool of the library."""
    args: Json = Field(default_factory=dict)
    """Arguments of the tool, in its units; left out ones take their defaults."""
    region: str = "everywhere"
    """Where it applies, in the region grammar: `sky`, `not skin`, `subject & highlights`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.args = lookup(self.tool).validate(self.args)
        parse_region(self.region)
        return self


class Plan(BaseModel):
    """An ordered list of steps and one line that says what they make together."""

    model_config = ConfigDict(extra="forbid")

    summary: str = ""
    """What the steps make together, in one line."""
    steps: Annotated[list[Step], Field(max_length=MAX_STEPS)] = Field(default_factory=list)
    """Zero to eight steps, applied in order."""


def read_plan(source: str | Path | Json) -> Plan:
    """Read a plan from a JSON object, JSON text or a `.json` file.

    Raises:
        ToolError: saying what is wrong with it, and where.
    """
    try:
        if isinstance(source, Path):
            source = source.read_text(encoding="utf-8")
        data: Any = json.loads(source) if isinstance(source, str) else source
        length = len(json.dumps(data, ensure_ascii=False).encode())
        if length <= MAX_CHARACTERS:
            return Plan.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "plan"
        raise ToolError(f"{place}: {first['msg'].removeprefix('Value error, ')}") from None
    except (ValueError, RecursionError) as error:
        raise ToolError(f"the plan is not JSON: {error}") from None
    raise ToolError(f"the plan is {length} bytes long; at most {MAX_CHARACTERS} are read")


def step_schema(entry: Tool) -> Json:
    """JSON schema of a step that calls `entry`, all fields required, in the order in which a planner writes them."""
    args = entry.schema()
    args["required"] = list(args.get("properties", {}))
    for parameter in args.get("properties", {}).values():
        for annotation in ("default", "unit", "neutral", "description"):
            parameter.pop(annotation, None)
    return {
        "type": "object",
        "properties": {
            "reasoning": {"type": "string"},
            "tool": {"const": entry.name},
            "args": args,
            "region": {"type": "string"},
        },
        "required": ["reasoning", "tool", "args", "region"],
        "additionalProperties": False,
    }


def plan_schema(*, editor: bool = False) -> Json:
    """JSON schema of a plan for constrained decoding; tools that need a generative editor only when `editor`."""
    return {
        "type": "object",
        "properties": {
            "summary": {"type": "string"},
            "steps": {
                "type": "array",
                "maxItems": MAX_STEPS,
                "items": {"anyOf": [step_schema(entry) for entry in plannable(editor=editor)]},
            },
        },
        "required": ["summary", "steps"],
        "additionalProperties": False,
    }
