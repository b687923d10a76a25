"""`stylist serve-policy`: a trained planner behind an OpenAI-compatible endpoint, by vLLM."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import click

from stylist.errors import Mistake

NAME = "planner"
"""What the endpoint calls the model."""
PYTHON = Path(".venv-serve/bin/python")
"""Where `make serving` puts vLLM, which cannot share an environment with training."""
LONGEST_TOKENS = 8192
"""Prompt, picture and answer."""
GUIDANCE = {"backend": "guidance"}
"""The backend that keeps to the plan's schema; xgrammar lets control characters into strings."""


@click.command(name="serve-policy")
@click.argument("checkpoint", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--python",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Python of the environment with vLLM. [default: .venv-serve/bin/python, which `make serving` makes]",
)
@click.option("--print-only", is_flag=True, help="Print the line and run nothing.")
@click.argument("extra", nargs=-1, type=click.UNPROCESSED)
def serve_policy(
    checkpoint: Path, host: str, port: int, python: Path | None, print_only: bool, extra: tuple[str, ...]
) -> None:
    """Serve CHECKPOINT, a folder of `python -m rl.export`; words after -- go to vLLM.

    \b
    stylist serve-policy out/planner
    OPENAI_BASE_URL=http://127.0.0.1:8000/v1 stylist style photo.jpg "warmer" --policy chat --model planner
    """
    python = python or PYTHON
    if not python.exists() and not print_only:
        raise Mistake(
            f"there is no {python}: `make serving` makes an environment with vLLM for the CPU; on a GPU make one with "
            "`pip install vllm` and name its Python with --python"
        )
    cpu = python.exists() and _is_cpu_build(python)
    settings = _environment(cpu)
    command = [str(python), *vllm_arguments(checkpoint, host, port, cpu=cpu), *extra]
    words = [*(f"{name}={value}" for name, value in settings.items()), *command]
    click.echo(shlex.join(words))
    if not print_only:
        sys.exit(subprocess.run(command, env={**os.environ, **settings}, check=False).returncode)


def vllm_arguments(checkpoint: Path, host: str, port: int, *, cpu: bool) -> list[str]:
    """The words after `python` that serve a checkpoint or an adapter.

    Raises:
        Mistake: if the folder holds no model.
    """
    adapter = checkpoint / "adapter_config.json"
    if not adapter.exists() and not (checkpoint / "config.json").exists():
        raise Mistake(f"{checkpoint} holds no model; `python -m rl.export` makes a folder that can be served")
    model = json.loads(adapter.read_text())["base_model_name_or_path"] if adapter.exists() else str(checkpoint)
    words = ["-m", "vllm.entrypoints.openai.api_server", "--model", model, "--host", host, "--port", str(port)]
    words += ["--limit-mm-per-prompt", json.dumps({"image": 5, "video": 0}), "--max-model-len", str(LONGEST_TOKENS)]
    words += ["--structured-outputs-config", json.dumps(GUIDANCE)]
    if adapter.exists():
        words += ["--served-model-name", f"{NAME}-base", "--enable-lora", "--lora-modules", f"{NAME}={checkpoint}"]
        words += ["--max-lora-rank", str(json.loads(adapter.read_text())["r"])]
    else:
        words += ["--served-model-name", NAME]
    return [*words, "--dtype", "float32", "--max-num-seqs", "4", "--enforce-eager"] if cpu else words


def _environment(cpu: bool) -> dict[str, str]:
    """Variables that the server needs beside its arguments."""
    if not cpu:
        return {"VLLM_NO_USAGE_STATS": "1"}
    hooks = Path(__file__).parent / "vllm_cpu"
    return {"VLLM_NO_USAGE_STATS": "1", "VLLM_CPU_KVCACHE_SPACE": "1", "PYTHONPATH": str(hooks)}


def _is_cpu_build(python: Path) -> bool:
    """Whether the environment has vLLM's build for the CPU.

    Raises:
        Mistake: if it has no vLLM.
    """
    script = "import importlib.metadata as m; print(*(d.name for d in m.distributions() if d.name.startswith('vllm')))"
    found = subprocess.run([str(python), "-c", script], capture_output=True, text=True, check=False).stdout.split()
    if not found:
        raise Mistake(f"{python} has no vLLM; make an environment with `make serving`")
    return "vllm" not in found
