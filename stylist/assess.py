"""`stylist assess`: score an edit and explain the scores."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from stylist.errors import Mistake, explained
from stylist.narration import print_line

if TYPE_CHECKING:
    from tools.quality import Assessment

_COST = ("preservation", "technical", "coherence")
"""The scores that mean something without a request."""


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
        wish = parse_request(request)
        if request.strip() and wish.is_empty and not wish.nothing_asked:
            raise Mistake(f"no word of the request {request!r} says how the photo should look, such as 'warmer'")
        assessment = quality.assess(load(before), load(after), wish)
    if not request.strip():
        assessment.scores = {name: assessment.scores[name] for name in _COST}
    if as_json:
        click.echo(json.dumps(assessment.model_dump(), indent=2))
        return
    _print(Console(), assessment)


def _print(console: Console, assessment: "Assessment") -> None:
    for name, score in assessment.scores.items():
        print_line(console, name, f"{score:.2f} of 5")
    for result in assessment.results:
        print_line(
            console,
            "goal",
            f"{result.goal}: {result.status} (wanted {result.wanted:+.1f}, got {result.observed:+.1f} units)",
        )
    for remark in assessment.remarks:
        print_line(console, "note", remark)
    print_line(console, "judge", f"{assessment.version}, goals {assessment.goals_source}", style="dim")
