"""The same budget for every method: how many steps it takes to process so many tokens of plans.

Methods keep different rows, so the same number of epochs or steps teaches them different amounts.
"""

from typing import Any

from rl.order import SeededOrder

PLANS = ("completion", "chosen", "rejected")
END = "<|im_end|>\n"
"""What follows a plan in the chat template, and carries loss too."""


def steps_for(target_tokens: int, rows: Any, tokenizer: Any, *, rows_per_step: int, seed: int) -> int:
    """Optimiser steps until at least `target_tokens` tokens of plans have carried loss.

    Args:
        target_tokens: the budget; DPO's rejected plans count as the chosen ones do.
        rows: prepared rows, with a `key`.
        tokenizer: of the planner.
        rows_per_step: micro-batch x accumulation x processes.
        seed: of the order of rows.
    """
    lengths = _plan_tokens(rows, tokenizer)
    order = SeededOrder(rows["key"], seed)
    seen = steps = epoch = 0
    while seen < target_tokens:
        order.set_epoch(epoch)
        indices = list(order)
        for start in range(0, len(indices), rows_per_step):
            if seen < target_tokens:
                seen += sum(lengths[index] for index in indices[start : start + rows_per_step])
                steps += 1
        epoch += 1
    return steps


def _plan_tokens(rows: Any, tokenizer: Any) -> list[int]:
    lengths = [0] * len(rows)
    for name in PLANS:
        if name in rows.column_names:
            texts = [plan[0]["content"] + END for plan in rows[name]]
            for index, ids in enumerate(tokenizer(texts, add_special_tokens=False)["input_ids"]):
                lengths[index] += len(ids)
    return lengths
