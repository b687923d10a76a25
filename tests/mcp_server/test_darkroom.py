import hashlib
from pathlib import Path

import numpy as np
import pytest

from mcp_server import darkroom
from mcp_server.darkroom import Darkroom
from mcp_server.edits import Edit, Source
from tests.mcp_server.conftest import scenery
from tools.picture import load
from tools.plan import Step


def written(path: Path, seed: int = 0) -> Source:
    scenery(600, 200, seed).save(path)
    return Source(sha256=hashlib.sha256(path.read_bytes()).hexdigest(), name=path.name)


def test_a_photo_opened_is_not_decoded_again_to_be_measured_and_edited(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(darkroom, "SOURCE_CACHE_BYTES", 0)
    monkeypatch.setattr(darkroom, "PROXY_CACHE_BYTES", 2_500_000)  # two proxies, and nothing that was found in them
    sources = [written(tmp_path / f"{seed}.jpg", seed) for seed in range(2)]
    files = {source.sha256: tmp_path / source.name for source in sources}
    room = Darkroom(files.pop)  # each is there once
    for source in sources:
        room.negative(source)
    for source in sources:
        assert room.context(Edit(source=source)).width_px == 600
        assert room.attributes(Edit(source=source))


def test_an_edit_is_the_same_whenever_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    source = written(path)
    room = Darkroom({source.sha256: path}.__getitem__)
    edit = Edit(source=source, steps=(Step(tool="exposure", args={"stops": 1}),))
    first = room.full(edit).pixels.copy()
    assert np.array_equal(room.full(edit).pixels, first)
    assert np.array_equal(room.full(Edit(source=source)).pixels, load(path).pixels)
