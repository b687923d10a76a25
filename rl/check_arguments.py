"""What is wrong with the arguments of a run by themselves, before any file is read."""

import math
from pathlib import Path

from rl.arguments import Arguments
from rl.dev_plans import DEV_METRICS
from rl.packages import check_packages

_METRICS = ("loss", "eval_loss", *DEV_METRICS, "eval_mean_token_accuracy")
_OF_PAIRS = ("eval_rewards/accuracies", "eval_rewards/margins")
"""What an evaluation gives, of TRL's what a checkpoint may well be chosen by."""


def check_arguments(arguments: Arguments) -> None:
    """Refuse numbers out of range, packages that are not there, and a choice without what it is made by.

    Raises:
        ValueError: with the value and what would be right.
    """
    training, model, dev_plans = arguments.training, arguments.model, arguments.run.dev_plans
    for name, value, is_right, right in (
        ("learning_rate", training.learning_rate, 0 <= training.learning_rate < math.inf, "0 or more"),
        ("per_device_train_batch_size", training.per_device_train_batch_size, None, "1 or more"),
        ("per_device_eval_batch_size", training.per_device_eval_batch_size, None, "1 or more"),
        ("gradient_accumulation_steps", training.gradient_accumulation_steps, None, "1 or more"),
        ("num_train_epochs", training.num_train_epochs, 0 < training.num_train_epochs < math.inf, "above 0"),
        ("max_steps", training.max_steps, training.max_steps != 0, "1 or more, or -1 to count epochs"),
        ("lora_r", model.lora_r, None, "1 or more"),
    ):
        if not (value >= 1 if is_right is None else is_right):
            raise ValueError(f"{name} is {value}; it must be {right}")
    if getattr(training, "assistant_only_loss", False) or getattr(training, "completion_only_loss", None) is False:
        raise ValueError("plans alone carry loss; leave assistant_only_loss and completion_only_loss at their defaults")
    if training.push_to_hub:
        raise ValueError(
            "a run's folder is complete only when it ends, and push_to_hub would send half of it; leave it out, and "
            "send what `python -m rl.export` makes with `hf upload OWNER/NAME DIR`"
        )
    check_packages(training, model)
    if training.load_best_model_at_end:
        if not evaluates(arguments) or not saves(arguments):
            raise ValueError(
                "load_best_model_at_end needs evaluations and checkpoints to choose from; give --eval_strategy and "
                "--save_strategy, or leave it out"
            )
        metric, known = (
            training.metric_for_best_model,
            _METRICS + (_OF_PAIRS if arguments.method.method == "dpo" else ()),
        )
        if metric not in (None, *known):
            raise ValueError(f"metric_for_best_model is {metric!r}; it is one of {', '.join(known)}")
        if metric in DEV_METRICS and not dev_plans:
            raise ValueError(f"{metric} comes from dev plans and --dev_plans is 0")
    folder = Path(training.output_dir)
    file = next((path for path in (folder, *folder.parents) if path.is_file()), None)
    if file is not None:
        raise ValueError(f"{file} is a file, so {folder} cannot be a run's folder; name another --output_dir")


def evaluates(arguments: Arguments) -> bool:
    """Whether held-out rows are looked at while the run goes on."""
    return _strategy(arguments.training.eval_strategy) != "no"


def saves(arguments: Arguments) -> bool:
    """Whether checkpoints are left while the run goes on."""
    return _strategy(arguments.training.save_strategy) != "no"


def _strategy(value: object) -> str:
    """TRL gives the word, or a member of an enumeration that holds it."""
    return str(getattr(value, "value", value))
