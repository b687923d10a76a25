"""Ten ways for such a system to be silently wrong, each held shut."""

import base64
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from trl import DPOTrainer, SFTTrainer

from datasets import Dataset
from graph.messages import Inputs
from graph.policies.checkpoint import CheckpointPolicy
from graph.policies.qwen import load_model, planner_inputs, write_planner_file
from graph.trace import Event
from rl.budget import steps_for
from rl.methods import Method, MethodArguments, NothingToTrainOnError, prepare, weigh
from rl.trajectories import rows_of, split_of
from tests.rl.conftest import DARK, WARM
from tools.context import Context, measure_context
from tools.picture import Picture
from tools.plan import Plan

ROOT = Path(__file__).parent.parent.parent
METHODS: tuple[Method, ...] = get_args(Method)
INPUTS: tuple[Inputs, ...] = get_args(Inputs)


def arguments(method: str, **options: Any) -> MethodArguments:
    return MethodArguments("", method=method, **options)  # type: ignore[arg-type]


def test_trap_1_weights_survive_a_batch_of_one(
    scored: Dataset, trainer_for: Any, first_gradient: Callable[[Any], torch.Tensor]
) -> None:
    rows = prepare(scored, arguments("sft", inputs="image")).rows.select([0, 3]).remove_columns("weight")
    one_three, three_one = (
        first_gradient(
            trainer_for(arguments("rw"), rows.add_column("weight", weights), batch=1, gradient_accumulation_steps=2)
        )
        for weights in ([1.0, 3.0], [3.0, 1.0])
    )
    assert (one_three - three_one).norm() > 0.1 * one_three.norm()


@pytest.fixture(scope="module")
def prepared(scored: Dataset) -> dict[tuple[str, str], Dataset]:
    """Rows of every method with every kind of inputs."""
    return {
        (method, inputs): prepare(scored, arguments(method, inputs=inputs)).rows
        for method in METHODS
        for inputs in INPUTS
    }


@pytest.mark.parametrize("inputs", INPUTS)
def test_trap_2_every_method_and_inference_read_the_same_tokens(
    inputs: Inputs, prepared: Any, scored: Dataset, planner: Path, processor: Any, trainer_for: Any, tmp_path: Path
) -> None:
    """The first photo's first request, as each method's collator and as the trained policy encode it."""
    request, context = scored[0]["request"], Context.model_validate_json(scored[0]["context"])
    prompt = prepared["sft", inputs][0]["prompt"]
    write_planner_file(tmp_path, inputs)
    assert planner_inputs(tmp_path) == inputs
    policy = CheckpointPolicy(load_model(planner), processor, constrained=False, inputs=inputs)
    photo = io.BytesIO()
    scored[0]["images"][0].save(photo, "PNG")
    expected = policy.encode(context, request, photo.getvalue())
    for method in METHODS:
        rows = prepared[method, inputs]
        row = next(row for row in rows if row["prompt"] == prompt)
        batch = trainer_for(arguments(method), rows).data_collator([row])
        read = expected["input_ids"].shape[1]
        assert torch.equal(batch["input_ids"][:1, :read], expected["input_ids"])
        assert ("pixel_values" in batch) == (inputs != "context") == ("pixel_values" in expected)
        if inputs != "context":
            assert torch.equal(batch["pixel_values"][: len(expected["pixel_values"])], expected["pixel_values"])


@pytest.mark.parametrize("inputs", INPUTS)
def test_trap_2_context_and_image_reach_the_model_where_they_should(
    inputs: Inputs, scored: Dataset, planner: Path, processor: Any
) -> None:
    policy = CheckpointPolicy(load_model(planner), processor, constrained=False, inputs=inputs)
    context = Context.model_validate_json(scored[0]["context"])
    warmer = context.model_copy(update={"attributes": {**context.attributes, "warmth": 20.0}})
    image = scored[0]["images"][0]
    painted = image.copy()
    ImageDraw.Draw(painted).rectangle((0, 0, 15, 15), fill="red")

    def logits(context: Context, request: str, image: Any) -> torch.Tensor:
        photo = io.BytesIO()
        image.save(photo, "PNG")
        with torch.inference_mode():
            last: torch.Tensor = policy.model(**policy.encode(context, request, photo.getvalue())).logits[0, -1]
        return last

    base = logits(context, "warmer", image)
    assert not torch.equal(base, logits(context, "cooler", image))
    assert torch.equal(base, logits(warmer, "warmer", image)) == ("context" not in inputs)
    assert torch.equal(base, logits(context, "warmer", painted)) == ("image" not in inputs)


def test_trap_3_only_the_plan_carries_loss(prepared: Any, trainer_for: Any, processor: Any) -> None:
    """Rows of different lengths, so that there is padding, and with an image, so that there are image tokens."""
    for method in METHODS:
        rows = prepared[method, "image+context"]
        batch = trainer_for(arguments(method), rows).data_collator([rows[0], rows[1]])
        if method == "dpo":
            plans = [rows[index][side] for side in ("chosen", "rejected") for index in (0, 1)]
            has_loss = batch["completion_mask"].bool()
        else:
            plans = [rows[index]["completion"] for index in (0, 1)]
            has_loss = batch["labels"] != -100
            assert (batch["token_weights"][~has_loss] == 0).all()
            assert torch.equal(batch["labels"][has_loss], batch["input_ids"][has_loss])
        for ids, marked, plan in zip(batch["input_ids"], has_loss, plans, strict=True):
            assert processor.tokenizer.decode(ids[marked]) == plan[0]["content"] + "<|im_end|>\n"


def test_trap_4_methods_share_schedule_seed_and_order(prepared: Any, trainer_for: Any) -> None:
    """What they keep differs; the order of what they share, and every setting of the run, do not."""
    orders: dict[str, list[str]] = {}
    settings = []
    for method in METHODS:
        rows = prepared[method, "image+context"]
        trainer = trainer_for(arguments(method), rows, seed=7, max_steps=3)
        orders[method] = [rows["key"][index] for index in trainer._get_train_sampler()]
        ran = trainer.args
        settings.append((ran.seed, ran.learning_rate, ran.lr_scheduler_type, ran.warmup_steps, ran.train_batch_size))
    assert len(set(settings)) == 1
    for method in METHODS:
        assert orders[method] == [key for key in orders["sft"] if key in set(orders[method])]
    assert len(orders["filtered"]) < len(orders["sft"])


@pytest.mark.parametrize("method", ["sft", "best_of_m", "sw", "dpo"])
def test_trap_4_methods_process_the_same_number_of_target_tokens(
    method: str, prepared: Any, trainer_for: Any, processor: Any
) -> None:
    """To within the last step, whatever rows they keep."""
    rows, budget = prepared[method, "image"], 1500
    steps = steps_for(budget, rows, processor.tokenizer, rows_per_step=2, seed=7)
    trainer = trainer_for(arguments(method), rows, batch=2, max_steps=steps, seed=7)
    seen: list[int] = []
    compute_loss = trainer.compute_loss

    def counting(model: Any, inputs: Any, **options: Any) -> Any:
        marks = inputs["completion_mask"] if method == "dpo" else inputs["labels"] != -100
        seen.append(int(marks.sum()))
        return compute_loss(model, inputs, **options)

    trainer.compute_loss = counting
    trainer.train()
    assert sum(seen[:-1]) < budget <= sum(seen)


def test_trap_5_pairs_share_image_and_request(scored: Dataset) -> None:
    by_plan = {
        (row["photo"], row["request"], row["completion"][0]["content"]): (row["prompt"], row["images"][0].tobytes())
        for row in scored
    }
    rows = prepare(scored, arguments("dpo", pairs="all", margin=0.1)).rows
    assert len(rows) > 16
    for row in rows:
        sides = [
            {context[:2] for context in by_plan if context[2] == row[side][0]["content"]
             and by_plan[context] == (row["prompt"], row["images"][0].tobytes())}
            for side in ("chosen", "rejected")
        ]  # fmt: skip
        assert sides[0] == sides[1]
        assert len(sides[0]) == 1


def test_trap_6_a_photo_is_in_one_split_under_every_request() -> None:
    """The split is a function of the photo's content alone."""
    photos = [f"{number:064x}" for number in range(3000)]
    shares = {split: np.mean([split_of(photo) == split for photo in photos]) for split in ("train", "dev", "test")}
    assert shares["dev"] == pytest.approx(0.1, abs=0.02)
    assert shares["test"] == pytest.approx(0.1, abs=0.02)
    assert {row["split"] for row in trace_rows("warmer") + trace_rows("darker")} == {split_of("0" * 64)}


def test_trap_7_plans_are_judged_against_the_user_s_request(scored: Dataset) -> None:
    """What the planner says that it does changes no score; what the user asked for does."""
    boasting = Plan(
        summary="darker, as asked", steps=[WARM.model_copy(update={"reasoning": "It is darker now."}), DARK]
    )
    plain, boasted = (trace_rows("warmer", plan=plan)[0] for plan in (Plan(steps=[WARM, DARK]), boasting))
    assert plain["step_scores"] == boasted["step_scores"]
    assert plain["step_scores"] != trace_rows("darker", plan=boasting)[0]["step_scores"]
    assert "Request: warmer" in boasted["prompt"][1]["content"]
    assert "as asked" not in boasted["prompt"][1]["content"]


def test_trap_8_no_score_is_not_a_low_score(scored: Dataset) -> None:
    (row,) = trace_rows("warmer", picture=None)
    assert (row["reward"], row["step_scores"]) == (None, [])
    rows = Dataset.from_list([*scored, {**scored[0], "reward": None, "step_scores": []}], features=scored.features)
    prepared = prepare(rows, arguments("sw"))
    assert "left out 1 of 17 rows that are unscored" in prepared.notes
    assert list(prepared.rows["weight"]) == list(prepare(scored, arguments("sw")).rows["weight"])
    with pytest.raises(NothingToTrainOnError, match="none of the 1 rows is scored"):
        prepare(rows.select([16]), arguments("sw"))


def test_trap_9_swift_standardises_within_each_context() -> None:
    """An easy context's worst plan weighs less than nothing though it earned more than a hard one's best."""
    rows = Dataset.from_dict({"photo": list("aabb"), "request": ["x"] * 4, "reward": [5.0, 4.0, 2.0, 1.0]})
    assert list(weigh(rows, arguments("sw"))["weight"]) == [1, -1, 1, -1]
    over_all = list(weigh(rows, arguments("sw", standardise="dataset"))["weight"])
    assert over_all[1] > 0 > over_all[2]


def test_trap_10_one_script_and_one_trainer_serve_every_method(prepared: Any, trainer_for: Any) -> None:
    names = {path.stem for folder in ("rl", "runs") for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert not [name for name in names if set(name.replace("-", "_").split("_")) & {"sft", "dpo", "rw", "sw", "refit"}]
    classes = {type(trainer_for(arguments(method), prepared[method, "context"])) for method in METHODS}
    assert len([kind for kind in classes if issubclass(kind, SFTTrainer)]) == 1
    assert len([kind for kind in classes if issubclass(kind, DPOTrainer)]) == 1


def trace_rows(request: str, *, plan: Plan | None = None, picture: float | None = 4.0) -> list[dict[str, Any]]:
    """Trajectories of a run on a grey photo, from the events of its trace."""
    pixels = np.random.default_rng(0).uniform(0.3, 0.7, (64, 64, 3)).astype(np.float32)
    preview = io.BytesIO()
    Image.fromarray((pixels * 255).astype(np.uint8)).save(preview, "PNG")
    written = (plan or Plan(steps=[WARM])).model_dump()
    assessment = {"version": "measured-1", "goals_source": "parsed", "scores": {"picture": picture, "strength": 3.0}}
    perceived = {"image": "photo", "photo_sha256": "0" * 64, "context": measure_context(Picture(pixels)).model_dump()}
    perceived |= {"reading": {}, "words": [], "notes": []}
    taken = {"reasoning": "", "tool": "", "args": {}, "region": "", "image": "photo", "result": "photo"}
    happened = [
        ("start", {"photo": "grey.png", "request": request, "settings": {"seed": 0, "renderer": "local"}}),
        ("perceive", perceived),
        ("plan", {"policy": "rules", "attempt": 1, "plan": written}),
        *(("step", {**taken, "error": None, "change": {}}) for _ in written["steps"]),
        ("assess", {"assessment": assessment, "result": "photo"}),
    ]
    pictures = {"photo": base64.b64encode(preview.getvalue()).decode()}
    return list(
        rows_of(
            Event(run="r", number=number, kind=kind, seconds=None, data=data, pictures=pictures)  # type: ignore[arg-type]
            for number, (kind, data) in enumerate(happened)
        )
    )
