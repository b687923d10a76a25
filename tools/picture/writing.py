"""From a `Picture` to a file that says everything the photo's own file said: profile, EXIF, XMP, depth, alpha."""

import io
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image

from tools.declare import ToolError
from tools.picture.jpeg import BEST_QUALITY, encode_jpeg
from tools.picture.metadata import DESCRIPTIVE, IPTC_TAG, iptc_in
from tools.picture.picture import Picture, to_pillow, whole_numbers
from tools.picture.png import encode_png

FORMATS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".avif": "AVIF",
}
"""Formats that are written, by suffix."""


def output_format(path: Path) -> str:
    """Name of the format that the suffix of `path` stands for.

    Raises:
        ToolError: if the suffix is not one of `FORMATS`.
    """
    try:
        return FORMATS[path.suffix.lower()]
    except KeyError:
        known = ", ".join(sorted(FORMATS))
        raise ToolError(f"{path.name!r} does not end in a picture suffix; known are {known}") from None


def save(picture: Picture, path: Path, *, quality: int = BEST_QUALITY) -> None:
    """Write a picture in the format that the suffix names, atomically.

    Raises:
        ToolError: if the suffix is unknown or the place cannot be written.
    """
    write_atomically(path, encode(picture, output_format(path), quality=quality))


def encode(picture: Picture, format_name: str, *, quality: int = BEST_QUALITY) -> bytes:
    """Encode a picture with all that is known about it.

    PNG and TIFF keep 16 bits where the source had them; JPEG, which has no alpha, gets white behind. At the best
    quality a WebP that had lost nothing is written without loss again.

    Args:
        picture: the picture.
        format_name: one of the values of `FORMATS`.
        quality: of JPEG, WebP and AVIF, 1 to 100.
    """
    if format_name == "PNG":
        return encode_png(picture)
    if format_name == "TIFF":
        return _tiff(picture)
    metadata = picture.metadata
    options: dict[str, Any] = {"icc_profile": picture.profile.icc}
    if metadata.exif:
        options["exif"] = b"Exif\0\0" + metadata.exif
    if xmp := metadata.written_xmp():
        options["xmp"] = xmp
    if format_name == "JPEG":
        return encode_jpeg(picture, quality, options)
    if format_name == "AVIF":
        options["subsampling"] = "4:4:4"
    elif metadata.without_loss and quality >= BEST_QUALITY:
        options["lossless"] = True
    buffer = io.BytesIO()
    to_pillow(picture).save(buffer, format_name, quality=quality, **options)
    return buffer.getvalue()


def _tiff(picture: Picture) -> bytes:
    """One uncompressed strip behind a directory that holds what EXIF, XMP and the profile say."""
    codes, metadata = whole_numbers(picture), picture.metadata
    height, width, channels = codes.shape
    own = Image.Exif()
    if metadata.exif:
        own.load(metadata.exif)
    exif = Image.Exif()
    exif.endian = "<"
    for tag in DESCRIPTIVE & set(own):
        exif[tag] = own.get_ifd(tag) if tag in tuple(ExifTags.IFD) else own[tag]
    pixels = np.ascontiguousarray(codes, codes.dtype.newbyteorder("<"))
    base = ExifTags.Base
    layout: dict[Any, Any] = {
        base.ImageWidth: width,
        base.ImageLength: height,
        base.BitsPerSample: (picture.bits,) * channels,
        base.Compression: 1,
        base.PhotometricInterpretation: 2,
        base.SamplesPerPixel: channels,
        base.RowsPerStrip: height,
        base.StripOffsets: 0,  # Pillow adds the length of the directory
        base.StripByteCounts: pixels.nbytes,
        base.PlanarConfiguration: 1,
        base.InterColorProfile: picture.profile.icc,
    }
    if channels == 4:
        layout[base.ExtraSamples] = 2
    if xmp := metadata.written_xmp():
        layout[base.XMLPacket] = xmp
    if metadata.iptc:
        layout[base.ImageResources] = metadata.iptc
        if iptc := iptc_in(metadata.iptc):
            layout[IPTC_TAG] = iptc
    if metadata.dpi:
        layout[base.XResolution], layout[base.YResolution] = metadata.dpi
        layout[base.ResolutionUnit] = 2
    for tag, value in layout.items():
        exif[int(tag)] = value
    return b"".join([exif.tobytes().removeprefix(b"Exif\0\0"), pixels.data])


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is either there whole or not at all, making its folder.

    Raises:
        ToolError: if the place cannot be written or the disk is full.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise ToolError(f"cannot write {path}: {error.strerror or error}") from None
