"""One rendering of a row into what a planner reads, for every method; inference renders the same messages.

TRL takes messages of plain text and puts the slot of the picture back, at the place where `graph.messages` has it.
"""

from typing import Any

from graph.messages import Inputs, render_prompt
from graph.settings import RendererName
from tools.context import Context
from tools.types import Json


def plain_prompt(
    context: Context, request: str, *, inputs: Inputs = "image+context", renderer: RendererName = "local"
) -> list[Json]:
    """The prompt of `graph.messages.render_prompt` with text alone as content."""
    return [
        {"role": message["role"], "content": "".join(part.get("text", "") for part in message["content"])}
        for message in render_prompt(context, request, inputs=inputs, editor=renderer == "editor")
    ]


def render_rows(dataset: Any, inputs: Inputs) -> Any:
    """Rows whose `prompt` and `images` hold what a planner with these inputs sees of `context` and `request`."""
    from datasets import List, Value

    prompts = [
        plain_prompt(Context.model_validate_json(context), request, inputs=inputs, renderer=renderer)
        for context, request, renderer in zip(dataset["context"], dataset["request"], dataset["renderer"], strict=True)
    ]
    message = List({"role": Value("string"), "content": Value("string")})
    if "prompt" in dataset.column_names:
        dataset = dataset.remove_columns("prompt")
    dataset = dataset.add_column("prompt", prompts, feature=message)
    if inputs == "context":
        pictures = dataset.features["images"]
        no_pictures: list[list[Any]] = [[] for _ in prompts]
        dataset = dataset.remove_columns("images").add_column("images", no_pictures, feature=pictures)
    return dataset
