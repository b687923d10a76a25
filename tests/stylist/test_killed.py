"""A run that is killed at any moment goes on from its last finished step and ends as if nothing had happened."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from graph.trace import Event, read_trace
from tests.stylist.conftest import Cli, files, small

ROOT = Path(__file__).parents[2]
KILLS = 4


def _what_happened(trace: Path) -> list[tuple[int, str, object]]:
    """The events of a trace without names and times, which differ from run to run."""

    def timeless(event: Event) -> object:
        text = json.dumps(event.data).replace(trace.name.partition(".")[0], "OUT")
        return {name: value for name, value in json.loads(text).items() if name != "seconds"}

    return [(event.number, event.kind, timeless(event)) for event in read_trace(trace)]


def test_killed_runs_end_like_undisturbed_ones(tmp_path: Path) -> None:
    small("meadow.jpg", 200).save(tmp_path / "meadow.jpg", quality=92)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.stylist.kill_runs", str(tmp_path), str(KILLS)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len({kill["after"] for kill in json.loads(done.stdout)}) > 1, done.stdout
    whole = tmp_path / "whole.png"
    for number in range(KILLS):
        out = tmp_path / f"killed-{number}.png"
        for suffix in (".png", ".plan.json", ".sheet.png"):
            assert out.with_suffix(suffix).read_bytes() == whole.with_suffix(suffix).read_bytes(), (number, suffix)
        trace = out.with_suffix(".trace.jsonl")
        assert _what_happened(trace) == _what_happened(whole.with_suffix(".trace.jsonl"))
        assert [event.number for event in read_trace(trace)] == list(range(len(trace.read_text().splitlines())))
    assert not [name for name in files(tmp_path) if name.endswith(".part")]
    with sqlite3.connect(tmp_path / "cache" / "stylist" / "runs.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM checkpoints").fetchone() == (0,)


def test_resume_leaves_what_is_done_and_does_the_rest(desk: Path, cli: Cli) -> None:
    small("bee.jpg").save(desk / "bee.jpg")
    assert cli("style", "meadow.jpg", "warmer").exit_code == 0
    before = (desk / "styled" / "meadow.jpg").stat().st_mtime_ns
    result = cli("style", "meadow.jpg", "bee.jpg", "warmer", "--resume")
    assert result.exit_code == 0
    assert result.stderr == "meadow.jpg is done already\n"
    assert (desk / "styled" / "bee.jpg").exists()
    assert (desk / "styled" / "meadow.jpg").stat().st_mtime_ns == before
    assert "exists already" in cli("style", "meadow.jpg", "darker", "--resume").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("meadow.jpg", "darker"), "was to make meadow.jpg 'warmer'; repeat that command with --resume"),
        (("meadow.jpg", "warmer", "--seed", "3"), "had seed 0; resume it with the same options"),
    ],
)
def test_another_command_does_not_resume(desk: Path, cli: Cli, words: tuple[str, ...], said: str) -> None:
    cli("style", "meadow.jpg", "warmer")
    (desk / "styled" / "meadow.trace.jsonl").rename(desk / "styled" / "meadow.trace.jsonl.part")
    result = cli("style", *words, "--resume")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert (desk / "styled" / "meadow.trace.jsonl.part").exists()
