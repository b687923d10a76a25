"""Trajectories from files, checked before anything is trained on them."""

from pathlib import Path
from typing import Any

from rl.methods.arguments import NothingToTrainOnError

REQUIRED = ("photo", "request", "context", "renderer", "completion", "images", "reward", "split")
_BUILDERS = {".parquet": "parquet", ".jsonl": "json"}
_SAME_THROUGHOUT = {
    "judge": "rewards of different judges cannot be compared",
    "prompt_version": "prompts of different versions are not what one planner sees",
}


def load_trajectories(path: str) -> Any:
    """All rows of a Parquet or JSONL file, or of the folder's files.

    Raises:
        FileNotFoundError: if there is none.
        NothingToTrainOnError: if files differ in their columns, columns are missing, or rows are of several judges.
    """
    from datasets.exceptions import DatasetsError
    from pyarrow.lib import ArrowException

    from datasets import concatenate_datasets, load_dataset

    files = _files(Path(path))
    parts = []
    for file in files:
        try:
            parts.append(load_dataset(_BUILDERS[file.suffix], data_files=str(file), split="train"))
        except (DatasetsError, ArrowException) as error:
            raise NothingToTrainOnError(f"{file} is not {file.suffix[1:]}: {error.__cause__ or error}") from None
        except (ValueError, StopIteration):
            raise NothingToTrainOnError(
                f"{file} holds no rows; record runs first, with `python -m rl.record`"
            ) from None
    for file, part in zip(files, parts, strict=True):
        missing = [name for name in REQUIRED if name not in part.column_names]
        if missing:
            raise NothingToTrainOnError(
                f"{file} lacks the columns {', '.join(missing)}; `python -m rl.trajectories` writes them"
            )
        kind = str(part.features["reward"].dtype)
        if not kind.startswith(("float", "int", "null")):
            raise NothingToTrainOnError(
                f"{file} has rewards of type {kind}; they are numbers, picture scores from 1 to 5"
            )
        if part.features != parts[0].features:
            raise NothingToTrainOnError(
                f"{file} and {files[0]} differ in {_difference(part.features, parts[0].features)}; "
                "make both again with `python -m rl.trajectories`"
            )
    rows = concatenate_datasets(parts)
    for name, why in _SAME_THROUGHOUT.items():
        if name in rows.column_names:
            values = rows[name]
            counts = {value: values.count(value) for value in sorted(set(values), key=str)}
            if len(counts) > 1:
                listed = ", ".join(f"{value} ({count})" for value, count in counts.items())
                raise NothingToTrainOnError(f"the rows are of several {name}s, {listed}: {why}; give one file a {name}")
    return rows


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = [file for file in sorted(path.iterdir()) if file.suffix in _BUILDERS]
    else:
        files = [path] if path.is_file() else []
    if not files:
        raise FileNotFoundError(
            f"there is no file of trajectories {str(path)!r}; `python -m rl.trajectories` writes one"
        )
    if path.is_file() and path.suffix not in _BUILDERS:
        raise NothingToTrainOnError(f"{path} is neither .parquet nor .jsonl")
    return files


def _difference(features: Any, others: Any) -> str:
    names = [name for name in {**features, **others} if features.get(name) != others.get(name)]
    return "the columns " + ", ".join(names)
