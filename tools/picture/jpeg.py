"""JPEG written in bands by all threads: each band is encoded by itself and begins anew at a restart marker.

So the encoder needs no copy of the whole picture. The bytes are those that one encoder writes with as many restart
markers. ITU-T T.81 (1992), sections B.2.1 and E.1.4.
"""

import struct
import tempfile
from functools import lru_cache
from io import BytesIO
from typing import IO, Any

from PIL import Image

from tools.picture.in_order import InOrder
from tools.picture.metadata import RESOURCES
from tools.picture.picture import Picture, to_pillow
from tools.strips import WORTH_SHARING, over_strips

BEST_QUALITY = 95
"""From here on a JPEG is never coarser than the JPEG that the photo came from."""
SEGMENT_BYTES = 65_500
"""What fits into one segment of a JPEG file."""
MOST_PX = 65_500
"""Longest side."""
_BLOCK_PX = 8
_START_OF_FRAME, _START_OF_SCAN, _END = 0xC0, 0xDA, b"\xff\xd9"


def write_jpeg(picture: Picture, stream: IO[bytes], quality: int, options: dict[str, Any]) -> None:
    """Encode a picture, with white behind what is transparent, in full colour resolution.

    Args:
        picture: the picture.
        stream: where it goes.
        quality: 1 to 100.
        options: of Pillow: `icc_profile`, `exif` and `xmp`.

    Raises:
        OSError: if it is longer than `MOST_PX`.
    """
    width, height = picture.size
    options = options | _coding(picture, quality) | _described(picture, options)
    if width * height < WORTH_SHARING:
        buffer = BytesIO()
        _on_white(to_pillow(picture)).save(buffer, "JPEG", **options)
        stream.write(buffer.getvalue())
        return
    if max(width, height) > MOST_PX:
        raise OSError(f"a side of {max(width, height)} px is too long for JPEG; at most {MOST_PX} px are possible")
    rows = max(1, WORTH_SHARING // (_BLOCK_PX * width))
    bands = -(-height // (_BLOCK_PX * rows))
    plain, file = _coding(picture, quality), InOrder(stream)

    def encode(part: slice) -> None:
        for band in range(part.start, part.stop):
            own = slice(_BLOCK_PX * rows * band, min(_BLOCK_PX * rows * (band + 1), height))
            with tempfile.TemporaryFile() as aside:  # Pillow lets other threads run while it writes to a real one
                image = _on_white(to_pillow(picture.rows(own)))
                image.save(aside, "JPEG", restart_marker_rows=rows, **(plain if band else options))
                aside.seek(0)
                file.write(band, _part(aside.read(), band, height, is_last=band + 1 == bands))

    over_strips(encode, bands, max(1, width * height // bands))


def _part(encoded: bytes, band: int, height: int, *, is_last: bool) -> bytes:
    """What a band adds to the file of all, of which each but the last is as high as restart markers lie apart."""
    frame, scan = _segments(encoded)
    head = bytearray(encoded[:scan])
    struct.pack_into(">H", head, frame + 5, height)
    mark = _END if is_last else bytes((0xFF, 0xD0 + band % 8))
    return b"".join([b"" if band else head, memoryview(encoded)[scan : -len(_END)], mark])


def _segments(data: bytes) -> tuple[int, int]:
    """Where the segment that tells the size begins, and where the coded pixels do."""
    frame, start = 0, 2
    while True:
        marker, length = data[start + 1], struct.unpack_from(">H", data, start + 2)[0]
        if marker == _START_OF_FRAME:
            frame = start
        start += 2 + length
        if marker == _START_OF_SCAN:
            return frame, start


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _coding(picture: Picture, quality: int) -> dict[str, Any]:
    """Full colour resolution, and quantisation no coarser than the photo's own."""
    tables = picture.metadata.jpeg_tables
    if not tables or quality < BEST_QUALITY:
        return {"subsampling": "4:4:4", "quality": quality}
    pairs = zip(_tables(quality), (tables * 2)[:2], strict=True)
    return {"subsampling": "4:4:4", "quality": -1, "qtables": [list(map(min, *pair)) for pair in pairs]}


def _described(picture: Picture, options: dict[str, Any]) -> dict[str, Any]:
    """Resolution, IPTC, and what of EXIF and XMP fits into a segment."""
    metadata, chosen = picture.metadata, dict[str, Any]()
    if metadata.dpi:
        chosen["dpi"] = metadata.dpi
    if metadata.iptc and len(metadata.iptc) < SEGMENT_BYTES:
        segment = RESOURCES + metadata.iptc
        chosen["extra"] = b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment
    if len(options.get("xmp", b"")) > SEGMENT_BYTES - 29:
        own_xmp = metadata.xmp or b""
        chosen["xmp"] = own_xmp if len(own_xmp) <= SEGMENT_BYTES - 29 else b""
    if len(options.get("exif", b"")) > SEGMENT_BYTES:
        chosen["exif"] = b""
    return chosen


@lru_cache(maxsize=16)
def _tables(quality: int) -> tuple[tuple[int, ...], ...]:
    """Quantisation that the encoder uses at a quality."""
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", quality=quality)
    with Image.open(buffer) as image:
        return tuple(tuple(table) for table in image.quantization.values())  # type: ignore[attr-defined]
