"""TIFF files whose channels lie one after the other, each read as a grey picture of its own.

OpenCV mixes up such channels of 16 bits, and Pillow cuts them to 8. TIFF 6.0 (1992), sections 2 and 8.
"""

import struct

import cv2
import numpy as np
from PIL import ExifTags, Image

from tools.declare import ToolError
from tools.types import Codes

_BASE = ExifTags.Base
_SHARED = (
    *(_BASE.ImageWidth, _BASE.ImageLength, _BASE.Compression, _BASE.FillOrder, _BASE.Predictor),
    *(_BASE.RowsPerStrip, _BASE.TileWidth, _BASE.TileLength, _BASE.Orientation),
)
"""Tags that say the same of every channel."""
_DIVIDED = (_BASE.StripOffsets, _BASE.StripByteCounts, _BASE.TileOffsets, _BASE.TileByteCounts)
"""Tags that list first what belongs to the first channel."""
_LONG = 4


def lie_apart(image: Image.Image) -> bool:
    """Whether the channels of an opened TIFF file lie one after the other."""
    return bool(image.tag_v2.get(_BASE.PlanarConfiguration) == 2)  # type: ignore[attr-defined]


def read_planes(image: Image.Image, data: bytes) -> Codes:
    """Decode the channels of a TIFF file of 16 bits, `(H, W, C) uint16`.

    Raises:
        ToolError: if it is damaged, or of the kind for files above 4 GB.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise ToolError("a BigTIFF file whose channels lie apart cannot be read; save it with interleaved channels")
    tags = image.tag_v2  # type: ignore[attr-defined]
    shared = {int(tag): (int(tags[tag]),) for tag in _SHARED if tag in tags}
    shared |= {int(_BASE.BitsPerSample): (16,), int(_BASE.PhotometricInterpretation): (1,)}
    channels = int(tags[_BASE.SamplesPerPixel])
    start = len(data) + len(data) % 2
    header, body = data[:4] + struct.pack(f"{order}I", start), data[8:].ljust(start - 8, b"\0")
    planes = []
    for channel in range(channels):
        own = {int(tag): tuple(_share(tags[tag], channel, channels)) for tag in _DIVIDED if tag in tags}
        file = header + body + directory(shared | own, start, order)
        plane = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
        if plane is None:
            raise ToolError("a TIFF file is damaged or cut off: a channel cannot be decoded")
        planes.append(plane)
    return np.dstack(planes)


def _share(values: tuple[int, ...], channel: int, channels: int) -> tuple[int, ...]:
    each = len(values) // channels
    return values[channel * each : (channel + 1) * each]


def directory(tags: dict[int, tuple[int, ...]], start: int, order: str) -> bytes:
    """A directory that begins at a place in the file, with the lists that it names behind it."""
    entries, lists = struct.pack(f"{order}H", len(tags)), b""
    behind = start + 2 + 12 * len(tags) + 4
    for tag, values in sorted(tags.items()):
        packed = struct.pack(f"{order}{len(values)}I", *values)
        entries += struct.pack(f"{order}HHI", tag, _LONG, len(values))
        entries += packed if len(values) == 1 else struct.pack(f"{order}I", behind + len(lists))
        lists += packed if len(values) > 1 else b""
    return entries + bytes(4) + lists
