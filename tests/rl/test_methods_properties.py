"""The formulas of the methods, written out again in plain loops, on data that nobody chose."""

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from datasets import Dataset
from rl.methods import MethodArguments, NothingToTrainOnError, weigh
from rl.methods.pairs import pairs_of

Row = dict[str, Any]
few = settings(derandomize=True, deadline=None, max_examples=30)


@st.composite
def trajectories(draw: st.DrawFn) -> list[Row]:
    """A dozen plans of up to four steps, of up to six contexts, some of them with one plan or with equal rewards."""
    plans = []
    for number in range(draw(st.integers(2, 12))):
        scores = draw(st.lists(st.integers(100, 500).map(lambda score: score / 100), min_size=1, max_size=5))
        text = '{"steps": [' + ", ".join(["{}"] * (len(scores) - 1)) + "]}"
        context = {"photo": draw(st.sampled_from("abc")), "request": draw(st.sampled_from("xy"))}
        plan = {"completion": [{"role": "assistant", "content": text}], "step_scores": scores, "reward": scores[-1]}
        plans.append({"number": number, **context, **plan})
    return plans


def contexts(rows: list[Row]) -> list[list[Row]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row["photo"], row["request"]].append(row)
    return list(groups.values())


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def deviation(values: list[float]) -> float:
    return float((sum((value - mean(values)) ** 2 for value in values) / len(values)) ** 0.5)


def z_scores(rows: list[Row]) -> dict[int, float]:
    rewards = [row["reward"] for row in rows]
    spread = deviation(rewards)
    return {row["number"]: (row["reward"] - mean(rewards)) / spread if spread > 1e-6 else 0.0 for row in rows}


def plan_weights(rows: list[Row], method: str, options: Any) -> dict[int, float]:
    """The weight of each row by its number."""
    reward = {row["number"]: row["reward"] for row in rows}
    if method == "filtered":
        return {number: 1.0 if value >= 4.0 else 0.0 for number, value in reward.items()}
    if method == "rw" and options.get("weight_map") == "exponential":
        return {number: float(np.exp((value - 3.0) / options["temperature"])) for number, value in reward.items()}
    if method == "rw":
        return {number: max(value - 3.0, 0.0) for number, value in reward.items()}
    if method == "sw" and options.get("standardise") == "dataset":
        return z_scores(rows)
    if method == "sw":
        return {number: score for group in contexts(rows) for number, score in z_scores(group).items()}
    return dict.fromkeys(reward, 1.0)


def step_weights(rows: list[Row], *, leave_one_out: bool) -> dict[int, list[float]]:
    """The weight of each decision of each row, by its number."""
    weights: dict[int, list[float]] = {}
    for group in contexts(rows):
        to_go = {row["number"]: [row["reward"] - score for score in row["step_scores"]] for row in group}
        advantage: dict[int, list[float]] = {number: [] for number in to_go}
        for number, own in to_go.items():
            for place, gained in enumerate(own):
                others = [
                    row[place]
                    for other, row in to_go.items()
                    if len(row) > place and (other != number or not leave_one_out)
                ]
                advantage[number].append(gained - mean(others) if others else 0.0)
        spread = deviation([value for row in advantage.values() for value in row])
        for number, row in advantage.items():
            weights[number] = [value / spread if spread > 1e-6 else 0.0 for value in row]
    return weights


def weighed(rows: list[Row], method: str, options: Any, column: str) -> dict[int, Any]:
    try:
        found = weigh(Dataset.from_list(rows), MethodArguments("", method=method, **options))  # type: ignore[arg-type]
    except NothingToTrainOnError:
        assume(False)
    return dict(zip(found["number"], found[column], strict=True))


@pytest.mark.parametrize(
    ("method", "options"),
    [
        *(("sft", {}), ("filtered", {}), ("rw", {}), ("sw", {}), ("sw", {"standardise": "dataset"})),
        *(("rw", {"weight_map": "exponential", "temperature": 0.4}), ("sw", {"bound": "drop"})),
        *(("sw", {"behaviour_kl": 0.7}), ("sw", {"bound": "drop", "behaviour_kl": 0.7})),
    ],
)
@few
@given(rows=trajectories())
def test_plan_weights_are_the_formula_s(method: str, options: Any, rows: list[Row]) -> None:
    expected = plan_weights(rows, method, options)
    expected = {number: weight + options.get("behaviour_kl", 0.0) for number, weight in expected.items()}
    if options.get("bound") == "drop":
        expected = {number: max(weight, 0.0) for number, weight in expected.items()}
    found = weighed(rows, method, options, "weight")
    assert {number: found.get(number, 0.0) for number in expected} == pytest.approx(expected, abs=1e-6)


@few
@given(rows=trajectories())
def test_best_of_m_keeps_one_plan_of_each_context_and_none_is_better(rows: list[Row]) -> None:
    kept = weighed(rows, "best_of_m", {}, "reward")
    for group in contexts(rows):
        assert [kept[row["number"]] for row in group if row["number"] in kept] == [max(row["reward"] for row in group)]


@pytest.mark.parametrize("leave_one_out", [False, True])
@few
@given(rows=trajectories())
def test_step_weights_are_the_formula_s(leave_one_out: bool, rows: list[Row]) -> None:
    expected = step_weights(rows, leave_one_out=leave_one_out)
    options = {"leave_one_out": leave_one_out, "behaviour_kl": 0.0, "bound": "none"}
    found = weighed(rows, "step_weighted", options, "step_weights")
    for number, weights in expected.items():
        assert found.get(number, [0.0] * len(weights)) == pytest.approx(weights, abs=1e-6)


@few
@given(rows=trajectories())
def test_pairs_are_all_those_of_one_context_over_the_margin(rows: list[Row]) -> None:
    every = {
        (better["number"], worse["number"])
        for group in contexts(rows)
        for better in group
        for worse in group
        if round(better["reward"] - worse["reward"], 4) >= 0.5
    }
    data = Dataset.from_list(rows)
    assert set(pairs_of(data, MethodArguments("", method="dpo", pairs="all"))) == every
    reward = {row["number"]: row["reward"] for row in rows}
    widest = [
        (max(row["reward"] for row in group), min(row["reward"] for row in group))
        for group in contexts(rows)
        if any((better["number"], worse["number"]) in every for better in group for worse in group)
    ]
    chosen = pairs_of(data, MethodArguments("", method="dpo"))
    assert [(reward[pair.chosen], reward[pair.rejected]) for pair in chosen] == widest
