"""The same search over learning rates for every method, chosen on the dev photos: `python -m rl.sweep`.

    python -m rl.sweep --config runs/loop.yaml --method rw --method sw --rate 0.001 --rate 0.002 \
        --target-tokens 200000 -o out/sweep

A comparison of methods is fair only if each had the same search. All of them get the same rates, seeds, schedule,
order of rows and budget of plan tokens. Each trial is one `rl.train`; its figure is `eval_score`, the mean picture
score of what the model plans for dev photos at the end. A column of the table is all methods at one shared rate.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from statistics import fmean
from typing import NamedTuple, get_args

import click

from evals.command import Command
from rl.methods.arguments import Method
from rl.run_folder import write_json, write_text
from tools.declare import ToolError
from tools.types import Json


class Trial(NamedTuple):
    """One run of the search."""

    method: str
    rate: float
    seed: int

    def folder(self, out: Path) -> Path:
        """Where it leaves its model."""
        return out / self.method / f"{self.rate:g}" / f"seed-{self.seed}"


class Outcome(NamedTuple):
    """What a trial came to on the dev photos."""

    trial: Trial
    score: float
    """Mean picture score of dev plans, 1 to 5."""
    valid_share: float
    """Of the answers that are valid plans, written without constraint; 0 to 1."""

    def row(self) -> Json:
        """As JSON."""
        return {**self.trial._asdict(), "score": self.score, "valid_share": self.valid_share}


def run_trial(trial: Trial, words: Sequence[str], out: Path) -> Outcome:
    """Train, unless it is done already; a trial that was cut off begins anew.

    Args:
        trial: what to run.
        words: arguments of `rl.train` that all trials share.
        out: folder of the search.

    Raises:
        ToolError: if it fails or has nothing to be chosen by.
    """
    folder = trial.folder(out)
    outcome = _finished(trial, folder)
    if outcome is None:
        shutil.rmtree(folder, ignore_errors=True)
        command = [
            *[sys.executable, "-m", "rl.train", *words, "--method", trial.method, "--output_dir", str(folder)],
            *["--learning_rate", repr(trial.rate), "--seed", str(trial.seed)],
            *["--eval_strategy", "steps", "--eval_steps", "0.9999"],  # as a share: once, at the last step
            *["--save_strategy", "no", "--load_best_model_at_end", "false"],
        ]
        if subprocess.run(command, check=False).returncode:
            raise ToolError(f"{trial.method} at {trial.rate:g} with seed {trial.seed} could not be trained; see above")
        outcome = _finished(trial, folder)
    if outcome is None:
        raise ToolError(
            "no plan was judged, so there is nothing to choose by; the search needs rows of the dev split with true "
            "goals, and --dev_plans above 0"
        )
    return outcome


def _finished(trial: Trial, folder: Path) -> Outcome | None:
    record = folder / "run.json"
    last = json.loads(record.read_text()).get("last", {}) if record.exists() else {}
    return Outcome(trial, last["eval_score"], last["eval_valid_share"]) if "eval_score" in last else None


def begin(out: Path, words: Sequence[str], config: Path) -> None:
    """Keep what all trials share, so that a search goes on with the same and is not mixed with another.

    Raises:
        ToolError: if the folder holds a search that was told something else.
    """
    told = {"words": list(words), "config": config.read_text(encoding="utf-8")}
    record = out / "search.json"
    if record.exists() and json.loads(record.read_text()) != told:
        raise ToolError(f"{out} holds a search with other arguments; repeat those, or name another folder with -o")
    write_json(record, told)


def table(outcomes: Iterable[Outcome]) -> str:
    """Markdown: methods by rates, the mean score over seeds with the lowest and highest; each method's best in bold."""
    cells: dict[str, dict[float, list[Outcome]]] = {}
    for outcome in outcomes:
        cells.setdefault(outcome.trial.method, {}).setdefault(outcome.trial.rate, []).append(outcome)
    rates = sorted({rate for row in cells.values() for rate in row})
    lines = [
        "| method | " + " | ".join(f"{rate:g}" for rate in rates) + " | valid plans at the best |",
        "|---" * (len(rates) + 2) + "|",
    ]
    for method, row in cells.items():
        best = max(row, key=lambda rate: (_mean_score(row[rate]), -rate))
        shown = [_cell(row[rate], chosen=rate == best) for rate in rates]
        valid = fmean(outcome.valid_share for outcome in row[best])
        lines.append(f"| {method} | " + " | ".join(shown) + f" | {valid:.0%} |")
    return "\n".join(lines) + "\n"


def _mean_score(outcomes: Sequence[Outcome]) -> float:
    return fmean(outcome.score for outcome in outcomes)


def _cell(outcomes: Sequence[Outcome], *, chosen: bool) -> str:
    scores = [outcome.score for outcome in outcomes]
    mean = f"{fmean(scores):.2f}"
    return f"{f'**{mean}**' if chosen else mean} ({min(scores):.2f} to {max(scores):.2f})"


@click.command(cls=Command, context_settings={"ignore_unknown_options": True})
@click.option("--config", required=True, type=click.Path(exists=True, dir_okay=False), help="Of rl.train.")
@click.option("--method", "methods", multiple=True, required=True, type=click.Choice(get_args(Method)))
@click.option("--rate", "rates", multiple=True, required=True, type=click.FloatRange(0, min_open=True))
@click.option("--seed", "seeds", multiple=True, type=click.IntRange(0, 2**31 - 1), default=(0, 1, 2), show_default=True)
@click.option(
    "--target-tokens", required=True, type=click.IntRange(1), help="Plan tokens that every trial learns from."
)
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("out/sweep"), show_default=True)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def main(
    config: str,
    methods: tuple[str, ...],
    rates: tuple[float, ...],
    seeds: tuple[int, ...],
    target_tokens: int,
    out: Path,
    words: tuple[str, ...],
) -> None:
    """Train every METHOD at every RATE with every SEED; WORDS are further arguments of rl.train for all of them.

    A search that was stopped goes on where it was; methods, rates and seeds can be added to one.
    """
    shared = ["--config", config, "--target_tokens", str(target_tokens), *words]
    outcomes = []
    begin(out, shared, Path(config))
    for trial in (Trial(*one) for one in product(methods, rates, seeds)):
        outcomes.append(run_trial(trial, shared, out))
        click.echo(f"{trial.method} at {trial.rate:g}, seed {trial.seed}: {outcomes[-1].score:.3f}")
    write_json(out / "sweep.json", [found.row() for found in outcomes])
    write_text(out / "sweep.md", table(outcomes))
    click.echo(table(outcomes))


if __name__ == "__main__":
    main()
