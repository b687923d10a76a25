"""A person accepts, edits or rejects the plan, or stops."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from graph.trace import read_trace
from tests.stylist.conftest import Cli, files
from tools.plan import read_plan

ROOT = Path(__file__).parents[2]


def _editor(folder: Path, replacement: str) -> str:
    """An editor that replaces the whole text."""
    script = folder / "editor.py"
    script.write_text(f"import sys; open(sys.argv[1], 'w').write({replacement!r})")
    return f"{sys.executable} {script}"


def test_an_accepted_plan_is_carried_out(desk: Path, cli: Cli) -> None:
    result = cli("style", "meadow.jpg", "warmer", "--approve", given="a\n")
    assert result.exit_code == 0
    assert "step 1  temperature" in result.stderr
    assert "styled/meadow.jpg" in files(desk)


def test_enter_accepts_and_a_wrong_letter_is_asked_again(desk: Path, cli: Cli) -> None:
    result = cli("style", "meadow.jpg", "warmer", "--approve", given="x\n\n")
    assert result.exit_code == 0
    assert "'x' is not one of 'a', 'e', 'r'" in result.stderr


def test_an_edited_plan_is_carried_out_and_kept_with_the_first(
    desk: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mine = json.dumps({"summary": "mine", "steps": [{"tool": "exposure", "args": {"stops": -1}}]})
    monkeypatch.setenv("EDITOR", _editor(tmp_path_factory.mktemp("editor"), mine))
    assert cli("style", "meadow.jpg", "warmer", "--approve", given="e\n").exit_code == 0
    assert [step.tool for step in read_plan(desk / "styled" / "meadow.plan.json").steps] == ["exposure"]
    (asked,) = [event for event in read_trace(desk / "styled" / "meadow.trace.jsonl") if event.kind == "approve"]
    assert asked.data["proposed"]["steps"][0]["tool"] == "temperature"
    assert asked.data["plan"]["summary"] == "mine"


def test_a_broken_edit_is_explained(
    desk: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    broken = '{"steps": [{"tool": "exposur"}]}'
    monkeypatch.setenv("EDITOR", _editor(tmp_path_factory.mktemp("editor"), broken))
    result = cli("style", "meadow.jpg", "warmer", "--approve", given="e\nn\n")
    assert result.exit_code == 0
    assert "That is not a plan yet: steps.0: no tool is called 'exposur'; did you mean 'exposure'?" in result.stderr


def test_an_editor_that_is_missing_is_named(desk: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "no-such-editor")
    result = cli("style", "meadow.jpg", "warmer", "--approve", given="e\n")
    assert result.exit_code == 2
    assert "no-such-editor" in result.stderr
    assert "set EDITOR" in result.stderr
    assert files(desk) == {"meadow.jpg"}


def test_a_rejected_plan_leaves_its_trace_with_the_reason(desk: Path, cli: Cli) -> None:
    result = cli("style", "meadow.jpg", "warmer", "--approve", given="r\ntoo much\n")
    assert result.exit_code == 0
    assert "The plan was rejected; nothing was changed." in result.stdout
    assert files(desk) == {"meadow.jpg", "styled", "styled/meadow.trace.jsonl"}
    events = list(read_trace(desk / "styled" / "meadow.trace.jsonl"))
    assert [event.kind for event in events] == ["start", "perceive", "plan", "approve", "finish"]
    assert events[3].data["reason"] == "too much"


def test_the_end_of_the_input_is_no_answer(desk: Path, cli: Cli) -> None:
    result = cli("style", "meadow.jpg", "warmer", "--approve", given="")
    assert result.exit_code == 2
    assert "the input ended before the plan was accepted" in result.stderr
    assert files(desk) == {"meadow.jpg"}


def test_json_stays_json_while_asking(desk: Path, cli: Cli) -> None:
    result = cli("style", "meadow.jpg", "warmer", "--approve", "--json", given="a\n")
    assert json.loads(result.stdout)["decision"]["decision"] == "accept"


@contextmanager
def _running(folder: Path, *words: str, **streams: Any) -> Iterator[subprocess.Popen[str]]:
    """`stylist style` in a process of its own, which does not outlive the block."""
    command = [sys.executable, "-m", "stylist", "style", "meadow.jpg", "warmer, like a foggy morning", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    # A shell that runs the tests in the background has its children ignore Ctrl-C; a person's shell does not.
    heeding = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    run = subprocess.Popen(command, cwd=folder, env=environment, text=True, preexec_fn=heeding, **streams)
    try:
        yield run
    finally:
        run.kill()
        run.communicate()


def test_ctrl_c_ends_a_run_and_leaves_nothing(desk: Path) -> None:
    with _running(desk, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        next(line for line in run.stdout if "step 1" in line)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=30)
    assert run.returncode == 130
    assert said == "Error: stopped; what was not finished left nothing behind\n"
    assert files(desk) == {"meadow.jpg"}


def test_ctrl_c_ends_a_question_at_once(desk: Path) -> None:
    screen, keyboard = pty.openpty()
    with _running(desk, "--approve", stdin=keyboard, stdout=keyboard, stderr=keyboard, start_new_session=True) as run:
        os.close(keyboard)
        seen = b""
        while b"Accept, edit or reject" not in seen:
            seen += os.read(screen, 4096)
        time.sleep(1)  # the question is on the screen a moment before the keyboard is read
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=30) == 130
    os.close(screen)
    assert files(desk) == {"meadow.jpg"}
