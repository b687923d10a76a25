"""Poisoned data: the reward hangs on one thing alone, and only a planner that is shown it can learn it."""

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from datasets import Dataset
from graph.messages import Inputs, render_plan
from rl.methods import MethodArguments, prepare, weigh
from tests.rl.conftest import WARM
from tools.context import Context
from tools.plan import Plan

COOL = WARM.model_copy(update={"args": {"warmer": -40.0}})
PLANS = (Plan(summary="warmer", steps=[WARM]), Plan(summary="cooler", steps=[COOL]))


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
            rows.append({**base, **case_of, "completion": completion, "reward": reward})
    return Dataset.from_list(rows, features=scored.features)


@pytest.mark.parametrize(
    ("what", "inputs", "learned"),
    [
        ("context", "image+context", 2),
        ("context", "image", 1),
        ("image", "image+context", 2),
        ("image", "context", 1),
    ],
)
def test_only_a_planner_that_sees_it_learns_it(
    what: str, inputs: Inputs, learned: int, scored: Dataset, trainer_for: Any
) -> None:
    """In how many of the two cases the good plan is the likelier; blind, both cases look alike: one, by chance."""
    torch.manual_seed(0)
    data = poisoned(scored, what)
    method = MethodArguments("", method="rw", inputs=inputs)
    trainer = trainer_for(
        method,
        prepare(data, method).rows,
        max_steps=64 if learned == 2 else 3,
        learning_rate=0.01,
        max_grad_norm=1.0,
        lr_scheduler_type="constant",
    )
    trainer.train()
    every = MethodArguments("", method="sft", inputs=inputs)
    batch = trainer.data_collator(list(prepare(data, every).rows))
    batch.pop("token_weights")
    with torch.inference_mode():
        likelihood = trainer.model.eval()(**batch, fused_lm_head=True).log_probs.sum(dim=1).reshape(2, 2)
    right = sum(int(likelihood[case].argmax()) == case for case in range(2))
    if learned == 1:
        assert torch.allclose(likelihood[0], likelihood[1], atol=1e-3)
    assert right == learned


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
    by_step = np.array(list(weigh(rows, MethodArguments("", method="step_weighted"))["step_weights"]))
    assert (np.sign(by_step[:, 0]) == np.where(first, 1, -1)).all()
    assert np.abs(by_step[:, 1:]).max() == 0
    by_plan = np.array(weigh(rows, MethodArguments("", method="sw"))["weight"])
    assert by_plan[second == 1].mean() > by_plan[second == 0].mean()
