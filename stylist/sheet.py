"""The before/after sheet: both pictures, what was asked, and the steps, on one PNG."""

import io
import math
import re
from bisect import bisect_right
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tools.picture import Picture, load, reduce_to, to_pillow, write_atomically
from tools.types import Json

_SIDE_PX = 800
_WIDE = 1.7
"""Width over height from which the pictures stand above each other."""
_MARGIN = 24
_LINE_PX = 24
_FONT_PX = 16
_MOST_CHARACTERS = 1000
"""Of a request; three lines of them are drawn."""
_LEAST_TEXT_PX = 560
_MOST_TEXT_PX = 900
_INK = "#222222"
_PAPER = "#f6f4f0"


def write_sheet(before: Path, after: Path, request: str, plan: Json, target: Path) -> None:
    """Draw the sheet and write it atomically.

    Raises:
        ToolError: if a picture cannot be read or the sheet cannot be written.
    """
    buffer = io.BytesIO()
    draw_sheet(load(before), load(after), request, plan).save(buffer, "PNG")
    write_atomically(target, buffer.getvalue())


def draw_sheet(before: Picture, after: Picture, request: str, plan: Json) -> Image.Image:
    """Draw both pictures side by side, wide ones above each other, with the text below."""
    pictures = [_on_paper(picture) for picture in (before, after)]
    width, height = (max(sizes) for sizes in zip(*(picture.size for picture in pictures), strict=True))
    stacked = width >= _WIDE * height
    across = width if stacked else 2 * width + _MARGIN
    text_px = min(max(across, _LEAST_TEXT_PX), _MOST_TEXT_PX)
    font = ImageFont.load_default(_FONT_PX)
    lines = _text(request, plan, font, text_px)
    down = 2 * height + _MARGIN if stacked else height
    size = (max(across, text_px) + 2 * _MARGIN, down + len(lines) * _LINE_PX + 3 * _MARGIN)
    sheet = Image.new("RGB", size, _PAPER)
    for index, picture in enumerate(pictures):
        offset = (0, index * (height + _MARGIN)) if stacked else (index * (width + _MARGIN), 0)
        sheet.paste(picture, (_MARGIN + offset[0], _MARGIN + offset[1]))
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((_MARGIN, down + 2 * _MARGIN + number * _LINE_PX), line, fill=_INK, font=font)
    return sheet


def describe_call(step: Json) -> str:
    """A step in one line: `exposure (stops 0.7) in sky`."""
    args = ", ".join(
        f"{name} {value:g}" if isinstance(value, int | float) else f"{name} {value}"
        for name, value in step["args"].items()
    )
    return f"{step['tool']} ({args}){_place(step['region'])}"


def _place(region: str) -> str:
    if region == "everywhere":
        return ""
    outside = re.fullmatch(r"not (\w+|\([^()]*\))", region)
    return f" everywhere but {outside[1]}" if outside else f" in {region}"


def _on_paper(picture: Picture) -> Image.Image:
    """The picture at the size of the sheet; what is transparent shows the paper."""
    alpha = None if picture.alpha is None else reduce_to(picture.alpha, _SIDE_PX)
    image = to_pillow(Picture(picture.reduced(_SIDE_PX), alpha))
    paper = Image.new("RGB", image.size, _PAPER)
    paper.paste(image, mask=image.getchannel("A") if alpha is not None else None)
    return paper


def _text(request: str, plan: Json, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    lines = _wrap(_quoted(request[:_MOST_CHARACTERS]), font, width)
    if len(lines) > 3:
        lines = [*lines[:2], _shortened(lines[2], font, width)]
    for number, step in enumerate(plan["steps"], 1):
        first, *rest = _wrap(f"{number}. {describe_call(step)}", font, width - _MARGIN)
        lines += [first, *(f"     {line}" for line in rest)]
    return lines


def _wrap(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    """Break a text into lines that fit; a word that does not fit is broken anywhere."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".lstrip()
        if font.getlength(joined) <= width:
            lines[-1] = joined
            continue
        lines += [word] if lines[-1] else []
        lines[-1] = lines[-1] or word
        while font.getlength(lines[-1]) > width:
            fits = max(1, _fitting(lines[-1], font, width))
            lines[-1:] = [lines[-1][:fits], lines[-1][fits:]]
    return lines


def _fitting(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> int:
    """How many characters of the text fit."""
    return bisect_right(range(len(text) + 1), width, key=lambda count: math.ceil(font.getlength(text[:count]))) - 1


def _shortened(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    room = width - int(font.getlength(' ..."')) - 1
    return f'{line[: _fitting(line, font, room)]} ..."'


def _quoted(request: str) -> str:
    """The request as the bundled font can draw it: runs of characters that it lacks are marked as left out."""
    gap = "[...]"
    drawable = re.sub(r"[^\x20-\u024f\u2010-\u2026]+", f" {gap} ", request)
    words = " ".join(drawable.split())
    if not words.replace(gap, "").strip(" .,!?"):
        return "(The request has letters that cannot be drawn here; the trace has it.)"
    return f'"{words}"'
