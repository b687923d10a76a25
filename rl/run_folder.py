"""What a run leaves in its folder, beside the model: enough to say what it was, and to do it again.

config.yaml    what the run was told; `python -m rl.train --config config.yaml` does it again
run.json       versions, hashes of the data, seed, machine, times, rows and weights, what came out
curves.png     losses, plan validity, judge score, learning rate, speed
README.md      the model card
checkpoint-*   to resume from
"""

import hashlib
import json
import os
import platform
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rl.arguments import Arguments

PACKAGES = ("stylist", "torch", "transformers", "trl", "peft", "accelerate", "datasets")
RUN_FILES = ("run.json", "config.yaml", "README.md", "curves.png", "planner.json", "config.json", "adapter_config.json")
"""Files of which a run leaves its own."""
_CHECKPOINT = re.compile(r"checkpoint-(\d+)")


def check_free(folder: Path) -> None:
    """Refuse to train into the folder of another run, or over files of a person's own.

    Raises:
        ValueError: if there is anything that would be overwritten, with the ways out.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name another --output_dir")
    there = [path.name for path in _numbered(folder)] + [name for name in RUN_FILES if (folder / name).exists()]
    if "run.json" in there:
        raise ValueError(
            f"{folder} holds a run already; go on with it (--resume_from_checkpoint true) or name another --output_dir"
        )
    if there:
        raise ValueError(f"{folder} holds {', '.join(there)}, which a run would overwrite; name another --output_dir")


def checkpoint_to_resume(folder: Path, given: str) -> Path:
    """The newest complete checkpoint of a run (`given` is "true"), or the one that is named.

    A checkpoint whose writing was cut off has no readable trainer_state.json, the last file to be written.

    Raises:
        ValueError: if there is none.
    """
    if given.lower() != "true":
        if not _is_complete(Path(given)):
            raise ValueError(f"{given} is no complete checkpoint; --resume_from_checkpoint true takes the newest one")
        return Path(given)
    complete = [path for path in reversed(_numbered(folder)) if _is_complete(path)]
    if not complete:
        raise ValueError(
            f"{folder} holds no complete checkpoint to go on from; start without --resume_from_checkpoint, in a folder "
            "that is empty"
        )
    return complete[0]


def check_same_run(folder: Path, arguments: Arguments, hashes: Mapping[str, str]) -> None:
    """Refuse to resume on other data, another base, seed or method than the run began with.

    Raises:
        ValueError: naming what differs.
    """
    path = folder / "run.json"
    if not path.exists():
        return
    began = json.loads(path.read_text())
    if sorted(began["data"].values()) != sorted(hashes.values()):
        raise ValueError(
            f"the data is not what the run began with: {', '.join(hashes)} differs from {', '.join(began['data'])}"
        )
    now = _identity(arguments)
    changed = [
        f"{name} {began[name]!r} is {now[name]!r} now" for name in now if began.get(name, now[name]) != now[name]
    ]
    if changed:
        raise ValueError(
            f"the run began otherwise: {'; '.join(changed)}; go back to that, or name another --output_dir"
        )


def data_hashes(path: Path) -> dict[str, str]:
    """SHA-256 of each data file by its name."""
    files = sorted(file for file in path.iterdir() if file.is_file()) if path.is_dir() else [path]
    return {str(file): _sha256(file) for file in files}


def start_record(arguments: Arguments, hashes: Mapping[str, str], notes: list[str], rows: int) -> dict[str, Any]:
    """What is known of a run when it starts."""
    import torch
    from accelerate.state import AcceleratorState

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU, {os.cpu_count()} cores"
    return {
        "started": _now(),
        **_identity(arguments),
        "data": dict(hashes),
        "rows": rows,
        "notes": notes,
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "device": device,
        "processes": arguments.training.world_size,
        "distributed": AcceleratorState().distributed_type.value,
    }


def finish_record(record: dict[str, Any], state: Any, metrics: dict[str, float]) -> dict[str, Any]:
    """The record with what came out; `state` is the trainer's, `metrics` those of its training."""
    last = {
        name: value for entry in state.log_history for name, value in entry.items() if name not in ("step", "epoch")
    }
    best = {"checkpoint": state.best_model_checkpoint, "metric": state.best_metric}
    result = {"steps": state.global_step, "seconds": metrics.get("train_runtime"), "last": last}
    return {**record, "finished": _now(), **result, "best": best if state.best_model_checkpoint else None}


def write_json(path: Path, content: Any) -> None:
    """Write JSON in one move, so that a stopped process leaves the old file or the new one."""
    write_text(path, json.dumps(content, indent=2, default=str) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file in one move."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


def _identity(arguments: Arguments) -> dict[str, Any]:
    """What makes a run this run and no other, beside its data."""
    method = arguments.method
    options = {**asdict(method), "bound": method.negative_weights, "behaviour_kl": method.added_weight}
    del options["trajectories"]  # known by its content
    training, base = arguments.training, arguments.model.model_name_or_path
    return {"base": base, **options, "learning_rate": training.learning_rate, "seed": training.seed}


def _numbered(folder: Path) -> list[Path]:
    found = [path for path in folder.glob("checkpoint-*") if _CHECKPOINT.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(path.name.split("-")[1]))


def _is_complete(checkpoint: Path) -> bool:
    try:
        return bool(json.loads((checkpoint / "trainer_state.json").read_text())["global_step"])
    except (OSError, ValueError, KeyError):
        return False


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
