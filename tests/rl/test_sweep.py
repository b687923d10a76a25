"""Every method gets the same search over learning rates, and the best rate of each is chosen on the dev photos."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from rl.sweep import Outcome, Trial, main, table

ROOT = Path(__file__).parent.parent.parent
LOOP = str(ROOT / "runs" / "loop.yaml")


def test_the_best_rate_of_each_method_is_marked_and_all_are_shown() -> None:
    scores = {("rw", 0.1): (2.0, 3.0), ("rw", 0.2): (3.5, 3.7), ("sw", 0.1): (3.0, 3.0), ("sw", 0.2): (3.0, 3.0)}
    outcomes = [
        Outcome(Trial(method, rate, seed), score, 0.5)
        for (method, rate), seeds in scores.items()
        for seed, score in enumerate(seeds)
    ]
    _, _, rw, sw = table(outcomes).splitlines()
    assert rw == "| rw | 2.50 (2.00 to 3.00) | **3.60** (3.50 to 3.70) | 50% |"
    assert sw == "| sw | **3.00** (3.00 to 3.00) | 3.00 (3.00 to 3.00) | 50% |"


def test_a_search_trains_judges_and_goes_on_where_it_was(
    trajectories: Path, planner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # a model of one layer is slower on more
    words = [
        *["--config", LOOP, "--method", "rw", "--rate", "0.001", "--seed", "0", "--target-tokens", "300"],
        *["-o", str(tmp_path), "--trajectories", str(trajectories), "--model_name_or_path", str(planner)],
        *["--baseline", "1", "--per_device_train_batch_size", "4", "--dev_plans", "1"],
    ]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    [found] = json.loads((tmp_path / "sweep.json").read_text())
    assert (found["method"], found["rate"], found["seed"]) == ("rw", 0.001, 0)
    assert 1 <= found["score"] <= 5
    assert "| rw | **" in (tmp_path / "sweep.md").read_text()
    record = Trial("rw", 0.001, 0).folder(tmp_path) / "run.json"
    finished = record.read_text()
    assert CliRunner().invoke(main, words).exit_code == 0
    assert record.read_text() == finished
    other = CliRunner().invoke(main, [*words, "--target-tokens", "600"])
    assert other.exit_code == 2
    assert "holds a search with other arguments" in other.output


@pytest.mark.parametrize("words", [["--rate", "0"], ["--method", "ppo"]])
def test_wrong_words_are_refused(words: list[str]) -> None:
    assert CliRunner().invoke(main, ["--config", LOOP, *words]).exit_code == 2
