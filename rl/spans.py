"""Which tokens of a plan belong to which of its decisions.

A plan of n steps is n + 1 decisions: each step, and to stop. The text of decision j runs from the end of step j - 1
(for the first, from the start, with the summary) to the end of step j; the last is what closes the plan. A token
belongs to the decision in which it ends: a token like `"},` that closes one step and goes on, or `"}]}` that closes it
and stops, is where the next decision is made.
"""

import json
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

_DECODER = json.JSONDecoder()


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a completion."""

    start: int
    end: int


def step_spans(completion: str) -> list[Span]:
    """Where each step's JSON object stands in the text of a plan.

    Raises:
        ValueError: if the text is not a JSON object with a list of steps.
    """
    position = _after(completion, 0, "{")
    while True:
        key, position = _DECODER.raw_decode(completion, position)
        position = _after(completion, position, ":")
        if key == "steps":
            return _items(completion, position)
        _, position = _DECODER.raw_decode(completion, position)
        position = _after(completion, position, ",")


def decisions(token_ends: Sequence[int], completion: str) -> list[int]:
    """The decision to which each token belongs.

    Args:
        token_ends: for each token of the completion, in characters, where it ends.
        completion: text of the plan.
    """
    step_ends = [span.end for span in step_spans(completion)]
    return [bisect_left(step_ends, end) for end in token_ends]


def _items(text: str, position: int) -> list[Span]:
    position = _after(text, position, "[")
    spans: list[Span] = []
    while text[position : position + 1] != "]":
        if spans:
            position = _after(text, position, ",")
        _, end = _DECODER.raw_decode(text, position)
        spans.append(Span(position, end))
        position = _skip_space(text, end)
    return spans


def _after(text: str, position: int, expected: str) -> int:
    """The place of the next value after `expected`."""
    position = _skip_space(text, position)
    if text[position : position + 1] != expected:
        raise ValueError(f"the plan is not a JSON object with steps: no {expected!r} at character {position}")
    return _skip_space(text, position + 1)


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
