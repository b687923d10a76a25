"""Traces to trajectories: `python -m rl.trajectories TRACES... -o trajectories.parquet`.

A trajectory is one scored plan: the prompt that a planner sees, the plan it wrote, the photo, what each step
changed, and the scores. Rows are Parquet that `datasets.load_dataset("parquet", data_files=...)` reads and TRL
trains on without more code.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.progress import track

from evals.command import Command
from graph.messages import PROMPT_VERSION, render_plan
from graph.trace import Event, read_trace
from rl.credit import step_scores
from rl.rows import plain_prompt
from tools.context import Context
from tools.declare import ToolError
from tools.goals import Request
from tools.plan import Plan
from tools.request import parse_request
from tools.types import Json

DEV_SHARE = 0.1
TEST_SHARE = 0.1


def split_of(photo_sha256: str) -> str:
    """The split of a photo by its content, so that no test photo is ever trained on under any request."""
    place = int(hashlib.sha256(f"split:{photo_sha256}".encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    return "test" if place < TEST_SHARE else "dev" if place < TEST_SHARE + DEV_SHARE else "train"


def rows_of(events: Iterable[Event]) -> Iterator[Json]:
    """The scored plans of one trace, one row an attempt."""
    seen: Json = {}
    start: Json = {}
    planned: Json = {}
    steps: list[Json] = []
    for event in events:
        match event.kind:
            case "start":
                start = event.data
            case "perceive":
                seen = {**event.data, "preview_jpeg": event.pictures[event.data["image"]]}
            case "plan":
                planned, steps = event.data, []
            case "approve" if event.data["decision"] == "edit":
                planned = {**planned, "plan": event.data["plan"], "policy": planned["policy"] + "+person"}
            case "look":
                planned = {**planned, "plan": event.data["plan"]}
            case "step":
                steps.append(event.data)
            case "assess" if start and seen:  # a trace may begin in the middle of a run
                yield _row(event.run, start, seen, planned, steps, event.data["assessment"])


def _row(run: str, start: Json, seen: Json, planned: Json, steps: list[Json], assessment: Json) -> Json:
    plan = Plan.model_validate(planned["plan"])
    done = [step["error"] is None for step in steps]
    asked = Request.model_validate(start["goals"]) if start.get("goals") else parse_request(start["request"])
    row = unscored_row(run, start, seen, plan, planned["policy"])
    reward = assessment["scores"].get("picture")  # None where the judge gave no score
    credited = reward is not None and len(done) == len(plan.steps)  # an editor carries out a plan as a whole
    preview = row["images"][0]["bytes"]
    return {
        **row,
        "step_changes": [_changes(step) for step in steps],
        "step_scores": step_scores(preview, plan, done, asked, reward, seed=row["seed"]) if credited else [],
        "reward": reward,
        "scores": [{"name": name, "value": value} for name, value in assessment["scores"].items()],
        "judge": assessment["version"],
        "goals_source": assessment["goals_source"],
    }


def unscored_row(run: str, start: Json, seen: Json, plan: Plan, policy: str) -> Json:
    """What a row says of a plan and what it is for, before anybody has judged it.

    Args:
        run: name of the run.
        start: data of its `start` event.
        seen: data of its `perceive` event, with the photo as `preview_jpeg`, base64.
        plan: what was planned.
        policy: who planned it.
    """
    photo, renderer = seen["photo_sha256"], start["settings"]["renderer"]
    context = Context.model_validate(seen["context"])
    return {
        "run": run,
        "photo": photo,
        "request": start["request"],
        "goals": json.dumps(start["goals"]) if start.get("goals") else None,
        "context": context.model_dump_json(),
        "prompt": plain_prompt(context, start["request"], renderer=renderer),
        "completion": [{"role": "assistant", "content": render_plan(plan)}],
        "images": [{"bytes": base64.b64decode(seen["preview_jpeg"]), "path": f"{photo}.jpg"}],
        "plan": plan.model_dump_json(),
        "policy": policy,
        "prompt_version": PROMPT_VERSION,
        "renderer": renderer,
        "seed": start["settings"]["seed"],
        "split": split_of(photo),
    }


def _changes(step: Json) -> list[Json]:
    return [{"name": name, "value": value} for name, value in step["change"].items()]


def features() -> Any:
    """The columns and their types."""
    from datasets import Features, Image, List, Value

    message = List({"role": Value("string"), "content": Value("string")})
    measure = {"name": Value("string"), "value": Value("float32")}
    text = (
        *("run", "photo", "request", "goals", "context", "plan"),
        *("policy", "judge", "goals_source", "prompt_version", "renderer", "split"),
    )
    return Features(
        {
            **{name: Value("string") for name in text},
            "prompt": message,
            "completion": message,
            "images": List(Image()),
            "step_changes": List(List(measure)),
            "step_scores": List(Value("float32")),
            "reward": Value("float32"),
            "scores": List(measure),
            "seed": Value("int64"),
        }
    )


def write_parquet(rows: list[Json], path: Path) -> None:
    """Write rows as one Parquet file."""
    from datasets import Dataset

    path.parent.mkdir(parents=True, exist_ok=True)
    Dataset.from_list(rows, features=features()).to_parquet(path)


def trace_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and the `*.trace.jsonl` in the folders named."""
    return [file for path in paths for file in (sorted(path.rglob("*.trace.jsonl")) if path.is_dir() else [path])]


@click.command(cls=Command)
@click.argument("traces", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("trajectories.parquet"), show_default=True)
@click.option("--all-train", is_flag=True, help="Put every row into the train split: for overfitting on purpose.")
def main(traces: tuple[Path, ...], out: Path, all_train: bool) -> None:
    """Turn TRACES (files, or folders of *.trace.jsonl) into trajectories."""
    files = trace_files(traces)
    rows: list[Json] = []
    failures = []
    for file in track(files, description="reading traces"):
        try:
            rows += rows_of(read_trace(file))
        except ToolError as error:
            failures.append(f"{file}: {error}")
    for failure in failures:
        click.echo(f"left out {failure}", err=True)
    if not rows:
        raise click.ClickException(f"{len(files)} traces hold no scored plan; nothing was written")
    if all_train:
        rows = [{**row, "split": "train"} for row in rows]
    write_parquet(rows, out)
    counts = {split: sum(row["split"] == split for row in rows) for split in ("train", "dev", "test")}
    unscored = sum(row["reward"] is None for row in rows)
    if unscored:
        click.echo(f"{unscored} of {len(rows)} trajectories are unscored; training leaves them out", err=True)
    click.echo(f"{out}: {len(rows)} trajectories of {len(files)} traces; {counts}")


if __name__ == "__main__":
    main()
