"""What a training run needs: memory, arithmetic and time, from the model's shape and the rows' lengths.

Floating-point operations (FLOPs) of one row of T tokens, of which C are the plan's, and P image patches:

    language   k N T         N: weights of the language model's layers; k = 6 in full training (forward 2, backward 4),
                             4 with LoRA, where frozen weights get no gradient of their own; plus 6 T of the adapter
    attention  6 L d T^2     L layers, d = heads x head size; causal, so half of the square; forward and backward
    head       k V h C       only the plan's tokens are scored
    vision     2 M P + 4 D w P^2   D layers of width w; M weights, its mergers' a quarter: they take four patches as
                             one; forward only while the tower is frozen, else threefold

Work that activation checkpointing repeats is not counted. Model FLOPs utilisation (MFU) is this over seconds x peak.
"""

import re
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch

GIB = 2**30
TILE_TOKENS, TILE_VOCABULARY = 4096, 32768
"""Tokens and vocabulary entries whose logits TRL's fused head holds at once."""
PEAK_TFLOPS = {"H200": 989.0, "H100": 989.0, "A100": 312.0, "L40S": 362.0, "L4": 121.0, "RTX 4090": 165.0}
"""Dense bfloat16 peak of one device by a part of its name, from the makers' data sheets."""
ASSUMED_UTILISATION = 0.35
"""Share of the peak assumed for the estimate of a step's time."""


@dataclass(frozen=True)
class ModelShape:
    """What of a Qwen3-VL model costs memory and arithmetic; counts are of weights."""

    language: int
    embedding: int
    head: int
    vision: int
    vision_per_patch: float
    """Weights of the vision tower that each patch is multiplied with."""
    adapter: int
    """Weights of the LoRA adapter, 0 in full training."""
    layers: int
    hidden: int
    attention: int
    """Heads x head size."""
    intermediate: int
    vocabulary: int
    vision_layers: int
    vision_hidden: int
    tied: bool
    weight_bytes: int
    vision_trained: bool

    @cached_property
    def total(self) -> int:
        """Weights kept in memory, without the adapter."""
        return self.language + self.embedding + self.vision + (0 if self.tied else self.head)

    @cached_property
    def trained(self) -> int:
        """Weights that learn."""
        if self.adapter:
            return self.adapter
        return self.total - (0 if self.vision_trained else self.vision)

    @cached_property
    def learning_bytes(self) -> int:
        """Of a weight that learns: PEFT keeps an adapter in 32 bits, other weights learn as they are."""
        return 4 if self.adapter else self.weight_bytes

    def row_flops(self, tokens: float, plan_tokens: float, patches: float) -> float:
        """FLOPs of training on one row; the formula stands at the top of this file."""
        passes = 4 if self.adapter else 6
        language = passes * self.language * tokens + 6 * self.adapter * tokens
        attention = 6 * self.layers * self.attention * tokens**2
        head = passes * self.head * plan_tokens
        vision = 2 * self.vision_per_patch * patches + 4 * self.vision_layers * self.vision_hidden * patches**2
        return language + attention + head + vision * (3 if self.vision_trained else 1)


def shape_of(model: Any, *, lora_rank: int = 0, lora_layers: str = "", vision_trained: bool = False) -> ModelShape:
    """The shape of a Qwen3-VL model, which may be on the meta device.

    Args:
        model: a `Qwen3VLForConditionalGeneration`.
        lora_rank: rank of the adapter to be; 0 in full training.
        lora_layers: regular expression of the layers that the adapter goes to.
        vision_trained: whether the vision tower learns too.
    """
    text, vision = model.config.text_config, model.config.vision_config
    linear = [(name, module) for name, module in model.named_modules() if isinstance(module, torch.nn.Linear)]
    adapted = [module for name, module in linear if lora_rank and re.fullmatch(lora_layers, name)]
    embedding = model.get_input_embeddings().weight.numel()
    count = {name: parameter.numel() for name, parameter in model.named_parameters()}
    tower = {name: number for name, number in count.items() if "visual." in name}
    merging = sum(number for name, number in tower.items() if "merger" in name)
    looked_up = sum(number for name, number in tower.items() if "pos_embed" in name)
    tied = bool(model.config.tie_word_embeddings)
    head = text.vocab_size * text.hidden_size
    return ModelShape(
        language=sum(count.values()) - sum(tower.values()) - embedding - (0 if tied else head),
        embedding=embedding,
        head=head,
        vision=sum(tower.values()),
        vision_per_patch=sum(tower.values()) - looked_up - merging + merging / vision.spatial_merge_size**2,
        adapter=sum(lora_rank * (module.in_features + module.out_features) for module in adapted),
        layers=text.num_hidden_layers,
        hidden=text.hidden_size,
        attention=text.num_attention_heads * text.head_dim,
        intermediate=text.intermediate_size,
        vocabulary=text.vocab_size,
        vision_layers=vision.depth,
        vision_hidden=vision.hidden_size,
        tied=tied,
        weight_bytes=model.dtype.itemsize,
        vision_trained=vision_trained,
    )


def memory_bytes(
    shape: ModelShape, *, tokens: int, plan_tokens: int, rows: int, half: bool, checkpointing: bool, shards: int = 1
) -> dict[str, float]:
    """Peak memory of one device by what takes it.

    Args:
        shape: of the model.
        tokens: of the longest row.
        plan_tokens: of the longest row's plan.
        rows: in one micro-batch.
        half: whether activations are 16-bit.
        checkpointing: whether only each layer's input is kept for the backward pass.
        shards: devices that FSDP spreads weights, gradients and optimiser over.
    """
    width = 2 if half else 4
    places = rows * tokens
    inputs = shape.layers * places * shape.hidden * width
    layer = places * (8 * shape.hidden + 6 * shape.attention + 4 * shape.intermediate) * width
    copies = 1.5 if shape.adapter else 1.0  # dropout keeps its own copy of what goes into an adapter
    kept = inputs + copies * layer if checkpointing else shape.layers * copies * layer
    tile = min(TILE_TOKENS, rows * plan_tokens) * min(TILE_VOCABULARY, shape.vocabulary)
    learns = 4 if half and shards > 1 else shape.learning_bytes  # FSDP in mixed precision learns in 32 bits
    frozen = shape.total - (0 if shape.adapter else shape.trained)
    return {
        "weights": (frozen * shape.weight_bytes + shape.trained * learns) / shards,
        "gradients": shape.trained * learns / shards,
        "optimiser (Adam)": 2 * shape.trained * learns / shards,
        "activations": kept,
        "logits": tile * width + (0 if shape.adapter else 4 * shape.head),
    }


def peak_flops(device_name: str, given_tflops: float | None) -> float | None:
    """Peak FLOP/s of a device: as given, else by its name, else None."""
    if given_tflops:
        return given_tflops * 1e12
    return next((peak * 1e12 for part, peak in PEAK_TFLOPS.items() if part in device_name), None)


def matmul_flops(size: int = 1024, repeats: int = 5) -> float:
    """FLOP/s of a float32 matrix product on this CPU, measured: its practical peak."""
    first, second = torch.randn(size, size), torch.randn(size, size)
    torch.mm(first, second)
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        torch.mm(first, second)
        times.append(time.perf_counter() - started)
    return float(2 * size**3 / sorted(times)[repeats // 2])
