"""Offline-RL methods as data transforms: each turns scored trajectories into rows with a weight.

* `sft`: every trajectory, weight 1 (maximise the likelihood of all plans).
* `filtered`: trajectories with a reward of at least `threshold`, weight 1.
* `best_of_m`: each context's best plan, weight 1.
* `rw`: weight max(reward - `baseline`, 0) (REFIT, arXiv 2506.06964; with non-negative weights a lower bound on the
  online value).

The trainer maximises the sum over trajectories of weight x log-likelihood of the plan, divided by the number of
plan tokens in the global batch. Dividing by the weights instead would cancel them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Method = Literal["sft", "filtered", "best_of_m", "rw"]


class NothingToTrainOnError(ValueError):
    """A method left no row with a weight; the message says what there was."""


@dataclass
class MethodArguments:
    """What to learn from, and how rewards become weights."""

    trajectories: str = field(metadata={"help": "Parquet file of trajectories (`python -m rl.trajectories`)."})
    method: Method = field(default="sft", metadata={"help": "sft | filtered | best_of_m | rw"})
    threshold: float = field(default=4.0, metadata={"help": "filtered: least reward (1 to 5) of a row that is kept."})
    baseline: float = field(default=3.0, metadata={"help": "rw: reward (1 to 5) below which a row weighs nothing."})
    policies: str = field(
        default="", metadata={"help": "Learn only from these policies' plans, comma-separated; empty: all."}
    )

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise ValueError(f"method {self.method!r} is not known; it is one of {', '.join(get_args(Method))}")


def weigh(dataset: Any, arguments: MethodArguments) -> Any:
    """Give each row of a `datasets.Dataset` with a `reward` column its `weight`, and drop rows that weigh nothing.

    Raises:
        NothingToTrainOnError: if no row is left; with counts and the remedy.
    """
    if arguments.policies:
        wanted = set(arguments.policies.split(","))
        present = set(dataset["policy"])
        if not wanted & present:
            raise NothingToTrainOnError(f"no row is of the policies {sorted(wanted)}; the data holds {sorted(present)}")
        dataset = dataset.filter(lambda row: row["policy"] in wanted)
    weights = _WEIGHTS[arguments.method](dataset, arguments)
    kept = [index for index, weight in enumerate(weights) if weight > 0]
    if not kept:
        rewards = dataset["reward"]
        span = f"{min(rewards):.2f} to {max(rewards):.2f}" if len(rewards) else "none"
        raise NothingToTrainOnError(
            f"{arguments.method} keeps none of {len(rewards)} rows (rewards {span}); lower --threshold or --baseline"
        )
    return dataset.add_column("weight", weights).select(kept)


def _ones(dataset: Any, arguments: MethodArguments) -> list[float]:
    return [1.0] * len(dataset)


def _filtered(dataset: Any, arguments: MethodArguments) -> list[float]:
    return [float(reward >= arguments.threshold) for reward in dataset["reward"]]


def _best_of_m(dataset: Any, arguments: MethodArguments) -> list[float]:
    best: dict[tuple[str, str], int] = {}
    rewards = dataset["reward"]
    for index, context in enumerate(zip(dataset["photo"], dataset["request"], strict=True)):
        if context not in best or rewards[index] > rewards[best[context]]:
            best[context] = index
    chosen = set(best.values())
    return [float(index in chosen) for index in range(len(dataset))]


def _reward_weighted(dataset: Any, arguments: MethodArguments) -> list[float]:
    return [max(reward - arguments.baseline, 0.0) for reward in dataset["reward"]]


_WEIGHTS: dict[Method, Callable[[Any, MethodArguments], list[float]]] = {
    "sft": _ones,
    "filtered": _filtered,
    "best_of_m": _best_of_m,
    "rw": _reward_weighted,
}
