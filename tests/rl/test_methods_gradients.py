"""What is optimised is what the formulas say: gradients against TRL's own and against plain torch."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForImageTextToText
from trl import SFTTrainer

from datasets import Dataset
from graph.messages import render_plan
from rl.methods import MethodArguments, prepare
from tools.plan import Plan

Gradient = Callable[[Any], torch.Tensor]
UNIFORM = ("sft", "filtered", "best_of_m", "rw", "sw")


def settings(method: str, **options: Any) -> MethodArguments:
    return MethodArguments("", method=method, inputs="image", **options)  # type: ignore[arg-type]


def test_weight_one_is_trl_s_own_sft_in_loss_and_gradient(
    scored: Dataset, trainer_for: Any, first_gradient: Gradient
) -> None:
    rows = prepare(scored, settings("sft")).rows.remove_columns("key")  # both then shuffle as TRL does
    ours = trainer_for(settings("sft"), rows, logging_steps=1)
    stock = trainer_for(SFTTrainer, rows.remove_columns("weight"), logging_steps=1)
    assert torch.equal(first_gradient(ours), first_gradient(stock))
    (first, *_), (second, *_) = ours.state.log_history, stock.state.log_history
    assert (first["loss"], first["mean_token_accuracy"]) == (second["loss"], second["mean_token_accuracy"])


@pytest.mark.parametrize("options", [{}, {"normalise": "plans"}, {"bound": "floor", "floor": 0.5}])
def test_batch_times_accumulation_does_not_matter(
    options: Any, scored: Dataset, trainer_for: Any, first_gradient: Gradient
) -> None:
    method = settings("step_weighted", behaviour_kl=0.0, **{"bound": "none", **options})
    rows = prepare(scored, method).rows.select(range(8))
    whole = first_gradient(trainer_for(method, rows, batch=8))
    parts = first_gradient(trainer_for(method, rows, batch=2, gradient_accumulation_steps=4))
    assert torch.allclose(whole, parts, atol=1e-6 * float(whole.norm()))


def test_batch_times_accumulation_does_not_matter_for_dpo(
    scored: Dataset, trainer_for: Any, first_gradient: Gradient
) -> None:
    rows = prepare(scored, settings("dpo")).rows
    whole = first_gradient(trainer_for(settings("dpo"), rows, batch=4))
    parts = first_gradient(trainer_for(settings("dpo"), rows, batch=1, gradient_accumulation_steps=4))
    assert torch.allclose(whole, parts, atol=1e-6 * float(whole.norm()))


class Reference:
    """Log-likelihoods by the plainest means: one row at a time, no padding, no trainer."""

    def __init__(self, planner: Path, processor: Any) -> None:
        self.model = AutoModelForImageTextToText.from_pretrained(planner)
        self.processor = processor

    def log_probs(self, row: Any, completion: str) -> torch.Tensor:
        """Of each token of the plan and its end, `(tokens,)`."""
        messages = [
            {"role": message["role"], "content": [{"type": "text", "text": message["content"]}]}
            for message in row["prompt"]
        ]
        messages[1]["content"].insert(0, {"type": "image"})
        prompt = self.processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        inputs = self.processor(text=[prompt], images=row["images"], return_tensors="pt")
        plan = self.ids(completion)
        inputs["input_ids"] = torch.cat([inputs["input_ids"], plan], dim=1)
        inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        inputs["mm_token_type_ids"] = torch.nn.functional.pad(inputs["mm_token_type_ids"], (0, plan.shape[1]))
        logits = self.model(**inputs).logits[0, -plan.shape[1] - 1 : -1]
        return logits.log_softmax(-1).gather(1, plan.T).squeeze(1)

    def ids(self, completion: str) -> torch.Tensor:
        return self.processor.tokenizer(completion + "<|im_end|>\n", return_tensors="pt")["input_ids"]

    def gradient(self, loss: torch.Tensor) -> torch.Tensor:
        from tests.rl.conftest import language_gradient

        self.model.zero_grad()
        loss.backward()
        return language_gradient(self.model)


@pytest.fixture(scope="module")
def reference(planner: Path, processor: Any) -> Reference:
    return Reference(planner, processor)


def plan_weights(method: str, rewards: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Weights of sixteen rows, four plans a context, written out again."""
    groups = rewards.reshape(4, 4)
    if method == "filtered":
        return (rewards >= 4).astype(float)
    if method == "best_of_m":
        return (groups == groups.max(axis=1, keepdims=True)).astype(float).reshape(-1)
    if method == "rw":
        return np.clip(rewards - 3, 0, None)
    if method == "sw":
        return ((groups - groups.mean(axis=1, keepdims=True)) / groups.std(axis=1, keepdims=True)).reshape(-1)
    return np.ones(16)


@pytest.mark.parametrize("method", UNIFORM)
def test_gradient_of_plan_weights_equals_the_reference(
    method: str, scored: Dataset, reference: Reference, trainer_for: Any, first_gradient: Gradient
) -> None:
    loss, tokens = torch.zeros(()), 0
    for row, weight in zip(scored, plan_weights(method, np.array(scored["reward"])), strict=True):
        if weight:
            log_probs = reference.log_probs(without_context(row), row["completion"][0]["content"])
            loss, tokens = loss - weight * log_probs.sum(), tokens + len(log_probs)
    ours = first_gradient(trainer_for(settings(method), prepare(scored, settings(method)).rows))
    assert_close(ours, reference.gradient(loss / tokens))


@pytest.mark.parametrize(("floor", "behaviour_kl"), [(None, 1.0), (0.001, 0.0)])
def test_gradient_of_step_weights_equals_the_reference(
    floor: float | None,
    behaviour_kl: float,
    scored: Dataset,
    reference: Reference,
    trainer_for: Any,
    first_gradient: Gradient,
) -> None:
    loss, tokens = torch.zeros(()), 0
    for start in range(0, 16, 4):
        group = [scored[index] for index in range(start, start + 4)]
        returns = [np.array(row["step_scores"][-1]) - np.array(row["step_scores"]) for row in group]
        means = [np.mean([g[j] for g in returns if len(g) > j]) for j in range(4)]
        advantages = [np.array([g[j] - means[j] for j in range(len(g))]) for g in returns]
        deviation = np.concatenate(advantages).std()
        for row, advantage in zip(group, advantages, strict=True):
            log_probs = reference.log_probs(without_context(row), row["completion"][0]["content"])
            weights = torch.tensor(
                (advantage / deviation + behaviour_kl).clip(-math.inf if floor else 0)[token_decisions(row, reference)]
            )
            held = log_probs if floor is None else log_probs.clamp(min=np.log(floor))
            loss = loss - (weights * torch.where(weights < 0, held, log_probs)).sum()
            tokens += len(log_probs) * bool(weights.any())  # rows that weigh nothing are left out
    options = {} if floor is None else {"bound": "floor", "floor": floor, "behaviour_kl": behaviour_kl}
    method = settings("step_weighted", **options)
    ours = first_gradient(trainer_for(method, prepare(scored, method).rows))
    assert_close(ours, reference.gradient((loss / tokens).float()))


@pytest.mark.parametrize("normalise", ["tokens", "plans"])
@pytest.mark.parametrize("floor", [None, 0.001])
def test_loss_of_any_weights_equals_the_reference(
    normalise: str, floor: float | None, scored: Dataset, reference: Reference, trainer_for: Any
) -> None:
    """Weights of decisions that nobody chose, negative ones among them, times a weight of the plan."""
    generator = np.random.default_rng(0)
    chosen = scored.select(range(8))
    of_plan = generator.uniform(0.1, 3, 8).tolist()
    of_step = [generator.normal(0, 2, len(row["step_scores"])).tolist() for row in chosen]
    losses, lengths = [], []
    for row, weight, steps in zip(chosen, of_plan, of_step, strict=True):
        log_probs = reference.log_probs(without_context(row), row["completion"][0]["content"]).detach()
        weights = weight * torch.tensor(steps)[token_decisions(row, reference)]
        held = log_probs if floor is None else log_probs.clamp(min=math.log(floor))
        losses.append(-(weights * torch.where(weights < 0, held, log_probs)).sum())
        lengths.append(len(log_probs))
    expected = sum(losses) / sum(lengths)
    if normalise == "plans":
        expected = sum(loss / length for loss, length in zip(losses, lengths, strict=True)) / 8
    method = settings("step_weighted", normalise=normalise, **({} if floor is None else {"bound": "floor"}))
    method.floor = floor or method.floor
    rows = prepare(chosen, settings("sft")).rows.remove_columns("weight")
    rows = rows.add_column("weight", of_plan).add_column("step_weights", of_step)
    trainer = trainer_for(method, rows)
    batch = trainer._prepare_inputs(trainer.data_collator(list(rows)))
    count = trainer._get_num_items_in_batch([batch], "cpu")
    with torch.no_grad():
        loss = trainer.compute_loss(trainer.model.eval(), batch, num_items_in_batch=count)
    assert float(loss) == pytest.approx(float(expected), rel=1e-4)


def test_gradient_of_dpo_equals_the_reference(
    scored: Dataset, reference: Reference, trainer_for: Any, first_gradient: Gradient
) -> None:
    losses = []
    for start in range(0, 16, 4):
        group = sorted((scored[index] for index in range(start, start + 4)), key=lambda row: row["reward"])
        better, worse = (
            reference.log_probs(without_context(row), row["completion"][0]["content"]).sum()
            for row in (group[-1], group[0])
        )
        margin = (better - better.detach()) - (worse - worse.detach())
        losses.append(-torch.nn.functional.logsigmoid(0.1 * margin))
    ours = first_gradient(trainer_for(settings("dpo"), prepare(scored, settings("dpo")).rows))
    assert_close(ours, reference.gradient(torch.stack(losses).mean()))


def token_decisions(row: Any, reference: Reference) -> list[int]:
    """The decision of each token, by decoding the plan token by token and counting complete steps."""
    steps = Plan.model_validate_json(row["plan"]).steps
    ends = [len(render_plan(Plan(summary=Plan.model_validate_json(row["plan"]).summary, steps=steps[:count]))) - 2
            for count in range(1, len(steps) + 1)]  # fmt: skip
    ids = reference.ids(row["completion"][0]["content"])[0].tolist()
    written = [len(reference.processor.tokenizer.decode(ids[: count + 1])) for count in range(len(ids))]
    return [sum(end < length for end in ends) for length in written]


def without_context(row: Any) -> Any:
    """The row as a planner sees it that gets the image and the request alone."""
    system, user = row["prompt"]
    return {**row, "prompt": [system, {**user, "content": "Request: " + row["request"]}]}


def assert_close(ours: torch.Tensor, reference: torch.Tensor) -> None:
    assert float((ours - reference).norm() / reference.norm()) < 1e-4
