"""TIFF files that are not compressed, as editors write for one another: their pixels are read straight into place.

Pillow and OpenCV make one or two more copies of them. TIFF 6.0 (1992), sections 2 and 6.
"""

import sys
from typing import IO

import numpy as np
from PIL import ExifTags, Image

from tools.types import Codes

_BASE = ExifTags.Base
_ONLY = {
    _BASE.Compression: 1,
    _BASE.PhotometricInterpretation: 2,
    _BASE.PlanarConfiguration: 1,
    _BASE.FillOrder: 1,
    _BASE.Orientation: 1,
}
"""What a tag says if it is there."""
_ORDERS = {b"II": "little", b"MM": "big"}


def is_plain(image: Image.Image) -> bool:
    """Whether an opened file is an upright TIFF of RGB, 8 or 16 bits, perhaps with alpha, that is not compressed."""
    if image.format != "TIFF" or image.mode not in ("RGB", "RGBA"):
        return False
    tags = image.tag_v2  # type: ignore[attr-defined]
    height, bits = image.size[1], set(tags.get(_BASE.BitsPerSample, ()))
    return (
        all(tags.get(tag, value) == value for tag, value in _ONLY.items())
        and tags.get(_BASE.SamplesPerPixel) == len(image.mode)
        and bits in ({8}, {16})
        and len(tags.get(_BASE.StripOffsets, ())) == -(-height // tags.get(_BASE.RowsPerStrip, height))
    )


def read_plain(image: Image.Image, stream: IO[bytes]) -> Codes:
    """Codes of an opened file that `is_plain`, `(H, W, 3 or 4) uint8` or `uint16`.

    Raises:
        OSError: if it is cut off.
    """
    tags, (width, height) = image.tag_v2, image.size  # type: ignore[attr-defined]
    dtype = np.uint16 if 16 in tags[_BASE.BitsPerSample] else np.uint8
    codes = np.empty((height, width, len(image.mode)), dtype)
    rows = min(height, tags.get(_BASE.RowsPerStrip, height))
    for top, start in zip(range(0, height, rows), tags[_BASE.StripOffsets], strict=True):
        strip = codes[top : top + rows]
        stream.seek(start)
        if stream.readinto(strip.data.cast("B")) < strip.nbytes:  # type: ignore[attr-defined]
            raise OSError("pixels are missing")
    return codes if _ORDERS[tags.prefix] == sys.byteorder else codes.byteswap(inplace=True)
