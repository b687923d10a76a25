"""The checkpoint that training starts from: its shape, which of its parts learn, and the files it came with."""

import shutil
from pathlib import Path
from typing import Any

import torch

LANGUAGE_MODEL_LAYERS = r".*language_model.*\.(q|k|v|o|gate|up|down)_proj"
"""Where LoRA goes: every projection of the language model, none of the vision tower."""

PROCESSOR_FILES = (
    *("processor_config.json", "preprocessor_config.json", "video_preprocessor_config.json"),
    *("chat_template.jinja", "chat_template.json"),
)


def empty_model(model: Any) -> Any:
    """The model of a `trl.ModelConfig` on the meta device: all shapes, no weights.

    Raises:
        ValueError: if it is no Qwen3-VL model.
        OSError: if there is none.
    """
    from transformers import AutoConfig, AutoModelForImageTextToText

    name = model.model_name_or_path
    if not Path(name).exists() and (Path(name).is_absolute() or name.count("/") != 1):
        raise ValueError(f"there is no checkpoint {name}: it is neither a folder nor an OWNER/NAME of the Hub")
    if (Path(name) / "adapter_config.json").exists():
        raise ValueError(f"{name} is a LoRA adapter; merge it with `python -m rl.export {name} --merge` and train that")
    if Path(name).is_dir() and not (Path(name) / "config.json").exists():
        raise ValueError(f"{name} holds no config.json, so it is not a checkpoint")
    config = AutoConfig.from_pretrained(name, revision=model.model_revision)
    if config.model_type != "qwen3_vl":
        raise ValueError(f"{name} is a checkpoint of type {config.model_type!r}; planners are of type 'qwen3_vl'")
    dtype = config.dtype if model.dtype == "auto" else getattr(torch, model.dtype)
    with torch.device("meta"):
        return AutoModelForImageTextToText.from_config(config, dtype=dtype)


def check_tokenizer(tokenizer: Any, config: Any, name: str) -> None:
    """Refuse a tokenizer of other tokens than the model's; where its files are missing, an empty one is loaded.

    Raises:
        ValueError: naming the token.
    """
    known = tokenizer.convert_tokens_to_ids("<|image_pad|>")
    if known != config.image_token_id:
        raise ValueError(
            f"{name} has no tokenizer of its model: <|image_pad|> is token {config.image_token_id} of the model and "
            f"{known} of the tokenizer; copy the base's tokenizer files there"
        )


def freeze_vision_tower(model: Any) -> None:
    """Leave the eyes as they are; only the language model learns.

    The tower also runs without recording for a backward pass: with activation checkpointing, transformers makes the
    output of its first layer require a gradient, and the whole tower would be walked back for nothing.
    """
    for name, parameter in model.named_parameters():
        if "visual." in name:
            parameter.requires_grad = False
    tower = next(module for name, module in model.named_modules() if name.endswith("visual"))
    tower.forward = torch.no_grad()(tower.forward)


def copy_processor_files(base: str, folder: Path) -> None:
    """Put the base's own processor files beside a trained model, in place of those that were saved with it.

    Where torchvision is missing, the processor was loaded, and so saved, without the video part that vLLM asks for.

    Args:
        base: folder or Hub name of the checkpoint that training started from.
        folder: of the trained model.
    """
    from transformers.utils import cached_file

    for name in PROCESSOR_FILES:
        found = cached_file(base, name, _raise_exceptions_for_missing_entries=False)
        if found:
            shutil.copy(found, folder / name)
        else:
            (folder / name).unlink(missing_ok=True)
