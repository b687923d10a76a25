"""The arguments that several tools share, with their published schemas."""

from typing import Annotated

from pydantic import Field, WithJsonSchema

from tools.declare import plannable
from tools.plan import MAX_STEPS, Plan, Step
from tools.region import NAMES
from tools.types import Json

SEED_LIMIT = 2**31 - 1


def usable_tools() -> list[str]:
    """Names of the tools that run here, without a generative editor."""
    return [entry.name for entry in plannable()]


REGION_MEANING = f"where: {', '.join(NAMES)}; combined with not, &, | and parentheses"
REGION_BRIEFLY = "where: sky, not skin, subject & highlights, ...; describe_library lists the names"


def _step_schema(tool: Json, region: str) -> Json:
    return {
        "type": "object",
        "properties": {
            "reasoning": {
                "type": "string",
                "default": "",
                "description": "what was seen, and what this will change",
            },
            "tool": {"type": "string", **tool},
            "args": {"type": "object", "default": {}, "description": "its arguments in their units, see describe_tool"},
            "region": {"type": "string", "default": "everywhere", "description": region},
        },
        "required": ["tool"],
        "additionalProperties": False,
    }


_ONE_STEP = _step_schema({"enum": usable_tools()}, REGION_MEANING)
_PLAN = {
    "type": "object",
    "properties": {
        "summary": {"type": "string", "description": "what the steps make together, in one line"},
        "steps": {
            "type": "array",
            "maxItems": MAX_STEPS,
            "items": _step_schema({"description": "a tool of the library"}, REGION_BRIEFLY),
        },
    },
    "required": ["steps"],
    "additionalProperties": False,
}
_SEED = {
    "type": "integer",
    "minimum": 0,
    "maximum": SEED_LIMIT,
    "description": "for grain, rain and the like; left out, the image keeps its seed",
}

ImageArg = Annotated[str, Field(description="image://sha256/... reference from another tool")]
PhotoArg = Annotated[str, Field(description="image://sha256/... reference, or path of a photo")]
SeedArg = Annotated[int | None, Field(ge=0, le=SEED_LIMIT), WithJsonSchema(_SEED)]
OverwriteArg = Annotated[bool, Field(description="replace a file that exists; originals never are")]
StepArg = Annotated[Step, Field(description="one step"), WithJsonSchema(_ONE_STEP)]
PlanArg = Annotated[Plan, Field(description="the plan"), WithJsonSchema(_PLAN)]
