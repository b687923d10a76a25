"""Training a planner: `python -m rl.train --config runs/loop.yaml [--learning_rate 1e-4 ...]`.

Three groups of arguments, as in TRL: `rl.methods.MethodArguments`, `trl.SFTConfig`, `trl.ModelConfig`. Flags
override the file. The result is a folder that `stylist style --policy checkpoint --checkpoint DIR` plans with.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from rl.methods import MethodArguments, NothingToTrainOnError, weigh

LANGUAGE_MODEL_LAYERS = r".*language_model.*\.(q|k|v|o|gate|up|down)_proj"
"""Where LoRA goes: every projection of the language model, none of the vision tower."""


def main(arguments: list[str] | None = None) -> None:
    """Read the arguments, train, save."""
    from trl import ModelConfig, SFTConfig, TrlParser

    parser = TrlParser((MethodArguments, SFTConfig, ModelConfig))
    try:
        method, config, model = parser.parse_args_and_config(arguments)
        rows = weigh(load_rows(method.trajectories), method)
    except (NothingToTrainOnError, FileNotFoundError, ValueError) as error:
        sys.exit(f"error: {error}")
    train(rows, method, config, model)


def load_rows(trajectories: str) -> Any:
    """The training rows of a file of trajectories.

    Raises:
        FileNotFoundError: if there is no such file.
        NothingToTrainOnError: if it has no row of the train split.
    """
    from datasets import load_dataset

    if not Path(trajectories).is_file():
        raise FileNotFoundError(
            f"there is no file of trajectories {trajectories!r}; `python -m rl.trajectories` writes one"
        )
    rows = load_dataset("parquet", data_files=trajectories, split="train")
    missing = {"prompt", "completion", "images", "reward", "split"} - set(rows.column_names)
    if missing:
        raise NothingToTrainOnError(f"{trajectories} lacks the columns {', '.join(sorted(missing))}")
    train_rows = rows.filter(lambda split: split == "train", input_columns="split")
    if len(train_rows) == 0:
        raise NothingToTrainOnError(f"none of the {len(rows)} rows of {trajectories} is of the train split")
    return train_rows


def train(rows: Any, method: MethodArguments, config: Any, model: Any) -> None:
    """Train on weighted rows and save the model with its processor and a record of the run."""
    from trl import get_peft_config

    from graph.policies.qwen import load_processor
    from rl.trainer import WeightedSFTTrainer

    config.completion_only_loss = True
    config.max_length = None
    if model.use_peft and not model.lora_target_modules:
        model.lora_target_modules = LANGUAGE_MODEL_LAYERS
    base = Path(model.model_name_or_path)
    trainer = WeightedSFTTrainer(
        model=str(base),
        args=config,
        train_dataset=rows.select_columns(["prompt", "completion", "images", "weight"]),
        processing_class=load_processor(base),
        peft_config=get_peft_config(model),
    )
    freeze_vision_tower(trainer.model)
    trainer.train(resume_from_checkpoint=config.resume_from_checkpoint)
    save(trainer, base, Path(config.output_dir), method, len(rows))


def freeze_vision_tower(model: Any) -> None:
    """Leave the eyes as they are; only the language model learns."""
    for name, parameter in model.named_parameters():
        if "visual." in name:
            parameter.requires_grad = False


def save(trainer: Any, base: Path, out: Path, method: MethodArguments, row_count: int) -> None:
    """Save model, processor, and what was trained on what."""
    trainer.save_model(out)
    processor = base / "processor_config.json"
    if processor.exists():
        shutil.copy(processor, out / processor.name)
    losses = [{"step": log["step"], "loss": log["loss"]} for log in trainer.state.log_history if "loss" in log]
    record = {"method": vars(method), "base": str(base), "rows": row_count, "losses": losses}
    (out / "training.json").write_text(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
