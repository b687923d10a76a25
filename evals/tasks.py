"""Tasks: requests with their true goals, one JSON object a line.

    {"text": "warmer", "goals": [{"attribute": "warmth", "direction": 1}]}

The goals are those of whoever wrote the task. Policies see the text alone; judges see the goals.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from tools.declare import ToolError
from tools.goals import Request


def read_tasks(path: Path) -> list[Request]:
    """Read the tasks of a JSONL file.

    Raises:
        ToolError: naming the line that is wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise ToolError(f"{path} is not text; tasks are JSON, one object a line") from None
    tasks = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            tasks.append(Request.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ToolError(f"{path.name}, line {number}: {place}: {first['msg']}") from None
    if not tasks:
        raise ToolError(f"{path} holds no task")
    return tasks


def check_names(photos: Sequence[Path]) -> None:
    """Refuse photos that tables and traces could not tell apart.

    Raises:
        ToolError: if two have the same name.
    """
    name, count = Counter(photo.stem for photo in photos).most_common(1)[0]
    if count > 1:
        raise ToolError(f"{count} photos are called {name!r}, and results are told apart by that name; rename them")
