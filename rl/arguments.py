"""The arguments of a training run: a YAML file, flags that override it, and a help page that can be read.

Four groups, as in TRL: `rl.methods.MethodArguments`, `RunArguments`, `trl.SFTConfig` (`trl.DPOConfig` for dpo) and
`trl.ModelConfig`. An unknown key or flag is an error, with the nearest known name.
"""

import difflib
import textwrap
from argparse import Action
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import torch
import yaml
from trl import DPOConfig, ModelConfig, SFTConfig, TrlParser

from rl.methods import MethodArguments
from rl.packages import missing

REQUIRED = ("model_name_or_path", "output_dir")
"""Of TRL's arguments; a run never goes to a folder that nobody named."""

OUR_MEANING = {
    "max_length": "Longest row allowed, in tokens with the picture; a longer one is an error before the start.",
    "resume_from_checkpoint": "true: go on from the newest complete checkpoint in output_dir | DIR: from that one.",
    "metric_for_best_model": "With load_best_model_at_end: eval_loss | eval_score (judged dev plans) | ...",
    "report_to": "none | trackio | tensorboard | wandb | several; each is installed apart.",
}
"""Arguments of TRL that mean something narrower here."""

NOT_KEPT = ("dry_run", "resume_from_checkpoint", "hub_token", "include_num_input_tokens_seen")
"""What a repetition of the run should not be told."""

MOST_USED = (
    *("model_name_or_path", "output_dir", "learning_rate", "num_train_epochs", "max_steps"),
    *("per_device_train_batch_size", "gradient_accumulation_steps", "lr_scheduler_type", "warmup_steps", "max_length"),
    *("use_peft", "lora_r", "lora_alpha", "lora_dropout", "dtype", "bf16", "activation_checkpointing"),
    *("attn_implementation", "eval_strategy", "eval_steps", "save_strategy", "save_steps", "save_total_limit"),
    *("load_best_model_at_end", "metric_for_best_model", "resume_from_checkpoint", "report_to", "seed"),
)
"""The arguments of TRL that `--help` shows."""


@dataclass
class RunArguments:
    """How a run is planned and watched."""

    dry_run: bool = field(
        default=False, metadata={"help": "Say what the run needs, in memory and time, and train nothing."}
    )
    dev_plans: int = field(
        default=8,
        metadata={
            "help": "Photo-and-request pairs of the dev split that are planned for, unconstrained, and judged at "
            "every evaluation; 0: none."
        },
    )
    freeze_vision_tower: bool = field(
        default=True, metadata={"help": "Leave the eyes as they are; only the language model learns."}
    )
    device_memory_gib: float | None = field(
        default=None, metadata={"help": "Memory of one device, for planning for another machine; else it is asked."}
    )
    peak_tflops: float | None = field(
        default=None,
        metadata={"help": "Peak of one device in 1e12 FLOP/s, for the utilisation; else from its name, if known."},
    )

    def __post_init__(self) -> None:
        if self.dev_plans < 0:
            raise ValueError(f"dev_plans is {self.dev_plans}; it is a number of plans, 0 or more")


class Arguments(NamedTuple):
    """All that a run was told."""

    method: MethodArguments
    run: RunArguments
    training: Any
    """`trl.SFTConfig` or `trl.DPOConfig`."""
    model: Any
    """`trl.ModelConfig`."""
    told: dict[str, Any]
    """What file and flags said, and no more."""


def read_arguments(words: Sequence[str]) -> Arguments:
    """Read the words of the command line.

    Raises:
        ValueError: for an unknown or missing argument or a wrong value, in one line.
        OSError: if the configuration cannot be read.
    """
    words = [part for word in words for part in _parted(word)]
    if _said(words, "deepspeed") and find_spec("deepspeed") is None:  # TRL's arguments already ask for it
        raise ValueError(missing("deepspeed", "deepspeed"))
    parser = ArgumentReader(_said(words, "method"))
    if "--help_all" in words:
        parser.complete_help = True
        parser.print_help()
        parser.exit()
    pristine = {action.dest: action.default for action in reversed(parser._actions)}
    *groups, from_file, from_line = parser.parse_args_and_config(
        words, return_remaining_strings=True, separate_remaining_strings=True
    )
    _refuse_unknown(from_file, "the configuration", parser)
    _refuse_unknown(from_line, "the command line", parser)
    given = vars(parser.parse_known_args(words)[0])
    told = {name: value for name, value in given.items() if value != pristine[name] and name not in NOT_KEPT}
    method, run, training, model = groups
    training.include_num_input_tokens_seen = "non_padding"  # the parser would read its type as yes or no
    return Arguments(method, run, training, model, told)


class ArgumentReader(TrlParser):  # type: ignore[misc]
    """TRL's parser with our defaults, one-line errors and a help page of one screen."""

    complete_help = False

    def __init__(self, method: str) -> None:
        config = DPOConfig if method == "dpo" else SFTConfig
        groups = (MethodArguments, RunArguments, config, ModelConfig)
        super().__init__(groups, prog="python -m rl.train", allow_abbrev=False)
        for action in self._actions:
            action.required |= action.dest in REQUIRED
            action.help = OUR_MEANING.get(action.dest, action.help)
        accelerated = torch.accelerator.is_available()
        self.set_defaults(
            use_cpu=not accelerated, bf16=accelerated, report_to="none", project="stylist", max_length=None
        )

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong, without a page of usage."""
        raise ValueError(message)

    def format_help(self) -> str:
        """The arguments that a newcomer needs; all of them with `--help_all`."""
        if self.complete_help:
            return str(super().format_help())
        parts = [_HEADER, "What to learn, and how rewards become weights", *self._lines(_names(MethodArguments))]
        parts += ["\nHow the run is planned and watched", *self._lines(_names(RunArguments))]
        parts += ["\nMost used of TRL's own; --help_all shows them all", *self._lines(MOST_USED)]
        return "\n".join(parts) + "\n"

    def _lines(self, names: Iterable[str]) -> list[str]:
        actions = {action.dest: action for action in reversed(self._actions)}
        return [_explained(actions[name]) for name in names]


_HEADER = """\
usage: python -m rl.train --config runs/NAME.yaml [--flag value ...]

Train a planner on scored trajectories. Flags override the file; the result is a folder that
`stylist style --policy checkpoint --checkpoint DIR` plans with.

  python -m rl.train --config runs/loop.yaml --dry_run                      # does it fit, how long will it take
  python -m rl.train --config runs/loop.yaml --method rw --output_dir out/rw
  python -m rl.train --config runs/loop.yaml --resume_from_checkpoint true  # go on after a crash
  accelerate launch --config_file runs/launch/fsdp.yaml -m rl.train --config runs/qwen3-vl-8b.yaml
"""


def _explained(action: Action) -> str:
    default = "required" if action.required else action.default
    words = f"{(action.help or '').replace('%%', '%')} [{default}]"
    flag = f"  --{action.dest}"
    gap = " " * max(1, 34 - len(flag))
    return textwrap.fill(flag + gap + " ".join(words.split()), 110, subsequent_indent=" " * 34)


def _names(group: type) -> list[str]:
    return [entry.name for entry in fields(group)]


def _parted(word: str) -> list[str]:
    """`--config=FILE` as two words, the form that TRL's parser reads."""
    return word.split("=", 1) if word.startswith("--config=") else [word]


def _said(words: Sequence[str], name: str) -> str:
    """What file and flags say of an argument, ahead of the proper reading; the method decides how that is done."""
    value = ""
    if "--config" in words:
        following = words[words.index("--config") + 1 :]
        if not following:
            raise ValueError("--config needs a file, as in --config runs/loop.yaml")
        value = _read_yaml(Path(following[0])).get(name, "")
    for flag, following_word in pairwise(words):
        value = following_word if flag == f"--{name}" else value
    return next((word.removeprefix(f"--{name}=") for word in words if word.startswith(f"--{name}=")), value)


def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        known = ", ".join(sorted(str(found) for found in Path("runs").glob("*.yaml")))
        raise ValueError(f"there is no configuration {str(path)!r}; there are {known or 'none in runs/'}")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds no mapping of arguments to values")
    return content


def _refuse_unknown(words: Sequence[str], source: str, parser: ArgumentReader) -> None:
    """Name the first argument that nobody knows, with the nearest that somebody does."""
    if words:
        name = words[0].removeprefix("--").split("=")[0]
        near = difflib.get_close_matches(name, [action.dest for action in parser._actions], n=1)
        remedy = f"did you mean {near[0]!r}?" if near else "--help_all lists them all"
        raise ValueError(f"{source} has {name!r}, which is no argument; {remedy}")
