"""The one renderer of messages: what a planning model reads and writes, in training and at inference alike.

    prompt = render_prompt(context, request)        # two chat messages; the user's has a slot for the photo
    completion = render_plan(plan)                   # what the model should write: compact JSON
    plan = read_completion(text)                     # and back

The catalogue of tools in the prompt is derived from their declarations.
"""

import json
from functools import cache
from typing import Literal

from tools.context import Context
from tools.declare import AXES, REGISTRY, Tool
from tools.plan import MAX_STEPS, Plan, read_plan
from tools.region import NAMES
from tools.types import Json

PROMPT_VERSION = "planner-1"

Inputs = Literal["image+context", "image", "context"]
"""What of the photo the model is given beside the request."""

_TASK = f"""You plan edits of a photograph. Read the measured context, look at the photo, and write a plan that makes
the picture what the person asks for and leaves the rest alone.
Answer with JSON only: {{"summary": "", "steps": [{{"reasoning": "", "tool": "", "args": {{}}, "region": ""}}]}}
0 to {MAX_STEPS} steps. Give every argument. Reasoning first: what was measured, what is wanted, what will change.
Regions: {", ".join(NAMES)}; combine with not, &, |.
Tools:"""


def render_prompt(context: Context | None, request: str, *, inputs: Inputs = "image+context") -> list[Json]:
    """The system and user messages for one photo and request, in the chat format of transformers and TRL."""
    parts = []
    if context is not None and inputs != "image":
        parts.append("Context: " + render_context(context))
    parts.append("Request: " + request)
    content: list[Json] = [{"type": "image"}] if inputs != "context" else []
    content.append({"type": "text", "text": "\n".join(parts)})
    return [
        {"role": "system", "content": [{"type": "text", "text": system_message()}]},
        {"role": "user", "content": content},
    ]


@cache
def system_message() -> str:
    """The task and the catalogue of tools."""
    return _TASK + "\n" + "\n".join(_catalogue_line(REGISTRY[name]) for name in _by_axis())


def render_context(context: Context) -> str:
    """The context in words and numbers, at most about 300 tokens."""
    numbers = ", ".join(f"{name} {value:.1f}" for name, value in context.attributes.items())
    hues = ", ".join(f"{name} {share:.0%}" for name, share in context.hues.items())
    clipped = f"clipped {context.clipped_shadows_percent:.0f}% black {context.clipped_highlights_percent:.0f}% white"
    return "; ".join(context.words()) + f". Measured: {numbers}; {clipped}; hues {hues or 'none'}."


def render_plan(plan: Plan) -> str:
    """A plan as the model should write it."""
    return json.dumps(plan.model_dump(), separators=(", ", ": "), ensure_ascii=False)


def read_completion(text: str) -> Plan:
    """Read a plan that a model wrote.

    Raises:
        ToolError: if it is not a valid plan.
    """
    return read_plan(text.strip())


def _by_axis() -> list[str]:
    usable = [entry for entry in REGISTRY.values() if not entry.needs_editor]
    return [entry.name for axis in AXES for entry in usable if entry.axis == axis]


def _catalogue_line(entry: Tool) -> str:
    arguments = []
    for name, parameter in entry.schema().get("properties", {}).items():
        if "enum" in parameter:
            arguments.append(f"{name} {'|'.join(parameter['enum'])}")
        else:
            arguments.append(f"{name} {parameter['minimum']:g}..{parameter['maximum']:g}{parameter['unit']}")
    return f"{entry.name}({', '.join(arguments)})"
