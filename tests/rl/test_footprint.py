"""The memory and the arithmetic that a run is said to need, against what it takes and what is published."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoModelForImageTextToText, Qwen3VLConfig

from datasets import Dataset
from rl.base_model import LANGUAGE_MODEL_LAYERS, freeze_vision_tower
from rl.footprint import GIB, ModelShape, memory_bytes, shape_of
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


def qwen(size: str) -> ModelShape:
    """Qwen3-VL of a size with LoRA of rank 16, from the numbers of its published configuration."""
    hidden, intermediate, tied = {"4B": (2560, 9728, True), "8B": (4096, 12288, False)}[size]
    width, depth, wide, taps = {"4B": (1024, 24, 4096, [5, 11, 17]), "8B": (1152, 27, 4304, [8, 16, 24])}[size]
    text = {"vocab_size": 151936, "hidden_size": hidden, "intermediate_size": intermediate, "num_hidden_layers": 36}
    text |= {"num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "tie_word_embeddings": tied}
    vision = {"depth": depth, "hidden_size": width, "intermediate_size": wide, "num_heads": 16, "patch_size": 16}
    vision |= {"out_hidden_size": hidden, "deepstack_visual_indexes": taps, "num_position_embeddings": 2304}
    config = Qwen3VLConfig(text_config=text, vision_config=vision, tie_word_embeddings=tied)
    with torch.device("meta"):
        model = AutoModelForImageTextToText.from_config(config, dtype=torch.bfloat16)
    return shape_of(model, lora_rank=16, lora_layers=LANGUAGE_MODEL_LAYERS)


@pytest.mark.parametrize(
    ("size", "weights", "adapter"), [("4B", 4_437_815_808, 33_030_144), ("8B", 8_767_123_696, 43_646_976)]
)
def test_sizes_are_those_of_the_published_checkpoints(size: str, weights: int, adapter: int) -> None:
    shape = qwen(size)
    assert (shape.total, shape.adapter) == (weights, adapter)
    needed = memory_bytes(shape, tokens=2048, plan_tokens=400, rows=4, half=True, checkpointing=True)
    assert needed["weights"] == 2 * weights + 4 * adapter
    assert needed["optimiser (Adam)"] == 2 * needed["gradients"] == 8 * adapter
    assert sum(needed.values()) < 0.92 * 24 * GIB, "LoRA at the paper's settings fits a card of 24 GB"


def test_arithmetic_of_4b_with_lora_is_4n_a_token_and_attention() -> None:
    """By hand, for 1500 tokens, 300 of them the plan's, and a picture of 512 x 384: 32 x 24 patches."""
    layer = 2 * 2560 * 4096 + 2 * 2560 * 1024 + 3 * 2560 * 9728
    language = 4 * 36 * layer * 1500 + 6 * 33_030_144 * 1500
    attention = 36 * 3 * (2 * 2 * 32 * 128 * 1500**2) / 2  # two products, forward once and backward twice, causal
    head = 4 * 151936 * 2560 * 300
    block = 4 * 1024**2 + 2 * 1024 * 4096
    tower = 2 * 768 * (24 * block + 3 * 2 * 16 * 16 * 1024) + 2 * 192 * 4 * (4096**2 + 4096 * 2560)
    seeing = 24 * 2 * (2 * 1024 * 768**2)
    by_hand = language + attention + head + tower + seeing
    assert qwen("4B").row_flops(1500, 300, 768) == pytest.approx(by_hand, rel=1e-3)


def test_arithmetic_is_what_pytorch_counts(scored: Dataset, planner: Path, trainer_for: Any, processor: Any) -> None:
    """The products of a forward and a backward pass in full training; attention on a CPU is none that it counts."""
    method = MethodArguments("", method="sft")
    rows = prepare(scored, method).rows.select([0])
    trainer = trainer_for(method, rows)
    freeze_vision_tower(trainer.model)
    batch = trainer._prepare_inputs(trainer.data_collator(list(trainer.train_dataset)))
    with FlopCounterMode(display=False, depth=8) as counter:
        trainer.compute_loss(trainer.model.train(), batch, num_items_in_batch=torch.tensor(1)).backward()
    counted = {name.rsplit(".", 1)[-1]: sum(kinds.values()) for name, kinds in counter.get_flop_counts().items()}
    shape = shape_of(AutoModelForImageTextToText.from_pretrained(planner))
    [length] = row_lengths(rows, processor)
    attention = 6 * shape.layers * shape.attention * length.tokens**2
    seeing = 4 * shape.vision_layers * shape.vision_hidden * length.patches**2
    assert shape.row_flops(length.tokens, 0, 0) - attention == pytest.approx(counted["language_model"], rel=0.01)
    assert shape.row_flops(0, 0, length.patches) - seeing == pytest.approx(counted["visual"], rel=0.01)
