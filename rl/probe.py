"""Whether a checkpoint knows what it does: `python -m rl.probe CHECKPOINT trajectories.parquet`.

Two questions, both about what the model writes by itself, without constrained decoding, which makes anything valid:

* **valid**: the share of its answers that are valid plans.
* **obeys**: for opposite requests on one photo ("warmer", "cooler"), the share of pairs where both plans, carried out,
  move the measured attribute the way their own request asks.

A checkpoint with random weights fails both.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import click

from evals.command import Command
from graph.policies.checkpoint import CheckpointPolicy
from graph.policies.qwen import load_model, load_processor, planner_inputs
from rl.answers import Question, plan_in, write_answers
from rl.methods import load_trajectories
from tools.attributes import UNIT
from tools.context import Context
from tools.declare import ToolError
from tools.engine import render
from tools.maps import Maps
from tools.picture import decode
from tools.plan import Plan
from tools.quality import Comparison

AT_ONCE = 16
"""Questions that the model answers together."""
LEAST_MOVE = 0.15
"""Change, in units of a plain change, from which an attribute counts as moved."""


class Case(NamedTuple):
    """A photo with its context."""

    photo: str
    context: Context
    image: bytes


class Pair(NamedTuple):
    """Two opposite requests."""

    attribute: str
    up: str
    down: str


PAIRS = (
    Pair("warmth", "warmer", "cooler"),
    Pair("brightness", "brighter", "darker"),
    Pair("contrast", "more contrast", "less contrast"),
    Pair("saturation", "more vivid colours", "muted colours"),
)


@dataclass
class Findings:
    """What a probe found."""

    answers: int = 0
    valid: int = 0
    pairs: int = 0
    obeyed: int = 0
    examples: list[str] = field(default_factory=list)
    """A few answers as they were written."""

    @property
    def valid_share(self) -> float:
        """Share of answers that are valid plans."""
        return self.valid / max(1, self.answers)

    @property
    def obeyed_share(self) -> float:
        """Share of pairs whose two plans both do what their request asks."""
        return self.obeyed / max(1, self.pairs)


def probe(policy: CheckpointPolicy, cases: Sequence[Case], pairs: Sequence[Pair] = PAIRS) -> Findings:
    """Ask the policy's model for both plans of every pair on every photo, and carry them out."""
    asked = [(case, pair) for case in cases for pair in pairs]
    questions = [
        Question(case.context, request, case.image) for case, pair in asked for request in (pair.up, pair.down)
    ]
    answers = write_answers(policy.model, policy.processor, questions, policy.inputs, AT_ONCE)
    plans = [plan_in(answer) for answer in answers]
    findings = Findings(
        answers=len(answers),
        valid=sum(plan is not None for plan in plans),
        pairs=len(asked),
        examples=[f"{question.request}: {answer[:400]}" for question, answer in zip(questions, answers, strict=True)][
            :4
        ],
    )
    for (case, pair), up, down in zip(asked, plans[::2], plans[1::2], strict=True):
        if up is not None and down is not None:
            moves = _move(case, up, pair.attribute), -_move(case, down, pair.attribute)
            findings.obeyed += min(moves) >= LEAST_MOVE
    return findings


def _move(case: Case, plan: Plan, attribute: str) -> float:
    before = decode(case.image)
    try:
        after = render(before, plan)
    except ToolError:
        return 0.0
    return Comparison(before.srgb, after.srgb, Maps(before.srgb)).change(attribute) if attribute in UNIT else 0.0


def cases_of(trajectories: Path) -> Iterator[Case]:
    """Each photo of a file of trajectories once."""
    from datasets import Image as ImageFeature
    from datasets import List

    rows = load_trajectories(str(trajectories))
    rows = rows.cast_column("images", List(ImageFeature(decode=False)))
    seen: set[str] = set()
    for row in rows:
        if row["photo"] not in seen:
            seen.add(row["photo"])
            yield Case(row["photo"], Context.model_validate_json(row["context"]), row["images"][0]["bytes"])


def load_unconstrained(checkpoint: Path) -> CheckpointPolicy:
    """A checkpoint that writes what it likes."""
    inputs = planner_inputs(checkpoint)
    return CheckpointPolicy(load_model(checkpoint), load_processor(checkpoint), constrained=False, inputs=inputs)


@click.command(cls=Command)
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.argument("trajectories", type=click.Path(exists=True, path_type=Path))
@click.option("--photos", type=click.IntRange(1), default=3, show_default=True, help="How many photos to ask about.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(checkpoint: Path, trajectories: Path, photos: int, as_json: bool) -> None:
    """Probe what CHECKPOINT writes by itself for the photos of TRAJECTORIES."""
    cases = [case for case, _ in zip(cases_of(trajectories), range(photos), strict=False)]
    findings = probe(load_unconstrained(checkpoint), cases)
    if as_json:
        click.echo(
            json.dumps({**vars(findings), "valid_share": findings.valid_share, "obeyed_share": findings.obeyed_share})
        )
        return
    click.echo(f"valid plans, unconstrained: {findings.valid} of {findings.answers} ({findings.valid_share:.0%})")
    click.echo(f"opposite requests obeyed:   {findings.obeyed} of {findings.pairs} pairs ({findings.obeyed_share:.0%})")
    for example in findings.examples:
        click.echo(f"  {example}")


if __name__ == "__main__":
    main()
