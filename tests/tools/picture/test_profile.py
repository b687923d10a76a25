"""Colour spaces of files: against Little CMS, there and back, and through a plan without loss of vivid colours."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from tools.engine import render
from tools.picture import Picture, decode, encode
from tools.picture.profile import DISPLAY_P3, SRGB, SRGB_ICC, Profile, ProfileError, read_profile
from tools.plan import Plan, Step

LEVELS = np.array([0, 1, 20, 90, 128, 200, 254, 255], np.uint8)
LATTICE = np.stack(np.meshgrid(LEVELS, LEVELS, LEVELS), axis=-1).reshape(8, 64, 3)
CURVE = DISPLAY_P3.icc[DISPLAY_P3.icc.index(b"para") :][:32]


def with_curve(body: bytes) -> Profile:
    """Display P3 with another curve."""
    return read_profile(DISPLAY_P3.icc.replace(CURVE, body.ljust(32, b"\0")))


PROFILES = {
    "p3": DISPLAY_P3,
    "gamma": with_curve(b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256))),
    "sampled": with_curve(
        b"curv\0\0\0\0" + struct.pack(">I10H", 10, *(round(65535 * (k / 9) ** 2) for k in range(10)))
    ),
    "offset": with_curve(b"para\0\0\0\0\0\1\0\0" + struct.pack(">3i", 131072, 65536, 0)),
}


@pytest.mark.parametrize("name", PROFILES)
def test_conversion_agrees_with_little_cms(name: str) -> None:
    profile = PROFILES[name]
    source, target = (ImageCms.ImageCmsProfile(io.BytesIO(icc)) for icc in (profile.icc, SRGB_ICC))
    flags = ImageCms.Flags.NOOPTIMIZE
    wanted = ImageCms.profileToProfile(Image.fromarray(LATTICE), source, target, flags=flags)
    ours = Picture(LATTICE, profile=profile).srgb
    inside = ((ours >= 0) & (ours <= 1)).all(axis=2)
    assert inside.sum() > 40
    assert np.abs(255 * ours - np.asarray(wanted, np.float32))[inside].max() < 1.1


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_codes_survive_the_way_there_and_back(name: str, dtype: type) -> None:
    top = np.iinfo(dtype).max
    codes = np.random.default_rng(0).integers(0, top + 1, (400, 500, 3)).astype(dtype)
    profile = PROFILES[name]
    back = profile.drawn_in(Picture(codes, profile=profile).srgb)
    off = np.abs(back * top - codes)
    nearly_all, lit, black = (0.1, 0.3, 1) if dtype == np.uint8 else (1, 8, 64)
    assert np.quantile(off, 0.999) < nearly_all
    assert off[codes > 0.002 * top].max() < lit
    assert off.max() < black  # beside a bright channel float32 is too coarse for a pure power next to black


def test_vivid_colours_are_not_cut_to_srgb() -> None:
    codes = np.zeros((600, 700, 3), np.uint8)
    codes[..., 0], codes[..., 1] = 240, np.linspace(0, 120, 700)
    photo = Picture(codes, profile=DISPLAY_P3)
    assert photo.srgb.min() < -0.1
    result = render(photo, Plan(steps=[Step(tool="exposure", args={"stops": -0.2})]))
    assert result.profile is DISPLAY_P3
    assert result.srgb.min() < -0.1
    back = decode(encode(result, "PNG"))
    assert np.array_equal(back.pixels, result.pixels)
    assert back.profile.icc == DISPLAY_P3.icc


@pytest.mark.parametrize("format_name", ["PNG", "TIFF"])
def test_sixteen_bits_keep_their_profile(format_name: str) -> None:
    codes = np.random.default_rng(0).integers(0, 65536, (40, 50, 3)).astype(np.uint16)
    back = decode(encode(Picture(codes, bits=16, profile=DISPLAY_P3), format_name))
    assert np.array_equal(back.pixels, codes)
    assert back.profile.icc == DISPLAY_P3.icc
    assert back.notes == ()


def test_srgb_by_any_name_is_srgb() -> None:
    assert SRGB.is_srgb
    assert not DISPLAY_P3.is_srgb
    photo = Picture(LATTICE)
    assert np.array_equal(photo.srgb, LATTICE.astype(np.float32) * np.float32(1 / 255))


@pytest.mark.parametrize("icc", [b"", b"x" * 200, SRGB_ICC[:300], SRGB_ICC.replace(b"rTRC", b"nope")])
def test_a_broken_profile_is_refused(icc: bytes) -> None:
    with pytest.raises(ProfileError):
        read_profile(icc)


def test_a_broken_profile_in_a_file_is_said() -> None:
    buffer = io.BytesIO()
    Image.fromarray(LATTICE).save(buffer, "PNG", icc_profile=b"x" * 200)
    assert "broken" in decode(buffer.getvalue()).notes[0]


def test_a_grey_profile_is_honoured() -> None:
    linear = SRGB_ICC[:16] + b"GRAY" + SRGB_ICC[20:128]
    body = b"curv\0\0\0\0" + struct.pack(">I", 0)
    icc = linear + struct.pack(">I4sII", 1, b"kTRC", 144, len(body)) + body
    buffer = io.BytesIO()
    Image.new("L", (4, 4), 55).save(buffer, "PNG", icc_profile=icc)
    photo = decode(buffer.getvalue())
    assert photo.pixels[0, 0].tolist() == [128, 128, 128]
    assert "grey profile" in photo.notes[0]


def test_a_file_does_not_tell_when_it_was_written() -> None:
    with Image.open(io.BytesIO(encode(Picture(np.zeros((4, 4, 3), np.uint8), None, 8, SRGB), "PNG"))) as written:
        assert written.info["icc_profile"][24:36] == bytes(12)
