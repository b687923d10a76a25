import hashlib
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mcp_server.edits import Edit, Source
from mcp_server.settings import default_store
from mcp_server.store import IN_USE_S, Store
from tools.declare import ToolError
from tools.plan import Step


def kept(store: Store, data: bytes, name: str = "a.jpg") -> Edit:
    digest = hashlib.sha256(data).hexdigest()
    store.put_photo(digest, data)
    return store.put(Edit(source=Source(sha256=digest, name=name)))


def age(folder: Path, edit: Edit, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(folder / "photos" / edit.source.sha256, (then, then))


def test_an_edit_is_named_by_what_it_says() -> None:
    photo = Edit(source=Source(sha256="0" * 64, name="a.jpg"))
    step = Step(tool="exposure", args={"stops": 0.5})
    assert photo.followed_by([step]) == photo.followed_by([Step.model_validate(step.model_dump())])
    assert photo.followed_by([step]).uri != photo.followed_by([step], seed=1).uri
    assert photo.followed_by([step]).parent == photo.uri


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    edit = kept(Store(tmp_path, 1000), b"bytes")
    further = Store(tmp_path, 1000).put(edit.followed_by([Step(tool="tint", args={"amount": 5})]))
    again = Store(tmp_path, 1000)
    assert again.get(further.uri) == further
    assert again.history(further) == [edit, further]
    assert again.photo(edit.source.sha256).read_bytes() == b"bytes"


def test_a_killed_process_leaves_a_store_that_opens(tmp_path: Path) -> None:
    store = Store(tmp_path, 1000)
    edit = kept(store, b"bytes")
    (tmp_path / "photos" / ".half.written").write_bytes(b"by")
    (tmp_path / "edits" / ".half.written").write_bytes(b"{")
    assert Store(tmp_path, 1000).get(edit.uri) == edit


def test_damage_is_noticed_and_healed_by_opening_again(tmp_path: Path) -> None:
    store = Store(tmp_path, 1000)
    edit = kept(store, b"bytes")
    (tmp_path / "photos" / edit.source.sha256).write_bytes(b"bite")
    (tmp_path / "edits" / f"{edit.digest}.json").write_bytes(b"{}")
    with pytest.raises(ToolError, match="damaged; give the file again"):
        store.photo(edit.source.sha256)
    with pytest.raises(ToolError, match="damaged; start again"):
        store.get(edit.uri)
    again = kept(store, b"bytes")
    assert store.get(again.uri) == edit
    assert store.photo(edit.source.sha256).read_bytes() == b"bytes"


def test_the_photos_longest_out_of_use_leave_with_their_edits(tmp_path: Path) -> None:
    store = Store(tmp_path, 250)
    old, young = kept(store, b"1" * 100), kept(store, b"2" * 100)
    edited = store.put(old.followed_by([Step(tool="tint", args={"amount": 5})]))
    age(tmp_path, old, 3 * IN_USE_S)
    age(tmp_path, young, 2 * IN_USE_S)
    new = kept(store, b"3" * 100)
    for gone in (old, edited):
        with pytest.raises(ToolError, match="no edit is known"):
            store.get(gone.uri)
    with pytest.raises(ToolError, match="no longer kept"):
        store.photo(old.source.sha256)
    assert store.get(young.uri) == young
    assert store.get(new.uri) == new


def test_photos_in_use_stay_even_over_the_limit(tmp_path: Path) -> None:
    store = Store(tmp_path, 150)
    edits = [kept(store, bytes([number]) * 100) for number in range(4)]
    assert [store.get(edit.uri) for edit in edits] == edits


def test_what_the_history_of_an_edit_in_use_needs_stays(tmp_path: Path) -> None:
    store = Store(tmp_path, 250)
    photo = kept(store, b"1" * 100)
    digest = hashlib.sha256(b"2" * 100).hexdigest()
    store.put_photo(digest, b"2" * 100, made=True)
    made = store.put(photo.instructed_by(digest, "make it blue", "a model"))
    old = time.time() - 3 * IN_USE_S
    for path in (tmp_path / "photos").iterdir():
        os.utime(path, (old, old))
    assert store.get(made.uri) == made
    kept(store, b"3" * 100)
    assert store.history(made) == [photo, made]
    assert store.photo(photo.source.sha256).read_bytes() == b"1" * 100


def test_an_edit_leaves_with_its_table(tmp_path: Path) -> None:
    store = Store(tmp_path, 250)
    photo, table = kept(store, b"1" * 100), kept(store, b"2" * 100)
    step = Step(tool="lut", args={"file": "a.cube", "sha256": table.source.sha256})
    edited = store.put(photo.followed_by([step]))
    age(tmp_path, table, 3 * IN_USE_S)
    kept(store, b"3" * 100)
    with pytest.raises(ToolError, match="no edit is known"):
        store.get(edited.uri)
    assert store.get(photo.uri) == photo


def test_an_edit_of_an_unknown_library_is_explained(tmp_path: Path) -> None:
    manifest = b'{"parent":null,"seed":0,"source":{"name":"a","sha256":"0"},"steps":[{"tool":"sparkle"}]}'
    digest = hashlib.sha256(manifest).hexdigest()
    (tmp_path / "edits").mkdir()
    (tmp_path / "edits" / f"{digest}.json").write_bytes(manifest)
    with pytest.raises(ToolError, match="another version of the library: no tool is called 'sparkle'"):
        Store(tmp_path, 1000).get(f"image://sha256/{digest}")


def test_a_store_that_cannot_be_written_does_not_say_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ToolError, match=r"store of edits fails: .*; let XDG_CACHE_HOME") as caught:
        kept(Store(tmp_path / "file", 1000), b"bytes")
    assert str(tmp_path) not in str(caught.value)


def test_a_user_without_a_home_has_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert default_store() == Path(tempfile.gettempdir()) / f"stylist-{os.getuid()}"


def test_servers_that_share_a_folder_do_not_trip_over_each_others_files(tmp_path: Path) -> None:
    def keep(number: int) -> None:
        data = bytes(str(number), "ascii") * 100
        Store(tmp_path, 10_000_000).put_photo(hashlib.sha256(data).hexdigest(), data)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(keep, range(300)))
    assert len(list((tmp_path / "photos").iterdir())) == 300
