"""From a run to a folder that can be served: `python -m rl.export out/run -o out/planner [--merge]`.

A LoRA adapter is kept as it is, for `--policy checkpoint` and for vLLM's `--enable-lora`, or merged into its base, for
anything that reads a model. The folder has the base's own processor files, what the planner sees (`planner.json`) and
the model card.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import click

from evals.command import Command
from graph.policies.qwen import planner_inputs, write_planner_file
from rl.base_model import copy_processor_files
from rl.model_card import model_card
from rl.run_folder import write_text
from tools.declare import ToolError

_WEIGHTS = ("model*.safetensors*", "adapter_model.safetensors", "adapter_config.json", "config.json")
_TEXT = ("generation_config.json", "tokenizer*", "vocab.json", "merges.txt", "special_tokens_map.json")


def export(source: Path, out: Path, *, merge: bool) -> str:
    """Export a run's folder, or one of its checkpoints; return what it became, in words.

    Raises:
        ToolError: if `source` holds no trained model, there is nothing to merge, or `out` is not empty.
    """
    adapter = source / "adapter_config.json"
    if not adapter.exists() and not (source / "config.json").exists():
        raise ToolError(f"{source} holds no model; `python -m rl.train` leaves one in its output_dir")
    if merge and not adapter.exists():
        raise ToolError(f"{source} is no LoRA adapter: there is nothing to merge, leave out --merge")
    if out.exists() and any(out.iterdir()):
        raise ToolError(f"{out} is not empty; name a folder that is not there yet")
    run = source if (source / "run.json").exists() else source.parent
    record = json.loads((run / "run.json").read_text()) if (run / "run.json").exists() else None
    base = json.loads(adapter.read_text())["base_model_name_or_path"] if adapter.exists() else None
    out.mkdir(parents=True, exist_ok=True)
    if merge:
        _merge(source, out)
    else:
        _copy(source, out, _WEIGHTS)
    _copy(source, out, _TEXT)
    copy_processor_files(base or (record["base"] if record else str(source)), out)
    _check_video_part(out)
    write_planner_file(out, planner_inputs(run))
    if record is not None:
        _copy(run, out, ("curves.png",))
        write_text(out / "README.md", model_card(record, out))
    return "all weights, merged" if merge else "a LoRA adapter" if base else "all weights"


def _merge(source: Path, out: Path) -> None:
    """Write the adapter's base with the adapter in it, in the base's own type of numbers."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForImageTextToText

    base = json.loads((source / "adapter_config.json").read_text())["base_model_name_or_path"]
    model: Any = AutoModelForImageTextToText.from_pretrained(base, dtype="auto")
    kept = model.dtype
    # The sum is taken in float32: in bfloat16 most of a small adapter would be rounded away.
    merged = PeftModel.from_pretrained(model.to(torch.float32), source).merge_and_unload()
    merged.to(kept).save_pretrained(out)


def _copy(source: Path, out: Path, patterns: tuple[str, ...]) -> None:
    for pattern in patterns:
        for file in source.glob(pattern):
            shutil.copy(file, out / file.name)


def _check_video_part(out: Path) -> None:
    """Say what vLLM would refuse.

    Raises:
        ToolError: if the processor's files lack the part for video, as they do when saved where torchvision is missing.
    """
    config = out / "processor_config.json"
    complete = config.exists() and "video_processor" in json.loads(config.read_text())
    if not complete and not (out / "video_preprocessor_config.json").exists():
        raise ToolError(
            f"the base's processor files lack the video part, which vLLM asks for, so {out} could not be served; "
            "take processor_config.json from the model that the base was made of"
        )


@click.command(cls=Command)
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--merge", is_flag=True, help="Merge a LoRA adapter into its base; else it is kept as it is.")
def main(source: Path, out: Path, merge: bool) -> None:
    """Make a folder that can be served of SOURCE, a run's folder or one of its checkpoints."""
    kind = export(source, out, merge=merge)
    click.echo(f"{out}: {kind}; serve it with `stylist serve-policy {out}`")


if __name__ == "__main__":
    main()
