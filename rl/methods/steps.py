"""One weight for each decision of a plan: credit for the step that earned it.

A plan of n steps is n + 1 decisions: its steps, and to stop. `step_scores` holds the picture score of the untouched
photo and after each step, so decision j has the reward-to-go

    G_j = final score - score before step j            (0 for stopping)

and the advantage A_j = (G_j - baseline) / deviation of all advantages of the context. What came before a decision
is no merit of it: a step that mends a bad one is praised though the plan as a whole stays poor, and a step that
spoils a good one is blamed though the plan stays above the mean.
"""

from typing import Any

import numpy as np

from rl.methods.arguments import SAME_REWARD, MethodArguments, NothingToTrainOnError
from rl.methods.groups import contexts
from rl.spans import step_spans

Floats = np.ndarray[Any, np.dtype[np.float64]]

PLANS_TO_FIT = 30
"""Fewest plans for a fitted baseline: ten for each of its coefficients at the first step."""


def step_weights(dataset: Any, arguments: MethodArguments) -> list[list[float]]:
    """Advantages of each row's decisions, one list of `len(steps) + 1` numbers a row.

    Raises:
        NothingToTrainOnError: if rows have no step scores, or too few decisions for a fitted baseline.
    """
    scores = _step_scores(dataset)
    groups = contexts(dataset)
    if arguments.step_baseline == "fitted":
        advantages = _over_fitted(scores, groups, leave_one_out=arguments.leave_one_out)
    else:
        advantages = _over_same_step(scores, groups, leave_one_out=arguments.leave_one_out)
    for group in groups:
        deviation = float(np.std(np.concatenate([advantages[index] for index in group])))
        comparable = len(group) > 1 and deviation > SAME_REWARD
        for index in group:
            advantages[index] = advantages[index] / deviation if comparable else 0 * advantages[index]
    return [advantage.tolist() for advantage in advantages]


def rewards_to_go(step_scores: Floats) -> Floats:
    """Final score minus the score before each decision."""
    return step_scores[-1] - step_scores


def _step_scores(dataset: Any) -> list[Floats]:
    missing = len(dataset)
    if "step_scores" in dataset.column_names:
        scores = [_as_numbers(row) for row in dataset["step_scores"]]
        missing = sum(
            len(row) != _decisions(plan[0]["content"]) or not np.isfinite(row).all()
            for row, plan in zip(scores, dataset["completion"], strict=True)
        )
    if missing:
        raise NothingToTrainOnError(
            f"step_weighted needs the score before and after each step, and {missing} of {len(dataset)} rows lack it; "
            "make them again with `python -m rl.trajectories`, or use --method sw"
        )
    return scores


def _as_numbers(row: Any) -> Floats:
    """Scores as they are; none where they are not numbers."""
    try:
        return np.asarray(row if row is not None else [], float)
    except ValueError:
        return np.zeros(0)


def _decisions(completion: str) -> int:
    """How many decisions a plan is; 0 where the text is none."""
    try:
        return len(step_spans(completion)) + 1
    except ValueError:
        return 0


def _over_same_step(scores: list[Floats], groups: list[list[int]], *, leave_one_out: bool) -> list[Floats]:
    """Reward-to-go minus its mean over the context's plans that came as far: to a j-th step, or to stop there.

    With `leave_one_out` the mean is over the other plans (Kool et al. 2019), which scales it by k / (k - 1). A
    decision that one plan alone came to has nothing to be compared with: 0.
    """
    advantages = [np.zeros(0)] * len(scores)
    for group in groups:
        returns = {index: rewards_to_go(scores[index]) for index in group}
        baselines = []
        for step in range(max(len(row) for row in returns.values())):
            reached = [row[step] for row in returns.values() if len(row) > step]
            baselines.append((float(np.mean(reached)), len(reached)))
        for index, row in returns.items():
            advantages[index] = np.array(
                [
                    (value - mean) * (count / max(1, count - 1) if leave_one_out else 1.0)
                    for value, (mean, count) in zip(row, baselines, strict=False)
                ]
            )
    return advantages


def _over_fitted(scores: list[Floats], groups: list[list[int]], *, leave_one_out: bool) -> list[Floats]:
    """Reward-to-go minus its least-squares fit over all plans that came as far, one fit for each place in a plan.

    It is linear in the score before the decision and the mean final score of the context's plans (of the other ones
    with `leave_one_out`). Unlike the mean at the same step it knows how much was left to gain.
    """
    if len(scores) < PLANS_TO_FIT:
        raise NothingToTrainOnError(
            f"a fitted baseline needs {PLANS_TO_FIT} plans and the data has {len(scores)}; "
            "use --step_baseline same_step"
        )
    level = np.zeros(len(scores))
    for group in groups:
        finals = np.array([scores[index][-1] for index in group])
        own = finals if leave_one_out else np.zeros_like(finals)
        level[group] = (finals.sum() - own) / max(1, len(group) - leave_one_out)
    advantages = [np.zeros_like(row) for row in scores]
    for place in range(max(map(len, scores))):
        reached = [index for index, row in enumerate(scores) if len(row) > place]
        before = np.array([scores[index][place] for index in reached])
        returns = np.array([rewards_to_go(scores[index])[place] for index in reached])
        features = np.column_stack([np.ones_like(before), before, level[reached]])
        expected = features @ np.linalg.lstsq(features, returns, rcond=None)[0]
        for index, advantage in zip(reached, returns - expected, strict=True):
            advantages[index][place] = advantage
    return advantages
