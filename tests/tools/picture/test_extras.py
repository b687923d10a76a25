"""HEIC and camera raw, with the extras; too large and empty pictures, in words."""

import io
import struct
import sys
import zlib
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2

from tests.conftest import PHOTOS
from tools.declare import ToolError
from tools.picture import decode, encode
from tools.picture.profile import DISPLAY_P3


def test_heic_is_read_with_its_profile() -> None:
    pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    with Image.open(PHOTOS / "meadow.jpg") as photo:
        image = photo.convert("RGB").resize((96, 64))
    image.save(buffer, "HEIF", icc_profile=DISPLAY_P3.icc, quality=95)
    picture = decode(buffer.getvalue(), "phone.heic")
    assert picture.profile.icc == DISPLAY_P3.icc
    assert np.abs(picture.pixels.astype(int) - np.asarray(image, int)).mean() < 4


def dng() -> bytes:
    """A small raw file: a grey wedge behind a Bayer filter of red, green, green and blue."""
    height, width = 64, 96
    sensor = np.linspace(500, 3500, width)[None, :].repeat(height, axis=0).astype("<u2")
    tags: dict[int, tuple[int, Any]] = {
        **{254: (4, 0), 256: (4, width), 257: (4, height), 258: (3, 16), 259: (3, 1), 262: (3, 32803), 271: (2, "Ann")},
        **{
            272: (2, "One"),
            273: (4, 0),
            274: (3, 1),
            277: (3, 1),
            278: (4, height),
            279: (4, sensor.nbytes),
            284: (3, 1),
        },
        **{33421: (3, (2, 2)), 33422: (1, b"\0\1\1\2"), 50706: (1, b"\1\4\0\0"), 50708: (2, "Ann One")},
        **{50714: (4, 0), 50717: (4, 4095), 50778: (3, 21)},
        50721: (10, tuple(IFDRational(number, 10000) for number in (10000, 0, 0, 0, 10000, 0, 0, 0, 10000))),
        50728: (5, (IFDRational(1), IFDRational(1), IFDRational(1))),
    }
    directory = ImageFileDirectory_v2(b"II*\0\x08\0\0\0")
    for tag, (kind, value) in tags.items():
        directory.tagtype[tag] = kind
        directory[tag] = value
    return b"II*\0\x08\0\0\0" + directory.tobytes(8) + sensor.tobytes()


def test_camera_raw_is_developed_deep_and_wide() -> None:
    picture = decode(dng(), "one.dng")
    assert picture.bits == 16
    assert picture.profile is DISPLAY_P3
    assert "developed from camera raw" in picture.notes[0]
    means = picture.srgb.mean(axis=(0, 2))
    assert np.diff(means[8:-8]).min() > -0.01
    assert means[-8] > 1.5 * means[8]
    with Image.open(io.BytesIO(encode(picture, "JPEG"))) as written:
        assert written.getexif()[271] == "Ann"


def test_a_broken_raw_file_is_refused_in_words() -> None:
    with pytest.raises(ToolError, match=r"broken.dng cannot be developed"):
        decode(b"not a raw file", "broken.dng")


@pytest.mark.parametrize(
    ("data", "name", "extra"),
    [(b"\0\0\0\x18ftypheic" + b"\0" * 40, "phone.heic", "heic"), (b"II*\0", "one.nef", "raw")],
)
def test_a_missing_extra_is_named(data: bytes, name: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, {"heic": "pillow_heif", "raw": "rawpy"}[extra], None)
    with pytest.raises(ToolError, match=rf"pip install 'stylist\[{extra}\]'"):
        decode(data, name)


def header_of(width: int, height: int) -> bytes:
    """The beginning of a PNG file."""
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"")))
    data = b"\x89PNG\r\n\x1a\n"
    for name, body in chunks:
        data += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return data


@pytest.mark.parametrize(("width", "height"), [(20_000, 20_000), (20_000, 10_000), (12_001, 10_000)])
def test_how_much_too_large_is_said(width: int, height: int) -> None:
    with pytest.raises(ToolError, match=rf"has {width * height / 1e6:.1f} megapixels.*at most 120 are read"):
        decode(header_of(width, height))


def test_a_picture_without_pixels_is_called_that() -> None:
    with pytest.raises(ToolError, match="has 0 x 5 px"):
        decode(header_of(0, 5))
