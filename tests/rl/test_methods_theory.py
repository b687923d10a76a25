"""Where the methods lead, on policies small enough to know the answer: a table of probabilities, no network."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from datasets import Dataset
from rl.methods import MethodArguments, weigh
from rl.trainer import weighted_log_probs

COUNTS = (4, 2, 3, 1)
REWARDS = (4.0, 5.0, 2.0, 3.2)
"""Ten plans of one context: how often each of four was written, and what it earned."""
ACTIONS = [action for action, count in enumerate(COUNTS) for _ in range(count)]
BEHAVIOUR = np.array(COUNTS) / 10


def plans() -> Dataset:
    rewards = [REWARDS[action] for action in ACTIONS]
    return Dataset.from_dict({"photo": ["a"] * 10, "request": ["x"] * 10, "reward": rewards, "action": ACTIONS})


def arguments(method: str, **options: Any) -> MethodArguments:
    return MethodArguments("", method=method, **options)  # type: ignore[arg-type]


def learn(
    method: MethodArguments, steps: int = 800, learning_rate: float = 0.1
) -> tuple[np.ndarray[Any, Any], list[float]]:
    """Probabilities and losses of a softmax policy that starts uniform and learns from the weighed plans."""
    rows = weigh(plans(), method)
    weights, actions = torch.tensor(rows["weight"]), torch.tensor(rows["action"])
    least = math.log(method.floor) if method.bound == "floor" else -math.inf
    logits = torch.zeros(len(COUNTS), requires_grad=True)
    optimiser = torch.optim.Adam([logits], lr=learning_rate)
    losses = []
    for _ in range(steps):
        log_probs = logits.log_softmax(0)[actions]
        loss = -weighted_log_probs(log_probs, weights, least).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return logits.softmax(0).detach().numpy(), losses


def distribution(unnormalised: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return unnormalised / unnormalised.sum()


def scores() -> np.ndarray[Any, Any]:
    """The four plans' standardised rewards."""
    rewards = np.array(REWARDS)
    mean = BEHAVIOUR @ rewards
    return (rewards - mean) / np.sqrt(BEHAVIOUR @ (rewards - mean) ** 2)


@pytest.mark.parametrize("baseline", [0.0, 3.0])
def test_rw_converges_to_behaviour_times_reward(baseline: float) -> None:
    learned, _ = learn(arguments("rw", baseline=baseline))
    expected = distribution(BEHAVIOUR * np.clip(np.array(REWARDS) - baseline, 0, None))
    assert np.abs(learned - expected).max() < 1e-3


def test_exponential_rw_converges_to_the_tilted_behaviour() -> None:
    """The optimum of reward minus T x KL(policy || behaviour)."""
    learned, _ = learn(arguments("rw", weight_map="exponential", temperature=0.7))
    assert np.abs(learned - distribution(BEHAVIOUR * np.exp(np.array(REWARDS) / 0.7))).max() < 1e-3


def test_unbounded_sw_diverges() -> None:
    """The loss falls without end, long after the worse plans have no probability left to take."""
    learned, losses = learn(arguments("sw"), steps=1500)
    assert learned[scores() < 0].max() < 1e-20
    falls = [losses[place] - losses[place + 300] for place in (300, 600, 900, 1199)]
    assert min(falls) > 5
    assert losses[-1] < -25


def test_dropping_negative_weights_converges_to_its_optimum() -> None:
    learned, losses = learn(arguments("sw", bound="drop"))
    assert np.abs(learned - distribution(BEHAVIOUR * np.clip(scores(), 0, None))).max() < 1e-3
    assert abs(losses[-1] - losses[-300]) < 1e-3


def test_a_floor_bounds_the_loss_and_leads_to_the_same_optimum() -> None:
    learned, losses = learn(arguments("sw", bound="floor", floor=0.01))
    assert np.abs(learned - distribution(BEHAVIOUR * np.clip(scores(), 0, None))).max() < 5e-3
    assert min(losses) >= (BEHAVIOUR * np.clip(-scores(), 0, None)).sum() * math.log(0.01)
    assert abs(losses[-1] - losses[-300]) < 1e-3


def test_a_kl_to_the_behaviour_converges_to_its_optimum() -> None:
    """With a coefficient of at least the most negative weight; sqrt(m - 1) always suffices for m plans."""
    coefficient = -float(scores().min()) + 0.1
    assert coefficient < math.sqrt(10 - 1)
    learned, losses = learn(arguments("sw", behaviour_kl=coefficient), steps=1500)
    assert np.abs(learned - distribution(BEHAVIOUR * (scores() + coefficient))).max() < 1e-3
    assert abs(losses[-1] - losses[-300]) < 1e-3


def test_step_weighted_s_defaults_have_an_optimum() -> None:
    """Added 1 and nothing below 0: plans more than a deviation below the mean go, the others keep their place."""
    learned, losses = learn(arguments("sw", behaviour_kl=1.0, bound="drop"), steps=1500)
    assert np.abs(learned - distribution(BEHAVIOUR * np.clip(scores() + 1, 0, None))).max() < 1e-3
    assert min(losses) > 0


SECOND = {("good", "keep"): 4.5, ("good", "spoil"): 3.2, ("bad", "mend"): 2.8, ("bad", "worsen"): 1.0}
FIRST = {"good": 4.4, "bad": 1.2}
UNTOUCHED = 2.0
"""A two-step problem where what is right second depends on what came first. Mending a bad start earns much and still
ends below the mean; spoiling a good one loses much and still ends above it."""


def two_steps() -> Dataset:
    return Dataset.from_dict(
        {
            "photo": [str(copy) for copy in range(8) for _ in SECOND],
            "request": ["x"] * 32,
            "reward": list(SECOND.values()) * 8,
            "step_scores": [[UNTOUCHED, FIRST[first], final] for (first, _), final in SECOND.items()] * 8,
            "plan": [list(plan) for plan in SECOND] * 8,
            "completion": [[{"role": "assistant", "content": '{"steps": [{}, {}]}'}]] * 32,
        }
    )


def second_steps(method: MethodArguments) -> dict[str, float]:
    """The optimum of pi(second | first) for weights without negatives: behaviour x weight, normalised; 0.5 untaught."""
    rows = weigh(two_steps(), method)
    mass = dict.fromkeys(SECOND, 0.0)
    step_weights = rows["step_weights"] if "step_weights" in rows.column_names else [None] * len(rows)
    for plan, weight, steps in zip(rows["plan"], rows["weight"], step_weights, strict=True):
        mass[tuple(plan)] += weight if steps is None else steps[1]
    chances = {}
    for right, wrong in ((("good", "keep"), ("good", "spoil")), (("bad", "mend"), ("bad", "worsen"))):
        total = mass[right] + mass[wrong]
        chances[right[1]] = mass[right] / total if total else 0.5
    return chances


@pytest.mark.parametrize(
    "options", [{}, {"leave_one_out": True}, {"step_baseline": "fitted"}], ids=["same_step", "leave_one_out", "fitted"]
)
def test_credit_goes_to_the_step_that_earned_it(options: Any) -> None:
    rows = weigh(two_steps(), arguments("step_weighted", behaviour_kl=0.0, bound="none", **options))
    advantages = {tuple(plan): weights for plan, weights in zip(rows["plan"], rows["step_weights"], strict=True)}
    assert advantages["good", "keep"][0] > 0 > advantages["bad", "worsen"][0]
    assert advantages["bad", "mend"][0] < 0 < advantages["bad", "mend"][1]
    assert advantages["good", "spoil"][1] < 0
    assert advantages["bad", "worsen"][1] < advantages["bad", "mend"][1]


def test_plan_weights_cannot_tell_the_steps_apart() -> None:
    """SWIFT praises the step that spoiled a good start and says nothing for the one that mended a bad one."""
    whole = second_steps(arguments("sw", bound="drop"))
    assert whole["keep"] < 0.9
    assert whole["mend"] == 0.5
    by_step = second_steps(arguments("step_weighted", step_baseline="fitted", bound="drop", behaviour_kl=0.0))
    assert by_step == {"keep": pytest.approx(1), "mend": pytest.approx(1)}
