"""From trajectories to the rows that a trainer takes, checked and described before training starts."""

import hashlib
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from rl.methods.arguments import MethodArguments, NothingToTrainOnError
from rl.methods.check_rows import check_rows
from rl.methods.pairs import pair
from rl.methods.weigh import weigh, weight_notes
from rl.methods.weights import best_of_m
from rl.rows import render_rows

TRAINER_COLUMNS = ("prompt", "completion", "chosen", "rejected", "images", "weight", "step_weights", "key")

SPLITS = ("train", "dev", "test")


@dataclass
class Prepared:
    """Rows for a trainer."""

    rows: Any
    """To train on: `prompt`, `images`, `key`, and `completion` with its weights, or `chosen` and `rejected`."""
    held_out: Any | None
    """Of photos of the dev split, the same columns: each context's best plan with weight 1, or pairs; None if empty."""
    notes: list[str] = field(default_factory=list)
    """What a person should know before training starts."""


def prepare(trajectories: Any, arguments: MethodArguments) -> Prepared:
    """Turn all rows of a file of trajectories into rows for training and for the held-out loss.

    Raises:
        NothingToTrainOnError: if nothing is left to train on; with counts and the remedy.
    """
    judged, notes = _scored(trajectories)
    chosen, more = _by_goals_source(judged, arguments)
    notes += more
    unknown = sorted({str(split) for split in chosen["split"]} - set(SPLITS))
    if unknown:
        raise NothingToTrainOnError(f"rows are of the splits {unknown}; the splits are {', '.join(SPLITS)}")
    train, dev = (_of_split(chosen, split) for split in ("train", "dev"))
    if len(train) == 0:
        raise NothingToTrainOnError(
            f"none of the {len(chosen)} rows is of the train split; record more photos (a photo's content decides on "
            "its split), or make the rows with `python -m rl.trajectories --all-train`"
        )
    check_rows(chosen, arguments)
    notes += _scale_notes(train, arguments)
    if arguments.method == "dpo":
        rows = pair(train, arguments)
        notes.append(
            f"dpo: {len(rows)} pairs of {len(train)} rows; they teach what to prefer and not to write plans, so a base "
            "that writes none yet needs --method sft first"
        )
    else:
        rows = weigh(train, arguments)
        notes += weight_notes(train, rows, arguments)
    return Prepared(_finished(rows, arguments), _held_out(dev, arguments), notes)


def _scored(dataset: Any) -> tuple[Any, list[str]]:
    """Leave out plans that the judge gave no score: no score is not a low score."""
    scored = dataset.filter(lambda reward: reward is not None and isfinite(reward), input_columns="reward")
    if len(scored) == 0:
        raise NothingToTrainOnError(f"none of the {len(dataset)} rows is scored; judge the recorded runs again")
    out = len(dataset) - len(scored)
    return scored, [f"left out {out} of {len(dataset)} rows that are unscored"] if out else []


def _by_goals_source(dataset: Any, arguments: MethodArguments) -> tuple[Any, list[str]]:
    """Leave out plans that neither a person judged nor true goals did: self-assessment, or a model's opinion."""
    if arguments.goals_source == "any" or "goals_source" not in dataset.column_names:
        return dataset, []
    true = dataset.filter(lambda source: source in ("truth", "person"), input_columns="goals_source")
    out = len(dataset) - len(true)
    if out == 0:
        return true, []
    if len(true) == 0:
        raise NothingToTrainOnError(
            f"none of {len(dataset)} rows was scored against true goals or by a person; use --goals_source any to "
            "learn from self-assessed ones"
        )
    return true, [f"left out {out} of {len(dataset)} rows that were not scored against true goals, nor by a person"]


def _scale_notes(dataset: Any, arguments: MethodArguments) -> list[str]:
    """Say where `threshold`, `baseline` or `margin` meet rewards of another scale than theirs."""
    least, most = min(dataset["reward"]), max(dataset["reward"])
    if arguments.method not in ("filtered", "rw", "dpo") or (least >= 1 and most <= 5):
        return []
    return [
        f"rewards run from {least:.2f} to {most:.2f}; picture scores run from 1 to 5, and so do the defaults of "
        "--threshold, --baseline and --margin"
    ]


def _of_split(dataset: Any, split: str) -> Any:
    return dataset.filter(lambda of: of == split, input_columns="split")


def _held_out(dev: Any, arguments: MethodArguments) -> Any | None:
    if len(dev) == 0:
        return None
    if arguments.method == "dpo":
        try:
            return _finished(pair(dev, arguments), arguments)
        except NothingToTrainOnError:
            return None
    weights = best_of_m(dev, arguments)
    best = dev.add_column("weight", weights).filter(bool, input_columns="weight")
    return _finished(best, arguments)


def _finished(rows: Any, arguments: MethodArguments) -> Any:
    rendered = render_rows(rows, arguments.inputs)
    plans = rendered["chosen" if arguments.method == "dpo" else "completion"]
    keys = [
        hashlib.sha256("\0".join((photo, request, plan[0]["content"])).encode()).hexdigest()[:16]
        for photo, request, plan in zip(rendered["photo"], rendered["request"], plans, strict=True)
    ]
    rendered = rendered.add_column("key", keys)
    return rendered.select_columns([name for name in TRAINER_COLUMNS if name in rendered.column_names])
