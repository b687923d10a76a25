import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_server.paths import PhotoFolder
from tools.declare import ToolError

OUTSIDE = [
    "..",
    "../outside.jpg",
    "trip/../../outside.jpg",
    "./././../outside.jpg",
    "/etc/passwd",
    "//etc/passwd",
    "link.jpg",
    "door/outside.jpg",
    "door/../photos/../outside.jpg",
]
STRANGE = [
    "",
    "   ",
    "coast.jpg\0.png",
    "coast\n.jpg",
    "\ud800.jpg",
    "x" * 5000,
    "a" * 300 + ".jpg",
    "http://example.org/coast.jpg",
    "HTTPS://example.org/coast.jpg",
    "file:///etc/passwd",
    "file:/etc/passwd",
    "ftp://example.org/x.jpg",
    "data:image/png;base64,iVBORw0KGgo=",
    "%2e%2e/outside.jpg",
    "..%2foutside.jpg",
    "..\\outside.jpg",
    "~/outside.jpg",
    "$HOME/outside.jpg",
    "trip",
    "nothing.jpg",
    "pipe.jpg",
    "loop.jpg",
]


@pytest.fixture
def trapped(root: Path) -> Path:
    """The photo folder with links that lead out of it, a pipe and a loop."""
    (root / "link.jpg").symlink_to(root.parent / "outside.jpg")
    (root / "door").symlink_to(root.parent)
    (root / "loop.jpg").symlink_to(root / "loop.jpg")
    os.mkfifo(root / "pipe.jpg")
    return root


async def test_no_path_is_read_outside(connect: Any, settings: Any, trapped: Path) -> None:
    async with connect(settings) as caller:
        for path in (*OUTSIDE, *STRANGE):
            said = await caller.error("open_image", path=path)
            assert "Error executing" not in said, path
            assert str(trapped.parent) not in said, path
            if path != "trip":
                assert "Error executing" not in await caller.error("list_photos", folder=path), path


async def test_no_path_is_written_outside(connect: Any, settings: Any, trapped: Path) -> None:
    async with connect(settings) as caller:
        edit = (await caller.ok("open_image", path="coast.jpg"))["uri"]
        for path in (*(f"{path}/x.jpg" for path in OUTSIDE), "coast.jpg/x.jpg", "loop.jpg/x.jpg"):
            for tool, file in (("export_image", path), ("export_recipe", f"{path}.json")):
                said = await caller.error(tool, image=edit, path=file, overwrite=True)
                assert "Error executing" not in said, file
                assert str(trapped.parent) not in said, file
        assert "is not inside" in await caller.error("export_image", image=edit, path="link.jpg", overwrite=True)
        assert "is not a regular file" in await caller.error(
            "export_image", image=edit, path="pipe.jpg", overwrite=True
        )
        assert "is a hidden file" in await caller.error("export_recipe", image=edit, path=".vscode/tasks.json")
    assert sorted(entry.name for entry in trapped.parent.iterdir()) == ["outside.jpg", "photos", "store"]


async def test_what_leads_nowhere_is_not_listed(connect: Any, settings: Any, trapped: Path) -> None:
    async with connect(settings) as caller:
        assert (await caller.ok("list_photos"))["total"] == 2


async def test_the_store_is_out_of_reach(connect: Any, root: Path) -> None:
    from mcp_server import ServerSettings

    async with connect(ServerSettings(root=root, store=root / "store")) as caller:
        edit = (await caller.ok("open_image", path="coast.jpg"))["uri"]
        manifest = next((root / "store" / "edits").iterdir())
        photo = next((root / "store" / "photos").iterdir())
        assert "not inside" in await caller.error("open_image", path=f"store/photos/{photo.name}")
        said = await caller.error("export_recipe", image=edit, path=f"store/edits/{manifest.name}", overwrite=True)
        assert "not inside" in said
        assert (await caller.ok("list_photos"))["total"] == 2


@pytest.mark.parametrize("of", ["coast.jpg", "trip/hill.png"])
def test_what_is_exchanged_for_a_link_is_not_followed(trapped: Path, of: str) -> None:
    folder = PhotoFolder(trapped, Path("/nowhere"))
    found = folder.photo(of)
    place = found if found.parent == folder.root else found.parent
    elsewhere = place.rename(trapped.parent / "elsewhere")
    place.symlink_to(elsewhere)
    with pytest.raises(ToolError):
        folder.read(found, 1_000_000)


@given(st.text(max_size=60) | st.lists(st.sampled_from(["..", ".", "/", "a", "door", "\\"])).map("".join))
def test_whatever_is_written_stays_inside(text: str) -> None:
    folder = PhotoFolder(Path(__file__).parent, Path("/nowhere"))
    try:
        path = folder.target(text, overwrite=True)
    except ToolError:
        return
    assert path.is_relative_to(Path(__file__).parent.resolve())


def test_a_missing_root_is_named(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="'gone' is not there"):
        PhotoFolder(tmp_path / "gone", tmp_path / "store").photo("x.jpg")
