"""Small pictures for whoever looks: JPEG, at most as large as the proxy."""

import io

from PIL import Image

from tools.picture import Picture, to_pillow

GAP_PX = 8
QUALITY = 85


def preview(proxy: Picture) -> bytes:
    """A picture of proxy size as JPEG; what is transparent becomes white."""
    return _jpeg(_opaque(proxy))


def side_by_side(before: Picture, after: Picture) -> bytes:
    """Two pictures of proxy size as one JPEG, before on the left or, where they are wide, on top."""
    first, second = _opaque(before), _opaque(after)
    beside = first.width < first.height * 1.2
    width = first.width + GAP_PX + second.width if beside else max(first.width, second.width)
    height = max(first.height, second.height) if beside else first.height + GAP_PX + second.height
    sheet = Image.new("RGB", (width, height), "white")
    sheet.paste(first, (0, 0))
    sheet.paste(second, (first.width + GAP_PX, 0) if beside else (0, first.height + GAP_PX))
    return _jpeg(sheet)


def _opaque(proxy: Picture) -> Image.Image:
    image = to_pillow(proxy)
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()
