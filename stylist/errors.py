"""Errors for people: one line, exit code 2; and an orderly end when a person stops a run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from tools.declare import ToolError


class Mistake(click.ClickException):
    """Something the person can put right."""

    exit_code = 2


class Stopped(click.ClickException):
    """The person stopped the run."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("stopped; what was not finished left nothing behind")


@contextmanager
def explained(subject: str = "") -> Iterator[None]:
    """Turn errors of the floors below into one line that names `subject`."""
    try:
        yield
    except ToolError as error:
        raise Mistake(f"{subject}: {error}" if subject else str(error)) from None


def about(photo: Path, error: ToolError) -> str:
    """The error in words that name the photo, once."""
    return str(error) if photo.name in str(error) else f"{shown(photo)}: {error}"


def shown(path: Path) -> str:
    """A path as it can be printed, whatever bytes it has."""
    return click.format_filename(path)


def raise_failures(failures: Sequence[str]) -> None:
    """Report what failed, one line each.

    Raises:
        Mistake: if anything did.
    """
    if failures:
        raise Mistake("\n       ".join(failures))
