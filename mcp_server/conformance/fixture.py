"""What marks a function as a tool that the conformance suite calls."""

from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server.mcpserver import Context

Ctx = Context[None, None]
FIXTURES: list[Callable[..., Any]] = []
F = TypeVar("F", bound=Callable[..., Any])


def fixture(function: F) -> F:
    """Make a function a fixture; the suite knows it by its name."""
    FIXTURES.append(function)
    return function
