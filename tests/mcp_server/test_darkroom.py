import hashlib
import io

import pytest

from mcp_server import darkroom
from mcp_server.darkroom import Darkroom
from mcp_server.edits import Edit, Source
from tests.mcp_server.conftest import scenery


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
