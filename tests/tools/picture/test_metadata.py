"""What is written about a photo comes out again, orientation is used up, and the edit is noted."""

import io
import struct
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageCms, IptcImagePlugin, TiffImagePlugin

from tests.conftest import PHOTOS
from tools.engine import render
from tools.picture import Picture, decode, encode
from tools.picture.metadata import IPTC_TAG, iptc_in, upright_exif, with_history
from tools.picture.profile import DISPLAY_P3
from tools.plan import Plan, Step

BASE = ExifTags.Base
XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description r:about="" '
    b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:p="http://example.org/" tiff:Orientation="6" p:mood="calm"/>'
    b'</r:RDF></x:xmpmeta><?xpacket end="w"?>'
)
RESOURCES = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\n\x1c\x02\x19\0\5grass"
DARKER = Plan(steps=[Step(tool="exposure", args={"stops": -0.5})])


def block(xmp: bytes | None = None) -> bytes:
    """EXIF of a camera, turned on its side, with a maker note and, as TIFF has it, XMP."""
    exif = Image.Exif()
    exif[BASE.Make], exif[BASE.Model], exif[BASE.Orientation], exif[BASE.Artist] = "Canon", "EOS", 6, "Ann"
    exif[ExifTags.IFD.Exif] = {
        BASE.ExposureTime: 0.004,
        BASE.DateTimeOriginal: "2024:05:01 10:20:30",
        37500: b"maker" * 9,
    }
    exif[ExifTags.IFD.GPSInfo] = {1: "N", 2: (48.0, 8.0, 6.0)}
    if xmp:
        exif[BASE.XMLPacket] = xmp
    return exif.tobytes()


def file_of(format_name: str) -> bytes:
    with Image.open(PHOTOS / "meadow.jpg") as photo:
        image = photo.convert("RGB").resize((90, 60))
    options = {"JPEG": {"extra": b"\xff\xed" + struct.pack(">H", len(RESOURCES) + 2) + RESOURCES, "quality": 98}}
    buffer = io.BytesIO()
    image.save(
        buffer,
        format_name,
        exif=block(XMP if format_name == "TIFF" else None),
        xmp=XMP,
        icc_profile=DISPLAY_P3.icc,
        dpi=(300, 300),
        **options.get(format_name, {}),
    )
    return buffer.getvalue()


@pytest.mark.parametrize("target", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
@pytest.mark.parametrize("source", ["JPEG", "TIFF", "WEBP"])
def test_nothing_is_lost(source: str, target: str) -> None:
    photo = decode(file_of(source))
    assert photo.size == (60, 90)
    with Image.open(io.BytesIO(encode(render(photo, DARKER), target))) as written:
        written.load()
        exif = written.getexif()
        assert (exif[BASE.Make], exif[BASE.Artist]) == ("Canon", "Ann")
        assert exif.get_ifd(ExifTags.IFD.Exif)[BASE.DateTimeOriginal] == "2024:05:01 10:20:30"
        assert exif.get_ifd(ExifTags.IFD.Exif)[37500] == b"maker" * 9
        assert exif.get_ifd(ExifTags.IFD.GPSInfo)[1] == "N"
        assert exif.get(BASE.Orientation, 1) == 1
        assert written.size == (60, 90)
        assert written.info["icc_profile"] == DISPLAY_P3.icc
        packet = written.info.get("xmp") or written.info["XML:com.adobe.xmp"].encode()
    assert b'p:mood="calm"' in packet
    assert b'tiff:Orientation="6"' not in packet
    assert b"exposure stops=-0.5" in packet


def test_captions_of_photoshop_are_carried() -> None:
    photo = decode(file_of("JPEG"))
    assert photo.metadata.iptc == RESOURCES.removeprefix(b"Photoshop 3.0\0")
    for target in ("JPEG", "TIFF"):
        assert decode(encode(photo, target)).metadata.iptc == photo.metadata.iptc


def test_captions_of_a_tiff_file_are_carried() -> None:
    photo = decode(file_of("JPEG"))
    assert iptc_in(photo.metadata.iptc or b"") == b"\x1c\x02\x19\0\5grass"
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[IPTC_TAG] = b"\x1c\x02\x19\0\5grass"
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "TIFF", tiffinfo=tags)
    assert decode(buffer.getvalue()).metadata.iptc == photo.metadata.iptc
    with Image.open(io.BytesIO(encode(photo, "TIFF"))) as written:
        assert IptcImagePlugin.getiptcinfo(written) == {(2, 25): b"grass"}


def test_resolution_is_carried() -> None:
    photo = decode(file_of("JPEG"))
    for target in ("JPEG", "PNG", "TIFF"):
        assert decode(encode(photo, target)).metadata.dpi == pytest.approx((300, 300), abs=0.01)


@pytest.mark.parametrize("quality", [60, 98, 100])
def test_a_jpeg_is_never_coarser_than_its_source(quality: int, photo_path: Path) -> None:
    buffer = io.BytesIO()
    with Image.open(photo_path) as photo:
        photo.convert("RGB").resize((90, 60)).save(buffer, "JPEG", quality=quality)
    source = decode(buffer.getvalue())
    result = decode(encode(source, "JPEG"))
    pairs = zip(source.metadata.jpeg_tables, result.metadata.jpeg_tables, strict=True)
    assert all(ours <= theirs for first, second in pairs for theirs, ours in zip(first, second, strict=True))
    assert len(encode(source, "JPEG", quality=50)) < len(encode(source, "JPEG"))


def test_orientation_leaves_exif_and_nothing_else_moves() -> None:
    before = block()
    after = upright_exif(before)
    assert len(after) == len(before) - 6
    assert before.index(b"makermaker") - 6 == after.index(b"makermaker")
    for broken in (b"", b"II", b"II*\0\xff\xff\xff\xff", before[:40]):
        assert isinstance(upright_exif(broken), bytes)


def test_a_second_edit_follows_the_first() -> None:
    packet = with_history(with_history(XMP, "first"), "then <this> & that")
    assert packet.index(b"first") < packet.index(b"then &lt;this")
    assert packet.count(b"History>") == 2


@pytest.mark.parametrize("packet", [b"not xml", b"<a/>", b'<!DOCTYPE x [<!ENTITY y "z">]><x/>'])
def test_a_packet_that_cannot_be_read_is_left_alone(packet: bytes) -> None:
    assert with_history(packet, "note") == packet


def test_a_picture_without_a_file_gets_a_profile_and_its_edit(meadow: Picture) -> None:
    with Image.open(io.BytesIO(encode(render(Picture(meadow.srgb[:9, :9]), DARKER), "JPEG"))) as written:
        assert "sRGB" in ImageCms.getProfileName(ImageCms.ImageCmsProfile(io.BytesIO(written.info["icc_profile"])))
        assert b"exposure" in written.info["xmp"]
