"""Asking a person to accept, edit or reject a plan."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console

from stylist.errors import Mistake
from stylist.narration import print_line
from stylist.sheet import describe_call
from tools.declare import ToolError
from tools.plan import read_plan
from tools.types import Json


def ask(question: Json) -> Json:
    """Show the plan and return the person's decision.

    Raises:
        Mistake: if there is no answer, or no editor.
        click.Abort: if the person stops the run.
    """
    plan = question["plan"]
    console = Console(stderr=True)
    if "problem" in question:
        print_line(console, "not taken", question["problem"], style="bold red")
    for number, step in enumerate(plan["steps"], 1):
        print_line(console, f"step {number}", describe_call(step), style="bold cyan")
        print_line(console, "why", step["reasoning"], style="dim")
    with _answers():
        choice = click.prompt("Accept, edit or reject", type=click.Choice(["a", "e", "r"]), default="a", err=True)
        if choice == "r":
            return {"decision": "reject", "reason": click.prompt("Why", default="", show_default=False, err=True)}
        return {"decision": "edit", "plan": _edited(plan)} if choice == "e" else {"decision": "accept"}


@contextmanager
def _answers() -> Iterator[None]:
    """Let Ctrl-C end a prompt at once, which the event loop would hold back; say what an end of input means."""
    held = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except click.Abort as stop:
        if isinstance(stop.__context__, EOFError):
            raise Mistake("the input ended before the plan was accepted; answer a, e or r") from None
        raise
    finally:
        signal.signal(signal.SIGINT, held)


def _edited(plan: Json) -> Json:
    text = json.dumps(plan, indent=2, ensure_ascii=False)
    while True:
        try:
            text = click.edit(text, extension=".json", require_save=False) or text
        except click.ClickException as error:
            raise Mistake(f"{error.format_message()}; set EDITOR to an editor that is installed") from None
        try:
            return read_plan(text).model_dump()
        except ToolError as error:
            click.echo(f"That is not a plan yet: {error}", err=True)
            if not click.confirm("Edit again?", default=True, err=True):
                return plan
