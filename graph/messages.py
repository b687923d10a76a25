"""The one renderer of messages: what a planning model reads and writes, in training and at inference alike.

    prompt = render_prompt(context, request)        # two chat messages; the user's has a slot for the photo
    completion = render_plan(plan)                   # what the model should write: compact JSON
    plan = read_completion(text)                     # and back

The catalogue of tools in the prompt is derived from their declarations. A conversation may go on from there: with what
came of a plan (`render_attempt`), with the picture after some steps (`render_progress`), or with what is wrong with an
answer (`render_repair`). `with_pictures` puts pictures into the slots, for endpoints that take them in the messages.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal

from graph.policies import Attempt, Progress
from tools.context import Context
from tools.declare import AXES, Tool, plannable
from tools.plan import MAX_STEPS, Plan, read_plan
from tools.region import NAMES
from tools.types import Json

PROMPT_VERSION = "planner-1"

Inputs = Literal["image+context", "image", "context"]
"""What of the photo the model is given beside the request."""

LEAST_CHANGE = 0.1
"""Smallest change of an attribute, in its own unit, that is told."""

_TASK = f"""You plan edits of a photograph. Read the measured context, look at the photo, and write a plan that makes
the picture what the person asks for and leaves the rest alone.
Answer with JSON only: {{"summary": "", "steps": [{{"reasoning": "", "tool": "", "args": {{}}, "region": ""}}]}}
0 to {MAX_STEPS} steps. Give every argument. Reasoning first: what was measured, what is wanted, what will change.
Regions: {", ".join(NAMES)}; combine with not, &, |.
Tools:"""


def render_prompt(
    context: Context | None, request: str, *, inputs: Inputs = "image+context", editor: bool = False
) -> list[Json]:
    """The system and user messages for one photo and request, in the chat format of transformers and TRL.

    Args:
        context: what was measured in the photo.
        request: the person's words.
        inputs: what of the photo the model is given.
        editor: whether a generative editor carries out the plan, so that tools which need one are offered too.
    """
    parts = []
    if context is not None and inputs != "image":
        parts.append("Context: " + render_context(context))
    parts.append("Request: " + request)
    content: list[Json] = [{"type": "image"}] if inputs != "context" else []
    content.append({"type": "text", "text": "\n".join(parts)})
    return [
        {"role": "system", "content": [{"type": "text", "text": system_message(editor=editor)}]},
        {"role": "user", "content": content},
    ]


@cache
def system_message(*, editor: bool = False) -> str:
    """The task and the catalogue of tools, those that need a generative editor only where there is one."""
    return _TASK + "\n" + "\n".join(map(_catalogue_line, _by_axis(editor)))


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


def render_attempt(attempt: Attempt) -> list[Json]:
    """What was planned and what came of it, with the request to plan again; the slot is for the result."""
    assessment = attempt.assessment
    remarks = [f"{result.goal}: {result.status}" for result in assessment.results] + assessment.remarks
    lines = [
        *_observed(attempt.observed),
        f"Judged {assessment.scores['picture']:.1f} of 5. " + "; ".join(remarks),
        "This is the result. Write a better plan, to be carried out on the photo as it was at first.",
    ]
    return [*_answer(render_plan(attempt.plan)), _told("\n".join(lines), picture=True)]


def render_progress(progress: Progress) -> list[Json]:
    """The steps taken, with the request for the rest; the slot is for the picture as it is now."""
    lines = [
        *_observed(progress.observed),
        "Context now: " + render_context(progress.context),
        "This is the picture now. Write a plan of the steps still to take from here; no steps if it is done.",
    ]
    return [*_answer(render_plan(Plan(steps=progress.steps))), _told("\n".join(lines), picture=True)]


def render_repair(written: str, problem: str) -> list[Json]:
    """An answer that is not a valid plan, with the request to mend it."""
    return [*_answer(written), _told(f"That is not a valid plan: {problem}. Answer with the whole plan, mended.")]


def with_pictures(messages: Sequence[Json], pictures: Sequence[bytes]) -> list[Json]:
    """The messages with JPEGs in their slots, in order, as the OpenAI API takes them."""
    waiting = iter(pictures)
    return [
        {"role": message["role"], "content": [_filled(part, waiting) for part in message["content"]]}
        for message in messages
    ]


def _filled(part: Json, waiting: Iterator[bytes]) -> Json:
    if part["type"] != "image":
        return part
    return {"type": "image_url", "image_url": {"url": jpeg_url(next(waiting))}}


def jpeg_url(jpeg: bytes) -> str:
    """A JPEG as a data URL."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


def _answer(text: str) -> list[Json]:
    return [{"role": "assistant", "content": [{"type": "text", "text": text}]}]


def _told(text: str, *, picture: bool = False) -> Json:
    slot: list[Json] = [{"type": "image"}] if picture else []
    return {"role": "user", "content": [*slot, {"type": "text", "text": text}]}


def _observed(records: Sequence[Json]) -> list[str]:
    """What became of each step."""
    lines = []
    for record in records:
        moved = [f"{name} {value:+.1f}" for name, value in record["change"].items() if abs(value) >= LEAST_CHANGE]
        became = f"changed {', '.join(moved) or 'nothing'}"
        if record["error"]:
            became = f"could not be done: {record['error']}"
        lines.append(f"{record['tool']} {became}.")
    return lines


def _by_axis(editor: bool) -> list[Tool]:
    return [entry for axis in AXES for entry in plannable(editor=editor) if entry.axis == axis]


def _catalogue_line(entry: Tool) -> str:
    arguments = []
    for name, parameter in entry.schema().get("properties", {}).items():
        if "enum" in parameter:
            arguments.append(f"{name} {'|'.join(parameter['enum'])}")
        else:
            arguments.append(f"{name} {parameter['minimum']:g}..{parameter['maximum']:g}{parameter['unit']}")
    return f"{entry.name}({', '.join(arguments)})"
