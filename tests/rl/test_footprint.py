"""The memory that a run is said to need, against what it takes."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig
from transformers import AutoModelForImageTextToText

from datasets import Dataset
from rl.base_model import LANGUAGE_MODEL_LAYERS, freeze_vision_tower
from rl.footprint import memory_bytes, shape_of
from rl.lengths import row_lengths
from rl.methods import MethodArguments, prepare


def saved_bytes(trainer: Any, batch: Any) -> int:
    """What one forward pass keeps for the backward pass, weights not counted."""
    weights = {parameter.untyped_storage().data_ptr() for parameter in trainer.model.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        trainer.compute_loss(trainer.model.train(), batch, num_items_in_batch=torch.tensor(1))
    return sum(storage.nbytes() for storage in kept.values())


@pytest.mark.parametrize("lora_rank", [0, 16], ids=["full", "lora"])
def test_activations_and_weights_that_learn_are_as_estimated(
    lora_rank: int, scored: Dataset, planner: Path, processor: Any, trainer_for: Any
) -> None:
    method = MethodArguments("", method="sft")
    rows = prepare(scored, method).rows
    adapter = LoraConfig(r=lora_rank, lora_dropout=0.05, target_modules=LANGUAGE_MODEL_LAYERS) if lora_rank else None
    trainer = trainer_for(method, rows, peft_config=adapter)
    freeze_vision_tower(trainer.model)
    lengths = row_lengths(rows, processor)
    shape = shape_of(
        AutoModelForImageTextToText.from_pretrained(planner), lora_rank=lora_rank, lora_layers=LANGUAGE_MODEL_LAYERS
    )
    estimate = memory_bytes(
        shape,
        tokens=max(row.tokens for row in lengths),
        plan_tokens=max(row.plan_tokens for row in lengths),
        rows=len(rows),
        half=False,
        checkpointing=False,
    )
    batch = trainer._prepare_inputs(trainer.data_collator(list(trainer.train_dataset)))
    taken = saved_bytes(trainer, batch)
    assert estimate["activations"] + estimate["logits"] == pytest.approx(taken, rel=0.25)
    assert shape.trained == sum(weights.numel() for weights in trainer.model.parameters() if weights.requires_grad)
