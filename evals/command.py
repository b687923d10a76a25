"""Commands that say in one line what a person can put right, and exit with 2."""

from typing import Any

import click

from tools.declare import ToolError


class Command(click.Command):
    """A command whose errors of input, and of files that cannot be read or written, are told without a traceback."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", {})["help_option_names"] = ["-h", "--help"]
        super().__init__(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        try:
            return super().invoke(ctx)
        except (ToolError, OSError) as error:
            raise Mistake(" ".join(str(error).split())) from None


class Mistake(click.ClickException):
    """Something the person can put right."""

    exit_code = 2
