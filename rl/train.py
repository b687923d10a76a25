"""Training a planner: `python -m rl.train --config runs/NAME.yaml [--flag value ...]`; `--help` explains.

The method makes weighted rows or pairs of the trajectories (`rl.methods`), TRL's trainer learns from them
(`rl.trainer`), and the folder that is left (`rl.run_folder`) is a model that
`stylist style --policy checkpoint --checkpoint DIR` plans with. The same command runs on a CPU, on one GPU and, under
`accelerate launch`, on many.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when huggingface_hub is imported, below

import yaml
from safetensors import SafetensorError
from transformers import TrainerCallback

import datasets
from graph.policies.qwen import load_processor, write_planner_file
from mcp_server.settings import default_store
from rl.arguments import Arguments, read_arguments
from rl.base_model import (
    LANGUAGE_MODEL_LAYERS,
    check_tokenizer,
    copy_processor_files,
    empty_model,
    freeze_vision_tower,
)
from rl.budget import steps_for
from rl.check_arguments import check_arguments, evaluates
from rl.console import explained, explained_while_training, say
from rl.curves import draw_curves
from rl.dev_plans import DEV_METRICS, DevCase, DevPlans, choose_cases
from rl.dry_run import check_space, explain, this_device
from rl.footprint import ModelShape, shape_of
from rl.lengths import RowLength, check_lengths, mean_length, row_lengths
from rl.methods import Prepared, load_trajectories, prepare
from rl.model_card import model_card
from rl.pixels import cache_pixels
from rl.run_folder import (
    check_free,
    check_same_run,
    checkpoint_to_resume,
    data_hashes,
    finish_record,
    start_record,
    write_json,
    write_text,
)
from rl.throughput import Throughput
from rl.trainer import make_trainer, order_seed


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
    datasets.logging.set_verbosity(datasets.logging.CRITICAL)  # what is wrong with a file is said once, by us
    with explained():
        ready = make_ready(read_arguments(sys.argv[1:] if words is None else words))
        say(*ready.prepared.notes)
        if ready.arguments.run.dry_run:
            device = this_device(ready.arguments)
            say(*explain(ready.arguments, ready.shape, ready.lengths, device), file=sys.stdout)
            return
        check_space(ready.arguments, ready.shape)
        trainer = build_trainer(ready)
    folder = FolderCallback(ready)
    trainer.add_callback(folder)
    with explained_while_training(lambda: remedies(ready), folder.is_begun):
        train(trainer, ready, folder)


def remedies(ready: Ready) -> Iterator[str]:
    """What would make the run fit into the device's memory."""
    lines = explain(ready.arguments, ready.shape, ready.lengths, this_device(ready.arguments))
    return (line for line in lines if line.startswith("remedy"))


def make_ready(arguments: Arguments) -> Ready:
    """Read and check data, model and folder.

    Raises:
        ValueError: if something is wrong with them, in one line.
        OSError: if a file cannot be read.
    """
    check_arguments(arguments)
    method, run, training, model, _ = arguments
    folder, data = Path(training.output_dir), Path(method.trajectories)
    resume = training.resume_from_checkpoint
    checkpoint = checkpoint_to_resume(folder, resume) if resume else None
    if checkpoint is None and not run.dry_run:
        check_free(folder)
    rows = load_trajectories(method.trajectories)
    prepared = prepare(rows, method)
    if evaluates(arguments) and prepared.held_out is None:
        raise ValueError(
            "an evaluation is asked for and nothing is held out: no usable row is of the dev split; record more "
            "photos, or use --eval_strategy no"
        )
    hashes = data_hashes(data)
    if checkpoint is not None:
        check_same_run(folder, arguments, hashes)
    empty = empty_model(model)
    shape = shape_of(
        empty,
        lora_rank=model.lora_r if model.use_peft else 0,
        lora_layers=LANGUAGE_MODEL_LAYERS,
        vision_trained=not run.freeze_vision_tower,
    )
    processor = load_processor(Path(model.model_name_or_path))
    check_tokenizer(processor.tokenizer, empty.config, model.model_name_or_path)
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
    cases = choose_cases(rows, run.dev_plans) if evaluates(arguments) else []
    if not cases and training.load_best_model_at_end and training.metric_for_best_model in DEV_METRICS:
        raise ValueError(
            f"{training.metric_for_best_model} needs rows of the dev split with true goals, and there is none; use "
            "--metric_for_best_model eval_loss"
        )
    return Ready(arguments, prepared, cases, processor, lengths, shape, checkpoint, hashes)


def build_trainer(ready: Ready) -> Any:
    """TRL's trainer for the method, with the model loaded and everything that watches the run."""
    from trl import get_peft_config, get_quantization_config

    method, run, training, model, _ = ready.arguments
    if method.method != "dpo":
        training.completion_only_loss = True
    training.run_name = training.run_name or Path(training.output_dir).name
    if model.use_peft and not model.lora_target_modules:
        model.lora_target_modules = LANGUAGE_MODEL_LAYERS
    training.model_init_kwargs = {
        "revision": model.model_revision,
        "dtype": model.dtype,
        "attn_implementation": model.attn_implementation,
        **(training.model_init_kwargs or {}),
    }
    cache_pixels(ready.processor, default_store() / "patches")
    try:
        trainer = make_trainer(
            method,
            model=model.model_name_or_path,
            args=training,
            train_dataset=ready.prepared.rows,
            eval_dataset=ready.prepared.held_out if evaluates(ready.arguments) else None,
            processing_class=ready.processor,
            peft_config=get_peft_config(model),
            quantization_config=get_quantization_config(model),
        )
    except SafetensorError as error:
        raise ValueError(f"{model.model_name_or_path} cannot be loaded, fetch or make it again: {error}") from None
    except ImportError as error:
        raise ValueError(f"{error} Install it, or leave out the option that asks for it.") from None
    trainer.create_model_card = lambda **_: None  # TRL's own, at every checkpoint; the run writes one of its own
    if run.freeze_vision_tower:
        freeze_vision_tower(trainer.model)
    if ready.cases:
        trainer.add_callback(DevPlans(trainer, ready.cases, method.inputs))
    trainer.add_callback(Throughput(trainer, *_speed_of(ready)))
    return trainer


def _speed_of(ready: Ready) -> tuple[ModelShape | None, float, float, float | None]:
    """What the utilisation is counted from; DPO's reference model is not in the formula, so it gets tokens alone."""
    _, plan_tokens, patches = mean_length(ready.lengths)
    shape = None if ready.arguments.method.method == "dpo" else ready.shape
    return shape, plan_tokens, patches, this_device(ready.arguments).peak


class FolderCallback(TrainerCallback):  # type: ignore[misc]
    """Keeps the run's folder: what it was told when training begins, its curves at every checkpoint.

    Nothing is written before: a run that cannot begin leaves no trace, and can be started again.
    """

    def __init__(self, ready: Ready) -> None:
        self.ready = ready
        self.path = Path(ready.arguments.training.output_dir)
        self.record: dict[str, Any] = {}
        """Of the run, once it has begun."""

    def is_begun(self) -> bool:
        """Whether training has begun."""
        return bool(self.record)

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Write what is known of the run."""
        arguments, prepared = self.ready.arguments, self.ready.prepared
        self.record = start_record(arguments, self.ready.hashes, prepared.notes, len(prepared.rows))
        if state.is_world_process_zero:
            write_text(self.path / "config.yaml", yaml.safe_dump(arguments.told, sort_keys=False))
            write_json(self.path / "run.json", self.record)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Draw what is logged so far, so that a run can be watched."""
        if state.is_world_process_zero:
            draw_curves(state.log_history, self.path / "curves.png")


def train(trainer: Any, ready: Ready, folder: FolderCallback) -> None:
    """Train, and complete the run's folder."""
    path = folder.path
    result = trainer.train(resume_from_checkpoint=str(ready.checkpoint) if ready.checkpoint else None)
    trainer.save_model(str(path))
    trainer.save_state()
    if trainer.is_world_process_zero():
        copy_processor_files(ready.arguments.model.model_name_or_path, path)
        write_planner_file(path, ready.arguments.method.inputs)
        record = finish_record(folder.record, trainer.state, result.metrics)
        write_json(path / "run.json", record)
        draw_curves(trainer.state.log_history, path / "curves.png")
        write_text(path / "README.md", model_card(record, path))
        say(f"{path}: the trained planner, with run.json, curves.png and README.md", file=sys.stdout)
    trainer.end()


if __name__ == "__main__":
    main()
