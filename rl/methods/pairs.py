"""Pairs for DPO: two plans for the same photo and request, one clearly better (Rafailov et al., arXiv 2305.18290)."""

from typing import Any, NamedTuple

from rl.methods.arguments import SAME_REWARD, MethodArguments, NothingToTrainOnError
from rl.methods.groups import contexts
from rl.methods.weigh import check_comparable, of_policies


class Pair(NamedTuple):
    """Row indices of two plans of one context."""

    chosen: int
    rejected: int


def pair(dataset: Any, arguments: MethodArguments) -> Any:
    """Rows with `chosen` and `rejected` plans beside what they share: prompt, images, photo, request.

    Raises:
        NothingToTrainOnError: if no two plans of one context differ by `margin`; with counts and the remedy.
    """
    dataset = of_policies(dataset, arguments)
    check_comparable(dataset, arguments)
    found = pairs_of(dataset, arguments)
    if not found:
        rewards, groups = dataset["reward"], contexts(dataset)
        widest = max(max(rewards[i] for i in group) - min(rewards[i] for i in group) for group in groups)
        raise NothingToTrainOnError(
            f"no two plans of one photo and request differ by the margin {arguments.margin} in reward ({len(groups)} "
            f"contexts, the widest difference is {widest:.2f}); lower --margin, or record more policies"
        )
    completions, rewards = dataset["completion"], dataset["reward"]
    message = dataset.features["completion"]
    rows = dataset.select([pair.chosen for pair in found]).rename_column("completion", "chosen")
    rows = rows.rename_column("reward", "chosen_reward")
    rows = rows.add_column("rejected", [completions[pair.rejected] for pair in found], feature=message)
    return rows.add_column("rejected_reward", [rewards[pair.rejected] for pair in found])


def pairs_of(dataset: Any, arguments: MethodArguments) -> list[Pair]:
    """Pairs of each context whose rewards differ by at least `margin`, the better plan first."""
    rewards = dataset["reward"]
    found = []
    for group in contexts(dataset):
        ranked = sorted(group, key=lambda index: -rewards[index])
        candidates = (
            [Pair(ranked[0], ranked[-1])]
            if arguments.pairs == "best_worst"
            else [Pair(better, worse) for place, better in enumerate(ranked) for worse in ranked[place + 1 :]]
        )
        least = arguments.margin - SAME_REWARD
        found += [pair for pair in candidates if rewards[pair.chosen] - rewards[pair.rejected] >= least]
    return found
