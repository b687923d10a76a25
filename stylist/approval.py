"""Asking a person to accept, edit or reject a plan."""

import json

import click
from rich.console import Console

from stylist.errors import Mistake
from stylist.sheet import describe_call
from tools.declare import ToolError
from tools.plan import read_plan
from tools.types import Json


def ask(question: Json, console: Console) -> Json:
    """Show the plan and return the person's decision."""
    plan = question["plan"]
    for number, step in enumerate(plan["steps"], 1):
        console.print(f"{number:>4}. {describe_call(step)}", highlight=False)
        console.print(f"      [dim]{step['reasoning']}[/]", highlight=False)
    answer = click.prompt("Accept, edit or reject", type=click.Choice(["a", "e", "r"]), default="a")
    if answer == "r":
        return {"decision": "reject", "reason": click.prompt("Why", default="", show_default=False)}
    return {"decision": "edit", "plan": _edited(plan)} if answer == "e" else {"decision": "accept"}


def _edited(plan: Json) -> Json:
    text = json.dumps(plan, indent=2, ensure_ascii=False)
    while True:
        edited = click.edit(text, extension=".json", require_save=False)
        if edited is None:
            raise Mistake("no editor could be opened; set EDITOR")
        try:
            return read_plan(edited).model_dump()
        except ToolError as error:
            click.echo(f"That is not a plan yet: {error}")
            text = edited
            if not click.confirm("Edit again?", default=True):
                return plan
