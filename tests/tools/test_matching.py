"""Laws of matching the colours of another picture."""

from functools import cache
from itertools import permutations
from pathlib import Path

import cv2
import numpy as np
import pytest
from colour.difference import delta_E_CIE2000

from tools import colour
from tools.brought import look_of_picture
from tools.colour_look import ColourLook, measure_look
from tools.engine import render
from tools.picture import Picture, load, reduce_to
from tools.plan import Plan, read_plan
from tools.styles import at_strength
from tools.types import FloatImage

PHOTOS = Path(__file__).parents[2] / "photos"
NAMES = ("dune", "night", "portrait", "stream")


@cache
def photo(name: str) -> Picture:
    return Picture(reduce_to(load(PHOTOS / f"{name}.jpg").srgb, 256))


def matched(name: str, reference: Picture, share: float = 1.0) -> FloatImage:
    step = at_strength(look_of_picture(reference, "reference"), share)
    return render(photo(name), read_plan(Plan(steps=[step]).model_dump_json())).srgb


def look_of(srgb: FloatImage) -> ColourLook:
    return measure_look(colour.srgb_to_oklab(srgb))


def distance(first: ColourLook, second: ColourLook) -> float:
    return float(np.linalg.norm(np.subtract(first[:13], second[:13])))


@pytest.mark.parametrize(("name", "reference"), [*permutations(NAMES, 2)])
def test_the_look_comes_nearer_and_the_more_the_stronger(name: str, reference: str) -> None:
    wanted = look_of(photo(reference).srgb)
    looks = [look_of(matched(name, photo(reference), share)) for share in (0.0, 0.4, 0.8, 1.25)]
    distances = [distance(look, wanted) for look in looks]
    assert distances[3] < distances[2] < distances[1] < distances[0]
    assert distances[3] < 0.9 * distances[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_photo_is_its_own_match(name: str) -> None:
    before, after = (cv2.cvtColor(each, cv2.COLOR_RGB2LAB) for each in (photo(name).srgb, matched(name, photo(name))))
    assert float(delta_E_CIE2000(before, after).mean()) < 0.5


def test_a_reference_without_colours_leaves_none() -> None:
    grey = np.repeat(photo("portrait").srgb.mean(axis=2, keepdims=True), 3, axis=2).astype(np.float32)
    after = colour.srgb_to_oklab(matched("dune", Picture(grey), 1.25))
    assert float(np.quantile(colour.chroma(after), 0.95)) < 0.02


def test_a_photo_without_colours_is_not_given_those_of_things() -> None:
    grey = Picture(np.repeat(photo("portrait").srgb.mean(axis=2, keepdims=True), 3, axis=2).astype(np.float32))
    step = look_of_picture(photo("dune"), "dune.jpg")
    after = render(grey, Plan(steps=[step])).srgb
    assert float(colour.chroma(colour.srgb_to_oklab(after)).max()) < 0.06


def test_skin_keeps_its_hue_beside_any_reference() -> None:
    """The face of the portrait, by its place; no reference turns it green, purple or grey."""
    face = (slice(45, 75), slice(97, 125))
    for reference in ("dune", "night", "stream", "lake", "meadow"):
        oklab = colour.srgb_to_oklab(matched("portrait", photo(reference)))[face]
        hue = float(np.degrees(np.arctan2(np.median(oklab[..., 2]), np.median(oklab[..., 1]))))
        assert 25 < hue < 85, reference
