"""Loading a Qwen3-VL checkpoint, whole or as a LoRA adapter, and its processor."""

import json
from pathlib import Path
from typing import Any, get_args

from graph.messages import Inputs
from tools.declare import ToolError

PLANNER_FILE = "planner.json"
"""Beside the weights: `{"inputs": "image+context"}`, what the planner was trained to see of a photo."""


def load_processor(folder: Path) -> Any:
    """The processor of a Qwen3-VL checkpoint.

    torchvision has no build that fits every torch, and its only use here would be video. Where it is missing the
    processor is loaded without its video part, which plans never need.
    """
    from transformers import AutoProcessor, Qwen3VLProcessor
    from transformers.utils import is_torchvision_available

    if not is_torchvision_available():
        Qwen3VLProcessor.get_attributes = classmethod(lambda cls: ["image_processor", "tokenizer"])
    return AutoProcessor.from_pretrained(folder)


def load_model(folder: Path) -> Any:
    """The model, in evaluation mode; an adapter is merged into its base.

    Raises:
        ToolError: if the folder is no checkpoint of the Qwen3-VL architecture.
    """
    import torch
    from transformers import AutoModelForImageTextToText

    if not folder.is_dir():
        raise ToolError(f"there is no checkpoint folder {folder}; `python -m rl.train` writes one")
    adapter = folder / "adapter_config.json"
    base = Path(json.loads(adapter.read_text())["base_model_name_or_path"]) if adapter.exists() else folder
    config = base / "config.json"
    if not config.exists():
        raise ToolError(f"{base} holds no config.json, so it is not a checkpoint")
    kind = json.loads(config.read_text()).get("model_type")
    if kind != "qwen3_vl":
        raise ToolError(f"{base} is a checkpoint of type {kind!r}; planners are of type 'qwen3_vl'")
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForImageTextToText.from_pretrained(base, dtype=dtype).to(device)
    if adapter.exists():
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, folder).merge_and_unload()
    return model.eval()


def planner_inputs(folder: Path) -> Inputs:
    """What the checkpoint was trained to see of a photo; one without a planner's file sees picture and context.

    Raises:
        ToolError: if the file says something else.
    """
    path = folder / PLANNER_FILE
    if not path.exists():
        return "image+context"
    try:
        inputs: Inputs = json.loads(path.read_text(encoding="utf-8"))["inputs"]
    except (ValueError, KeyError, TypeError):
        raise ToolError(f'{path} is not of the form {{"inputs": "image+context"}}') from None
    if inputs not in get_args(Inputs):
        raise ToolError(f"{path} names the inputs {inputs!r}; they are {', '.join(get_args(Inputs))}")
    return inputs


def write_planner_file(folder: Path, inputs: Inputs) -> None:
    """Keep what a planner sees beside its weights."""
    (folder / PLANNER_FILE).write_text(json.dumps({"inputs": inputs}) + "\n", encoding="utf-8")
