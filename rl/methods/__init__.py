"""Offline-RL methods: each turns scored trajectories into rows that one trainer learns from.

| method | what is learned from |
|---|---|
| `sft` | every plan, weight 1 |
| `filtered` | plans with a reward of at least `threshold`, weight 1 |
| `best_of_m` | each context's best plan, weight 1 |
| `rw` | every plan, weight max(reward - baseline, 0): REFIT, arXiv 2506.06964 |
| `sw` | every plan, weight (reward - mean) / deviation over its context: SWIFT, same paper |
| `step_weighted` | every decision of every plan, weighted by max(1 + its own advantage, 0) (ours) |
| `dpo` | pairs of plans of one context, chosen clearly better: arXiv 2305.18290 |

    rows = prepare(load_trajectories("trajectories.parquet"), MethodArguments("trajectories.parquet", method="sw"))

docs/methods.md has the formulas, and which of them has an optimum.
"""

from rl.methods.arguments import Method, MethodArguments, NothingToTrainOnError
from rl.methods.loading import load_trajectories
from rl.methods.pairs import pair
from rl.methods.prepare import Prepared, prepare
from rl.methods.weigh import weigh

__all__ = [
    "Method",
    "MethodArguments",
    "NothingToTrainOnError",
    "Prepared",
    "load_trajectories",
    "pair",
    "prepare",
    "weigh",
]
