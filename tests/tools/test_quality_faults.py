"""Faults of technique cost, unless the wish brings them with it."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tests.conftest import PHOTOS
from tools.engine import render
from tools.goals import Goal, Request
from tools.picture import Picture, load
from tools.plan import Plan, Step
from tools.quality import assess
from tools.request import parse_request
from tools.types import FloatImage


def wish(attribute: str) -> Request:
    return Request(text=attribute, goals=[Goal(attribute=attribute, direction=1)])


def woven(picture: FloatImage) -> FloatImage:
    x, y = np.arange(picture.shape[1]), np.arange(picture.shape[0])[:, None]
    return picture * (1 - 0.08 * (np.sin(1.9 * x) + np.sin(1.9 * y)))[..., None].astype(np.float32)


def ruled(picture: FloatImage) -> FloatImage:
    lined = picture.copy()
    lined[::3] *= 0.8
    return lined


def solarised(picture: FloatImage) -> FloatImage:
    return np.interp(picture, [0, 0.3, 0.5, 0.8, 1], [0, 0.6, 0.5, 0.3, 0.6]).astype(np.float32)


def blurred(picture: FloatImage) -> FloatImage:
    return cv2.GaussianBlur(picture, (0, 0), 5)


def tiled(picture: FloatImage) -> FloatImage:
    """A mosaic over the upper half."""
    height, width = picture.shape[:2]
    top = cv2.resize(picture[: height // 2], (width // 8, height // 16), interpolation=cv2.INTER_AREA)
    return np.concatenate(
        [cv2.resize(top, (width, height // 2), interpolation=cv2.INTER_NEAREST), picture[height // 2 :]]
    )


def greyed(picture: FloatImage) -> FloatImage:
    return np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)


def technical(photo: Picture, edit: Callable[[FloatImage], FloatImage], request: Request) -> tuple[float, str]:
    small = Picture(photo.reduced(288))
    judged = assess(small, Picture(np.clip(edit(small.srgb), 0, 1).astype(np.float32)), request)
    return judged.scores["technical"], " ".join(judged.remarks)


@pytest.mark.parametrize(
    ("edit", "attribute", "remark"),
    [
        (woven, "warmth", "dots, specks or lines"),
        (ruled, "warmth", "dots, specks or lines"),
        (solarised, "warmth", "exchanged"),
        (tiled, "warmth", "falls into squares"),
        (greyed, "warmth", "colours are gone"),
        (blurred, "bloom", "fine detail is gone"),
        (blurred, "bokeh", "the subject is blurred"),
    ],
)
def test_a_fault_costs_and_is_told(
    meadow: Picture, edit: Callable[[FloatImage], FloatImage], attribute: str, remark: str
) -> None:
    score, remarks = technical(meadow, edit, wish(attribute))
    assert score < 4
    assert remark in remarks


@pytest.mark.parametrize("medium", ["pixel", "halftone", "pencil", "watercolor"])
def test_a_medium_excuses_what_belongs_to_it(medium: str) -> None:
    before = Picture(load(PHOTOS / "lake.jpg").reduced(512))
    after = render(before, Plan(steps=[Step(tool="artistic_medium", args={"medium": medium, "strength": 76})]))
    words = {
        "pixel": "pixel art",
        "halftone": "a halftone print",
        "pencil": "a pencil sketch",
        "watercolor": "a watercolour",
    }
    result = assess(before, after, parse_request(words[medium]))
    assert result.scores["technical"] >= 4.4
    assert result.scores["picture"] >= 3.6


def test_smeared_surfaces_are_a_fault() -> None:
    before = Picture(load(PHOTOS / "street.jpg").reduced(256))
    smeared = cv2.medianBlur((before.srgb * 255).astype(np.uint8), 15).astype(np.float32) / 255
    result = assess(before, Picture(smeared), parse_request("warmer"))
    assert result.scores["picture"] < assess(before, before, parse_request("warmer")).scores["picture"]
    assert "surfaces are smeared" in result.remarks


def test_snow_excuses_no_squares(meadow: Picture) -> None:
    score, remarks = technical(meadow, tiled, parse_request("let it snow"))
    assert score < 4
    assert "falls into squares" in remarks


def hue_turned(picture: FloatImage) -> FloatImage:
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0] + 90) % 360
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)


@pytest.mark.parametrize("request_", ["darker", "warmer subject", "a foggy morning"])
@pytest.mark.parametrize("name", ["tourist", "lake", "portrait"])
def test_hues_turned_by_a_right_angle_are_ruin(name: str, request_: str) -> None:
    assert technical(load(PHOTOS / f"{name}.jpg"), hue_turned, parse_request(request_))[0] < 2.5


@pytest.mark.parametrize("request_", ["make it snow", "like an oil painting", "warmer"])
@pytest.mark.parametrize("region", ["everywhere", "top"])
def test_terraces_are_a_fault_but_where_few_tones_were_asked_for(request_: str, region: str) -> None:
    def posterised(picture: FloatImage) -> FloatImage:
        few = Step(tool="posterize", args={"amount": 80, "levels": 4}, region=region)
        return render(Picture(picture), Plan(steps=[few])).srgb

    photo = load(PHOTOS / "portrait.jpg")
    assert "terraces" in technical(photo, posterised, parse_request(request_))[1]
    assert "terraces" not in technical(photo, posterised, parse_request("like a comic"))[1]


@pytest.mark.parametrize(
    ("request_", "medium"), [("a snowy winter day", "halftone"), ("like an oil painting", "pixel")]
)
def test_a_pattern_is_no_snow_and_no_paint(request_: str, medium: str) -> None:
    def patterned(picture: FloatImage) -> FloatImage:
        step = Step(tool="artistic_medium", args={"medium": medium, "strength": 30})
        return render(Picture(picture), Plan(steps=[step])).srgb

    photo = load(PHOTOS / "portrait.jpg")
    assert "a pattern" in technical(photo, patterned, parse_request(request_))[1]
    assert "a pattern" not in technical(photo, patterned, parse_request("a halftone print, like pixel art"))[1]
