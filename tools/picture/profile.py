"""The colour space of a file: an ICC profile that is three primaries and a curve for each, or a curve for grey.

Photographs of cameras, phones and editors carry such profiles (sRGB, Display P3, Adobe RGB, ProPhoto). Their codes are
taken to sRGB whose values may lie outside [0, 1], so no colour is lost, and back at the end, drawn into the gamut of
the profile. ICC.1:2022, sections 8.3, 10.6 and 10.18.
"""

import io
import struct
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import ImageCms

from tools import colour, kernels
from tools.colour import Space
from tools.types import FloatImage

NODES = 4096
"""Samples of a curve."""
_DATED = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SRGB_ICC = _DATED[:24] + bytes(12) + _DATED[36:]
"""Without the time at which it was made, so that the same picture is the same file at any time."""
_ALIKE = 2e-3
"""Largest difference in light at which a profile counts as sRGB."""
_SRGB_D50 = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
_P3_D50 = np.array([[0.51512, 0.29198, 0.15710], [0.24120, 0.69225, 0.06657], [-0.00105, 0.04189, 0.78407]])
"""Primaries in XYZ by columns, adapted to the D50 white of profiles."""


class ProfileError(ValueError):
    """A profile that is broken, or not made of primaries and curves."""


@dataclass(frozen=True, eq=False)
class Profile:
    """What the codes of a picture mean."""

    icc: bytes
    """The profile as it stands in the file."""
    matrix: NDArray[np.float32]
    """`(3, 3)`: light of the profile's primaries to linear sRGB."""
    curves: NDArray[np.float32]
    """`(3, NODES)`: light at evenly spaced codes from 0 to 1."""
    name: str = ""

    @cached_property
    def is_srgb(self) -> bool:
        """Whether its codes are those of sRGB."""
        plain = colour.srgb_to_linear(_ramp()[None, :, None].repeat(3, axis=2))[0].T
        return bool(np.abs(self.matrix - np.eye(3)).max() < 2 * _ALIKE and np.abs(self.curves - plain).max() < _ALIKE)

    @cached_property
    def inverse(self) -> NDArray[np.float32]:
        """`(3, 3)`: linear sRGB to light of the primaries."""
        return np.linalg.inv(self.matrix).astype(np.float32)

    @cached_property
    def luminance(self) -> NDArray[np.float32]:
        """Weights of the primaries in luminance."""
        return (colour.LUMINANCE @ self.matrix).astype(np.float32)

    @cached_property
    def codes(self) -> NDArray[np.float32]:
        """`(3, NODES)`: codes at evenly spaced square roots of light from 0 to 1."""
        light = _ramp().astype(np.float64) ** 2
        return np.stack([np.interp(light, curve, _ramp()) for curve in self.curves]).astype(np.float32)

    @cached_property
    def byte_codes(self) -> NDArray[np.uint8]:
        """`(3, NODES)`: 8-bit codes at evenly spaced square roots of light from 0 to 1."""
        light = _ramp()[None, :, None].repeat(3, axis=2) ** 2
        return np.ascontiguousarray((255 * self.to_codes(light)[0].clip(0, 1) + 0.5).astype(np.uint8).T)

    @cached_property
    def byte_light(self) -> NDArray[np.float32]:
        """`(1, 256, 3)`: light of 8-bit codes."""
        codes = np.arange(256, dtype=np.float32) / np.float32(255)
        return self.to_light(codes[None, :, None].repeat(3, axis=2))

    def light_to_linear(self, light: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
        """Light of the profile's primaries as linear sRGB."""
        if self.is_srgb:
            return light
        return colour.converted((lambda pixels: kernels.mix(pixels, self.matrix),), light, out)

    def linear_to_bytes(self, linear: FloatImage) -> NDArray[np.uint8]:
        """8-bit codes of linear sRGB, drawn into the profile's gamut."""
        light = np.ascontiguousarray(linear)
        if not self.is_srgb:
            light = colour.converted((lambda pixels: kernels.mix(pixels, self.inverse),), light)
        codes = np.empty(light.shape, np.uint8)
        kernels.code_light(light.reshape(-1), codes.reshape(-1), self.luminance, self.byte_codes)
        return codes

    def to_light(self, codes: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
        """Light of the profile's primaries; codes outside [0, 1] go on in a straight line."""
        if self.is_srgb:
            return colour.srgb_to_linear(codes, out=out)
        return colour.converted((lambda pixels: kernels.along_curve(pixels, self.curves),), codes, out)

    def to_codes(self, light: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
        """Codes of light of the profile's primaries."""
        if self.is_srgb:
            return colour.linear_to_srgb(light, out=out)
        return colour.converted((lambda pixels: kernels.along_root_curve(pixels, self.codes),), light, out)

    def to_srgb(self, codes: FloatImage, *, out: FloatImage | None = None) -> FloatImage:
        """Encoded sRGB, outside [0, 1] where the colour is outside sRGB; the codes themselves where they are sRGB."""
        if self.is_srgb:
            return codes
        light = self.to_light(codes, out=out)
        self.light_to_linear(light, out=light)
        return colour.linear_to_srgb(light, out=light)

    def from_srgb(self, srgb: FloatImage) -> FloatImage:
        """Codes of encoded sRGB; colours outside the profile's gamut stay outside [0, 1]."""
        if self.is_srgb:
            return srgb
        light = colour.srgb_to_linear(srgb)
        colour.converted((lambda pixels: kernels.mix(pixels, self.inverse),), light, light)
        return self.to_codes(light, out=light)

    def drawn_in(self, image: FloatImage, space: Space = "srgb", *, out: FloatImage | None = None) -> FloatImage:
        """Codes in [0, 1] of linear or encoded sRGB: what lies outside the profile's gamut is drawn towards grey."""
        if self.is_srgb:
            return colour.draw_in(image, space, out=out)
        light = colour.between(image, space, "linear", out=out)
        weights = self.luminance

        def draw(pixels: FloatImage) -> None:
            kernels.mix(pixels, self.inverse)
            kernels.draw_light_in(pixels, weights)

        light = colour.converted((draw,), light, out if light is image else light)
        return self.to_codes(light, out=light)


@lru_cache(maxsize=32)
def read_profile(icc: bytes) -> Profile:
    """Read a profile of three primaries and curves.

    Raises:
        ProfileError: if it is of another kind, or broken.
    """
    tags = _tags(icc)
    if icc[16:20] != b"RGB " or "A2B0" in tags:
        raise ProfileError("it is not made of three primaries and curves")
    try:
        primaries = np.array([_xyz(tags[name]) for name in ("rXYZ", "gXYZ", "bXYZ")]).T
        curves = np.stack([_curve(tags[name]) for name in ("rTRC", "gTRC", "bTRC")])
        matrix = np.linalg.inv(_SRGB_D50) @ primaries
        if np.linalg.cond(matrix) > 1e3:
            raise ProfileError("its primaries lie on a line")
    except (KeyError, struct.error, np.linalg.LinAlgError) as error:
        raise ProfileError(f"it is broken: {error}") from None
    return Profile(icc, matrix.astype(np.float32), curves.astype(np.float32), describe(icc))


def read_grey_curve(icc: bytes) -> NDArray[np.float32]:
    """Light at `NODES` codes of a grey profile.

    Raises:
        ProfileError: if it is of another kind, or broken.
    """
    tags = _tags(icc)
    if icc[16:20] != b"GRAY" or "kTRC" not in tags:
        raise ProfileError("it has no curve for grey")
    try:
        return _curve(tags["kTRC"]).astype(np.float32)
    except struct.error as error:
        raise ProfileError(f"it is broken: {error}") from None


def describe(icc: bytes) -> str:
    """The name that a profile gives itself."""
    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(icc))).strip()
    except (ImageCms.PyCMSError, OSError):
        return "unnamed"


def _tags(icc: bytes) -> dict[str, bytes]:
    try:
        (count,) = struct.unpack_from(">I", icc, 128)
        entries = [struct.unpack_from(">4sII", icc, 132 + 12 * index) for index in range(min(count, 100))]
    except struct.error:
        raise ProfileError("it is cut off") from None
    return {name.decode("latin-1"): icc[start : start + length] for name, start, length in entries}


def _xyz(tag: bytes) -> list[float]:
    return [number / 65536 for number in struct.unpack_from(">3i", tag, 8)]


def _curve(tag: bytes) -> NDArray[np.float64]:
    """Sample a `curv` or `para` element.

    Raises:
        ProfileError: if it is neither, or does not rise.
    """
    codes = _ramp().astype(np.float64)
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            light = codes
        elif count == 1:
            light = codes ** (struct.unpack_from(">H", tag, 12)[0] / 256)
        else:
            samples = np.frombuffer(tag, ">u2", count, 12) / 65535
            light = np.interp(codes, np.linspace(0, 1, count), samples)
    elif tag[:4] == b"para":
        light = _parametric(codes, tag)
    else:
        raise ProfileError("a curve of unknown kind")
    light = np.clip(light, 0, 1)
    if np.diff(light).min() < 0 or light[-1] < 0.5:
        raise ProfileError("a curve that does not rise")
    return light


def _parametric(codes: NDArray[np.float64], tag: bytes) -> NDArray[np.float64]:
    (kind,) = struct.unpack_from(">H", tag, 8)
    count = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}.get(kind)
    if count is None:
        raise ProfileError("a curve of unknown kind")
    numbers = [number / 65536 for number in struct.unpack_from(f">{count}i", tag, 12)]
    padded = numbers + [0.0] * (7 - count)
    gamma, a, b, c, d, e, f = padded
    if kind == 0:
        return codes**gamma
    if kind in (1, 2):
        joint, below, above = -b / a if a else 0.0, np.full_like(codes, c), c
    else:
        joint, below, above = d, c * codes + f, e
    return np.where(codes >= joint, np.maximum(a * codes + b, 0) ** gamma + above, below)


def _ramp() -> NDArray[np.float32]:
    return np.linspace(0, 1, NODES, dtype=np.float32)


def _written(name: str, primaries: NDArray[np.float64]) -> bytes:
    """Write a profile with these primaries (D50) and the curve of sRGB."""

    def fixed(*numbers: float) -> bytes:
        return struct.pack(f">{len(numbers)}i", *(round(65536 * number) for number in numbers))

    text = name.encode("utf-16-be")
    curve = b"para\0\0\0\0\0\3\0\0" + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    bodies = {
        b"desc": b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(text), 28) + text,
        b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249),
        **{tag: b"XYZ \0\0\0\0" + fixed(*primaries[:, k]) for k, tag in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, data, start = b"", b"", 132 + 12 * len(bodies)
    for tag, body in bodies.items():
        body += b"\0" * (-len(body) % 4)
        table += struct.pack(">4sII", tag, start + len(data), len(body))
        data += body
    head = struct.pack(
        ">I4s4s4s4s4s12x4s28x3i48x",
        start + len(data),
        b"\0" * 4,
        b"\4\x30\0\0",
        b"mntr",
        b"RGB ",
        b"XYZ ",
        b"acsp",
        63190,
        65536,
        54061,
    )
    return head + struct.pack(">I", len(bodies)) + table + data


SRGB = read_profile(SRGB_ICC)
DISPLAY_P3 = read_profile(_written("Display P3", _P3_D50))
