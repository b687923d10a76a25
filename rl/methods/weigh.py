"""Rows with weights: what a method makes of scored trajectories."""

from typing import Any

import numpy as np

from rl.methods.arguments import SAME_REWARD, MethodArguments, NothingToTrainOnError
from rl.methods.groups import contexts
from rl.methods.steps import step_weights
from rl.methods.weights import WEIGHTS

MOST = float(np.finfo(np.float32).max)
"""The largest weight that training can count with."""
_NEEDS_SEVERAL_PLANS = ("best_of_m", "sw", "step_weighted", "dpo")
_CANCELLED = 0.2
"""Share of all weight, signs apart, that must be left over for what plans have in common to be learned."""


def weigh(dataset: Any, arguments: MethodArguments) -> Any:
    """Give each row of a `datasets.Dataset` with a `reward` column its `weight`, and drop rows that weigh nothing.

    With `step_weighted` the weight is 1 and `step_weights` holds one number for each decision of the plan.

    Raises:
        NothingToTrainOnError: if no row is left; with counts and the remedy.
    """
    dataset = of_policies(dataset, arguments)
    check_comparable(dataset, arguments)
    if arguments.method == "step_weighted":
        weights = [[_bounded(value, arguments) for value in row] for row in step_weights(dataset, arguments)]
        dataset = dataset.add_column("weight", [1.0] * len(dataset)).add_column("step_weights", weights)
        kept = [index for index, row in enumerate(weights) if any(row)]
    else:
        plain = [_bounded(value, arguments) for value in WEIGHTS[arguments.method](dataset, arguments)]
        dataset = dataset.add_column("weight", plain)
        kept = [index for index, value in enumerate(plain) if value]
        overflowing = sum(value > MOST for value in plain)
        if overflowing:
            raise NothingToTrainOnError(
                f"{overflowing} of {len(plain)} weights are too large for a number; raise --temperature or --baseline"
            )
    if not kept:
        raise NothingToTrainOnError(
            f"{arguments.method} keeps none of {_rewards(dataset)}; {_REMEDIES.get(arguments.method, '')}"
        )
    return dataset.select(kept)


_REMEDIES = {
    "filtered": "lower --threshold",
    "rw": "lower --baseline",
    "sw": "add plans with other rewards for the same photos and requests",
    "step_weighted": "add plans with other rewards for the same photos and requests",
}


def of_policies(dataset: Any, arguments: MethodArguments) -> Any:
    """The rows whose plan was written by one of `arguments.policies`.

    Raises:
        NothingToTrainOnError: if there is none, or rows do not name their policy.
    """
    if not arguments.policies:
        return dataset
    if "policy" not in dataset.column_names:
        raise NothingToTrainOnError("the rows do not name their policy, so leave --policies out")
    wanted, present = set(arguments.policies.split(",")), set(dataset["policy"])
    if not wanted & present:
        raise NothingToTrainOnError(f"no row is of the policies {sorted(wanted)}; the data holds {sorted(present)}")
    return dataset.filter(lambda policy: policy in wanted, input_columns="policy")


def check_comparable(dataset: Any, arguments: MethodArguments) -> None:
    """Refuse data whose rewards or groups the method can learn nothing from.

    Raises:
        NothingToTrainOnError: if all rewards are equal, or no context has the several plans that the method compares.
    """
    rewards = dataset["reward"]
    if arguments.method == "sft":
        return
    if len(rewards) > 1 and max(rewards) - min(rewards) < SAME_REWARD:
        raise NothingToTrainOnError(
            f"all {len(rewards)} rewards are {rewards[0]:.2f}, so {arguments.method} would prefer no plan to another; "
            "use --method sft, or score the rows"
        )
    groups = contexts(dataset)
    if arguments.method in _NEEDS_SEVERAL_PLANS and all(len(group) < 2 for group in groups):
        if arguments.method == "sw" and arguments.standardise == "dataset":
            return
        raise NothingToTrainOnError(
            f"{arguments.method} compares the plans of one photo and request, and each of the {len(groups)} contexts "
            "has one plan; record several policies for the same requests, or use --method rw"
        )


def weight_notes(before: Any, after: Any, arguments: MethodArguments) -> list[str]:
    """What a person should know of the weights before training starts, a line each."""
    flat = [value for row in after["step_weights"] for value in row] if _by_step(after) else list(after["weight"])
    negative = sum(value < 0 for value in flat)
    unit = "decisions" if _by_step(after) else "plans"
    notes = [
        f"{arguments.method}: {len(after)} of {len(before)} rows have a weight; "
        f"{len(flat)} {unit} weigh {min(flat):.2f} to {max(flat):.2f}, {negative / len(flat):.0%} less than 0"
    ]
    if arguments.method in ("sw", "step_weighted") and arguments.standardise == "context":
        groups = contexts(before)
        single = sum(len(group) < 2 for group in groups)
        if single:
            weight = f"weight {arguments.added_weight:g}"
            notes.append(f"{single} of {len(groups)} contexts have one plan, with nothing to compare: {weight}")
    if negative and arguments.negative_weights != "floor":
        notes.append(
            f"negative weights make the loss unbounded below: stop early, or bound it with --bound floor, --bound drop "
            f"or --behaviour_kl {arguments.added_weight - min(flat):.2f}"
        )
    if sum(flat) < _CANCELLED * sum(map(abs, flat)):
        notes.append(
            "good and bad weights cancel in what plans share, so a base that writes no plans yet will not learn to: "
            "train --method sft first and go on from its folder, or add --behaviour_kl 1"
        )
    return notes


def _by_step(dataset: Any) -> bool:
    return "step_weights" in dataset.column_names


def _bounded(weight: float, arguments: MethodArguments) -> float:
    whole = weight + arguments.added_weight
    return max(whole, 0.0) if arguments.negative_weights == "drop" else whole


def _rewards(dataset: Any) -> str:
    rewards = dataset["reward"]
    span = f"{min(rewards):.2f} to {max(rewards):.2f}" if len(rewards) else "none"
    return f"{len(rewards)} rows (rewards {span})"
