"""What a run will need, told before it starts: `python -m rl.train --config ... --dry_run`."""

import math
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import torch

from rl.arguments import Arguments
from rl.check_arguments import saves
from rl.footprint import ASSUMED_UTILISATION, GIB, ModelShape, matmul_flops, memory_bytes, peak_flops
from rl.lengths import RowLength, mean_length

RESERVE = 0.92
"""Share of a device's memory that may be planned for; the rest is fragments and the runtime's own."""


class Device(NamedTuple):
    """What a run has to fit into."""

    name: str
    memory_bytes: float
    peak: float | None
    """FLOP/s, or None where it is not known."""


class Plan(NamedTuple):
    """The choices that decide about memory."""

    rows: int
    accumulation: int
    checkpointing: bool
    half: bool
    shards: int


def this_device(arguments: Arguments) -> Device:
    """The device that this process would train on, or the one that the arguments describe."""
    run = arguments.run
    if torch.cuda.is_available() and not arguments.training.use_cpu:
        name = torch.cuda.get_device_name()
        memory = float(torch.cuda.get_device_properties(0).total_memory)
        peak = peak_flops(name, run.peak_tflops)
    else:
        name, memory = "CPU", float(psutil.virtual_memory().available)
        peak = run.peak_tflops * 1e12 if run.peak_tflops else matmul_flops()
    if run.device_memory_gib:
        name, memory = f"a device of {run.device_memory_gib:g} GiB", run.device_memory_gib * GIB
        peak = peak_flops("", run.peak_tflops)
    return Device(name, memory, peak)


def plan_of(training: Any) -> Plan:
    """The memory-deciding choices of TRL's configuration."""
    return Plan(
        rows=training.per_device_train_batch_size,
        accumulation=training.gradient_accumulation_steps,
        checkpointing=bool(training.activation_checkpointing or training.gradient_checkpointing),
        half=bool(training.bf16 or training.fp16),
        shards=training.world_size if training.fsdp else 1,
    )


def explain(arguments: Arguments, shape: ModelShape, lengths: Sequence[RowLength], device: Device) -> Iterator[str]:
    """The estimate in lines."""
    training, plan = arguments.training, plan_of(arguments.training)
    tokens, plan_tokens, patches = mean_length(lengths)
    yield f"model    {_count(shape.total)} weights, {_count(shape.trained)} learn ({_how(shape)})"
    yield (
        f"rows     {len(lengths)}: {tokens:.0f} tokens on average, at most {max(row.tokens for row in lengths)}; "
        f"of these the plan {plan_tokens:.0f}"
    )
    per_step = plan.rows * plan.accumulation * training.world_size
    steps = training.max_steps if training.max_steps > 0 else _steps(len(lengths), per_step, training)
    yield (
        f"steps    {steps} of {per_step} rows "
        f"({plan.rows} a micro-batch x {plan.accumulation} accumulated x {training.world_size} processes)"
    )
    needed = _memory(shape, plan, lengths)
    for name, size in needed.items():
        yield f"memory   {size / GIB:8.2f} GiB {name}"
    total = sum(needed.values())
    verdict = "fits" if _fits(total, device) else "DOES NOT FIT"
    yield f"memory   {total / GIB:8.2f} GiB in all; {device.name} has {device.memory_bytes / GIB:.1f}: it {verdict}"
    if not _fits(total, device):
        yield from _remedies(shape, plan, lengths, device, training)
    flops = per_step * shape.row_flops(tokens, plan_tokens, patches)
    if device.peak is None:
        yield f"time     {flops / 1e12:.1f} TFLOP a step; give --peak_tflops for the seconds"
    else:
        seconds = flops / (device.peak * training.world_size * ASSUMED_UTILISATION)
        yield (
            f"time     {_duration(seconds)} a step, {_duration(seconds * steps)} in all, at {ASSUMED_UTILISATION:.0%} "
            f"of {device.peak / 1e12:.3g} TFLOP/s; evaluations come on top"
        )
    kept, free = checkpoint_bytes(arguments, shape), free_bytes(Path(training.output_dir))
    yield f"disk     {_size(kept)} of checkpoints; {_size(free)} are free"


def check_space(arguments: Arguments, shape: ModelShape) -> None:
    """Refuse to start where nothing may be written, or the checkpoints will not fit on the disk.

    Raises:
        ValueError: with the folder, or both sizes, and the remedy.
    """
    folder = Path(arguments.training.output_dir)
    if not os.access(_nearest(folder), os.W_OK):
        raise ValueError(f"{_nearest(folder)} may not be written to; name another --output_dir")
    kept, free = checkpoint_bytes(arguments, shape), free_bytes(folder)
    if kept > free:
        raise ValueError(
            f"the checkpoints will take {_size(kept)} and {folder} has {_size(free)} free; lower --save_total_limit, "
            "or name a folder on another disk"
        )


def checkpoint_bytes(arguments: Arguments, shape: ModelShape) -> float:
    """Disk that the checkpoints of a run take, the final model included."""
    training = arguments.training
    model = shape.adapter * 4 if shape.adapter else shape.total * shape.weight_bytes
    one = model + (0 if training.save_only_model else 2 * shape.learning_bytes * shape.trained)
    # One more than the limit lies there while the oldest is not yet deleted.
    return model + one * ((training.save_total_limit or 3) + 1 if saves(arguments) else 0)


def free_bytes(folder: Path) -> float:
    """Free space where a folder is or will be."""
    return float(shutil.disk_usage(_nearest(folder)).free)


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there already."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())


def _size(number: float) -> str:
    return f"{number / GIB:.1f} GiB" if number >= GIB else f"{number / 2**20:.1f} MiB"


def _memory(shape: ModelShape, plan: Plan, lengths: Sequence[RowLength]) -> dict[str, float]:
    return memory_bytes(
        shape,
        tokens=max(row.tokens for row in lengths),
        plan_tokens=max(row.plan_tokens for row in lengths),
        rows=plan.rows,
        half=plan.half,
        checkpointing=plan.checkpointing,
        shards=plan.shards,
    )


def _remedies(
    shape: ModelShape, plan: Plan, lengths: Sequence[RowLength], device: Device, training: Any
) -> Iterator[str]:
    """What to change, each with what it would then need; changes add up until one fits."""
    changes: list[tuple[str, ModelShape, Plan]] = []
    if not plan.checkpointing:
        plan = plan._replace(checkpointing=True)
        changes.append(("--activation_checkpointing true (a third more arithmetic)", shape, plan))
    if plan.rows > 1:
        accumulation = plan.rows * plan.accumulation
        plan = plan._replace(rows=1, accumulation=accumulation)
        words = f"--per_device_train_batch_size 1 --gradient_accumulation_steps {accumulation} (the same step)"
        changes.append((words, shape, plan))
    if not plan.half:
        plan = plan._replace(half=True)
        changes.append(("--bf16 true", shape, plan))
    if not shape.adapter:
        shape = replace(shape, adapter=max(1, shape.language // 100))
        changes.append(("--use_peft true (LoRA; about a hundredth of the weights learn)", shape, plan))
    if shape.weight_bytes > 2:
        shape = replace(shape, weight_bytes=2)
        changes.append(("--dtype bfloat16", shape, plan))
    for count in (2, 4, 8):
        words = f"accelerate launch --config_file runs/launch/fsdp.yaml --num_processes {count}"
        changes.append((words, shape, plan._replace(shards=plan.shards * count)))
    for words, changed, planned in changes:
        total = sum(_memory(changed, planned, lengths).values())
        yield f"remedy   {total / GIB:8.2f} GiB with {words}"
        if _fits(total, device):
            return


def _fits(total: float, device: Device) -> bool:
    return total <= RESERVE * device.memory_bytes


def _steps(rows: int, per_step: int, training: Any) -> int:
    return math.ceil(math.ceil(rows / per_step) * training.num_train_epochs)


def _how(shape: ModelShape) -> str:
    tower = "vision tower trained" if shape.vision_trained else "vision tower frozen"
    return f"{'LoRA' if shape.adapter else 'full training'}, {tower}"


def _count(number: float) -> str:
    for size, unit in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:.0f}"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
