"""`stylist tools`: the library, by axis, or one tool in full."""

import json
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from stylist.errors import explained
from tools.types import Json

if TYPE_CHECKING:
    from tools.declare import Tool


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the JSON schemas.")
def tools(name: str | None, as_json: bool) -> None:
    """Show the tool library, or one tool with its arguments."""
    import tools.library  # noqa: F401
    from tools.declare import AXES, REGISTRY, lookup

    with explained():
        shown = [lookup(name)] if name else list(REGISTRY.values())
    if as_json:
        click.echo(json.dumps([_description(entry) for entry in shown], indent=2))
        return
    console = Console()
    if name:
        _print_tool(console, shown[0])
        return
    for axis in AXES:
        table = Table(title=axis, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
        table.add_column("tool", style="cyan", no_wrap=True)
        table.add_column("what it does")
        table.add_column("arguments", style="dim")
        entries = [entry for entry in shown if entry.axis == axis]
        for entry in entries:
            note = " (needs a generative editor)" if entry.needs_editor else ""
            table.add_row(entry.name, entry.meaning + note, ", ".join(entry.parameters.model_fields))
        if entries:
            console.print(table)
            console.print()


def _description(entry: "Tool") -> Json:
    return {
        "name": entry.name,
        "axis": entry.axis,
        "meaning": entry.meaning,
        "pointwise": entry.pointwise,
        "needs_editor": entry.needs_editor,
        "arguments": entry.schema(),
    }


def _print_tool(console: Console, entry: "Tool") -> None:
    console.print(f"[bold cyan]{entry.name}[/] ({entry.axis})  {entry.meaning}")
    for name, parameter in entry.schema().get("properties", {}).items():
        console.print(f"  [bold]{name}[/]  {parameter.get('description', '')}", highlight=False)
        console.print(
            f"      [dim]{entry.describe_range(name)}; default {parameter.get('default')}[/]", highlight=False
        )
