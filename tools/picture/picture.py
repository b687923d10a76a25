"""A decoded photograph: its pixels as they are in the file, what they mean, and what is written about it."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import DTypeLike, NDArray
from PIL import Image

from tools import colour
from tools.colour import Space
from tools.picture.metadata import Metadata
from tools.picture.profile import SRGB, Profile
from tools.rows import averaged
from tools.strips import in_strips
from tools.types import Codes, FloatImage

PROXY_PX = 512
"""Long side of the reduced copy on which pictures are measured and previewed."""


@dataclass(frozen=True)
class Picture:
    """A decoded photograph, upright."""

    pixels: Codes
    """`(H, W, 3)`: codes of `profile`, as `uint8`, `uint16` or, in [0, 1], `float32`."""
    alpha: Codes | None = None
    """`(H, W)`: as `uint8`, `uint16` or, in [0, 1], `float32`; None when opaque."""
    bits: int = 8
    """Bits a channel in the file it came from: 8 or 16."""
    profile: Profile = SRGB
    metadata: Metadata = field(default=Metadata(), repr=False)
    notes: tuple[str, ...] = ()
    """What was converted on reading, for the person: "CMYK converted to sRGB"."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def nbytes(self) -> int:
        """Bytes that pixels and alpha take."""
        return int(self.pixels.nbytes) + (0 if self.alpha is None else int(self.alpha.nbytes))

    @property
    def srgb(self) -> FloatImage:
        """`(H, W, 3) float32`, encoded sRGB; outside [0, 1] where the profile holds colours that sRGB does not.

        It is made anew each time, unless the pixels are that already.
        """
        if self.pixels.dtype == np.float32 and self.profile.is_srgb:
            return self.pixels
        return in_strips(self.strip_to_srgb, self.pixels)

    def strip_to_srgb(self, strip: Codes) -> FloatImage:
        """Encoded sRGB of some rows of the pixels, in a new array."""
        return self.profile.to_srgb(to_float(strip))

    def strip_to_linear(self, strip: Codes) -> FloatImage:
        """Linear sRGB of some rows of the pixels, in a new array."""
        if strip.dtype != np.uint8:
            return colour.srgb_to_linear(self.strip_to_srgb(strip))
        light = cv2.LUT(np.ascontiguousarray(strip), self.profile.byte_light)
        return self.profile.light_to_linear(light, out=light)

    def strip_of(self, strip: FloatImage, space: Space, *, overwrite: bool = False) -> Codes:
        """Codes of some rows, in linear or encoded sRGB, at the depth of this picture; the rows may be overwritten."""
        if self.pixels.dtype == np.uint8 and space == "linear":
            return self.profile.linear_to_bytes(strip)
        out = strip if overwrite else None
        return rounded(self.profile.drawn_in(strip, space, out=out), like=self.pixels)

    def rows(self, rows: slice) -> "Picture":
        """Some rows of the photograph."""
        return replace(self, pixels=self.pixels[rows], alpha=None if self.alpha is None else self.alpha[rows])

    def reduced(self, long_side_px: int) -> FloatImage:
        """Encoded sRGB of a copy whose long side is at most `long_side_px`, averaged from the codes."""
        return self.profile.to_srgb(to_float(reduce_to(self.pixels, long_side_px)))

    def with_pixels(self, srgb: FloatImage) -> "Picture":
        """The same photograph with other pixels, given as encoded sRGB, `(H, W, 3) float32`."""
        return replace(self, pixels=srgb, profile=SRGB)

    def with_codes(self, codes: Codes, note: str) -> "Picture":
        """The same photograph with other codes of its own profile.

        Args:
            codes: `(H, W, 3)`.
            note: what was done, in one line, for its metadata.
        """
        return replace(self, pixels=codes, metadata=self.metadata.with_edit(note))


def reduce_to(pixels: Codes, long_side_px: int) -> Codes:
    """Scale down so that the long side is at most `long_side_px`, averaging; smaller pictures are returned.

    Returns:
        `float32` in [0, 1] for pictures that are reduced, whatever the depth of `pixels`.
    """
    height, width = pixels.shape[:2]
    scale = long_side_px / max(height, width)
    if scale >= 1:
        return pixels
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    if pixels.dtype != np.float32:
        return averaged(pixels, rows, columns, unit=1 / _top(pixels))
    return cv2.resize(pixels, (columns, rows), interpolation=cv2.INTER_AREA)


def to_float(codes: Codes) -> FloatImage:
    """Codes as `float32`, [0, 1], in a new array unless they are that already."""
    if codes.dtype == np.float32:
        return codes
    return np.multiply(codes, np.float32(1 / _top(codes)), dtype=np.float32)


def to_uint8(srgb: FloatImage) -> NDArray[np.uint8]:
    """Round encoded values to 8 bits, clipping at the ends of the range."""
    return (np.clip(srgb, 0, 1) * 255 + 0.5).astype(np.uint8)


def to_uint16(srgb: FloatImage) -> NDArray[np.uint16]:
    """Round encoded values to 16 bits, clipping at the ends of the range."""
    return (np.clip(srgb, 0, 1) * 65535 + 0.5).astype(np.uint16)


def rounded(codes: FloatImage, like: Codes) -> Codes:
    """Codes in [0, 1] at the depth of `like`."""
    if like.dtype == np.float32:
        return codes
    return to_uint8(codes) if like.dtype == np.uint8 else to_uint16(codes)


def whole_numbers(picture: Picture) -> Codes:
    """Codes with alpha behind them, as 8- or 16-bit numbers, `(H, W, 3 or 4)`."""
    dtype = np.uint16 if picture.bits == 16 else np.uint8
    codes = _at_depth(picture.pixels, dtype)
    return codes if picture.alpha is None else np.dstack([codes, _at_depth(picture.alpha, dtype)])


def to_pillow(picture: Picture) -> Image.Image:
    """The codes of a picture as an 8-bit Pillow image, RGB or RGBA."""
    image = Image.fromarray(_at_depth(picture.pixels, np.uint8))
    if picture.alpha is not None:
        image.putalpha(Image.fromarray(_at_depth(picture.alpha, np.uint8)))
    return image


def _at_depth(codes: Codes, dtype: DTypeLike) -> Codes:
    """Codes as numbers of 8 or 16 bits."""
    if codes.dtype == dtype:
        return codes
    convert = to_uint16 if dtype == np.uint16 else to_uint8
    return in_strips(lambda strip: convert(to_float(strip)), codes, dtype=dtype)


def _top(codes: Codes) -> int:
    return int(np.iinfo(codes.dtype).max)
