"""The whole loop on a CPU: `python -m rl.loop` (or `make loop`).

It runs the real commands one after the other and says what each leaves behind. The model is tiny and overfits a few
dozen rows: it shows that the loop closes, not that the planner is good.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import click

PHOTOS = ("photos/meadow.jpg", "photos/street.jpg", "photos/portrait.jpg")
TASKS = "datasets/loop/tasks.jsonl"
OUT = Path("out/loop")


def stages(out: Path) -> list[tuple[str, list[str], str]]:
    """The stages in order: title, command, and what it leaves where."""
    python = [sys.executable, "-m"]
    model, rows = str(out / "model"), str(out / "trajectories.parquet")
    return [
        (
            "Record: the graph styles three photos for twenty requests, planned by the rules",
            [*python, "rl.record", *PHOTOS, "--tasks", TASKS, "--out", str(out / "traces")],
            f"{out}/traces/*.trace.jsonl: what was seen, thought, done and measured, one event a line",
        ),
        (
            "Trajectories: each scored plan becomes a row",
            [*python, "rl.trajectories", str(out / "traces"), "--out", rows, "--all-train"],
            f"{rows}: open it with datasets.load_dataset('parquet', data_files=...)",
        ),
        (
            "Checkpoint: a tiny Qwen3-VL with random weights",
            [*python, "rl.tiny", rows, "--out", str(out / "tiny")],
            f"{out}/tiny: opens with transformers.AutoModelForImageTextToText",
        ),
        (
            "Counter-test: what the random weights write by themselves",
            [*python, "rl.probe", str(out / "tiny"), rows, "--photos", "1"],
            "it should be neither valid nor obedient",
        ),
        (
            "Train: the checkpoint learns the best plan of each photo and request",
            [
                *[*python, "rl.train", "--config", "runs/loop.yaml", "--trajectories", rows],
                *["--model_name_or_path", str(out / "tiny"), "--output_dir", model],
            ],
            f"{model}: the trained planner, with run.json, curves.png and README.md",
        ),
        (
            "Probe: what the trained weights write by themselves, without constrained decoding",
            [*python, "rl.probe", model, rows, "--photos", "2"],
            "valid plans, and opposite plans for opposite requests",
        ),
        (
            "Plan: the trained checkpoint is the graph's policy",
            [
                *[*python, "stylist", "style", PHOTOS[0], "warmer", "--policy", "checkpoint", "--checkpoint", model],
                *["--out", str(out / "styled" / "meadow.jpg"), "--force"],
            ],
            f"{out}/styled/meadow.jpg, with plan, trace and sheet",
        ),
        (
            "Evaluate: rules, preset and checkpoint on the same photos and requests",
            [
                *[*python, "evals", *PHOTOS[:2], "--tasks", TASKS, "--limit", "8", "--out", str(out / "evals")],
                *["--policy", "rules", "--policy", "preset", "--policy", f"checkpoint:{model}"],
            ],
            f"{out}/evals/report.md and sheet.png",
        ),
    ]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-o", "--out", type=click.Path(path_type=Path), default=OUT, show_default=True)
def main(out: Path) -> None:
    """Close the loop: record, trajectories, train, plan with the trained model, evaluate."""
    shutil.rmtree(out, ignore_errors=True)
    began = time.perf_counter()
    for number, (title, command, artifact) in enumerate(stages(out), 1):
        click.secho(f"\n{number}. {title}", bold=True)
        shown = " ".join(["python" if word == sys.executable else word for word in command])
        click.echo(f"   $ {shown}")
        started = time.perf_counter()
        done = subprocess.run(command, check=False)
        if done.returncode:
            raise click.ClickException(f"stage {number} failed with exit code {done.returncode}")
        click.secho(f"   {time.perf_counter() - started:.0f} s -> {artifact}", fg="green")
    click.echo(f"\nThe loop closed in {time.perf_counter() - began:.0f} s.")


if __name__ == "__main__":
    main()
