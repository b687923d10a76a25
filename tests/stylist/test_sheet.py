"""The before/after sheet holds pictures of any shape and requests of any length and script."""

import numpy as np
import pytest
from PIL import Image

from stylist.sheet import describe_call, draw_sheet
from tools.picture import Picture
from tools.types import Json

PLAN: Json = {
    "summary": "",
    "steps": [
        {"reasoning": "", "tool": "exposure", "args": {"stops": 0.7}, "region": "not (skin | sky)"},
        {"reasoning": "", "tool": "color_grading", "args": {"look": "x" * 300, "strength": 50}, "region": "sky"},
    ],
}
PAPER = (246, 244, 240)


def _grey(width: int, height: int) -> Picture:
    return Picture(np.full((height, width, 3), 0.5, np.float32))


@pytest.mark.parametrize("size", [(900, 600), (200, 900), (3000, 300), (20, 20), (1, 400), (400, 1)])
@pytest.mark.parametrize("request_text", ["warmer", "word " * 10_000, "x" * 100_000, "请让照片更暖", "😀"])
def test_nothing_touches_the_edge(size: tuple[int, int], request_text: str) -> None:
    sheet = np.asarray(draw_sheet(_grey(*size), _grey(*size), request_text, PLAN))
    edge = np.concatenate([sheet[:12].reshape(-1, 3), sheet[-12:].reshape(-1, 3)])
    sides = np.concatenate([sheet[:, :12].reshape(-1, 3), sheet[:, -12:].reshape(-1, 3)])
    assert (edge == PAPER).all()
    assert (sides == PAPER).all()
    assert sheet.shape[0] < 2000
    assert sheet.shape[1] < 1700


def test_wide_pictures_stand_above_each_other() -> None:
    assert draw_sheet(_grey(900, 200), _grey(900, 200), "warmer", PLAN).width < 2 * 800
    assert draw_sheet(_grey(900, 600), _grey(900, 600), "warmer", PLAN).width > 2 * 800


def test_what_is_transparent_shows_the_paper() -> None:
    clear = Picture(np.zeros((100, 100, 3), np.float32), np.zeros((100, 100), np.float32))
    sheet = draw_sheet(clear, clear, "warmer", {"summary": "", "steps": []})
    assert sheet.getpixel((70, 70)) == PAPER
    assert isinstance(sheet, Image.Image)


def test_a_step_reads_as_a_call_and_a_place() -> None:
    assert describe_call(PLAN["steps"][0]) == "exposure (stops 0.7) everywhere but (skin | sky)"
    assert describe_call({"tool": "fog", "args": {"amount": 40}, "region": "sky"}) == "fog (amount 40) in sky"
    assert describe_call({"tool": "fog", "args": {"amount": 40}, "region": "everywhere"}) == "fog (amount 40)"
