"""Errors for people: one line, exit code 2."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from tools.declare import ToolError


class Mistake(click.ClickException):
    """Something the person can put right."""

    exit_code = 2


@contextmanager
def explained(subject: str = "") -> Iterator[None]:
    """Turn errors of the floors below into one line that names `subject`."""
    try:
        yield
    except ToolError as error:
        raise Mistake(f"{subject}: {error}" if subject else str(error)) from None
