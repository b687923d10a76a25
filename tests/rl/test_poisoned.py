"""Poisoned data: the reward hangs on one thing alone, and planners that are shown it learn it, from random weights."""

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from datasets import Dataset
from graph.messages import Inputs, render_plan
from rl.methods import MethodArguments, prepare, weigh
from rl.trainer import WeightedCollator
from tests.rl.conftest import DARK, WARM
from tools.context import Context
from tools.plan import Plan

COOL = WARM.model_copy(update={"args": {"warmer": -40.0}})
PLANS = (Plan(summary="warmer", steps=[WARM]), Plan(summary="cooler", steps=[COOL]))

STEPS = {"rw": 64, "step_weighted": 64, "sw": 24, "dpo": 24}
"""Enough for each method."""


def poisoned(scored: Dataset, what: str) -> Dataset:
    """Two cases that differ in their context or their picture alone; in each the other plan is the good one."""
    base = scored[0]
    context = Context.model_validate_json(base["context"])
    warm = context.model_copy(update={"attributes": {**context.attributes, "warmth": 12.0}})
    contexts = (context, warm) if what == "context" else (context, context)
    pictures = [Image.new("RGB", (128, 128), colour) for colour in ("black", "orange" if what == "image" else "black")]
    rows = []
    for case, (seen, picture) in enumerate(zip(contexts, pictures, strict=True)):
        for number, plan in enumerate(PLANS):
            reward = 5.0 if number == case else 1.0
            completion = [{"role": "assistant", "content": render_plan(plan)}]
            case_of = {"photo": f"case{case}", "context": seen.model_dump_json(), "images": [picture]}
            earned = {"completion": completion, "step_scores": [3.0, reward], "reward": reward}
            rows.append({**base, **case_of, **earned})
    return Dataset.from_list(rows, features=scored.features)


def likelihoods(trainer: Any, processor: Any, rows: Dataset) -> torch.Tensor:
    """Log-likelihood of each row's plan, `(rows,)`."""
    collator = WeightedCollator(processor=processor, completion_only_loss=True)
    batch = collator(list(rows))
    marks = batch.pop("token_weights")[:, 1:] > 0
    labels = batch.pop("labels")[:, 1:].clamp(min=0)
    with torch.inference_mode():
        logits = trainer.model.eval()(**batch).logits[:, :-1]
    return (logits.log_softmax(-1).gather(2, labels[..., None]).squeeze(2) * marks).sum(dim=1)


@pytest.mark.parametrize(
    ("method", "what", "inputs", "learned"),
    [
        ("rw", "context", "image", 1),
        ("rw", "image", "context", 1),
        *((method, "context", "image+context", 2) for method in ("rw", "sw", "dpo", "step_weighted")),
        *((method, "image", "image+context", 2) for method in ("rw", "sw", "dpo", "step_weighted")),
    ],
)
def test_only_a_planner_that_sees_it_learns_it(
    method: str, what: str, inputs: Inputs, learned: int, scored: Dataset, trainer_for: Any, processor: Any
) -> None:
    """In how many of the two cases the good plan is the likelier; blind, both cases look alike: one, by chance."""
    torch.manual_seed(0)
    data = poisoned(scored, what)
    taught = MethodArguments("", method=method, inputs=inputs)  # type: ignore[arg-type]
    trainer = trainer_for(
        taught,
        prepare(data, taught).rows,
        max_steps=STEPS[method] if learned == 2 else 3,
        learning_rate=0.01,
        max_grad_norm=1.0,
        lr_scheduler_type="constant",
    )
    trainer.train()
    every = MethodArguments("", method="sft", inputs=inputs)
    likelihood = likelihoods(trainer, processor, prepare(data, every).rows).reshape(2, 2)
    right = sum(int(likelihood[case].argmax()) == case for case in range(2))
    if learned == 1:
        assert torch.allclose(likelihood[0], likelihood[1], atol=1e-3)
    else:
        assert likelihood.diff(dim=1).abs().min() > 1, "each by more than a nat"
    assert right == learned


LUCK = {"good": [2.5, 1.5, 2.5], "bad": [2.5, 5.0, 4.5]}
"""Scores of two plans that start alike: what became of the start was luck, and better where the last step was bad."""


@pytest.fixture(scope="module")
def unlucky(scored: Dataset) -> Dataset:
    """Plans whose last step alone says what it will earn; the worse last step came with the better luck."""
    rows = []
    for base in (scored[0], scored[8]):
        for last, name in ((WARM, "good"), (COOL, "bad")):
            text = render_plan(Plan(summary="evening", steps=[DARK, last]))
            earned = {"step_scores": LUCK[name], "reward": LUCK[name][-1]}
            rows.append({**base, **earned, "completion": [{"role": "assistant", "content": text}]})
    return Dataset.from_list(rows, features=scored.features)


@pytest.mark.parametrize(("method", "chance"), [("step_weighted", (0.9, 1.0)), ("rw", (0.0, 0.49))])
def test_only_step_weights_find_the_step_that_predicts_the_reward(
    method: str, chance: tuple[float, float], unlucky: Dataset, trainer_for: Any, processor: Any
) -> None:
    """From random weights they write the plan and choose the good last step; the reward of a plan prefers the bad."""
    torch.manual_seed(0)
    inputs: Inputs = "context"
    taught = MethodArguments("", method=method, inputs=inputs, baseline=1.0)  # type: ignore[arg-type]
    given = {"max_steps": 60, "learning_rate": 0.005, "max_grad_norm": 1.0, "lr_scheduler_type": "constant"}
    trainer = trainer_for(taught, prepare(unlucky, taught).rows, batch=4, **given)
    trainer.train()
    rows = prepare(unlucky, MethodArguments("", method="sft", inputs=inputs)).rows
    likelihood = likelihoods(trainer, processor, rows).reshape(2, 2)
    assert likelihood.logsumexp(dim=1).min() > -5, "it writes plans"
    good = likelihood.softmax(dim=1)[:, 0]
    assert chance[0] <= float(good.min()) <= float(good.max()) <= chance[1]


def test_only_the_step_that_earned_the_reward_is_credited() -> None:
    """The first step earns everything; the second, which came with good ones more often, is not taken in by that."""
    first = np.array([1, 1, 1, 0, 0, 0])
    second = np.array([1, 1, 0, 1, 0, 0])
    rows = Dataset.from_dict(
        {
            "photo": ["a"] * 6,
            "request": ["x"] * 6,
            "reward": (2.0 + 2 * first).tolist(),
            "step_scores": [[2.0, 2.0 + 2 * earned, 2.0 + 2 * earned] for earned in first],
            "completion": [[{"role": "assistant", "content": '{"steps": [{}, {}]}'}]] * 6,
        }
    )
    by_step = np.array(
        list(weigh(rows, MethodArguments("", method="step_weighted", behaviour_kl=0.0, bound="none"))["step_weights"])
    )
    assert (np.sign(by_step[:, 0]) == np.where(first, 1, -1)).all()
    assert np.abs(by_step[:, 1:]).max() == 0
    by_plan = np.array(weigh(rows, MethodArguments("", method="sw"))["weight"])
    assert by_plan[second == 1].mean() > by_plan[second == 0].mean()
