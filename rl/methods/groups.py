"""Contexts: the plans that were written for one photo and request, and so can be compared with each other."""

from collections import defaultdict
from typing import Any


def contexts(dataset: Any) -> list[list[int]]:
    """Row indices of each context (same photo content, same request), in order of first appearance."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, context in enumerate(zip(dataset["photo"], dataset["request"], strict=True)):
        groups[context].append(index)
    return list(groups.values())
