"""Bad input: one clear line, exit code 2, no traceback, nothing written, nothing changed."""

import os
import resource
import struct
import zlib
from pathlib import Path

import pytest

from tests.stylist.conftest import Cli, files, small


def _png(width: int, height: int) -> bytes:
    """A PNG whose header states this size; its pixels are missing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


@pytest.fixture
def cluttered(desk: Path) -> Path:
    """The working folder with all that can be wrong with a photo."""
    photo = (desk / "meadow.jpg").read_bytes()
    for name, data in {
        "empty.jpg": b"",
        "cut.jpg": photo[:3000],
        "text.jpg": b"not a picture",
        "none.png": _png(0, 0),
        "huge.png": _png(20_000, 20_000),
        "other.jpg": photo,
        "meadow.png": photo,
        "plan.json": b'{"steps": [{"tool": "exposure", "args": {"stops": 0.5}}]}',
        "broken.json": b'{"steps": [',
        "list.json": b"[1]",
        "binary.json": b"\xff\xfe\x00",
        "unknown.json": b'{"steps": [{"tool": "exposur"}]}',
        "range.json": b'{"steps": [{"tool": "exposure", "args": {"stops": 9}}]}',
        "nothing.json": b'{"steps": []}',
        "taken.jpg": photo,
        "a file": b"",
    }.items():
        (desk / name).write_bytes(data)
    (desk / "folder.jpg").mkdir()
    return desk


LONG = "x" * 300
WRONG: dict[str, tuple[list[str], str]] = {
    # the photo
    "missing": (["style", "nowhere.jpg", "warmer"], "there is no photo nowhere.jpg"),
    "empty": (["style", "empty.jpg", "warmer"], "empty.jpg is empty (0 bytes)"),
    "cut off": (["style", "cut.jpg", "warmer"], "cut.jpg is damaged or cut off"),
    "no picture": (["style", "text.jpg", "warmer"], "text.jpg is not a picture that can be read (JPEG, PNG"),
    "a folder": (["style", "folder.jpg", "warmer"], "folder.jpg is a folder; name the photos in it"),
    "approve and look again": (["style", "other.jpg", "warmer", "--approve", "--closed-loop"], "exclude each other"),
    "the current folder": (["style", ".", "warmer"], ". is a folder"),
    "no pixels": (["style", "none.png", "warmer"], "none.png has 0 x 0 px"),
    "400 megapixels": (
        ["style", "huge.png", "warmer"],
        "huge.png has 400.0 megapixels, which is too large; at most 120",
    ),
    "a long name": (["style", f"{LONG}.jpg", "warmer"], "cannot be used: File name too long"),
    "a name that is not text": (["style", "\udcff.jpg", "warmer"], "is not UTF-8 text"),
    # the request
    "empty request": (["style", "meadow.jpg", ""], "the request is empty; say in words"),
    "blank request": (["style", "meadow.jpg", " \t\n "], "the request is empty; say in words"),
    "emoji": (["style", "meadow.jpg", "😀🎉"], "meadow.jpg: Nothing was changed: no word of the request"),
    "no words": (["style", "meadow.jpg", "?!"], "no word of the request"),
    "for an editor": (["style", "meadow.jpg", "remove the man"], "'remove the man' needs a generative editor"),
    "too many words": (["style", "meadow.jpg", "warm " * 20_001], "has 100005 characters; at most 100000"),
    "a request that is not text": (["style", "meadow.jpg", "warm \udcff"], "the request is not UTF-8 text"),
    # one for the other
    "swapped": (["style", "warmer", "meadow.jpg"], "the photo comes first, as in  stylist style meadow.jpg 'warmer'"),
    "no request": (["style", "meadow.jpg"], "the request is missing: the last word, 'meadow.jpg', is a photo"),
    "photos, no request": (["style", "meadow.jpg", "other.jpg"], "the last word, 'other.jpg', is a photo"),
    "no photo": (["style", "warmer"], "the photo is missing, there is only the request 'warmer'"),
    "no quotes": (
        ["style", "meadow.jpg", "make", "it", "warmer"],
        "'make' is not a photo; if it belongs to the request",
    ),
    "no words at all": (["style"], "Missing argument 'REQUEST'"),
    # the place
    "a device": (["style", "meadow.jpg", "warmer", "-o", "/dev/full/x.jpg"], "/dev/full is not a folder"),
    "below a file": (["style", "meadow.jpg", "warmer", "-o", "a file/x.jpg"], "a file is not a folder"),
    "taken": (["style", "meadow.jpg", "warmer", "-o", "taken.jpg"], "taken.jpg exists already; add --force"),
    "no picture suffix": (["style", "meadow.jpg", "warmer", "-o", "x.xyz"], "'x.xyz' does not end in a picture suffix"),
    "the photo": (["style", "meadow.jpg", "warmer", "-o", "meadow.jpg"], "meadow.jpg is one of the photos"),
    "the photo, forced": (["style", "meadow.jpg", "warmer", "-o", "meadow.jpg", "--force"], "never replaced"),
    "the folder of the photo": (["style", "meadow.jpg", "warmer", "-o", "."], "meadow.jpg is one of the photos"),
    "one stem": (["style", "meadow.jpg", "meadow.png", "warmer"], "meadow.jpg and meadow.png would both become"),
    "one file for two": (["style", "meadow.jpg", "other.jpg", "warmer", "-o", "x.jpg"], "but there are 2 photos"),
    "a long place": (["style", "meadow.jpg", "warmer", "-o", f"{LONG}.jpg"], "cannot be used: File name too long"),
    # the options
    "seed": (["style", "meadow.jpg", "warmer", "--seed", "-1"], "-1 is not in the range"),
    "policy": (["style", "meadow.jpg", "warmer", "--policy", "oracle"], "'oracle' is not one of 'rules'"),
    "no checkpoint": (["style", "meadow.jpg", "warmer", "--policy", "checkpoint"], "needs a model folder"),
    "option": (["style", "meadow.jpg", "warmer", "--overwrite"], "No such option '--overwrite'"),
    "verb": (["paint"], "No such command 'paint'"),
    # apply
    "no plan": (["apply", "nowhere.json", "meadow.jpg"], "nowhere.json: there is no such plan file"),
    "a photo for a plan": (["apply", "meadow.jpg", "plan.json"], "this is a photo, not a plan"),
    "broken plan": (["apply", "broken.json", "meadow.jpg"], "broken.json: the plan is not JSON"),
    "a list": (["apply", "list.json", "meadow.jpg"], "list.json: plan: Input should be"),
    "binary": (["apply", "binary.json", "meadow.jpg"], "binary.json: the plan is not JSON"),
    "unknown tool": (["apply", "unknown.json", "meadow.jpg"], "did you mean 'exposure'?"),
    "out of range": (["apply", "range.json", "meadow.jpg"], "stops = 9 is not right; it is a number from -3 to 3 EV"),
    "no steps": (["apply", "nothing.json", "meadow.jpg"], "the plan has no steps"),
    "apply to nothing": (["apply", "plan.json"], "the photos are missing, there is only the plan"),
    "apply to a cut photo": (["apply", "plan.json", "cut.jpg"], "cut.jpg is damaged or cut off"),
    "apply over the photo": (["apply", "plan.json", "meadow.jpg", "-o", "meadow.jpg"], "is one of the photos"),
    "apply over a file": (["apply", "plan.json", "meadow.jpg", "-o", "taken.jpg"], "taken.jpg exists already"),
    # the other verbs
    "assess nothing": (["assess", "meadow.jpg", "nowhere.jpg"], "there is no file nowhere.jpg"),
    "assess a folder": (["assess", "meadow.jpg", "folder.jpg"], "folder.jpg is a folder"),
    "assess by no goals": (
        ["assess", "meadow.jpg", "other.jpg", "--goals", "nowhere.json"],
        "nowhere.json cannot be read",
    ),
    "assess by a picture": (["assess", "meadow.jpg", "other.jpg", "--goals", "other.jpg"], "other.jpg is not text"),
    "assess by both": (
        ["assess", "meadow.jpg", "other.jpg", "--goals", "x.json", "--request", "warmer"],
        "give either --request or --goals",
    ),
    "assess by no words": (["assess", "meadow.jpg", "other.jpg", "--request", "?"], "no word of the request '?'"),
    "tool": (["tools", "exposur"], "no tool is called 'exposur'; did you mean 'exposure'?"),
    "mcp root": (["mcp", "--root", "nowhere"], "--root nowhere is not a folder"),
}


@pytest.mark.parametrize("case", WRONG)
def test_it_is_said_in_a_line_and_nothing_happens(cluttered: Path, cli: Cli, case: str) -> None:
    words, said = WRONG[case]
    before = {name: (cluttered / name).stat().st_mtime_ns for name in files(cluttered)}
    result = cli(*words)
    assert result.exit_code == 2
    error = result.stderr[result.stderr.index("Error: ") :]
    assert said in error
    assert error.count("\n") == 1
    assert {name: (cluttered / name).stat().st_mtime_ns for name in files(cluttered)} == before


def test_a_full_disk_leaves_no_half_picture(desk: Path, cli: Cli) -> None:
    small("meadow.jpg", 800).save(desk / "meadow.jpg")
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, allowed[1]))
    try:
        result = cli("style", "meadow.jpg", "warmer", "-o", "x.tif")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)
    assert result.exit_code == 2
    assert "x.tif' cannot be written: File too large" in result.stderr
    assert files(desk) == {"meadow.jpg"}


def test_a_read_only_folder_is_refused(desk: Path, cli: Cli) -> None:
    (desk / "locked").mkdir(mode=0o555)
    if os.access(desk / "locked", os.W_OK):
        pytest.skip("nothing is read-only for root")
    result = cli("style", "meadow.jpg", "warmer", "-o", "locked")
    assert result.exit_code == 2
    assert "locked cannot be written to; name another place with -o" in result.stderr


def test_a_store_that_cannot_be_used_is_named(desk: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk / "meadow.jpg"))
    result = cli("style", "meadow.jpg", "warmer")
    assert result.exit_code == 2
    assert "set XDG_CACHE_HOME to a folder that can be written to" in result.stderr
    assert files(desk) == {"meadow.jpg"}


def test_a_request_that_names_a_folder_or_a_picture_is_a_request(desk: Path, cli: Cli) -> None:
    (desk / "warmer").mkdir()
    assert cli("style", "meadow.jpg", "warmer", "-o", "a.jpg").exit_code == 0
    assert cli("style", "meadow.jpg", "warmer, like cover.jpg", "-o", "b.jpg").exit_code == 0


def test_markup_and_dashes_in_names_are_only_names(desk: Path, cli: Cli) -> None:
    for name in ("[bold]x.jpg", "-x.jpg"):
        (desk / name).write_bytes((desk / "meadow.jpg").read_bytes())
    result = cli("style", "-o", "out", "--", "[bold]x.jpg", "-x.jpg", "warmer")
    assert result.exit_code == 0
    assert "out/[bold]x.jpg" in result.stdout
    assert {"out/[bold]x.jpg", "out/-x.jpg"} <= files(desk)
