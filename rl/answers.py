"""What a model answers by itself to many questions at once: greedily, without constraint.

Constrained decoding makes anything a valid plan and so says nothing about the model.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from PIL import Image

from graph.messages import Inputs, read_completion, render_prompt
from graph.policies.checkpoint import MAX_NEW_TOKENS
from tools.context import Context
from tools.declare import ToolError
from tools.plan import Plan


class Question(NamedTuple):
    """A photo with a request."""

    context: Context
    request: str
    image: bytes
    """The photo's preview, a compressed picture."""


def write_answers(
    model: Any, processor: Any, questions: Sequence[Question], inputs: Inputs, batch_size: int
) -> list[str]:
    """The answer to each question, its prompt rendered as training renders it."""
    return [
        answer
        for start in range(0, len(questions), batch_size)
        for answer in _answers(model, processor, questions[start : start + batch_size], inputs)
    ]


def _answers(model: Any, processor: Any, questions: Sequence[Question], inputs: Inputs) -> Iterator[str]:
    prompts = [
        processor.apply_chat_template(
            render_prompt(question.context, question.request, inputs=inputs), tokenize=False, add_generation_prompt=True
        )
        for question in questions
    ]
    pictures = None
    if inputs != "context":
        pictures = [[Image.open(io.BytesIO(question.image)).convert("RGB")] for question in questions]
    encoded = processor(text=prompts, images=pictures, padding=True, padding_side="left", return_tensors="pt")
    with torch.no_grad():
        output = model.generate(
            **encoded.to(model.device), max_new_tokens=MAX_NEW_TOKENS, do_sample=False, use_cache=True
        )
    written = output[:, encoded["input_ids"].shape[1] :]
    yield from processor.tokenizer.batch_decode(written, skip_special_tokens=True)


def plan_in(answer: str) -> Plan | None:
    """The plan that an answer is; None where it is none."""
    try:
        return read_completion(answer)
    except ToolError:
        return None
