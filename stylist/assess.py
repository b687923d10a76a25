"""`stylist assess`: score an edit and explain the scores."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from stylist.errors import Mistake, explained, shown
from stylist.narration import print_line

if TYPE_CHECKING:
    from evals.judges import JudgeName, Verdict
    from tools.goals import Request, Source
    from tools.quality import Assessment, GoalResult

_COST = ("preservation", "technical", "coherence")
"""The scores that mean something without a request."""
_MEANING = {
    "instruction": "is what was asked for there, in measure?",
    "preservation": "does the content stand, and did what was to stay?",
    "technical": "is nothing burnt, blocked, noisy, banded, haloed or gaudy?",
    "strength": "is the change as strong as the words call for?",
    "coherence": "did nothing move unasked?",
    "picture": "all of these, by one formula",
}
"""What each score answers: 5 is yes, 1 is no."""


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--request", help="What was asked for, in words.")
@click.option("--goals", type=click.Path(path_type=Path), help="JSON file of the true goals, as `evals` reads them.")
@click.option(
    "--judge",
    type=click.Choice(("measured", "independent", "vlm")),
    default="measured",
    show_default=True,
    help="Whose scores: the formulas that training uses, others that nothing uses, or a vision-language model.",
)
@click.option("--model", help="Name of the model for --judge vlm, as the endpoint (OPENAI_BASE_URL) calls it.")
@click.option("--json", "as_json", is_flag=True, help="Print the assessment as JSON.")
def assess(
    before: Path,
    after: Path,
    request: str | None,
    goals: Path | None,
    judge: "JudgeName",
    model: str | None,
    as_json: bool,
) -> None:
    """Score the edit from BEFORE to AFTER against a request or its goals; without, only its cost is judged."""
    from tools import quality
    from tools.picture import load

    if request is not None and goals is not None:
        raise Mistake("give either --request or --goals, not both")
    with explained():
        wish = _read_goals(goals) if goals else _parse(request or "")
        source: Source = "truth" if goals else "parsed"
        if judge != "measured":
            _tell(_judged(judge, model, before, after, wish, source), as_json)
            return
        assessment = quality.assess(load(before), load(after), wish, source=source)
    if wish.is_empty and not wish.nothing_asked:
        assessment.scores = {name: assessment.scores[name] for name in _COST}
    if as_json:
        click.echo(json.dumps(assessment.model_dump(), indent=2))
        return
    _print(Console(), assessment)
    for words in (wish.ignored, wish.unlocated, wish.needs_editor):
        if words:
            print_line(Console(), "not judged", ", ".join(words))


def _judged(
    judge: "JudgeName", model: str | None, before: Path, after: Path, wish: "Request", source: "Source"
) -> "Verdict":
    from evals.judges import Endpoint, make_judge
    from tools.picture import load

    if wish.is_empty and not wish.nothing_asked:
        raise Mistake(f"the judge {judge!r} needs --request or --goals: what was the edit to do?")
    url, key = os.environ.get("OPENAI_BASE_URL"), os.environ.get("OPENAI_API_KEY", "none")
    if judge == "vlm" and not (url and model):
        raise Mistake("--judge vlm needs --model and OPENAI_BASE_URL, such as http://localhost:8000/v1")
    endpoint = Endpoint(url, model, key) if url and model else None
    return make_judge(judge, endpoint).judge(load(before), load(after), wish, source)


def _tell(verdict: "Verdict", as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(verdict.model_dump(), indent=2))
        return
    console = Console()
    for name, score in (verdict.scores or {}).items():
        print_line(console, name, f"{score:.2f} of 5: {_MEANING[name]}")
    if verdict.scores is None:
        print_line(console, "unscored", verdict.unscored)
    for remark in verdict.remarks:
        print_line(console, "note", remark)
    print_line(console, "judge", f"{verdict.judge}, {verdict.version}, goals {verdict.goals_source}", style="dim")


def _parse(request: str) -> "Request":
    from tools.request import parse_request

    wish = parse_request(request)
    if request.strip() and wish.is_empty and not wish.nothing_asked:
        raise Mistake(f"no word of the request {request!r} says how the photo should look, such as 'warmer'")
    return wish


def _read_goals(path: Path) -> "Request":
    from pydantic import ValidationError

    from tools.goals import Request

    try:
        return Request.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Mistake(f"{shown(path)} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Mistake(f"{shown(path)} is not text; goals are a JSON object with 'text' and 'goals'") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Mistake(f"{shown(path)}: {f'{place}: ' if place else ''}{first['msg']}") from None


def _seen(result: "GoalResult") -> str:
    if result.status == "unmeasured":
        return "nothing in this photo tells"
    wanted = f"wanted {result.wanted:+.1f}" if abs(result.wanted) >= 0.1 else "there already"
    return f"{wanted}, got {result.observed:+.1f}"


def _print(console: Console, assessment: "Assessment") -> None:
    for name, score in assessment.scores.items():
        print_line(console, name, f"{score:.2f} of 5: {_MEANING[name]}")
    for result in assessment.results:
        print_line(console, "goal", f"{result.goal}: {result.status} ({_seen(result)})")
    for remark in assessment.remarks:
        print_line(console, "note", remark)
    print_line(console, "judge", f"{assessment.version}, goals {assessment.goals_source}", style="dim")
