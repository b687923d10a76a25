"""What people decided about plans, as trajectories: `python -m rl.preferences TRACES... -o preferences.parquet`.

    stylist style photo.jpg "warmer" --approve                     # accept, edit or reject what is proposed
    python -m rl.preferences styled/ -o preferences.parquet
    python -m rl.train --config runs/loop.yaml --trajectories preferences.parquet --method dpo

A plan is as good as the share of decisions that wanted it: 5 where it was accepted or is a person's own edit, 1 where
it was edited away or rejected, in between where people differ. So an edited plan and the one proposed are a pair for
dpo, and a rejected plan is a negative for the methods that weigh.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import click

from evals.command import Command
from graph.trace import Event, read_trace
from rl.trajectories import trace_files, unscored_row, write_parquet
from tools.plan import Plan
from tools.types import Json

WANTED, UNWANTED = 5.0, 1.0
"""The ends of the scale of picture scores."""
PERSON = "person"
"""The judge of these rows, and the source of their goals."""


class Decided(NamedTuple):
    """A plan that a person decided about."""

    row: Json
    """Of a trajectory, without its reward."""
    wanted: bool


def decided(events: Iterable[Event]) -> Iterator[Decided]:
    """The plans of one trace that a person accepted, wrote, edited away or rejected."""
    start: Json = {}
    seen: Json = {}
    policy = ""
    for event in events:
        match event.kind:
            case "start":
                start = event.data
            case "perceive":
                seen = {**event.data, "preview_jpeg": event.pictures[event.data["image"]]}
            case "plan":
                policy = event.data["policy"]
            case "approve" if start and seen:  # a trace may begin in the middle of a run
                proposed, agreed = event.data["proposed"], event.data.get("plan")
                about = event.run, start, seen
                if agreed is not None:
                    author = policy if agreed == proposed else f"{policy}+person"
                    yield Decided(unscored_row(*about, Plan.model_validate(agreed), author), wanted=True)
                if agreed != proposed:
                    yield Decided(unscored_row(*about, Plan.model_validate(proposed), policy), wanted=False)


def scored(decisions: Iterable[Decided]) -> list[Json]:
    """One row for each plan of a photo and request, its reward the mean of the decisions about it."""
    rows: dict[tuple[str, str, str], Json] = {}
    rewards: dict[tuple[str, str, str], list[float]] = {}
    for row, wanted in decisions:
        key = row["photo"], row["request"], row["plan"]
        rows.setdefault(key, row)
        rewards.setdefault(key, []).append(WANTED if wanted else UNWANTED)
    unmeasured: Json = {"step_changes": [], "step_scores": [], "scores": [], "judge": PERSON, "goals_source": PERSON}
    return [{**row, **unmeasured, "reward": fmean(rewards[key])} for key, row in rows.items()]


@click.command(cls=Command)
@click.argument("traces", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("preferences.parquet"), show_default=True)
def main(traces: tuple[Path, ...], out: Path) -> None:
    """Turn what people decided in TRACES (files, or folders of *.trace.jsonl) into trajectories."""
    files = trace_files(traces)
    rows = scored(decision for file in files for decision in decided(read_trace(file)))
    if not rows:
        raise click.ClickException(
            f"in none of {len(files)} traces has a person decided about a plan (`stylist style --approve` asks one); "
            "nothing was written"
        )
    write_parquet(rows, out)
    unwanted = sum(row["reward"] == UNWANTED for row in rows)
    click.echo(f"{out}: {len(rows)} plans that people decided about, {unwanted} of them unwanted")


if __name__ == "__main__":
    main()
