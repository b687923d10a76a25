"""Reading and writing photographs without losing what a photographer cares about.

photo = load(Path("coast.jpg"))      # orientation applied, colour converted to sRGB, 8 or 16 bits
save(photo, Path("out.png"))         # atomic: a killed process leaves no half-written file
"""

import io
import os
import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from tools.declare import ToolError
from tools.types import FloatImage, FloatPlane

MAX_PIXELS = 120_000_000
"""Larger pictures are refused before they are decoded."""
MAX_BYTES = 1_000_000_000
PROXY_PX = 512
"""Long side of the reduced copy on which pictures are measured and previewed."""
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
_READ = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF", "BMP", "PPM")
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True)
class Picture:
    """A decoded photograph."""

    srgb: FloatImage
    """`(H, W, 3) float32`, encoded sRGB, [0, 1]."""
    alpha: FloatPlane | None = None
    """`(H, W) float32` in [0, 1], or None when opaque."""
    bits: int = 8
    """Bits a channel in the file it came from: 8 or 16."""
    exif: bytes | None = None
    """EXIF block without the orientation, which is applied to the pixels; or None."""
    notes: tuple[str, ...] = ()
    """What was converted on reading, for the person: "CMYK converted to sRGB"."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px."""
        return self.srgb.shape[1], self.srgb.shape[0]

    def with_pixels(self, srgb: FloatImage) -> "Picture":
        """The same photograph with other pixels."""
        return replace(self, srgb=srgb)


def load(path: Path) -> Picture:
    """Read a photograph.

    Raises:
        ToolError: if it is missing, empty, not a picture, broken, or larger than `MAX_PIXELS`; the message says which.
    """
    return decode(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """Read a file that should be a picture.

    Raises:
        ToolError: if there is no such file, or it is a folder, empty, unreadable or larger than `MAX_BYTES`.
    """
    if path.is_dir():
        raise ToolError(f"{path.name} is a folder; name a picture file in it")
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
        return path.read_bytes()
    except OSError as error:
        raise ToolError(f"{path.name} cannot be read: {error.strerror or error}") from None


def decode(data: bytes, name: str = "the picture") -> Picture:
    """Decode a picture held in memory; see `load`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        warnings.filterwarnings("ignore", category=UserWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_READ) as image:
                width, height = image.size
                if width * height > MAX_PIXELS:
                    raise Image.DecompressionBombError
                image.load()
                return _from_pillow(image, data)
        except UnidentifiedImageError:
            raise ToolError(f"{name} is not a picture that can be read ({', '.join(_READ)})") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise ToolError(f"{name} is too large; at most {MAX_PIXELS / 1e6:.0f} megapixels are read") from None
        except (OSError, SyntaxError, ValueError, EOFError, MemoryError, OverflowError) as error:
            raise ToolError(f"{name} is damaged or cut off: {error}") from None


def _from_pillow(image: Image.Image, data: bytes) -> Picture:
    notes = []
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        notes.append(f"animated: the first of {image.n_frames} frames is used")  # type: ignore[attr-defined]
    orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    upright = ImageOps.exif_transpose(image)
    exif = upright.getexif()
    exif_bytes = exif.tobytes() if len(exif) else None
    deep = _decode_16_bit(image, data, orientation)
    if deep is not None:
        srgb, alpha = deep
        return Picture(srgb, alpha, 16, exif_bytes, tuple(notes))
    image, note = _to_srgb(upright)
    alpha = None
    if "A" in image.getbands():
        alpha = np.asarray(image.getchannel("A"), np.float32) / 255
        alpha = None if alpha.min() == 1 else alpha
    srgb = np.asarray(image.convert("RGB"), np.float32) / 255
    return Picture(srgb, alpha, 8, exif_bytes, (*notes, *note))


def _decode_16_bit(image: Image.Image, data: bytes, orientation: int) -> tuple[FloatImage, FloatPlane | None] | None:
    """Decode 16-bit PNG and TIFF, which Pillow would cut to 8 bits; None when the file is not 16 bits deep."""
    if image.format not in ("PNG", "TIFF") or ("icc_profile" in image.info and not _is_srgb(image)):
        return None
    if image.format == "PNG" and data[24:25] != b"\x10":
        return None
    raw = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
    if raw is None or raw.dtype != np.uint16:
        return None
    pixels = np.asarray(raw, np.float32) / 65535
    if pixels.ndim == 2:
        pixels = pixels[..., None].repeat(3, axis=2)
    alpha = pixels[..., 3] if pixels.shape[2] == 4 else None
    srgb = pixels[..., 2::-1]
    turned = np.ascontiguousarray(_orient(srgb, orientation))
    return turned, None if alpha is None else np.ascontiguousarray(_orient(alpha, orientation))


def _orient(pixels: FloatImage, orientation: int) -> FloatImage:
    """Apply an EXIF orientation (1-8) to `(H, W, ...)`."""
    if orientation in (5, 6, 7, 8):
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def _is_srgb(image: Image.Image) -> bool:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
    return "srgb" in ImageCms.getProfileDescription(profile).lower()


def _to_srgb(image: Image.Image) -> tuple[Image.Image, list[str]]:
    """Convert any mode and embedded profile to 8-bit sRGB, RGB or RGBA."""
    if image.mode in ("P", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode in ("I;16", "I;16B", "I;16L", "I", "F"):
        plane = np.asarray(image, np.float64)
        top = 65535 if plane.max() > 255 else 255
        image = Image.fromarray(to_uint8(plane / top))
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            if not _is_srgb(image):
                source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
                name = ImageCms.getProfileDescription(source).strip()
                alpha = image.getchannel("A") if image.mode == "RGBA" else None
                base = image.convert("RGB") if alpha else image
                converted = ImageCms.profileToProfile(base, source, _SRGB, outputMode="RGB")
                if converted is not None:
                    if alpha:
                        converted.putalpha(alpha)
                    return converted, [f"colour profile {name!r} converted to sRGB"]
        except (ImageCms.PyCMSError, OSError):
            return image.convert("RGB"), ["its colour profile is broken and was ignored"]
    if image.mode == "CMYK":
        return image.convert("RGB"), ["CMYK converted to sRGB"]
    return (image if image.mode in ("RGB", "RGBA") else image.convert("RGBA" if "A" in image.mode else "RGB")), []


def reduce_to(srgb: FloatImage, long_side_px: int) -> FloatImage:
    """Scale down so that the long side is at most `long_side_px`, averaging; smaller pictures are returned."""
    height, width = srgb.shape[:2]
    scale = long_side_px / max(height, width)
    if scale >= 1:
        return srgb
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(srgb, size, interpolation=cv2.INTER_AREA)


def to_uint8(srgb: FloatImage) -> NDArray[np.uint8]:
    """Round encoded values to 8 bits, clipping at the ends of the range."""
    return (np.clip(srgb, 0, 1) * 255 + 0.5).astype(np.uint8)


def to_pillow(picture: Picture) -> Image.Image:
    """The picture as an 8-bit Pillow image, RGB or RGBA."""
    image = Image.fromarray(to_uint8(picture.srgb))
    if picture.alpha is not None:
        image.putalpha(Image.fromarray(to_uint8(picture.alpha)))
    return image


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


def encode(picture: Picture, format_name: str, *, quality: int = 95) -> bytes:
    """Encode a picture: PNG and TIFF keep 16 bits where the source had them, formats without alpha get white behind."""
    if picture.bits == 16 and format_name in ("PNG", "TIFF"):
        return _encode_16_bit(picture, ".png" if format_name == "PNG" else ".tiff")
    image = to_pillow(picture)
    if format_name == "JPEG" and image.mode == "RGBA":
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    options: dict[str, object] = {"icc_profile": _SRGB.tobytes()}
    if picture.exif:
        options["exif"] = picture.exif
    if format_name in ("JPEG", "WEBP", "AVIF"):
        options["quality"] = quality
    if format_name == "JPEG":
        options["subsampling"] = "4:4:4"
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


def _encode_16_bit(picture: Picture, suffix: str) -> bytes:
    channels = [picture.srgb[..., 2], picture.srgb[..., 1], picture.srgb[..., 0]]
    if picture.alpha is not None:
        channels.append(picture.alpha)
    deep = (np.clip(np.stack(channels, axis=-1), 0, 1) * 65535 + 0.5).astype(np.uint16)
    done, data = cv2.imencode(suffix, deep)
    if not done:
        raise ToolError(f"the picture could not be encoded as {suffix}")
    return bytes(data)


def save(picture: Picture, path: Path, *, quality: int = 95) -> None:
    """Write a picture in the format that the suffix names, atomically.

    Raises:
        ToolError: if the suffix is unknown or the place cannot be written.
    """
    write_atomically(path, encode(picture, output_format(path), quality=quality))


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
