"""Faults of technique cost, unless the wish brings them with it."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tools.goals import Goal, Request
from tools.picture import Picture
from tools.quality import assess
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


def technical(photo: Picture, edit: Callable[[FloatImage], FloatImage], request: Request) -> tuple[float, str]:
    small = Picture(photo.reduced(288))
    judged = assess(small, Picture(np.clip(edit(small.srgb), 0, 1).astype(np.float32)), request)
    return judged.scores["technical"], " ".join(judged.remarks)


@pytest.mark.parametrize(
    ("edit", "attribute", "remark"),
    [
        (woven, "warmth", "pattern of lines"),
        (ruled, "warmth", "pattern of lines"),
        (solarised, "warmth", "exchanged"),
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
