"""The contact sheet of a comparison: a photo and its request in a row, then what each arm made of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import shorten

from PIL import Image, ImageDraw, ImageFont

from evals.arm_result import ArmResult
from tools.picture import decode, to_uint8

MOST_ROWS = 12
_TILE_PX = (240, 180)
_GAP_PX = 8
_LINE_PX = 20
_FONT_PX = 13
_INK, _FAINT = "#222222", "#777777"


def write_sheet(arms: Sequence[ArmResult], pictures: Mapping[str, bytes], path: Path) -> None:
    """Draw the first rows, under each picture its score.

    Args:
        arms: what was compared.
        pictures: previews by reference.
        path: PNG to write.
    """
    keys = [key for key in arms[0].photo_of if any(key in arm.results for arm in arms)][:MOST_ROWS]
    across, down = _TILE_PX[0] + _GAP_PX, _TILE_PX[1] + 2 * _LINE_PX + _GAP_PX
    sheet = Image.new("RGB", ((1 + len(arms)) * across + _GAP_PX, max(1, len(keys)) * down + _GAP_PX), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(_FONT_PX)
    for row, key in enumerate(keys):
        top = _GAP_PX + row * down
        caption = shorten(f"{arms[0].photo_of[key]}: {arms[0].requests[key]}", sheet.width // (_FONT_PX // 2))
        draw.text((_GAP_PX, top), caption, fill=_INK, font=font)
        made = [(f"{arm.name}  {_score(arm, key)}", arm.results.get(key)) for arm in arms]
        before = next(arm.images[key] for arm in arms if key in arm.images)
        for column, (label, reference) in enumerate([("photo", before), *made]):
            left = _GAP_PX + column * across
            height = 0
            if reference is not None:
                tile = Image.fromarray(to_uint8(decode(pictures[reference]).srgb))
                tile.thumbnail(_TILE_PX)
                sheet.paste(tile, (left, top + _LINE_PX))
                height = tile.height
            draw.text((left, top + _LINE_PX + height + 2), label, fill=_FAINT, font=font)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


def _score(arm: ArmResult, key: str) -> str:
    score = arm.scores["picture"].get(key)
    return "no picture" if score is None else f"{score:.2f}"
