"""What a picture file says about itself before it is decoded, held against the server's limits."""

import io
import warnings

from PIL import Image

from mcp_server.settings import ServerSettings
from tools.declare import ToolError
from tools.picture import BROKEN, FORMATS

MAX_SCANS = 100
"""Passes over a progressive JPEG; cameras and editors make about ten."""
MAX_SCANNED_PIXELS = 1_500_000_000
"""Pixels times passes: decoding cannot be stopped, and takes time for every pixel in each, ten seconds for so many."""
_READABLE = (*sorted(set(FORMATS.values())), "GIF", "BMP", "PPM")


def refuse_excess(data: bytes, name: str, settings: ServerSettings) -> None:
    """Refuse a file that states too many pixels, frames or passes.

    What is no picture at all is left for the decoder to explain.

    Raises:
        ToolError: naming what there is too much of, and the limit.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with io.BytesIO(data) as stream, Image.open(stream, formats=_READABLE) as image:
                size = image.size
                has_too_many_frames = _has_frame(image, settings.max_frames)
    except (Image.DecompressionBombError, *BROKEN):
        return
    refuse_pixels(size, name, settings)
    if has_too_many_frames:
        raise ToolError(f"{name} has more than {settings.max_frames} frames, the most that this server reads")
    if image.format == "JPEG":
        scans, most = data.count(b"\xff\xda"), min(MAX_SCANS, MAX_SCANNED_PIXELS // (size[0] * size[1]))
        if scans > most:
            raise ToolError(f"{name} has {scans} scans; at most {most} are decoded. Save it as a plain JPEG.")


def refuse_pixels(size: tuple[int, int], name: str, settings: ServerSettings) -> None:
    """Refuse a picture of too many pixels.

    Raises:
        ToolError: with its size and the limit.
    """
    width, height = size
    if width * height > settings.max_pixels:
        raise ToolError(
            f"{name} has {width} x {height} px, {width * height / 1e6:.1f} megapixels; "
            f"this server reads at most {settings.max_pixels / 1e6:g}"
        )


def _has_frame(image: Image.Image, index: int) -> bool:
    """Whether there are more than `index` frames, looking no further than that."""
    if image.format != "TIFF":
        return getattr(image, "n_frames", 1) > index
    try:
        image.seek(index)
    except EOFError:
        return False
    return True
