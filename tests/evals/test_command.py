"""What a person gives wrongly to a command is said in one line, with exit code 2, and nothing is made of it."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from evals.__main__ import main as evals
from rl.export import main as export
from rl.preferences import main as preferences
from rl.probe import main as probe
from rl.record import main as record
from rl.tiny import main as tiny
from rl.trajectories import main as trajectories

ROOT = Path(__file__).parents[2]
PHOTO, TASKS = str(ROOT / "photos" / "meadow.jpg"), str(ROOT / "datasets" / "loop" / "tasks.jsonl")


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        (evals, [PHOTO, "--tasks", "not.jsonl"], "not.jsonl, line 1: "),
        (evals, [PHOTO, "--tasks", PHOTO], "meadow.jpg is not text"),
        (evals, [PHOTO, PHOTO, "--tasks", TASKS], "2 photos are called 'meadow'"),
        (record, [PHOTO, "--tasks", "not.jsonl"], "not.jsonl, line 1: "),
        (record, [PHOTO, PHOTO, "--tasks", TASKS], "2 photos are called 'meadow'"),
        (record, [PHOTO, "--tasks", TASKS, "--policy", "ruels"], "no policy is called 'ruels'"),
        (record, [PHOTO, "--tasks", TASKS, "--policy", "checkpoint:none"], "there is no checkpoint folder none"),
        (record, ["not.jsonl", "--tasks", "one.jsonl", "-o", "traces"], "not.jsonl, rules, 'warmer': "),
        (trajectories, ["not.jsonl"], "1 traces hold no scored plan"),
        (preferences, ["not.jsonl"], "not.jsonl, line 1 is not a trace event"),
        (tiny, ["not.jsonl"], "not.jsonl is not json"),
        (tiny, [PHOTO], "neither .parquet nor .jsonl"),
        (probe, ["none", "not.jsonl"], "not.jsonl is not json"),
        (export, [".", "-o", "out"], "holds no model"),
    ],
)
def test_mistakes_are_said_in_one_line(
    command: click.Command, words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("not.jsonl").write_text("neither JSON\nnor anything\n")
    Path("one.jsonl").write_text('{"text": "warmer", "goals": [{"attribute": "warmth", "direction": 1}]}\n')
    done = CliRunner().invoke(command, words)
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code != 0
    assert said in done.output
    assert "Traceback" not in done.output
    assert not Path("out").exists()
