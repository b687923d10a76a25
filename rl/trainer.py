"""TRL's SFT trainer with a weight for each row.

Loss of a global batch: sum over rows of weight x negative log-likelihood of the plan's tokens, over the number of
plan tokens. With every weight 1 it is TRL's own loss, value and gradient.
"""

from dataclasses import dataclass
from typing import Any

import torch
from trl import SFTTrainer
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling


@dataclass
class WeightedCollator(DataCollatorForVisionLanguageModeling):  # type: ignore[misc]
    """TRL's collator for pictures and text, which also stacks the weights."""

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """Collate rows; `weight` becomes a `(B,)` float tensor."""
        weights = torch.tensor([float(example["weight"]) for example in examples])
        rows = [{name: value for name, value in example.items() if name != "weight"} for example in examples]
        return {**super().torch_call(rows), "weight": weights}


class WeightedSFTTrainer(SFTTrainer):  # type: ignore[misc]
    """Maximises weight x log-likelihood of each row's completion."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Else Trainer counts no tokens over the global batch, and each micro-batch would be averaged by itself.
        self.model_accepts_loss_kwargs = True
        collator: Any = self.data_collator  # type: ignore[has-type]
        self.data_collator = WeightedCollator(
            **{name: getattr(collator, name) for name in collator.__dataclass_fields__}
        )

    def _set_signature_columns_if_needed(self) -> None:
        super()._set_signature_columns_if_needed()
        if "weight" not in self._signature_columns:
            self._signature_columns.append("weight")

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Weighted loss; `num_items_in_batch` counts the plan tokens of the global batch."""
        weight = inputs.pop("weight")
        inputs["use_cache"] = False
        outputs = model(**inputs, fused_lm_head=True)
        tokens = outputs.label_mask.sum() if num_items_in_batch is None else num_items_in_batch
        likelihood = outputs.log_probs.sum(dim=1)
        loss = -(weight.to(likelihood) * likelihood).sum() / torch.as_tensor(tokens).clamp(min=1)
        if self.args.average_tokens_across_devices and num_items_in_batch is not None:
            loss = loss * self.accelerator.num_processes
        return (loss, outputs) if return_outputs else loss
