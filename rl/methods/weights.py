"""One weight for each plan: how much the likelihood of all its tokens counts.

loss = - sum over tokens of weight x log pi(token) / number of plan tokens in the global batch
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rl.methods.arguments import SAME_REWARD, Method, MethodArguments
from rl.methods.groups import contexts


def sft(dataset: Any, arguments: MethodArguments) -> list[float]:
    """Give every plan weight 1: maximise the likelihood of all of them."""
    return [1.0] * len(dataset)


def filtered(dataset: Any, arguments: MethodArguments) -> list[float]:
    """Give weight 1 to plans with a reward of at least `threshold`."""
    return [float(reward >= arguments.threshold - SAME_REWARD) for reward in dataset["reward"]]


def best_of_m(dataset: Any, arguments: MethodArguments) -> list[float]:
    """Give weight 1 to each context's best plan; of equals, to the first."""
    rewards = dataset["reward"]
    best = {max(group, key=lambda index: rewards[index]) for group in contexts(dataset)}
    return [float(index in best) for index in range(len(dataset))]


def reward_weighted(dataset: Any, arguments: MethodArguments) -> list[float]:
    """Weigh a plan by its reward over a baseline.

    linear: max(r - baseline, 0) (REFIT, arXiv 2506.06964; a lower bound on the online value). exponential:
    exp((r - baseline) / temperature) (Peters & Schaal 2007; Peng et al., arXiv 1910.00177).
    """
    over = [reward - arguments.baseline for reward in dataset["reward"]]
    if arguments.weight_map == "exponential":
        with np.errstate(over="ignore"):  # what is too large is said, not warned of
            return [float(np.exp(value / arguments.temperature)) for value in over]
    return [max(value, 0.0) for value in over]


def standardised(dataset: Any, arguments: MethodArguments) -> list[float]:
    """Weigh a plan by (r - mean) / deviation over the plans of its context (SWIFT, arXiv 2506.06964).

    The deviation divides by the number of plans. Where all rewards of a context are equal, or it has one plan, there
    is nothing to learn and the weight is 0. `standardise: dataset` takes all rows as one group.
    """
    rewards = np.asarray(dataset["reward"], float)
    groups = contexts(dataset) if arguments.standardise == "context" else [list(range(len(rewards)))]
    weights = np.zeros(len(rewards))
    for group in groups:
        weights[group] = standard_scores(rewards[group])
    return list(weights.tolist())


def standard_scores(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(value - mean) / deviation; zeros where all values are equal."""
    centred = values - values.mean()
    deviation = np.sqrt((centred**2).mean())
    return centred / deviation if deviation > SAME_REWARD else np.zeros_like(values)


WEIGHTS: dict[Method, Callable[[Any, MethodArguments], list[float]]] = {
    "sft": sft,
    "filtered": filtered,
    "best_of_m": best_of_m,
    "rw": reward_weighted,
    "sw": standardised,
}
