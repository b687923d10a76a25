"""`stylist trace`: what runs have left, listed, told again, as a page, and for training."""

import re
from pathlib import Path

import pytest

from graph.trace import append_event, read_trace
from rl.trajectories import rows_of
from tests.stylist.conftest import PHOTOS, run_cli, small
from tools.declare import ToolError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two traces: of a run that made a picture, and of one that was killed."""
    folder = tmp_path_factory.mktemp("traced")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setenv("COLUMNS", "80")
        small("meadow.jpg", 160).save(folder / "meadow.jpg")
        assert run_cli("style", folder / "meadow.jpg", "warmer <b>", "-o", folder / "a" / "one.png").exit_code == 0
    for event in read_trace(folder / "a" / "one.trace.jsonl")[:4]:
        append_event(folder / "a" / "two.trace.jsonl.part", event.model_copy(update={"run": "two"}))
    return folder


def test_runs_are_listed_with_what_came_of_them(made: Path) -> None:
    said = run_cli("trace", "list", made).stdout
    assert "one.trace.jsonl  20" in said
    assert "meadow.jpg, rules, 1 steps, score" in said
    assert "outcome  Wrote" in said
    assert "two.trace.jsonl.part" in said
    assert "outcome  not finished; the last event is step" in said


def test_a_run_that_failed_says_why(made: Path, tmp_path: Path) -> None:
    failed = tmp_path / "failed.trace.jsonl"
    events = read_trace(made / "a" / "one.trace.jsonl")[:2]
    error = {"node": "plan", "error": repr(ToolError("the endpoint's answer is late"))}
    for event in (*events, events[1].model_copy(update={"kind": "error", "data": error, "number": 2})):
        append_event(failed, event)
    assert "outcome  the endpoint's answer is late" in run_cli("trace", "list", failed).stdout
    assert run_cli("trace", "show", failed, "--html", tmp_path / "page.html").exit_code == 0
    assert "<p>plan: the endpoint&#x27;s answer is late</p>" in (tmp_path / "page.html").read_text().replace(
        ' class=""', ""
    )


def test_a_run_is_told_again_as_it_was_told(made: Path) -> None:
    said = run_cli("trace", "show", made / "a" / "one.trace.jsonl").stdout
    for label in ("request", "saw", "understood", "plan", "step 1", "why", "changed", "score", "outcome"):
        assert re.search(rf"^ *{label}  ", said, re.MULTILINE), label


def test_the_page_needs_nothing_else_and_trusts_nothing(made: Path) -> None:
    page = made / "page.html"
    assert run_cli("trace", "show", made / "a" / "one.trace.jsonl", "--html", page).exit_code == 0
    text = page.read_text()
    assert "<h1>warmer &lt;b&gt;</h1>" in text
    assert text.count('src="data:image/jpeg;base64,') == 3
    assert set(re.findall(r"(?:src|href)=\"(\w+:)", text)) == {"data:"}
    assert "<script" not in text


def test_events_are_exported_as_trajectories_read_them(made: Path) -> None:
    out = made / "all.jsonl"
    assert run_cli("trace", "export", made, "-o", out).stdout == f"{out}: 2 runs, 10 events\n"
    events = read_trace(out)
    assert events[:6] == read_trace(made / "a" / "one.trace.jsonl")
    assert len(list(rows_of(events))) == 1


def test_trajectories_are_exported(made: Path) -> None:
    from datasets import load_dataset

    out = made / "rows.parquet"
    assert run_cli("trace", "export", made, "-o", out).exit_code == 0
    (row,) = load_dataset("parquet", data_files=str(out), split="train", cache_dir=str(made / "cache"))
    assert row["request"] == "warmer <b>"


def test_a_trace_that_is_broken_costs_only_itself(made: Path, tmp_path: Path) -> None:
    whole = (made / "a" / "one.trace.jsonl").read_bytes()
    lines = whole.splitlines(keepends=True)
    for name, written in {
        "whole": whole,
        "garbage": lines[0] + b"garbage\n" + b"".join(lines[1:]),
        "noise": bytes(range(256)) * 4,
        "empty": b"",
        "cut": whole[: len(lines[0]) + 99],
        "headless": b"".join(lines[2:]),
    }.items():
        (tmp_path / f"{name}.trace.jsonl").write_bytes(written)
    listed = run_cli("trace", "list", tmp_path)
    assert listed.exit_code == 0
    assert [line.split()[0].rpartition("/")[2] for line in listed.stdout.splitlines() if ".trace.jsonl" in line] == [
        *("cut.trace.jsonl", "headless.trace.jsonl", "whole.trace.jsonl")
    ]
    assert "left out" in listed.stderr
    assert "garbage.trace.jsonl, line 2 is not a trace event" in listed.stderr
    assert "noise.trace.jsonl, line 1 is not a trace event" in listed.stderr
    for name in ("cut", "headless"):
        trace, page = tmp_path / f"{name}.trace.jsonl", tmp_path / f"{name}.html"
        assert run_cli("trace", "show", trace).exit_code == 0
        assert run_cli("trace", "show", trace, "--html", page).exit_code == 0
    exported = run_cli("trace", "export", tmp_path, "-o", tmp_path / "all.jsonl")
    assert "all.jsonl: 3 runs" in exported.stdout
    assert len(list(rows_of(read_trace(tmp_path / "whole.trace.jsonl")))) == 1
    assert not list(rows_of(read_trace(tmp_path / "headless.trace.jsonl")))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list", "nowhere"], "there is no trace nowhere; check the name and the folder"),
        (["list", str(PHOTOS)], "`stylist style` leaves one beside each picture"),
        (["show", str(PHOTOS / "bee.jpg")], "line 1 is not a trace event"),
        (["export", str(PHOTOS), "-o", "x.txt"], "there is no trace in"),
    ],
)
def test_what_is_no_trace_is_said(words: list[str], said: str) -> None:
    result = run_cli("trace", *words)
    assert result.exit_code == 2
    assert said in result.stderr
