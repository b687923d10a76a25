"""The trainers: TRL's, with a weight for each token, and rows in one seeded order.

Loss of a global batch: sum over tokens of weight x negative log-likelihood, over the number of plan tokens in it
(`normalise: tokens`) or, with each row's sum divided by its length, over the number of plans. Dividing by the weights
instead would cancel them. With every weight 1 it is TRL's own loss, value and gradient.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from trl import DPOTrainer, SFTTrainer
from trl.data_utils import apply_chat_template, prepare_multimodal_messages
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling

from rl.methods.arguments import MethodArguments, Normalise
from rl.order import SeededOrder
from rl.spans import decisions


def make_trainer(arguments: MethodArguments, **trainer_arguments: Any) -> Any:
    """The trainer of a method; `trainer_arguments` are those of TRL's trainers."""
    if arguments.method == "dpo":
        return PlannerDPOTrainer(**trainer_arguments)
    floor = arguments.floor if arguments.negative_weights == "floor" else None
    return WeightedSFTTrainer(floor=floor, normalise=arguments.normalise, **trainer_arguments)


def order_seed(args: Any) -> int:
    """The seed of the order of rows: `data_seed` of TRL's arguments, or `seed` where it is not given."""
    seed: int = args.seed if args.data_seed is None else args.data_seed
    return seed


class _InSeededOrder:
    """Rows with a `key` come in an order that depends on seed, epoch and key alone."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        own: Any = self
        if "key" not in own.train_dataset.column_names:
            return super()._get_train_sampler(train_dataset)  # type: ignore[misc]
        return SeededOrder(own.train_dataset["key"], order_seed(own.args))


class PlannerDPOTrainer(_InSeededOrder, DPOTrainer):  # type: ignore[misc]
    """TRL's DPO, its rows in the order of all methods."""


@dataclass
class WeightedCollator(DataCollatorForVisionLanguageModeling):  # type: ignore[misc]
    """TRL's collator for pictures and text, which also gives each token of the plan its weight."""

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """Collate rows; `token_weights` is a `(B, T)` float tensor beside `labels`, 0 where there is no loss."""
        rendered = [self._render(example) for example in examples]
        batch: dict[str, Any] = super().torch_call(rendered)
        weights = torch.zeros(batch["labels"].shape)
        for row, (example, text) in enumerate(zip(examples, rendered, strict=True)):
            places = (batch["labels"][row] != -100).nonzero().squeeze(1)
            weights[row, places] = torch.tensor(self._token_weights(example, text["completion"], len(places)))
        return {**batch, "token_weights": weights}

    def _render(self, example: dict[str, Any]) -> dict[str, Any]:
        messages = {
            "prompt": prepare_multimodal_messages(example["prompt"], images=example["images"]),
            "completion": prepare_multimodal_messages(example["completion"]),
        }
        text = apply_chat_template(messages, self.processor)
        return {"prompt": text["prompt"], "completion": text["completion"], "images": example["images"]}

    def _token_weights(self, example: dict[str, Any], text: str, count: int) -> list[float]:
        if example.get("step_weights") is None:
            return [float(example["weight"])] * count
        offsets = self.processor.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        ends = [end for _, end in offsets["offset_mapping"]]
        return [
            float(example["weight"]) * example["step_weights"][decision]
            for decision in decisions(ends, example["completion"][0]["content"])
        ]


class WeightedSFTTrainer(_InSeededOrder, SFTTrainer):  # type: ignore[misc]
    """Maximises weight x log-likelihood of each token of the plans.

    Args:
        floor: probability below which a token of negative weight is pushed down no further; None: never.
        normalise: divide by the plan tokens of the global batch, or by its plans.
    """

    def __init__(self, *args: Any, floor: float | None = None, normalise: Normalise = "tokens", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.args.loss_type != "nll" or self.args.label_smoothing_factor:
            raise ValueError("weights go with loss_type nll and label_smoothing_factor 0; leave both at their defaults")
        self.least_log_prob = -math.inf if floor is None else math.log(floor)
        self.normalise = normalise
        # Else Trainer counts no tokens over the global batch, and each micro-batch would be averaged by itself.
        self.model_accepts_loss_kwargs = True
        collator: Any = self.data_collator  # type: ignore[has-type]
        self.data_collator = WeightedCollator(
            **{name: getattr(collator, name) for name in collator.__dataclass_fields__}
        )

    def _set_signature_columns_if_needed(self) -> None:
        super()._set_signature_columns_if_needed()
        self._signature_columns += [name for name in ("weight", "step_weights") if name not in self._signature_columns]

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: Any) -> Any:
        """Count what the loss is divided by over the global batch: plan tokens, or plans."""
        if self.normalise == "tokens":
            return super()._get_num_items_in_batch(batch_samples, device)
        one_label_each = [{"labels": torch.zeros_like(batch["labels"][:, :2])} for batch in batch_samples]
        return super()._get_num_items_in_batch(one_label_each, device)

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """TRL's loss on weighted log-likelihoods."""
        weights = inputs.pop("token_weights")[:, 1:]
        if self.normalise == "plans":
            lengths = (inputs["labels"][:, 1:] != -100).sum(dim=1, keepdim=True)
            weights = weights / lengths
            if num_items_in_batch is None:  # in evaluation TRL divides by the tokens of the batch
                weights = weights * lengths.sum() / len(lengths)

        def weighted(**model_inputs: Any) -> Any:
            outputs = model(**model_inputs)
            if model_inputs.get("fused_lm_head"):
                outputs.log_probs = weighted_log_probs(
                    outputs.log_probs, weights.to(outputs.log_probs), self.least_log_prob
                )
            return outputs

        return super().compute_loss(weighted, inputs, return_outputs, num_items_in_batch)


def weighted_log_probs(log_probs: torch.Tensor, weights: torch.Tensor, least_log_prob: float) -> torch.Tensor:
    """Weight x log-probability of each token, `(B, T)`; where the weight is negative, of no less than `least_log_prob`.

    A token that is unlikely enough already is then pushed down no further, and the loss has a lower bound.
    """
    held = log_probs.clamp(min=least_log_prob)
    return weights * torch.where(weights < 0, held, log_probs)
