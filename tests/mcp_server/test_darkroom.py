import hashlib
import io

import numpy as np
import pytest

from mcp_server import darkroom
from mcp_server.darkroom import Darkroom
from mcp_server.edits import Edit, Source
from tests.mcp_server.conftest import scenery
from tools.picture import decode
from tools.plan import Step


def _refuse(digest: str) -> bytes:
    raise AssertionError(f"{digest} is read again")


def test_a_photo_opened_is_not_decoded_again_to_be_measured_and_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(darkroom, "SOURCE_CACHE_BYTES", 0)
    monkeypatch.setattr(darkroom, "PROXY_CACHE_BYTES", 2_500_000)  # two proxies, and nothing that was found in them
    room, edits = Darkroom(_refuse), []
    for seed in range(2):
        written = io.BytesIO()
        scenery(600, 200, seed).save(written, "JPEG")
        source = Source(sha256=hashlib.sha256(written.getvalue()).hexdigest(), name=f"{seed}.jpg")
        room.develop(source, written.getvalue())
        edits.append(Edit(source=source))
    for edit in edits:
        assert room.context(edit).width_px == 600
        assert room.attributes(edit)


def test_an_edit_is_the_same_whenever_it_is_written() -> None:
    written = io.BytesIO()
    scenery(600, 200, 0).save(written, "PNG")
    source = Source(sha256=hashlib.sha256(written.getvalue()).hexdigest(), name="photo.png")
    room = Darkroom({source.sha256: written.getvalue()}.__getitem__)
    room.develop(source, written.getvalue())
    edit = Edit(source=source, steps=(Step(tool="exposure", args={"stops": 1}),))
    first = room.full(edit).pixels.copy()
    assert np.array_equal(room.full(edit).pixels, first)
    assert np.array_equal(room.full(Edit(source=source)).pixels, decode(written.getvalue()).pixels)
