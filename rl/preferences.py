"""What people decided about plans, as data for TRL: `python -m rl.preferences TRACES... -o preferences.parquet`.

A plan that a person edited is a preference pair: theirs is chosen, the one proposed is rejected (`--format dpo`, the
default). Every plan that a person accepted, edited or rejected is also a labelled example by itself (`--format kto`):
true where it was accepted or theirs, false where it was edited away or rejected. Prompts are those of trajectories.
"""

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from graph.messages import render_plan
from graph.trace import Event, read_trace
from rl.rows import plain_prompt
from rl.trajectories import split_of
from tools.context import Context
from tools.declare import ToolError
from tools.plan import Plan
from tools.types import Json


def decisions(events: Iterable[Event]) -> Iterator[Json]:
    """The decisions of one trace: what they were about, the plans `proposed` and `agreed`, and the `reason`."""
    start: Json = {}
    seen: Json = {}
    picture = ""
    for event in events:
        match event.kind:
            case "start":
                start = event.data
            case "perceive":
                seen, picture = event.data, event.pictures[event.data["image"]]
            case "approve" if start and seen:  # a trace may begin in the middle of a run
                context = Context.model_validate(seen["context"])
                yield {
                    "run": event.run,
                    "photo": seen["photo_sha256"],
                    "request": start["request"],
                    "split": split_of(seen["photo_sha256"]),
                    "prompt": plain_prompt(context, start["request"], renderer=start["settings"]["renderer"]),
                    "images": [{"bytes": base64.b64decode(picture), "path": f"{seen['photo_sha256']}.jpg"}],
                    "decision": event.data["decision"],
                    "proposed": event.data["proposed"],
                    "agreed": event.data.get("plan"),
                    "reason": event.data.get("reason", ""),
                }


def pairs(decided: Iterable[Json]) -> Iterator[Json]:
    """Preference pairs: rows with `prompt`, `chosen`, `rejected` and `images`, as TRL's DPO takes them."""
    for row in decided:
        common, proposed, agreed = _parts(row)
        if agreed is not None and agreed != proposed:
            yield {**common, "chosen": _answer(agreed), "rejected": _answer(proposed)}


def labelled(decided: Iterable[Json]) -> Iterator[Json]:
    """Labelled plans: rows with `prompt`, `completion`, `label`, `reason` and `images`, as TRL's KTO takes them."""
    for row in decided:
        common, proposed, agreed = _parts(row)
        reason = row["reason"]
        if agreed is not None:
            yield {**common, "completion": _answer(agreed), "label": True, "reason": reason}
        if agreed != proposed:
            yield {**common, "completion": _answer(proposed), "label": False, "reason": reason}


def _parts(row: Json) -> tuple[Json, Json, Json | None]:
    common = {name: row[name] for name in ("run", "photo", "request", "split", "prompt", "images")}
    return common, row["proposed"], row["agreed"]


def _answer(plan: Json) -> list[Json]:
    return [{"role": "assistant", "content": render_plan(Plan.model_validate(plan))}]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("traces", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("preferences.parquet"), show_default=True)
@click.option(
    "--format", "kind", type=click.Choice(["dpo", "kto"]), default="dpo", show_default=True, help="Pairs, or labels."
)
def main(traces: tuple[Path, ...], out: Path, kind: str) -> None:
    """Turn what people decided in TRACES (files, or folders of *.trace.jsonl) into preferences."""
    from datasets import Dataset, Image, List

    files = [file for path in traces for file in (sorted(path.rglob("*.trace.jsonl")) if path.is_dir() else [path])]
    try:
        decided = [row for file in files for row in decisions(read_trace(file))]
    except ToolError as error:
        raise click.ClickException(str(error)) from None
    rows = list(pairs(decided) if kind == "dpo" else labelled(decided))
    if not rows:
        wanted = "edited a plan" if kind == "dpo" else "decided about a plan"
        raise click.ClickException(f"in none of {len(files)} traces has a person {wanted}; nothing was written")
    out.parent.mkdir(parents=True, exist_ok=True)
    Dataset.from_list(rows).cast_column("images", List(Image())).to_parquet(out)
    click.echo(f"{out}: {len(rows)} {'pairs' if kind == 'dpo' else 'labelled plans'} of {len(decided)} decisions")


if __name__ == "__main__":
    main()
