"""Pictures of every kind are read right or refused in words."""

import io
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from tools.declare import ToolError
from tools.picture import Picture, decode, encode, load, reduce_to, save, write_atomically, writing
from tools.picture.metadata import Metadata
from tools.picture.plain_tiff import is_plain
from tools.picture.planes import directory, read_planes


def file_of(image: Image.Image, format_name: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_name, **options)
    return buffer.getvalue()


GRADIENT = Image.fromarray(np.linspace(0, 255, 64 * 48 * 3).reshape(48, 64, 3).astype(np.uint8))


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1", "LA"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    format_name = "TIFF" if mode == "CMYK" else "PNG"
    picture = decode(file_of(GRADIENT.convert(mode), format_name))
    assert picture.srgb.shape == (48, 64, 3)
    assert picture.srgb.dtype == np.float32
    assert 0 <= picture.srgb.min() <= picture.srgb.max() <= 1


def test_alpha_survives() -> None:
    image = GRADIENT.convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize((64, 48)))
    back = decode(encode(decode(file_of(image, "PNG")), "PNG"))
    np.testing.assert_array_equal(back.alpha, np.asarray(image.getchannel("A")))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_webp_that_had_lost_nothing_loses_nothing(mode: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 61, len(mode))).astype(np.uint8)
    noise[..., 3:] |= 1  # what cannot be seen at all need not survive
    picture = decode(file_of(Image.fromarray(noise), "WEBP", lossless=True))
    np.testing.assert_array_equal(decode(encode(picture, "WEBP")).pixels, noise[..., :3])
    assert len(encode(picture, "WEBP", quality=80)) < len(encode(picture, "WEBP"))
    assert not decode(file_of(GRADIENT, "WEBP", lossless=False)).metadata.without_loss


def test_avif_keeps_the_resolution_of_colour() -> None:
    stripes = np.zeros((40, 60, 3), np.uint8)
    stripes[:, ::2, 0] = stripes[:, 1::2, 2] = 255
    back = decode(encode(Picture(stripes), "AVIF")).pixels
    assert np.abs(back.astype(int) - stripes).mean() < 5


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [3, 4])
def test_png_of_many_bands_is_read_by_others(bits: int, channels: int) -> None:
    rough = np.random.default_rng(0).integers(0, 2**bits, (700, 1100, channels))
    rough[:300] //= 256  # some of it smooth
    codes = rough.astype(np.uint8 if bits == 8 else np.uint16)
    alpha = codes[..., 3] if channels == 4 else None
    data = encode(Picture(np.ascontiguousarray(codes[..., :3]), alpha, bits), "PNG")
    back = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(back[..., [2, 1, 0, 3][:channels]], codes)
    with Image.open(io.BytesIO(data)) as image:
        image.load()  # checks every sum


def test_what_a_png_says_behind_its_pixels_is_read() -> None:
    exif = Image.Exif()
    exif[274] = 6
    data = file_of(GRADIENT, "PNG", exif=exif)
    start = data.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    moved = data[:start] + data[end:-12] + data[start:end] + data[-12:]
    assert decode(moved).size == decode(data).size == GRADIENT.size[::-1]


def test_a_png_is_not_decoded_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    data = file_of(GRADIENT, "PNG")
    monkeypatch.setattr(PngImageFile, "load", None)
    np.testing.assert_array_equal(decode(data).pixels, np.asarray(GRADIENT))


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_survive(suffix: str) -> None:
    ramp = np.linspace(0, 65535, 60 * 40 * 3).reshape(40, 60, 3).astype(np.uint16)
    data = bytes(cv2.imencode(suffix, ramp[..., ::-1])[1])
    picture = decode(data)
    assert picture.bits == 16
    back = decode(encode(picture, "PNG" if suffix == ".png" else "TIFF"))
    assert np.abs(back.srgb * 65535 - ramp).max() < 1


def test_sixteen_bits_of_a_ppm_survive() -> None:
    ramp = np.linspace(0, 65535, 60 * 40 * 3).reshape(40, 60, 3).astype(np.uint16)
    picture = decode(b"P6\n# a ramp\n60 40\n65535\n" + ramp.astype(">u2").tobytes())
    np.testing.assert_array_equal(picture.pixels, ramp)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("channels", [3, 4])
def test_channels_that_lie_apart_are_read(order: str, channels: int) -> None:
    ramp = np.linspace(0, 65535, 60 * 40 * channels).reshape(channels, 40, 60).astype(np.uint16)
    planes = ramp.astype(f"{order}u2").tobytes()
    each = len(planes) // channels
    offsets = tuple(8 + each * channel for channel in range(channels))
    tags = {256: (60,), 257: (40,), 258: (16,) * channels, 259: (1,), 262: (2,), 273: offsets, 277: (channels,)}
    tags |= {278: (40,), 279: (each,) * channels, 284: (2,)} | ({338: (2,)} if channels == 4 else {})
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8 + len(planes))
    data = header + planes + directory(tags, 8 + len(planes), order)
    picture = decode(data)
    np.testing.assert_array_equal(picture.pixels, ramp[:3].transpose(1, 2, 0))
    assert (picture.alpha is not None) == (channels == 4)
    turned = header + planes + directory(tags | {274: (6,)}, 8 + len(planes), order)
    np.testing.assert_array_equal(decode(turned).pixels, np.rot90(picture.pixels, -1))
    with pytest.raises(ToolError, match="BigTIFF"):
        read_planes(Image.open(io.BytesIO(data)), data[:2] + b"+\0" + data[4:])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("channels", [3, 4])
def test_a_tiff_that_is_not_compressed_is_read_strip_by_strip(order: str, bits: int, channels: int) -> None:
    codes = np.random.default_rng(0).integers(0, 2**bits, (41, 60, channels)).astype(f"{order}u{bits // 8}")
    strips = {top: codes[top : top + 16].tobytes() for top in (16, 0, 32)}  # not in their order
    lengths = tuple(len(strips[top]) for top in (0, 16, 32))
    tags: dict[int, tuple[int, ...]] = {256: (60,), 257: (41,), 258: (bits,) * channels, 259: (1,), 262: (2,)}
    tags |= {273: (0, 0, 0), 277: (channels,), 278: (16,), 279: lengths} | ({338: (2,)} if channels == 4 else {})
    start = 8 + len(directory(tags, 8, order))
    tags[273] = start + lengths[1], start, start + lengths[0] + lengths[1]
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    data = header + directory(tags, 8, order) + b"".join(strips.values())
    with Image.open(io.BytesIO(data)) as image:
        assert is_plain(image)
    picture = decode(data)
    np.testing.assert_array_equal(picture.pixels, codes[..., :3])
    assert picture.bits == bits
    if channels == 4:
        np.testing.assert_array_equal(picture.alpha, codes[..., 3])
    with pytest.raises(ToolError, match="damaged or cut off: pixels are missing"):
        decode(data[:-1])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_orientation_is_applied_once_to_sixteen_bits(orientation: int, suffix: str) -> None:
    upright = np.asarray(_oriented(GRADIENT, orientation))
    exif = Image.Exif()
    exif[274] = orientation
    deep = Picture(np.asarray(GRADIENT, np.uint16) * 257, bits=16)
    data = bytearray(encode(replace(deep, metadata=Metadata(exif.tobytes()[6:])), suffix[1:].upper()))
    if suffix == ".tiff":
        compression = data.index(b"\3\1\3\0\1\0\0\0\1\0")  # none, as is the default; its place is taken
        data[compression : compression + 12] = struct.pack("<HHIHH", 274, 3, 1, orientation, 0)
    picture = decode(bytes(data))
    assert picture.bits == 16
    assert np.array_equal(picture.pixels >> 8, upright)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_once(orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    picture = decode(file_of(GRADIENT, "PNG", exif=exif))
    expected = decode(file_of(_oriented(GRADIENT, orientation), "PNG"))
    assert np.array_equal(picture.srgb, expected.srgb)
    again = decode(encode(picture, "PNG"))
    assert np.array_equal(again.srgb, picture.srgb)


def _oriented(image: Image.Image, orientation: int) -> Image.Image:
    turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
    return image if orientation == 1 else image.transpose(Image.Transpose(turn[orientation]))


def test_an_animation_gives_its_first_frame_and_says_so() -> None:
    data = file_of(GRADIENT, "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), "red")])
    picture = decode(data)
    assert "first of 2 frames" in picture.notes[0]


def test_cmyk_is_said() -> None:
    assert "CMYK" in decode(file_of(GRADIENT.convert("CMYK"), "JPEG")).notes[0]


@pytest.mark.parametrize("keep", [0, 1, 20, 200])
def test_cut_off_files_are_refused_in_words(keep: int, tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    path.write_bytes(file_of(GRADIENT, "JPEG")[:keep])
    with pytest.raises(ToolError, match=r"empty|not a picture|damaged"):
        load(path)


@pytest.mark.parametrize("options", [{"format": "JPEG"}, {"format": "JPEG", "progressive": True}, {"format": "PNG"}])
@pytest.mark.parametrize("missing", [60, 2000])
def test_a_picture_is_not_read_without_its_end(options: dict[str, Any], missing: int, tmp_path: Path) -> None:
    path = tmp_path / "cut"
    noise = np.random.default_rng(0).integers(0, 256, (90, 120, 3)).astype(np.uint8)
    Image.fromarray(noise).save(path, **options)
    path.write_bytes(path.read_bytes()[:-missing])
    with pytest.raises(ToolError, match="damaged or cut off"):
        load(path)


@pytest.mark.parametrize("suffix", ["jpg", "png", "tiff", "webp", "bmp", "gif", "ppm"])
@pytest.mark.parametrize("name", ["photo", "größe"])
def test_a_file_is_read_as_its_bytes_are(suffix: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.{suffix}"
    GRADIENT.save(path)
    read, decoded = load(path), decode(path.read_bytes())
    np.testing.assert_array_equal(read.pixels, decoded.pixels)
    assert read.metadata == decoded.metadata


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_picture_is_encoded_into_a_file_as_into_memory(
    format_name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(writing, "_KEPT_BYTES", 100)
    noise = np.random.default_rng(0).integers(0, 256, (801, 1201, 3)).astype(np.uint8)
    save(Picture(noise), tmp_path / f"x.{format_name.lower()}")
    assert (tmp_path / f"x.{format_name.lower()}").read_bytes() == encode(Picture(noise), format_name)


def test_a_decompression_bomb_is_refused_before_it_is_decoded() -> None:
    header = file_of(Image.new("1", (20_000, 20_000)), "PNG")
    with pytest.raises(ToolError, match="too large"):
        decode(header)


@pytest.mark.parametrize("data", [b"hello", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF0000WEBP"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ToolError):
        decode(data)


def test_folders_and_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(ToolError, match="there is no file"):
        load(tmp_path / "no.jpg")


def test_an_unknown_suffix_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"known are .*\.jpg"):
        save(Picture(np.zeros((4, 4, 3), np.float32)), tmp_path / "x.xyz")


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(ToolError, match="cannot write"):
        write_atomically(blocked / "x.png", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("size", [(1, 1), (3000, 2), (700, 500)])
def test_the_proxy_is_bounded(size: tuple[int, int]) -> None:
    reduced = reduce_to(np.zeros((size[1], size[0], 3), np.float32), 512)
    assert max(reduced.shape[:2]) <= 512
    assert min(reduced.shape[:2]) >= 1


@pytest.mark.parametrize("channels", [(), (3,)])
def test_a_large_picture_is_read_whole(channels: tuple[int, ...]) -> None:
    codes = np.random.default_rng(0).integers(0, 256, (701, 900, *channels)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(codes).save(buffer, "PNG")
    read = decode(buffer.getvalue()).pixels
    assert np.array_equal(read, codes if channels else codes[..., None].repeat(3, axis=2))
