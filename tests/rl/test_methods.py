"""Rewards become weights and pairs, and what cannot be trained on is said before training starts."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from datasets import Dataset, Value
from rl.methods import MethodArguments, NothingToTrainOnError, load_trajectories, pair, prepare, weigh

SCORED = Dataset.from_dict(
    {
        "photo": ["a", "a", "b", "b"],
        "request": ["x", "x", "x", "x"],
        "policy": ["rules", "preset", "rules", "preset"],
        "reward": [4.5, 2.0, 3.5, 4.0],
        "completion": [[{"role": "assistant", "content": text}] for text in ("p", "q", "r", "s")],
    }
)


def arguments(method: str, **options: Any) -> MethodArguments:
    return MethodArguments("", method=method, **options)  # type: ignore[arg-type]


def weights(method: str, dataset: Dataset = SCORED, **options: Any) -> dict[float, float]:
    weighed = weigh(dataset, arguments(method, **options))
    return {reward: pytest.approx(weight) for reward, weight in zip(weighed["reward"], weighed["weight"], strict=True)}


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("sft", {4.5: 1.0, 2.0: 1.0, 3.5: 1.0, 4.0: 1.0}),
        ("filtered", {4.5: 1.0, 4.0: 1.0}),
        ("best_of_m", {4.5: 1.0, 4.0: 1.0}),
        ("rw", {4.5: 1.5, 3.5: 0.5, 4.0: 1.0}),
        ("sw", {4.5: 1.0, 2.0: -1.0, 3.5: -1.0, 4.0: 1.0}),
    ],
)
def test_rewards_become_weights(method: Any, expected: dict[float, float]) -> None:
    assert weights(method) == expected


def test_variants_of_weights() -> None:
    exponential = weights("rw", weight_map="exponential", baseline=4.0, temperature=0.5)
    assert exponential == {reward: np.exp((reward - 4) / 0.5) for reward in SCORED["reward"]}
    assert weights("sw", bound="drop") == {4.5: 1.0, 4.0: 1.0}
    assert weights("sw", behaviour_kl=1.5) == {4.5: 2.5, 2.0: 0.5, 3.5: 0.5, 4.0: 2.5}
    over_all = weights("sw", standardise="dataset")
    deviation = np.std(SCORED["reward"])
    assert over_all == {4.5: 1 / deviation, 2.0: -1.5 / deviation, 4.0: 0.5 / deviation}


def test_a_reward_of_just_the_threshold_is_kept_though_files_hold_32_bits() -> None:
    rows = Dataset.from_dict({**SCORED.to_dict(), "reward": np.float32([4.1, 3.4, 2.9, 3.3]).tolist()})
    assert len(weigh(rows, arguments("filtered", threshold=4.1))) == 1
    assert len(pair(rows, arguments("dpo", margin=0.7))) == 1


def test_a_context_of_equal_rewards_teaches_sw_nothing() -> None:
    equal = Dataset.from_dict({**SCORED.to_dict(), "reward": [4.5, 2.0, 3.0, 3.0]})
    assert weights("sw", equal) == {4.5: 1.0, 2.0: -1.0}


def test_pairs_share_photo_and_request_and_keep_the_margin() -> None:
    rows = pair(SCORED, arguments("dpo", margin=0.6))
    assert (rows["photo"], rows["chosen_reward"], rows["rejected_reward"]) == (["a"], [4.5], [2.0])
    assert rows["chosen"][0][0]["content"] == "p"
    assert rows["rejected"][0][0]["content"] == "q"
    three = Dataset.from_dict({"photo": "aaa", "request": "xxx", "reward": [3.0, 5.0, 4.0], "completion": [[], [], []]})
    ranked = pair(three, arguments("dpo", pairs="all"))
    assert list(zip(ranked["chosen_reward"], ranked["rejected_reward"], strict=True)) == [(5, 4), (5, 3), (4, 3)]


def plan_of(steps: int) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": '{"steps": [' + ", ".join(["{}"] * steps) + "]}"}]


STEPS = Dataset.from_dict(
    {
        "photo": ["a", "a", "a"],
        "request": ["x", "x", "x"],
        "reward": [4.0, 3.0, 2.0],
        "step_scores": [[2.0, 3.0, 4.0], [2.0, 3.0], [2.0, 1.0, 2.0]],
        "completion": [plan_of(2), plan_of(1), plan_of(2)],
    }
)


BARE: dict[str, Any] = {"behaviour_kl": 0.0, "bound": "none"}
"""Advantages as they are."""


def test_steps_are_credited_with_what_followed_them() -> None:
    """Rewards-to-go: (2, 1, 0), (1, 0), (0, 1, 0); means at the same step: 1, 2/3, 0."""
    centred = [[1, 1 / 3, 0], [0, -2 / 3], [-1, 1 / 3, 0]]
    deviation = np.concatenate(centred).std()
    rows = weigh(STEPS, arguments("step_weighted", **BARE))["step_weights"]
    assert [list(row) for row in rows] == [pytest.approx([value / deviation for value in row]) for row in centred]


def test_step_weights_are_advantages_over_1_unless_told() -> None:
    """Advantages alone cancel in what the plans share, and from random weights nothing of that would be learned."""
    bare, usual = (weigh(STEPS, arguments("step_weighted", **options))["step_weights"] for options in (BARE, {}))
    assert [list(row) for row in usual] == [pytest.approx([max(value + 1, 0) for value in row]) for row in bare]


def test_leave_one_out_scales_by_the_others_that_came_as_far() -> None:
    centred = [[1 * 3 / 2, 1 / 3 * 3 / 2, 0], [0, -2 / 3 * 3 / 2], [-1 * 3 / 2, 1 / 3 * 3 / 2, 0]]
    deviation = np.concatenate(centred).std()
    rows = weigh(STEPS, arguments("step_weighted", leave_one_out=True, **BARE))["step_weights"]
    assert [list(row) for row in rows] == [pytest.approx([value / deviation for value in row]) for row in centred]


def test_a_fitted_baseline_knows_how_much_was_left_to_gain() -> None:
    """Plans that all end alike, from wherever they were, have no advantage over each other."""
    before = np.random.default_rng(0).uniform(1, 4, 40).tolist()
    finals = [4.0 + 0.01 * (index // 2) for index in range(40)]
    rows = Dataset.from_dict(
        {
            "photo": [str(index // 2) for index in range(40)],
            "request": ["x"] * 40,
            "reward": finals,
            "step_scores": [list(scores) for scores in zip(before, finals, strict=True)],
            "completion": [plan_of(1)] * 40,
        }
    )
    assert len(weigh(rows, arguments("step_weighted", **BARE))) == 40
    with pytest.raises(NothingToTrainOnError, match="keeps none of 40 rows"):
        weigh(rows, arguments("step_weighted", step_baseline="fitted", **BARE))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "ppo"}, "method 'ppo' is not known; it is one of sft, filtered"),
        ({"bound": "tight"}, "bound 'tight' is not known; it is one of none, drop, floor"),
        ({"temperature": 0.0}, "temperature is 0.0; it must be above 0"),
        ({"floor": 1.5}, "floor is 1.5; it must be a probability between 0 and 1"),
        ({"behaviour_kl": -1.0}, "behaviour_kl is -1.0; it must be 0 or more"),
        ({"margin": 0.0}, "margin is 0.0; it must be above 0"),
    ],
)
def test_wrong_options_are_named(options: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MethodArguments("", **options)


def cut_off_picture() -> bytes:
    """The first half of a file, whose header is whole."""
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(whole, "JPEG")
    return whole.getvalue()[: len(whole.getvalue()) // 2]


CUT_OFF = cut_off_picture()


def scored_like(rewards: list[float], photos: str = "aabb") -> Dataset:
    return Dataset.from_dict({**SCORED.to_dict(), "reward": rewards, "photo": list(photos)})


@pytest.mark.parametrize(
    ("dataset", "options", "message"),
    [
        (SCORED, {"method": "filtered", "threshold": 4.9}, r"none of 4 rows \(.*4.50\); lower --threshold"),
        (SCORED, {"method": "rw", "baseline": 5.0}, r"none of 4 rows \(rewards 2.00 to 4.50\); lower --baseline"),
        (SCORED, {"method": "sft", "policies": "teacher"}, r"the policies \['teacher'\]; the data holds \['preset'"),
        (SCORED.remove_columns("policy"), {"policies": "rules"}, "the rows do not name their policy"),
        (scored_like([3.0] * 4), {"method": "rw"}, "all 4 rewards are 3.00, so rw would prefer no plan to another"),
        (scored_like([1.0, 2, 3, 4], "abcd"), {"method": "sw"}, "each of the 4 contexts has one plan"),
        (scored_like([1.0, 2, 3, 4], "abcd"), {"method": "dpo"}, "each of the 4 contexts has one plan"),
        (scored_like([1.0, 2, 3, 4], "abcd"), {"method": "best_of_m"}, "each of the 4 contexts has one plan"),
        (scored_like([1.0, 1, 3, 3]), {"method": "sw"}, "keeps none of 4 rows .*; add plans with other rewards"),
        (SCORED, {"method": "dpo", "margin": 3.0}, r"margin 3.0 in reward \(2 contexts, .* is 2.50\)"),
        (SCORED, {"method": "rw", "weight_map": "exponential", "temperature": 1e-3}, "of 4 weights are too large"),
        (SCORED, {"method": "step_weighted"}, "and 4 of 4 rows lack it"),
        (STEPS, {"method": "step_weighted", "step_baseline": "fitted"}, "needs 30 plans and the data has 3"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_from_is_said_with_counts_and_remedy(
    dataset: Dataset, options: Any, message: str
) -> None:
    method = MethodArguments("", **options)
    with pytest.raises(NothingToTrainOnError, match=message):
        pair(dataset, method) if method.method == "dpo" else weigh(dataset, method)


def test_what_was_left_out_is_said(scored: Dataset) -> None:
    lone = {**scored[0], "photo": "photo9"}
    mixed = Dataset.from_list([*scored, lone, {**lone, "goals_source": "parsed"}], features=scored.features)
    notes = "\n".join(prepare(mixed, arguments("sw")).notes)
    assert "left out 1 of 18 rows that were not scored against true goals" in notes
    assert "1 of 5 contexts have one plan" in notes
    assert "unbounded below" in notes
    assert "good and bad weights cancel" in notes
    assert "cancel" not in "\n".join(prepare(mixed, arguments("step_weighted")).notes)


def test_a_split_of_another_name_is_said(scored: Dataset) -> None:
    mixed = scored.remove_columns("split").add_column("split", ["train"] * 15 + ["validation"])
    with pytest.raises(NothingToTrainOnError, match=r"of the splits \['validation'\]; the splits are train, dev, test"):
        prepare(mixed, arguments("sft"))


def test_no_row_of_the_train_split_is_said(scored: Dataset) -> None:
    dev = scored.remove_columns("split").add_column("split", ["dev"] * len(scored))
    with pytest.raises(NothingToTrainOnError, match="none of the 16 rows is of the train split"):
        prepare(dev, arguments("sft"))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"request": None}, "it names no photo or no request"),
        ({"context": "hello"}, "its context is not one that was measured: 'hello'"),
        ({"completion": []}, "its completion is not one message"),
        ({"completion": [{"role": "assistant", "content": "warmer"}]}, "the plan is not JSON"),
        ({"completion": [{"role": "user", "content": "{}"}]}, "its completion is not one message of the assistant"),
        ({"images": []}, "it has 0 pictures and should have one"),
        ({"images": [None]}, "its picture cannot be read"),
        ({"images": [{"bytes": b"no picture", "path": None}]}, "its picture cannot be read"),
        ({"images": [{"bytes": CUT_OFF, "path": None}]}, "its picture cannot be read to the end"),
    ],
)
def test_rows_that_cannot_be_shown_are_counted(fault: Any, message: str, scored: Dataset) -> None:
    rows = Dataset.from_list([*scored, {**scored[0], **fault}], features=scored.features)
    with pytest.raises(NothingToTrainOnError, match=f"1 of 17 rows cannot be shown to a planner, .*{message}"):
        prepare(rows, arguments("sft"))
    if "images" in fault:
        assert len(prepare(rows, arguments("sft", inputs="context")).rows) == 17


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [("images", 1, "the column images is of type Value"), ("completion", "{}", "16 of 16 rows cannot be shown")],
)
def test_columns_of_another_type_are_said(column: str, value: Any, message: str, scored: Dataset) -> None:
    other = scored.remove_columns(column).add_column(column, [value] * len(scored))
    with pytest.raises(NothingToTrainOnError, match=message):
        prepare(other, arguments("sft"))


def test_rewards_of_another_scale_are_noticed(scored: Dataset) -> None:
    percent = scored.map(lambda row: {"reward": row["reward"] * 20})
    assert "rewards run from 28.00 to 90.00" in prepare(percent, arguments("filtered")).notes[0]


def test_held_out_rows_are_the_best_plans_of_dev_photos(scored: Dataset) -> None:
    split = ["dev" if photo == "photo1" else "train" for photo in scored["photo"]]
    prepared = prepare(scored.remove_columns("split").add_column("split", split), arguments("sw"))
    assert len(prepared.rows) == 8
    assert prepared.held_out is not None
    assert list(prepared.held_out["weight"]) == [1.0, 1.0]
    assert prepare(scored, arguments("sw")).held_out is None


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no file of trajectories 'no.parquet'"):
        load_trajectories("no.parquet")
    with pytest.raises(FileNotFoundError, match="no file of trajectories"):
        load_trajectories(str(tmp_path))


def test_files_that_are_not_trajectories_are_named(scored: Dataset, tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"hello")
    with pytest.raises(NothingToTrainOnError, match=r"broken.parquet is not parquet"):
        load_trajectories(str(tmp_path / "broken.parquet"))
    (tmp_path / "empty.jsonl").write_text("")
    scored.select([]).to_parquet(tmp_path / "empty.parquet")
    for name in ("empty.jsonl", "empty.parquet"):
        with pytest.raises(NothingToTrainOnError, match=f"{name} holds no rows"):
            load_trajectories(str(tmp_path / name))
    scored.cast_column("reward", Value("string")).to_parquet(tmp_path / "words.parquet")
    with pytest.raises(NothingToTrainOnError, match=r"words.parquet has rewards of type string"):
        load_trajectories(str(tmp_path / "words.parquet"))
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(NothingToTrainOnError, match=r"notes.txt is neither .parquet nor .jsonl"):
        load_trajectories(str(tmp_path / "notes.txt"))
    scored.remove_columns(["reward", "context"]).to_parquet(tmp_path / "bare.parquet")
    with pytest.raises(NothingToTrainOnError, match=r"bare.parquet lacks the columns context, reward"):
        load_trajectories(str(tmp_path / "bare.parquet"))


def test_files_of_different_columns_or_judges_are_not_mixed(scored: Dataset, tmp_path: Path) -> None:
    scored.to_parquet(tmp_path / "a.parquet")
    scored.remove_columns("policy").to_parquet(tmp_path / "b.parquet")
    with pytest.raises(NothingToTrainOnError, match=r"b.parquet and .*a.parquet differ in the columns policy"):
        load_trajectories(str(tmp_path))
    other = scored.remove_columns("judge").add_column("judge", ["vlm-1"] * len(scored))
    other.select_columns(scored.column_names).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(NothingToTrainOnError, match=r"several judges, .* \(16\), vlm-1 \(16\)"):
        load_trajectories(str(tmp_path))


def test_a_folder_of_files_is_read_whole(scored: Dataset, tmp_path: Path) -> None:
    for name in ("a", "b"):
        scored.to_parquet(tmp_path / f"{name}.parquet")
    assert len(load_trajectories(str(tmp_path))) == 32
