"""What weighting costs: one training step of ours beside one of TRL's own SFT, on the same rows in the same run.

    python -m benchmarks.training_step --trajectories out/loop/trajectories.parquet --model out/loop/tiny

A step is collating a batch, forward and backward. The two take turns, and the ratio is the median of the ratios of
neighbours. Processor seconds are beside seconds of the clock, because they do not see what else a machine is doing.
Pictures are preprocessed with and without the cache, and the utilisation is printed with its parts.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import click
import torch
from trl import SFTConfig, SFTTrainer

import datasets
from graph.policies.qwen import load_processor
from rl.base_model import LANGUAGE_MODEL_LAYERS, freeze_vision_tower
from rl.footprint import matmul_flops, peak_flops, shape_of
from rl.lengths import mean_length, row_lengths
from rl.methods import MethodArguments, load_trajectories, prepare
from rl.pixels import cache_pixels
from rl.trainer import make_trainer


class Seconds(NamedTuple):
    """What one step took."""

    clock: float
    processor: float


def timed(work: Callable[[], Any]) -> Seconds:
    """Time one call."""
    started = Seconds(time.perf_counter(), time.process_time())
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return Seconds(time.perf_counter() - started.clock, time.process_time() - started.processor)


def step(trainer: Any, rows: list[dict[str, Any]]) -> Callable[[], None]:
    """A step of a trainer, collation included."""

    def work() -> None:
        batch = trainer._prepare_inputs(trainer.data_collator([dict(row) for row in rows]))
        tokens = (batch["labels"][:, 1:] != -100).sum()
        trainer.compute_loss(trainer.model, batch, num_items_in_batch=tokens).backward()
        trainer.model.zero_grad()

    return work


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--trajectories", required=True, type=click.Path(exists=True))
@click.option("--model", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--batch", default=8, show_default=True)
@click.option("--repeats", default=30, show_default=True)
@click.option("--lora/--full", default=False, show_default=True)
def main(trajectories: str, model: Path, batch: int, repeats: int, lora: bool) -> None:
    """Time steps of the weighted trainer and of TRL's own."""
    from peft import LoraConfig

    datasets.disable_progress_bars()
    method = MethodArguments(trajectories, method="rw", baseline=1.0)
    rows = prepare(load_trajectories(trajectories), method).rows
    plain = rows.select_columns(["prompt", "completion", "images"])
    weighted = rows.select_columns(["prompt", "completion", "images", "weight"])
    with tempfile.TemporaryDirectory() as folder:
        config = SFTConfig(
            output_dir=folder,
            per_device_train_batch_size=batch,
            completion_only_loss=True,
            max_length=None,
            bf16=torch.cuda.is_available(),
            use_cpu=not torch.cuda.is_available(),
            activation_checkpointing=False,
            report_to="none",
        )
        given: dict[str, Any] = {"model": str(model), "args": config}
        if lora:
            given["peft_config"] = LoraConfig(r=16, lora_alpha=32, target_modules=LANGUAGE_MODEL_LAYERS)
        processor = load_processor(model)
        picture = rows[0]["images"]
        uncached = median(timed(lambda: processor.image_processor(images=picture)).clock for _ in range(15))
        cache_pixels(processor, Path(folder))
        processor.image_processor(images=picture)
        cached = median(timed(lambda: processor.image_processor(images=picture)).clock for _ in range(15))
        stock = SFTTrainer(train_dataset=plain, processing_class=processor, **given)
        ours = make_trainer(method, train_dataset=weighted, processing_class=processor, **given)
        for trainer in (stock, ours):
            freeze_vision_tower(trainer.model)
            trainer.model.to(config.device).train()
        count = min(batch, len(rows))
        steps = step(stock, [plain[i] for i in range(count)]), step(ours, [weighted[i] for i in range(count)])
        for warm in steps:
            warm()
        pairs = [(timed(steps[0]), timed(steps[1])) for _ in range(repeats)]
    for name in Seconds._fields:
        theirs = median(getattr(first, name) for first, _ in pairs)
        mine = median(getattr(second, name) for _, second in pairs)
        ratio = median(getattr(second, name) / getattr(first, name) for first, second in pairs)
        click.echo(f"{name:9} {theirs * 1e3:8.1f} ms TRL  {mine * 1e3:8.1f} ms weighted  overhead {ratio - 1:+.1%}")
    click.echo(f"picture   {uncached * 1e3:8.1f} ms made  {cached * 1e3:8.1f} ms from the cache")
    _print_utilisation(ours.model, rows, processor, count, median(second.clock for _, second in pairs), lora)


def _print_utilisation(model: Any, rows: Any, processor: Any, count: int, seconds: float, lora: bool) -> None:
    base = model.get_base_model() if lora else model
    shape = shape_of(base)
    if lora:
        trained = sum(parameter.numel() for name, parameter in model.named_parameters() if "lora_" in name)
        language = shape.language - trained
        shape = replace(shape, language=language, adapter=trained)
    tokens, plan, patches = mean_length(row_lengths(rows.select(range(count)), processor))
    flops = count * shape.row_flops(tokens, plan, patches)
    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU, measured by a matrix product"
    peak = peak_flops(name, None) or matmul_flops()
    passes = "4 N T (LoRA, frozen weights)" if lora else "6 N T (full)"
    click.echo(
        f"MFU       {flops / seconds / peak:.1%} = {flops / 1e9:.2f} GFLOP a step / {seconds:.3f} s / {peak / 1e9:.0f} "
        f"GFLOP/s ({name}); {passes} + 6 L d T^2 + head + vision, recomputation not counted"
    )
    click.echo(f"speed     {count * tokens / seconds:.0f} tokens/s")


if __name__ == "__main__":
    main()
