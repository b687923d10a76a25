"""From bytes to a `Picture`: any format, mode, depth, orientation and colour space, or an error in words."""

import io
import re
import struct
import warnings
import zlib
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NamedTuple

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from tools.declare import ToolError
from tools.picture.metadata import Metadata, descriptive, metadata_of, read_exif
from tools.picture.picture import Picture, to_uint8
from tools.picture.plain_tiff import is_plain, read_plain
from tools.picture.planes import lie_apart, read_planes
from tools.picture.png import ends_with_pixels
from tools.picture.profile import (
    DISPLAY_P3,
    SRGB,
    SRGB_ICC,
    Profile,
    ProfileError,
    describe,
    read_grey_curve,
    read_profile,
)
from tools.picture.writing import FORMATS
from tools.strips import WORTH_SHARING, in_strips
from tools.types import Codes

MAX_PIXELS = 120_000_000
"""Larger pictures are refused before they are decoded."""
MAX_BYTES = 1_000_000_000
HEIC_SUFFIXES = (".heic", ".heif", ".hif")
RAW_SUFFIXES = (".dng", ".nef", ".cr2", ".cr3", ".arw", ".raf", ".orf", ".rw2", ".pef", ".srw")
"""Files that are read with the extras `heic` and `raw`."""
READ_SUFFIXES = frozenset({*FORMATS, ".gif", ".bmp", ".ppm", *HEIC_SUFFIXES, *RAW_SUFFIXES})
"""Suffixes of files that may be photographs."""
_READ: tuple[str, ...] = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF", "BMP", "PPM")
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    MemoryError,
    RuntimeError,
    struct.error,
    zlib.error,
    cv2.error,
)
"""What decoders raise on damaged files."""
_HEAD_BYTES = 4096
"""What is read of a file to know its kind; comments in a PPM file may be as long."""
_TIFF = b"II*\0", b"MM\0*"
_DEEP_PPM = re.compile(rb"P[56](\s+(#.*\n\s*)*\d+){2}\s+65535\s")

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)  # it warns of every tag of EXIF in a TIFF file
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
Image.core.set_block_size(64 << 20)  # type: ignore[attr-defined]  # freed blocks of up to 32 MB are kept by glibc


class _Decoded(NamedTuple):
    codes: Codes
    """`(H, W, 3) uint8` or `uint16`, as stored."""
    alpha: Codes | None
    """`(H, W)`, as deep."""
    profile: Profile
    notes: list[str]


def load(path: Path, name: str | None = None) -> Picture:
    """Read a photograph.

    Args:
        path: of the file.
        name: what it is called in errors, that of the file by default; camera raw files are known by its suffix.

    Raises:
        ToolError: if it is missing, empty, not a picture, broken, or larger than `MAX_PIXELS`; the message says which.
    """
    with _opened(path) as stream:
        return _decoded(stream, path, name or path.name)


def _opened(path: Path) -> IO[bytes]:
    """Open a file that should be a picture.

    Raises:
        ToolError: if there is no such file, or it is a folder, empty, unreadable or larger than `MAX_BYTES`.
    """
    if path.is_dir():
        raise ToolError(f"{path.name or path} is a folder; name a picture file in it")
    try:
        if not path.exists():
            raise ToolError(f"there is no file {path}")
        if not path.is_file():
            raise ToolError(f"{path.name} is not a regular file")
        length = path.stat().st_size
        if length == 0:
            raise ToolError(f"{path.name} is empty (0 bytes)")
        if length > MAX_BYTES:
            raise ToolError(f"{path.name} has {length / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read")
        return path.open("rb")
    except OSError as error:
        raise ToolError(f"{path.name} cannot be read: {error.strerror or error}") from None


def decode(data: bytes, name: str = "the picture") -> Picture:
    """Decode a picture held in memory; see `load`, which takes less of it."""
    return _decoded(io.BytesIO(data), data, name)


def _decoded(stream: IO[bytes], source: Path | bytes, name: str) -> Picture:
    """Decode an opened file, which is `source`."""
    if name.lower().endswith(RAW_SUFFIXES):
        return _developed(stream, name)
    formats = _READ
    head = _head(stream)
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"):
        _extra("pillow_heif", "heic", name).register_heif_opener()
        formats = (*_READ, "HEIF")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        warnings.filterwarnings("ignore", category=UserWarning)
        try:
            with Image.open(stream, formats=formats) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise ToolError(_too_large(name, width * height))
                codes = read_plain(image, stream) if is_plain(image) else _by_opencv(image, stream, source)
                if codes is None:
                    image.load()
                return _from_pillow(image, stream, codes)
        except UnidentifiedImageError:
            raise ToolError(_not_a_picture(head, name)) from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            pixels = re.search(r"\d+", str(error))
            raise ToolError(_too_large(name, int(pixels[0]) if pixels else 0)) from None
        except ToolError:
            raise
        except BROKEN as error:
            raise ToolError(f"{name} is damaged or cut off: {_reason(error)}") from None


def _head(stream: IO[bytes]) -> bytes:
    """The first bytes of a file, all of which may be read after that."""
    stream.seek(0)
    head = stream.read(_HEAD_BYTES)
    stream.seek(0)
    return head


def _reason(error: Exception) -> str:
    """What a decoder says; of a number that is none it says Python's words."""
    return "it has no number where one should be" if "invalid literal" in str(error) else str(error)


def _too_large(name: str, pixels: int) -> str:
    return f"{name} has {pixels / 1e6:.1f} megapixels, which is too large; at most {MAX_PIXELS / 1e6:.0f} are read"


def _not_a_picture(head: bytes, name: str) -> str:
    if head[:8] == b"\x89PNG\r\n\x1a\n" and len(head) >= 24:
        width, height = struct.unpack_from(">II", head, 16)
        if width == 0 or height == 0:
            return f"{name} has {width} x {height} px; a picture has at least one"
    if head[:4] in _TIFF:
        return f"{name} is a TIFF file of a kind that is not read; grey, RGB and CMYK of 8 or 16 bits a channel are"
    return f"{name} is not a picture that can be read ({', '.join(_READ)}; HEIC and camera raw with an extra)"


def _extra(module: str, extra: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise ToolError(f"{name} needs the extra {extra!r}: pip install 'stylist[{extra}]'") from None


def _developed(stream: IO[bytes], name: str) -> Picture:
    """Develop a camera raw file with the camera's own white balance, 16 bits deep, in Display P3."""
    rawpy = _extra("rawpy", "raw", name)
    try:
        with rawpy.imread(stream) as raw:
            if raw.sizes.width * raw.sizes.height > MAX_PIXELS:
                raise ToolError(_too_large(name, raw.sizes.width * raw.sizes.height))
            codes = raw.postprocess(
                output_bps=16, output_color=rawpy.ColorSpace.P3D65, gamma=(2.4, 12.92), use_camera_wb=True
            )
    except rawpy.LibRawError as error:
        raise ToolError(f"{name} cannot be developed: {error}") from None
    exif = Image.Exif()
    if _head(stream)[:4] in _TIFF:
        exif.load(stream.read())
    note = "developed from camera raw with the camera's white balance"
    return Picture(codes, None, 16, DISPLAY_P3, Metadata(descriptive(exif)), (note,))


def _from_pillow(image: Image.Image, stream: IO[bytes], codes: Codes | None) -> Picture:
    """A picture of an opened image, of its file, and of its codes where Pillow has not decoded them."""
    notes = []
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        notes.append(f"animated: the first of {image.n_frames} frames is used")  # type: ignore[attr-defined]
    # That of a TIFF file is applied by whoever decodes it.
    orientation = 1 if image.format == "TIFF" else read_exif(image).get(ExifTags.Base.Orientation, 1)
    decoded = _with_profile(image, codes)
    return Picture(
        pixels=_turned(decoded.codes, orientation),
        alpha=None if decoded.alpha is None else _turned(decoded.alpha, orientation),
        bits=16 if decoded.codes.dtype == np.uint16 else 8,
        profile=decoded.profile,
        metadata=metadata_of(image, stream),
        notes=(*notes, *decoded.notes),
    )


def _turned(pixels: Codes, orientation: int) -> Codes:
    """Apply an EXIF orientation (1-8) to `(H, W, ...)`."""
    if orientation in (5, 6, 7, 8):
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _by_opencv(image: Image.Image, stream: IO[bytes], source: Path | bytes) -> Codes | None:
    """Decode what OpenCV decodes faster than Pillow, or deeper.

    Returns:
        None where it is not that, is damaged, or says more behind its pixels, which Pillow reads after them.
    """
    if image.format == "PNG" and not ends_with_pixels(stream):
        image.load()
    if _is_deep(image, stream):
        return _deep(image, stream, source)
    plain_png = image.format == "PNG" and "transparency" not in image.info
    if plain_png and image.mode == "RGBA" and getattr(image, "n_frames", 1) == 1:
        return _in_order(_read_by_opencv(source, cv2.IMREAD_UNCHANGED))
    if image.mode != "RGB" or not (plain_png or image.format in ("JPEG", "MPO")):
        return None
    if not plain_png and not _ends_as_jpeg(stream):  # from a file, OpenCV takes one that is cut off for whole
        source = _all_bytes(source)
    return _read_by_opencv(source, cv2.IMREAD_COLOR_RGB)


def _in_order(raw: Codes | None) -> Codes | None:
    """Codes that OpenCV has read unchanged, with red before blue, as `(H, W, 1 to 4)`."""
    if raw is None:
        return None
    if raw.ndim == 2:
        return raw[..., None]
    order = cv2.COLOR_BGR2RGB if raw.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return in_strips(lambda strip: cv2.cvtColor(strip, order), raw, out=raw)


def _read_by_opencv(source: Path | bytes, kind: int) -> Codes | None:
    """Codes that OpenCV reads, as they are stored; from a file, it makes one copy of them less."""
    flags = kind | cv2.IMREAD_IGNORE_ORIENTATION
    if isinstance(source, Path) and str(source).isascii():  # other names it does not find on every system
        return cv2.imread(str(source), None, flags)
    return cv2.imdecode(np.frombuffer(_all_bytes(source), np.uint8), flags)


def _all_bytes(source: Path | bytes) -> bytes:
    return source.read_bytes() if isinstance(source, Path) else source


def _ends_as_jpeg(stream: IO[bytes]) -> bool:
    stream.seek(-2, io.SEEK_END)
    return stream.read() == b"\xff\xd9"


def _is_deep(image: Image.Image, stream: IO[bytes]) -> bool:
    """Whether an opened file has 16 bits a channel."""
    if image.format == "PNG":
        return _head(stream)[24:25] == b"\x10"
    deep_tiff = image.format == "TIFF" and image.mode in ("RGB", "RGBA") and 16 in _bits_per_sample(image)
    deep_ppm = image.format == "PPM" and _DEEP_PPM.match(_head(stream)) is not None
    return deep_tiff or deep_ppm or image.mode.startswith("I;16")


def _deep(image: Image.Image, stream: IO[bytes], source: Path | bytes) -> Codes | None:
    """Decode 16-bit grey and colour, which Pillow cuts to 8 bits, as `(H, W, 1 to 4)`; None where that fails."""
    if image.mode.startswith("I;16"):
        return np.asarray(image, np.uint16)[..., None]
    if image.format == "TIFF" and lie_apart(image):
        return read_planes(image, _all_bytes(source))
    raw = _read_by_opencv(source, cv2.IMREAD_UNCHANGED)
    return _in_order(raw) if raw is not None and raw.dtype == np.uint16 else None


def _bits_per_sample(image: Image.Image) -> tuple[int, ...]:
    return tuple(image.tag_v2.get(ExifTags.Base.BitsPerSample, (8,)))  # type: ignore[attr-defined]


def _with_profile(image: Image.Image, own: Codes | None) -> _Decoded:
    """Take codes, alpha and colour space from an image, converting what is not made of three primaries.

    Args:
        image: the image.
        own: its codes, `(H, W, 1 to 4)`, where Pillow has not decoded it to the full.
    """
    icc = image.info.get("icc_profile")
    if own is None:
        image = _plain_mode(image)
    grey = own.shape[2] < 3 if own is not None else image.mode in ("L", "LA")
    alpha: Codes | None = None
    if own is not None and own.shape[2] in (2, 4):
        alpha = own[..., -1]
    elif own is None and image.mode in ("LA", "RGBA"):
        alpha = np.asarray(image.getchannel("A"))
    if alpha is not None and alpha.min() == np.iinfo(alpha.dtype).max:
        alpha = None
    if own is None and image.mode in ("CMYK", "LAB"):
        return _Decoded(*_through_lcms(image, icc))
    plain = "L" if grey else "RGB"
    codes = _codes_of(image, plain) if own is None else own[..., : 1 if grey else 3]
    if grey:
        plane, notes = _grey_in_srgb(codes.reshape(codes.shape[:2]), icc)
        return _Decoded(plane[..., None].repeat(3, axis=2), alpha, SRGB, notes)
    if not icc:
        return _Decoded(codes, alpha, SRGB, [])
    try:
        return _Decoded(codes, alpha, read_profile(icc), [])
    except ProfileError:
        deep = codes.dtype == np.uint16
        base = Image.fromarray((codes >> 8).astype(np.uint8) if deep else codes)
        srgb, _, profile, notes = _through_lcms(base, icc)
        if deep:
            notes.append("16 bits a channel reduced to 8 by that")
        return _Decoded(srgb, alpha, profile, notes)


def _codes_of(image: Image.Image, mode: str) -> Codes:
    """The codes of an image in mode L or RGB.

    They are taken over by strips, since Pillow makes two more copies of what it hands over.
    """
    width, height = image.size
    if width * height < WORTH_SHARING:
        return np.asarray(image.convert(mode))
    codes = np.empty((height, width, *(() if mode == "L" else (3,))), np.uint8)
    rows = max(1, WORTH_SHARING // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        codes[top:bottom] = np.asarray(image.crop((0, top, width, bottom)).convert(mode))
    return codes


def _plain_mode(image: Image.Image) -> Image.Image:
    """Bring an 8-bit image to L, LA, RGB, RGBA, CMYK or LAB."""
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("I", "F"):
        plane = np.asarray(image, np.float64)
        return Image.fromarray(to_uint8(plane / (65535 if plane.max() > 255 else 255)))
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK", "LAB"):
        return image
    return image.convert({"1": "L", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB"}.get(image.mode, "RGB"))


def _grey_in_srgb(plane: Codes, icc: bytes | None) -> tuple[Codes, list[str]]:
    """Codes of grey as codes of sRGB, at the same depth."""
    if not icc:
        return plane, []
    try:
        curve = read_grey_curve(icc)
    except ProfileError as error:
        return plane, [f"its colour profile was ignored: {error}"]
    top = int(np.iinfo(plane.dtype).max)
    light = np.interp(np.linspace(0, 1, top + 1), np.linspace(0, 1, curve.size), curve)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    table = (coded * top + 0.5).astype(plane.dtype)
    return table[plane], [f"grey profile {describe(icc)!r} converted to sRGB"]


def _through_lcms(image: Image.Image, icc: bytes | None) -> tuple[Codes, None, Profile, list[str]]:
    """Convert CMYK, Lab, or RGB with a profile made of tables to sRGB, which cuts colours outside it."""
    kind = "RGB" if image.mode == "RGB" else "Lab" if image.mode == "LAB" else "CMYK"
    if image.mode == "LAB":
        source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        note = "Lab converted to sRGB, which cuts colours outside it"
    elif icc:
        source = None
        note = f"{kind} profile {describe(icc)!r} converted to sRGB, which cuts colours outside it"
    else:
        return np.asarray(image.convert("RGB")), None, SRGB, ["CMYK converted to sRGB without a profile"]
    try:
        target = ImageCms.ImageCmsProfile(io.BytesIO(SRGB_ICC))
        source = source or ImageCms.ImageCmsProfile(io.BytesIO(icc or b""))
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return np.asarray(image.convert("RGB")), None, SRGB, ["its colour profile is broken and was ignored"]
    return np.asarray(converted), None, SRGB, [note]
