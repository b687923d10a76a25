"""Training a planner: `python -m rl.train --config runs/loop.yaml [--learning_rate 1e-4 ...]`.

Three groups of arguments, as in TRL: `rl.methods.MethodArguments`, `trl.SFTConfig` (for dpo `trl.DPOConfig`) and
`trl.ModelConfig`. Flags override the file. The result is a folder that `stylist style --policy checkpoint
--checkpoint DIR` plans with.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from graph.policies.qwen import write_planner_file
from rl.methods import MethodArguments, NothingToTrainOnError, Prepared, load_trajectories, prepare

LANGUAGE_MODEL_LAYERS = r".*language_model.*\.(q|k|v|o|gate|up|down)_proj"
"""Where LoRA goes: every projection of the language model, none of the vision tower."""


def main(arguments: list[str] | None = None) -> None:
    """Read the arguments, train, save."""
    from trl import ModelConfig, TrlParser

    words = sys.argv[1:] if arguments is None else arguments
    try:
        parser = TrlParser((MethodArguments, config_class(words), ModelConfig))
        method, config, model = parser.parse_args_and_config(words)
        prepared = prepare(load_trajectories(method.trajectories), method)
    except (NothingToTrainOnError, FileNotFoundError, ValueError) as error:
        sys.exit(f"error: {error}")
    for note in prepared.notes:
        print(note, file=sys.stderr)
    train(prepared, method, config, model)


def config_class(arguments: list[str]) -> type:
    """TRL's arguments for the method that flags or file name: `DPOConfig` for dpo, else `SFTConfig`."""
    from trl import DPOConfig, SFTConfig, TrlParser

    method = TrlParser((MethodArguments,)).parse_args_and_config(arguments, return_remaining_strings=True)[0].method
    return DPOConfig if method == "dpo" else SFTConfig


def train(prepared: Prepared, method: MethodArguments, config: Any, model: Any) -> None:
    """Train on prepared rows and save the model with its processor and a record of the run."""
    from trl import get_peft_config

    from graph.policies.qwen import load_processor
    from rl.trainer import make_trainer

    config.max_length = None
    if method.method != "dpo":
        config.completion_only_loss = True
    if model.use_peft and not model.lora_target_modules:
        model.lora_target_modules = LANGUAGE_MODEL_LAYERS
    base = Path(model.model_name_or_path)
    trainer = make_trainer(
        method,
        model=str(base),
        args=config,
        train_dataset=prepared.rows,
        processing_class=load_processor(base),
        peft_config=get_peft_config(model),
    )
    freeze_vision_tower(trainer.model)
    trainer.train(resume_from_checkpoint=config.resume_from_checkpoint)
    save(trainer, base, Path(config.output_dir), method, len(prepared.rows))


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
    write_planner_file(out, method.inputs)
    losses = [{"step": log["step"], "loss": log["loss"]} for log in trainer.state.log_history if "loss" in log]
    record = {"method": vars(method), "base": str(base), "rows": row_count, "losses": losses}
    (out / "training.json").write_text(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
