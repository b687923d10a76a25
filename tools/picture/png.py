"""PNG written in bands by all threads: each band is filtered and deflated by itself.

So the encoder needs no copy of the whole picture. PNG Specification, third edition (W3C, 2025), sections 9 and 10;
RFC 1950 and 1951.
"""

import io
import struct
import zlib
from functools import reduce
from typing import IO, Any

import numpy as np

from tools.compiled import compiled
from tools.picture.in_order import InOrder
from tools.picture.picture import Picture, whole_numbers
from tools.strips import over_strips
from tools.types import Codes

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BAND_BYTES = 1 << 20
_COLOUR, _COLOUR_AND_ALPHA = 2, 6
_ZLIB_HEADER = b"\x78\x01"
_PAETH = 4
_LEVEL = 1
"""Of deflation, with runs alone: to look for more takes much longer, and photographs get smaller by a few per cent."""
_ADLER_BASE = 65521


def write_png(picture: Picture, stream: IO[bytes]) -> None:
    """Encode a picture of 8 or 16 bits with all that is known about it."""
    width, height = picture.size
    channels = 3 if picture.alpha is None else 4
    kind = _COLOUR if channels == 3 else _COLOUR_AND_ALPHA
    header = struct.pack(">IIBBBBB", width, height, picture.bits, kind, 0, 0, 0)
    stream.write(b"".join([_SIGNATURE, _chunk(b"IHDR", header), *_described(picture)]))
    _write_pixels(picture, channels, stream)
    stream.write(_chunk(b"IEND", b""))


def ends_with_pixels(png: IO[bytes]) -> bool:
    """Whether nothing but the end follows the pixels of a PNG file."""
    png.seek(len(_SIGNATURE))
    name, before = b"", b""
    while name != b"IEND" and len(head := png.read(8)) == 8:
        before = name
        length, name = struct.unpack(">I4s", head)
        png.seek(length + 4, io.SEEK_CUR)
    return (before, name) == (b"IDAT", b"IEND")


def _described(picture: Picture) -> list[bytes]:
    """Profile, resolution, EXIF and XMP."""
    metadata = picture.metadata
    chunks = [_chunk(b"iCCP", b"profile\0\0" + zlib.compress(picture.profile.icc))]
    if metadata.dpi:
        chunks.append(_chunk(b"pHYs", struct.pack(">IIB", *(round(number / 0.0254) for number in metadata.dpi), 1)))
    if metadata.exif:
        chunks.append(_chunk(b"eXIf", metadata.exif))
    if xmp := metadata.written_xmp():
        chunks.append(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp))
    return chunks


def _write_pixels(picture: Picture, channels: int, stream: IO[bytes]) -> None:
    """Write the pixels in chunks, one of each band, and the sum of all bytes in one of its own."""
    width, height = picture.size
    pixel_bytes = channels * picture.bits // 8
    rows = max(1, _BAND_BYTES // (width * pixel_bytes))
    bands = -(-height // rows)
    chunks, sums = InOrder(stream), [(1, 0)] * bands

    def encode(part: slice) -> None:
        for band in range(part.start, part.stop):
            top, bottom = rows * band, min(rows * (band + 1), height)
            filtered = _filtered(picture, top, bottom, pixel_bytes).data
            packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, strategy=zlib.Z_RLE)
            begun = (b"" if band else _ZLIB_HEADER) + packer.compress(filtered)
            rest = packer.flush(zlib.Z_FINISH if bottom == height else zlib.Z_FULL_FLUSH)
            chunks.write(band, _chunk(b"IDAT", begun, rest))
            sums[band] = zlib.adler32(filtered), filtered.nbytes

    over_strips(encode, bands, max(1, width * height // bands))
    stream.write(_chunk(b"IDAT", struct.pack(">I", reduce(_joined_sums, sums)[0])))


def _filtered(picture: Picture, top: int, bottom: int, pixel_bytes: int) -> Codes:
    """Some rows as bytes, each with its filter before it and less what its neighbours foretell, flat."""
    above = min(top, 1)
    rows = whole_numbers(picture.rows(slice(top - above, bottom)))
    rows = rows.astype(rows.dtype.newbyteorder(">"), copy=False).view(np.uint8).reshape(len(rows), -1)
    result = np.empty((bottom - top, rows.shape[1] + 1), np.uint8)
    result[:, 0] = _PAETH
    before = rows[0] if above else np.zeros_like(rows[0])
    _foretell(rows[above:], before, pixel_bytes, result[:, 1:])
    return result.ravel()


@compiled
def _foretell(rows: Any, above: Any, step: int, result: Any) -> None:
    """Take from each byte of some rows what Paeth's filter foretells from those to the left, above, and between.

    Args:
        rows: `(H, N) uint8`.
        above: `(N,)`: the row before them, or 0.
        step: bytes of a pixel.
        result: as many as `rows`, filled.
    """
    for y in range(rows.shape[0]):
        own = rows[y]
        for x in range(step):
            result[y, x] = own[x] - above[x]
        for x in range(step, own.size):
            left, over, corner = np.int32(own[x - step]), np.int32(above[x]), np.int32(above[x - step])
            to_left, to_over, to_corner = abs(over - corner), abs(left - corner), abs(left + over - 2 * corner)
            nearer = over if to_over <= to_corner else corner
            result[y, x] = own[x] - (left if (to_left <= to_over) & (to_left <= to_corner) else nearer)
        above = own


def _joined_sums(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    """Adler's sum of two runs of bytes one after the other, and their length, from those of each (RFC 1950)."""
    (low, high), (more_low, more_high) = (divmod(number, 1 << 16)[::-1] for number, _ in (first, second))
    low_sum = (low + more_low - 1) % _ADLER_BASE
    high_sum = (high + more_high + second[1] * (low - 1)) % _ADLER_BASE
    return high_sum << 16 | low_sum, first[1] + second[1]


def _chunk(name: bytes, *body: bytes) -> bytes:
    whole = b"".join([name, *body])
    return struct.pack(">I", len(whole) - len(name)) + whole + struct.pack(">I", zlib.crc32(whole))
