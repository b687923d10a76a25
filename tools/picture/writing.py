"""From a `Picture` to a file that says everything the photo's own file said: profile, EXIF, XMP, depth, alpha."""

import io
import os
import shutil
import tempfile
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import numpy as np
from PIL import ExifTags, Image

from tools.declare import ToolError
from tools.picture.jpeg import BEST_QUALITY, write_jpeg
from tools.picture.metadata import DESCRIPTIVE, IPTC_TAG, iptc_in
from tools.picture.picture import Picture, to_pillow, whole_numbers
from tools.picture.png import write_png
from tools.strips import WORTH_SHARING

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
_KEPT_BYTES = 16 << 20
"""Up to which an encoded picture stays in memory; a larger one lies in the folder for temporary files."""
_COPIED_BYTES = 1 << 20


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
    with encoded(picture, output_format(path), quality=quality) as file:
        write_atomically(path, file)


def encode(picture: Picture, format_name: str, *, quality: int = BEST_QUALITY) -> bytes:
    """Encode a picture with all that is known about it; see `encoded`, which takes less memory."""
    buffer = io.BytesIO()
    _write(picture, buffer, format_name, quality)
    return buffer.getvalue()


def encoded(picture: Picture, format_name: str, *, quality: int = BEST_QUALITY) -> "SpooledTemporaryFile[bytes]":
    """Encode a picture with all that is known about it, as a temporary file that stands at its beginning.

    PNG and TIFF keep 16 bits where the source had them; JPEG, which has no alpha, gets white behind. At the best
    quality a WebP that had lost nothing is written without loss again.

    Args:
        picture: the picture.
        format_name: one of the values of `FORMATS`.
        quality: of JPEG, WebP and AVIF, 1 to 100.

    Raises:
        OSError: if the format cannot hold such a picture.
        ToolError: if the disk is full.
    """
    file = SpooledTemporaryFile(_KEPT_BYTES)  # noqa: SIM115
    try:
        _write(picture, file, format_name, quality)
    except BaseException as error:
        file.close()
        if isinstance(error, OSError) and error.errno:
            raise ToolError(f"a file this large needs room in {tempfile.gettempdir()}: {error.strerror}") from None
        raise
    file.seek(0)
    return file


def _write(picture: Picture, stream: IO[bytes], format_name: str, quality: int) -> None:
    if format_name == "PNG":
        write_png(picture, stream)
        return
    if format_name == "TIFF":
        _write_tiff(picture, stream)
        return
    metadata = picture.metadata
    options: dict[str, Any] = {"icc_profile": picture.profile.icc}
    if metadata.exif:
        options["exif"] = b"Exif\0\0" + metadata.exif
    if xmp := metadata.written_xmp():
        options["xmp"] = xmp
    if format_name == "JPEG":
        write_jpeg(picture, stream, quality, options)
        return
    if format_name == "AVIF":
        options["subsampling"] = "4:4:4"
    elif metadata.without_loss and quality >= BEST_QUALITY:
        options["lossless"] = True
    to_pillow(picture).save(stream, format_name, quality=quality, **options)


def _write_tiff(picture: Picture, stream: IO[bytes]) -> None:
    """Write one uncompressed strip behind a directory that holds what EXIF, XMP and the profile say."""
    (width, height), metadata = picture.size, picture.metadata
    channels = 3 if picture.alpha is None else 4
    own = Image.Exif()
    if metadata.exif:
        own.load(metadata.exif)
    exif = Image.Exif()
    exif.endian = "<"
    for tag in DESCRIPTIVE & set(own):
        exif[tag] = own.get_ifd(tag) if tag in tuple(ExifTags.IFD) else own[tag]
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
        base.StripByteCounts: width * height * channels * picture.bits // 8,
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
    stream.write(exif.tobytes().removeprefix(b"Exif\0\0"))
    rows = max(1, WORTH_SHARING // width)
    for top in range(0, height, rows):
        codes = whole_numbers(picture.rows(slice(top, top + rows)))
        stream.write(np.ascontiguousarray(codes, codes.dtype.newbyteorder("<")).data)


def write_atomically(path: Path, data: bytes | IO[bytes]) -> None:
    """Write a file so that it is either there whole or not at all, making its folder.

    Raises:
        ToolError: if the place cannot be written or the disk is full.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            shutil.copyfileobj(io.BytesIO(data) if isinstance(data, bytes) else data, stream, _COPIED_BYTES)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ToolError(f"cannot write {path}: {error.strerror or error}") from None
        raise
