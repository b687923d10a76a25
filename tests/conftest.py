"""Photos and folders that many tests use."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.picture import Picture, load

if TYPE_CHECKING:
    from tests.mcp_server.editor_server import EditorServer

PHOTOS = Path(__file__).parent.parent / "photos"


@pytest.fixture(autouse=True)
def _own_store(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what runs leave behind out of the person's own cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def photo_path() -> Path:
    return PHOTOS / "meadow.jpg"


@pytest.fixture(scope="session")
def meadow() -> Picture:
    return load(PHOTOS / "meadow.jpg")


@pytest.fixture(scope="session")
def endpoint() -> "Iterator[EditorServer]":
    """An image editor, as small as one can be, behind its real interface."""
    pytest.importorskip("diffusers", reason="needs the dev extra: pip install 'stylist[train,dev]'")
    from tests.mcp_server.editor_server import running  # torch: only for those who ask

    with running() as server:
        yield server
