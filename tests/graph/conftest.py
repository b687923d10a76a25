"""A small photo, and a tool session in whose folder it lies."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from graph.tool_session import ToolSession, current_session
from tools.types import Json

PHOTOS = Path(__file__).parents[2] / "photos"


def thread(name: str) -> Any:
    """The configuration of a run."""
    return {"configurable": {"thread_id": name}}


def small(name: str, folder: Path) -> Path:
    """One of the bundled photos, reduced, in a folder."""
    path = folder / name
    with Image.open(PHOTOS / name) as photo:
        photo.thumbnail((200, 200))
        photo.save(path, quality=92)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The server's root, with `meadow.jpg` in it."""
    small("meadow.jpg", tmp_path)
    return tmp_path


@pytest.fixture
async def session(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ToolSession:
    """The session that runs of this test use; its root is the working folder, as in LangGraph Studio."""
    monkeypatch.chdir(folder)
    return await current_session(None)


def plan(*steps: Json) -> Json:
    """A plan as a person would write it."""
    return {"summary": "mine", "steps": list(steps)}
