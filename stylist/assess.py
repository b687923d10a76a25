"""`stylist assess`: score an edit and explain the scores."""

import json
from pathlib import Path

import click
from rich.console import Console

from stylist.errors import explained


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--request", default="", help="What was asked for, in words.")
@click.option("--json", "as_json", is_flag=True, help="Print the assessment as JSON.")
def assess(before: Path, after: Path, request: str, as_json: bool) -> None:
    """Score the edit from BEFORE to AFTER against a request; without one, only its cost is judged."""
    from tools import quality
    from tools.picture import load
    from tools.request import parse_request

    with explained():
        assessment = quality.assess(load(before), load(after), parse_request(request))
    if as_json:
        click.echo(json.dumps(assessment.model_dump(), indent=2))
        return
    console = Console()
    for name, score in assessment.scores.items():
        console.print(f"{name:>14}  {score:.2f} of 5", highlight=False)
    for result in assessment.results:
        console.print(
            f"{'goal':>14}  {result.goal}: {result.status} "
            f"(wanted {result.wanted:+.1f}, got {result.observed:+.1f} units)",
            highlight=False,
        )
    for remark in assessment.remarks:
        console.print(f"{'note':>14}  {remark}", highlight=False)
    console.print(f"{'':>14}  [dim]judge {assessment.version}, goals {assessment.goals_source}[/]", highlight=False)
