"""What is written about a photograph: EXIF, XMP, IPTC, resolution; carried on byte by byte where that is possible.

Pixels are stored upright, so the orientation is taken out of EXIF and XMP. A thumbnail of the photo as it was is taken
out too. Everything else stays where it is, so that maker notes, which point into the block, remain readable.
"""

import io
import re
import struct
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import IO
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from PIL import ExifTags, Image

RESOURCES = b"Photoshop 3.0\0"
"""What Photoshop's resources begin with in a JPEG file."""
IPTC_TAG = 33723
"""Tag of a TIFF file that holds IPTC by itself."""
_IPTC_RESOURCE = b"8BIM\x04\x04\0\0"
_PREFIX = b"Exif\0\0"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TIFF = "http://ns.adobe.com/tiff/1.0/"
_MEDIA = "http://ns.adobe.com/xap/1.0/mm/"
_EVENT = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
_EMPTY_XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"></rdf:RDF></x:xmpmeta>'
_BASE = ExifTags.Base
DESCRIPTIVE = frozenset(
    {
        *(_BASE.ImageDescription, _BASE.Make, _BASE.Model, _BASE.XResolution, _BASE.YResolution, _BASE.ResolutionUnit),
        *(_BASE.Software, _BASE.DateTime, _BASE.Artist, _BASE.HostComputer, _BASE.Copyright, _BASE.Rating),
        *(_BASE.RatingPercent, _BASE.XPTitle, _BASE.XPComment, _BASE.XPAuthor, _BASE.XPKeywords, _BASE.XPSubject),
        *(ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo),
    }
)
"""Tags of a TIFF file that speak of the photograph, not of how its pixels are laid out."""


@dataclass(frozen=True)
class Metadata:
    """What a file says about its photograph."""

    exif: bytes | None = None
    """A TIFF stream, without orientation and thumbnail."""
    xmp: bytes | None = None
    """An XMP packet."""
    iptc: bytes | None = None
    """Photoshop's resources, which hold IPTC."""
    dpi: tuple[float, float] | None = None
    jpeg_tables: tuple[tuple[int, ...], ...] = ()
    """Quantisation of lightness and of colour in the JPEG file it came from."""
    without_loss: bool = False
    """Whether the WebP file it came from had lost nothing."""
    edit: str | None = None
    """What was done to the photo."""

    def with_edit(self, note: str) -> "Metadata":
        """The same, with a note of what was done."""
        return replace(self, edit=note)

    def written_xmp(self) -> bytes | None:
        """The XMP packet, with the edit in its history."""
        return self.xmp if self.edit is None else with_history(self.xmp, self.edit)


def metadata_of(image: Image.Image, stream: IO[bytes]) -> Metadata:
    """Collect what an opened image, and its file, say about its photograph; call it after the pixels are loaded."""
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    tables = getattr(image, "quantization", None)
    dpi = image.info.get("dpi")
    return Metadata(
        exif=_exif_block(image),
        xmp=upright_xmp(xmp.encode() if isinstance(xmp, str) else xmp) if xmp else None,
        iptc=_resources_of(image),
        dpi=(float(dpi[0]), float(dpi[1])) if dpi else None,
        jpeg_tables=tuple(tuple(tables[key]) for key in sorted(tables)) if tables and image.mode != "CMYK" else (),
        without_loss=image.format == "WEBP" and _holds_lossless_frame(stream),
    )


def _holds_lossless_frame(webp: IO[bytes]) -> bool:
    """Whether a WebP file has a frame of its lossless kind (RFC 9649, section 2.6)."""
    webp.seek(12)
    while len(head := webp.read(8)) == 8:
        name, length = struct.unpack("<4sI", head)
        if name == b"VP8L":
            return True
        webp.seek(length + length % 2, io.SEEK_CUR)
    return False


def _resources_of(image: Image.Image) -> bytes | None:
    if image.format == "TIFF":
        tags = image.tag_v2  # type: ignore[attr-defined]
        if found := tags.get(_BASE.ImageResources):
            return bytes(found)
        iptc = tags._tagdata.get(IPTC_TAG)  # as Pillow's own reader of IPTC does: tags_v2 cuts it to one number
        return as_resources(iptc) if iptc else None
    segment: bytes = dict(getattr(image, "applist", ())).get("APP13", b"")
    return segment.removeprefix(RESOURCES) if segment.startswith(RESOURCES) else None


def as_resources(iptc: bytes) -> bytes:
    """A block of IPTC as one of Photoshop's resources."""
    return _IPTC_RESOURCE + struct.pack(">I", len(iptc)) + iptc + b"\0" * (len(iptc) % 2)


def iptc_in(resources: bytes) -> bytes | None:
    """The block of IPTC among Photoshop's resources."""
    start = 0
    while resources[start : start + 4] == b"8BIM" and start + 7 <= len(resources):
        body = start + 6 + (resources[start + 6] + 2) // 2 * 2
        if body + 4 > len(resources):
            return None
        (length,) = struct.unpack_from(">I", resources, body)
        if resources[start : start + 6] == _IPTC_RESOURCE[:6]:
            return resources[body + 4 : body + 4 + length]
        start = body + 4 + length + length % 2
    return None


def _exif_block(image: Image.Image) -> bytes | None:
    if image.format == "TIFF":
        return descriptive(read_exif(image))
    block = image.info.get("exif")
    if block is None:
        found = read_exif(image)
        block = found.tobytes() if len(found) else None
    return upright_exif(block) if block else None


def read_exif(image: Image.Image) -> Image.Exif:
    """EXIF of an opened image as far as it is read; Pillow's own method decodes a PNG to look behind its pixels."""
    return Image.Image.getexif(image)


def descriptive(exif: Image.Exif) -> bytes | None:
    """What a TIFF-like file says of its photograph, as an EXIF block of its own."""
    kept = Image.Exif()
    for tag in DESCRIPTIVE & set(exif):
        kept[tag] = exif.get_ifd(tag) if tag in tuple(ExifTags.IFD) else exif[tag]
    return kept.tobytes().removeprefix(_PREFIX) if len(kept) else None


def upright_exif(block: bytes) -> bytes:
    """Take orientation and thumbnail out of an EXIF block, moving nothing else; a broken block is returned as it is."""
    data = bytearray(block.removeprefix(_PREFIX).removeprefix(_PREFIX))
    order = {b"II": "<", b"MM": ">"}.get(bytes(data[:2]))
    if order is None:
        return bytes(data)
    try:
        (first,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, first)
        entries = [bytes(data[first + 2 + 12 * k : first + 14 + 12 * k]) for k in range(count)]
        end = first + 2 + 12 * count
        kept = [entry for entry in entries if struct.unpack_from(f"{order}H", entry)[0] != _BASE.Orientation]
        no_thumbnail = struct.pack(f"{order}I", 0)
        directory = struct.pack(f"{order}H", len(kept)) + b"".join(kept) + no_thumbnail
        if end + 4 <= len(data):
            data[first : end + 4] = directory.ljust(end + 4 - first, b"\0")
    except struct.error:
        return bytes(data)
    return bytes(data)


def upright_xmp(packet: bytes) -> bytes:
    """Set the orientation of an XMP packet to upright."""
    return re.sub(rb'(tiff:Orientation(?:="|>))[2-8]', rb"\g<1>1", packet)


def with_history(packet: bytes | None, note: str) -> bytes:
    """Add an edit to the history of an XMP packet; a packet that cannot be read is returned as it is."""
    if packet and b"<!" in packet.replace(b"<!--", b""):
        return packet
    try:
        document = minidom.parseString(packet.rstrip(b"\0 \n") if packet else _EMPTY_XMP)
    except ExpatError:
        return packet or b""
    root = next(iter(document.getElementsByTagNameNS(_RDF, "RDF")), None)
    if root is None:
        return packet or b""
    rdf = root.prefix or "rdf"
    history = next(iter(document.getElementsByTagNameNS(_MEDIA, "History")), None)
    events = next(iter(history.getElementsByTagNameNS(_RDF, "Seq")), None) if history else None
    if events is None:
        about = root.appendChild(document.createElement(f"{rdf}:Description"))
        about.setAttribute(f"{rdf}:about", "")
        about.setAttribute("xmlns:xmpMM", _MEDIA)
        history = about.appendChild(document.createElement("xmpMM:History"))
        events = history.appendChild(document.createElement(f"{rdf}:Seq"))
    event = events.appendChild(document.createElement(f"{rdf}:li"))
    event.setAttribute("xmlns:stEvt", _EVENT)
    event.setAttribute("stEvt:action", "edited")
    event.setAttribute("stEvt:softwareAgent", software())
    event.setAttribute("stEvt:parameters", note)
    body = document.documentElement.toxml() if document.documentElement else ""
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{body}<?xpacket end="w"?>'.encode()


def software() -> str:
    """Name and version, as they are written into files."""
    try:
        return f"stylist {version('stylist')}"
    except PackageNotFoundError:
        return "stylist"
