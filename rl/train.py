"""Training a planner: `python -m rl.train --config runs/NAME.yaml [--flag value ...]`; `--help` explains.

The method makes weighted rows or pairs of the trajectories (`rl.methods`), TRL's trainer learns from them
(`rl.trainer`), and the folder that is left (`rl.run_folder`) is a model that
`stylist style --policy checkpoint --checkpoint DIR` plans with. The same command runs on a CPU, on one GPU and, under
`accelerate launch`, on many.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when huggingface_hub is imported, below

import torch
import yaml
from transformers import TrainerCallback

import datasets
from graph.policies.qwen import load_processor, write_planner_file
from mcp_server.settings import default_store
from rl.arguments import Arguments, read_arguments
from rl.base_model import LANGUAGE_MODEL_LAYERS, copy_processor_files, empty_model, freeze_vision_tower
from rl.budget import steps_for
from rl.curves import draw_curves
from rl.dev_plans import DevCase, DevPlans, choose_cases
from rl.dry_run import check_space, explain, this_device
from rl.footprint import ModelShape, shape_of
from rl.lengths import RowLength, check_lengths, mean_length, row_lengths
from rl.methods import Prepared, load_trajectories, prepare
from rl.model_card import model_card
from rl.pixels import cache_pixels
from rl.run_folder import (
    check_free,
    check_same_data,
    checkpoint_to_resume,
    data_hashes,
    finish_record,
    start_record,
    write_json,
    write_text,
)
from rl.throughput import Throughput
from rl.trainer import make_trainer, order_seed
from tools.declare import ToolError

MISTAKE, STOPPED = 2, 130
"""Exit codes: something that can be put right; a person stopped the run."""


class Ready(NamedTuple):
    """All that was checked before anything is trained."""

    arguments: Arguments
    prepared: Prepared
    cases: list[DevCase]
    processor: Any
    lengths: list[RowLength]
    shape: ModelShape
    checkpoint: Path | None
    """To resume from."""
    hashes: dict[str, str]


def main(words: list[str] | None = None) -> None:
    """Read the arguments, check everything, train, save."""
    datasets.disable_progress_bars()
    with explained():
        ready = make_ready(read_arguments(sys.argv[1:] if words is None else words))
        _say(*ready.prepared.notes)
        if ready.arguments.run.dry_run:
            device = this_device(ready.arguments)
            _say(*explain(ready.arguments, ready.shape, ready.lengths, device), file=sys.stdout)
            return
        check_space(ready.arguments, ready.shape)
        trainer = build_trainer(ready)
    with explained_while_training(ready):
        train(trainer, ready)


def make_ready(arguments: Arguments) -> Ready:
    """Read and check data, model and folder.

    Raises:
        ValueError: if something is wrong with them, in one line.
        OSError: if a file cannot be read.
    """
    method, run, training, model, _ = arguments
    folder, data = Path(training.output_dir), Path(method.trajectories)
    resume = training.resume_from_checkpoint
    checkpoint = checkpoint_to_resume(folder, resume) if resume else None
    if checkpoint is None and not run.dry_run:
        check_free(folder)
    rows = load_trajectories(method.trajectories)
    prepared = prepare(rows, method)
    evaluates = str(getattr(training.eval_strategy, "value", training.eval_strategy)) != "no"
    if evaluates and prepared.held_out is None:
        raise ValueError(
            "an evaluation is asked for and nothing is held out: no usable row is of the dev split; record more "
            "photos, or use --eval_strategy no"
        )
    hashes = data_hashes(data)
    if checkpoint is not None:
        check_same_data(folder, hashes)
    shape = shape_of(
        empty_model(model),
        lora_rank=model.lora_r if model.use_peft else 0,
        lora_layers=LANGUAGE_MODEL_LAYERS,
        vision_trained=not run.freeze_vision_tower,
    )
    processor = load_processor(Path(model.model_name_or_path))
    lengths = row_lengths(prepared.rows, processor)
    check_lengths(lengths, training.max_length, "--max_length")
    training.max_length = None  # checked above; TRL would cut, and half a plan teaches nothing
    if method.target_tokens:
        training.max_steps = steps_for(
            method.target_tokens,
            prepared.rows,
            processor.tokenizer,
            rows_per_step=training.train_batch_size * training.gradient_accumulation_steps * training.world_size,
            seed=order_seed(training),
        )
    cases = choose_cases(rows, run.dev_plans) if evaluates else []
    return Ready(arguments, prepared, cases, processor, lengths, shape, checkpoint, hashes)


def build_trainer(ready: Ready) -> Any:
    """TRL's trainer for the method, with the model loaded and everything that watches the run."""
    from trl import get_peft_config, get_quantization_config

    method, run, training, model, _ = ready.arguments
    if method.method != "dpo":
        training.completion_only_loss = True
    if model.use_peft and not model.lora_target_modules:
        model.lora_target_modules = LANGUAGE_MODEL_LAYERS
    training.model_init_kwargs = {
        "revision": model.model_revision,
        "dtype": model.dtype,
        "attn_implementation": model.attn_implementation,
        **(training.model_init_kwargs or {}),
    }
    cache_pixels(ready.processor, default_store() / "patches")
    trainer = make_trainer(
        method,
        model=model.model_name_or_path,
        args=training,
        train_dataset=ready.prepared.rows,
        eval_dataset=ready.prepared.held_out if training.eval_strategy != "no" else None,
        processing_class=ready.processor,
        peft_config=get_peft_config(model),
        quantization_config=get_quantization_config(model),
    )
    trainer.create_model_card = lambda **_: None  # TRL's own, at every checkpoint; the run writes one of its own
    if run.freeze_vision_tower:
        freeze_vision_tower(trainer.model)
    if ready.cases:
        trainer.add_callback(DevPlans(trainer, ready.cases, method.inputs))
    trainer.add_callback(Throughput(trainer, *_speed_of(ready)))
    trainer.add_callback(CurvesCallback())
    return trainer


def _speed_of(ready: Ready) -> tuple[ModelShape | None, float, float, float | None]:
    """What the utilisation is counted from; DPO's reference model is not in the formula, so it gets tokens alone."""
    _, plan_tokens, patches = mean_length(ready.lengths)
    shape = None if ready.arguments.method.method == "dpo" else ready.shape
    return shape, plan_tokens, patches, this_device(ready.arguments).peak


class CurvesCallback(TrainerCallback):  # type: ignore[misc]
    """Draws the curves whenever the run is saved, so that a run can be watched."""

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Draw what is logged so far."""
        if state.is_world_process_zero:
            draw_curves(state.log_history, Path(args.output_dir) / "curves.png")


def train(trainer: Any, ready: Ready) -> None:
    """Train, and leave the run's folder."""
    folder = Path(ready.arguments.training.output_dir)
    record = start_record(ready.arguments, ready.hashes, ready.prepared.notes, len(ready.prepared.rows))
    main_process = trainer.is_world_process_zero()
    if main_process:
        write_text(folder / "config.yaml", yaml.safe_dump(ready.arguments.told, sort_keys=False))
        write_json(folder / "run.json", record)
    result = trainer.train(resume_from_checkpoint=str(ready.checkpoint) if ready.checkpoint else None)
    trainer.save_model(str(folder))
    trainer.save_state()
    if main_process:
        copy_processor_files(ready.arguments.model.model_name_or_path, folder)
        write_planner_file(folder, ready.arguments.method.inputs)
        record = finish_record(record, trainer.state, result.metrics)
        write_json(folder / "run.json", record)
        draw_curves(trainer.state.log_history, folder / "curves.png")
        write_text(folder / "README.md", model_card(record, folder))
        _say(f"{folder}: the trained planner, with run.json, curves.png and README.md", file=sys.stdout)
    trainer.end()


@contextmanager
def explained() -> Iterator[None]:
    """Say in one line what a person can put right, and exit with 2."""
    try:
        yield
    except (ValueError, OSError, ImportError, RuntimeError, ToolError) as error:
        _stop(" ".join(str(error).split()))


@contextmanager
def explained_while_training(ready: Ready) -> Iterator[None]:
    """Say what to do when memory or disk runs out or a person stops the run; every other error is a bug and shown."""
    try:
        yield
    except torch.OutOfMemoryError:
        device = this_device(ready.arguments)
        remedies = [line for line in explain(ready.arguments, ready.shape, ready.lengths, device) if "remedy" in line]
        words = "; ".join(remedies) or "lower --per_device_train_batch_size and raise --gradient_accumulation_steps"
        _stop(f"the device's memory ran out: {words}")
    except OSError as error:
        _stop(f"{error}; what is complete can be resumed with --resume_from_checkpoint true")
    except KeyboardInterrupt:
        _say("stopped; go on with --resume_from_checkpoint true, if a checkpoint was saved")
        sys.exit(STOPPED)


def _stop(reason: str) -> None:
    _say(f"error: {reason}")
    sys.exit(MISTAKE)


def _say(*lines: str, file: Any = None) -> None:
    """Print lines once, whatever the number of processes."""
    if os.environ.get("RANK", "0") == "0":
        print(*lines, sep="\n", file=file or sys.stderr)


if __name__ == "__main__":
    main()
