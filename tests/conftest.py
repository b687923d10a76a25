"""Photos and folders that many tests use."""

from pathlib import Path

import pytest

from tools.picture import Picture, load

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
