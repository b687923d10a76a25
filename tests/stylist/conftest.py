"""The command line as a person meets it, in a folder with a small photo."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from stylist.main import main

PHOTOS = Path(__file__).parents[2] / "photos"
Cli = Callable[..., Result]


def small(name: str, side: int = 256) -> Image.Image:
    """One of the bundled photos, reduced."""
    with Image.open(PHOTOS / name) as photo:
        photo.thumbnail((side, side))
        return photo.copy()


def run_cli(*words: str | Path, given: str | None = None) -> Result:
    """Run `stylist` with these words; whatever goes wrong, a person never sees a traceback."""
    result = CliRunner().invoke(main, [str(word) for word in words], input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def cli() -> Cli:
    return run_cli


@pytest.fixture(scope="session")
def small_meadow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "meadow.jpg"
    small("meadow.jpg").save(path, quality=92)
    return path


@pytest.fixture
def desk(tmp_path: Path, small_meadow: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with `meadow.jpg` in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    shutil.copy(small_meadow, tmp_path)
    return tmp_path


def files(folder: Path) -> set[str]:
    """Everything under a folder, hidden files too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
