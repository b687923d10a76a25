"""The before/after sheet: both pictures, what was asked, and the steps, on one PNG."""

import io
import textwrap
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tools.picture import load, reduce_to, to_uint8, write_atomically
from tools.types import Json

_SIDE_PX = 800
_MARGIN = 24
_INK = "#222222"
_PAPER = "#f6f4f0"


def write_sheet(before: Path, after: Path, request: str, plan: Json, target: Path) -> None:
    """Draw the sheet and write it atomically."""
    pictures = [Image.fromarray(to_uint8(reduce_to(load(path).srgb, _SIDE_PX))) for path in (before, after)]
    lines = _text(request, plan, columns=max(40, sum(p.width for p in pictures) // 9))
    text_height = 22 * len(lines) + _MARGIN
    width = sum(picture.width for picture in pictures) + 3 * _MARGIN
    height = max(picture.height for picture in pictures) + 2 * _MARGIN + text_height
    sheet = Image.new("RGB", (width, height), _PAPER)
    x = _MARGIN
    for picture in pictures:
        sheet.paste(picture, (x, _MARGIN))
        x += picture.width + _MARGIN
    draw = ImageDraw.Draw(sheet)
    y = height - text_height
    for line in lines:
        draw.text((_MARGIN, y), line, fill=_INK, font=ImageFont.load_default(16))
        y += 22
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    write_atomically(target, buffer.getvalue())


def _text(request: str, plan: Json, columns: int) -> list[str]:
    lines = textwrap.wrap(_drawable(f'"{request}"'), columns, max_lines=2, placeholder=" ...")
    for number, step in enumerate(plan["steps"], 1):
        lines += textwrap.wrap(f"{number}. {describe_call(step)}", columns, subsequent_indent="    ")
    return lines


def describe_call(step: Json) -> str:
    """A step in one line: `exposure (stops 0.7) in the sky`."""
    args = ", ".join(
        f"{name} {value:g}" if isinstance(value, int | float) else f"{name} {value}"
        for name, value in step["args"].items()
    )
    place = "" if step["region"] == "everywhere" else f" in {step['region']}"
    return f"{step['tool']} ({args}){place}"


def _drawable(text: str) -> str:
    """The text with the characters that the bundled font lacks replaced."""
    return "".join(character if ord(character) < 0x250 else "·" for character in text)
