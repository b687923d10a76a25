"""JPEG that is written in bands is the file that one encoder writes."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tools.picture import Picture, decode, encode
from tools.picture.profile import SRGB
from tools.strips import WORTH_SHARING

NOISE = np.random.default_rng(0).integers(0, 256, (1003, 1201, 3)).astype(np.uint8)


def test_the_bands_are_the_file_of_one_encoder_to_the_byte() -> None:
    buffer = io.BytesIO()
    rows = WORTH_SHARING // (8 * NOISE.shape[1])
    whole = Image.fromarray(NOISE)
    whole.save(
        buffer, "JPEG", quality=95, subsampling="4:4:4", icc_profile=SRGB.icc, exif=b"", restart_marker_rows=rows
    )
    assert encode(Picture(NOISE), "JPEG") == buffer.getvalue()


@pytest.mark.parametrize("height", [337, 800, 801, 1003])
def test_the_last_band_may_be_of_any_height(height: int) -> None:
    grey = np.broadcast_to(np.linspace(0, 255, height).astype(np.uint8)[:, None, None], (height, 1201, 3))
    back = decode(encode(Picture(np.ascontiguousarray(grey)), "JPEG"))
    assert back.size == (1201, height)
    assert np.abs(back.pixels.astype(int) - grey).max() <= 2


def test_what_is_transparent_becomes_white_in_every_band() -> None:
    alpha = np.broadcast_to(np.linspace(0, 1, 1003, dtype=np.float32)[:, None], (1003, 1201))
    back = decode(encode(Picture(np.zeros_like(NOISE), alpha), "JPEG"))
    assert np.abs(255 * (1 - alpha) - back.pixels[..., 1]).max() <= 2


def test_a_side_that_is_too_long_is_explained() -> None:
    with pytest.raises(OSError, match="70000 px is too long for JPEG"):
        encode(Picture(np.zeros((70_000, 8, 3), np.uint8)), "JPEG")


@pytest.mark.parametrize(
    "options",
    [
        {"subsampling": "4:4:4"},
        {"subsampling": "4:2:2"},
        {"subsampling": "4:2:0"},
        {"subsampling": "4:2:0", "progressive": True},
        {"keep_rgb": True},
    ],
)
def test_a_file_is_decoded_to_the_codes_that_pillow_has(options: dict[str, Any]) -> None:
    buffer = io.BytesIO()
    image = Image.fromarray(NOISE[:217, :333]).resize((501, 377))
    image.save(buffer, "JPEG", **options)
    with Image.open(buffer) as wanted:
        assert np.array_equal(decode(buffer.getvalue()).pixels, np.asarray(wanted))
