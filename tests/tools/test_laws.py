"""Laws of every tool on real photos, at the examples that its declaration gives."""

import warnings
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tools.declare import REGISTRY, Tool
from tools.engine import render
from tools.examples import Example, examples
from tools.gallery import shown_of, suiting
from tools.picture import Picture, load, reduce_to
from tools.plan import Plan, Step
from tools.types import FloatImage

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # on import it speaks of optional packages that are not needed here
    from colour.difference import delta_E_CIE2000

PHOTOS = Path(__file__).parent.parent.parent / "photos"
TOOLS = [entry for entry in REGISTRY.values() if not entry.needs_editor]
PLAINEST = [shown_of(entry, PHOTOS)[0] for entry in TOOLS if entry.name != "artistic_medium"]
MEDIA = examples(REGISTRY["artistic_medium"])
MOST_DIFFERENCE = {"halftone": 5.7, "pixel": 1.2, "posterize": 1.2}
"""Mean dE2000 where it passes 1: dots of a few px and hard steps between tones do not survive being reduced."""


@cache
def photo(name: str) -> Picture:
    return load(PHOTOS / f"{name}.jpg")


@cache
def proxy(name: str, side_px: int) -> Picture:
    return Picture(reduce_to(photo(name).srgb, side_px))


def plan_of(example: Example) -> Plan:
    return Plan(steps=[Step(tool=example.tool.name, args=example.args)])


def lab(srgb: FloatImage) -> NDArray[np.float32]:
    return cv2.cvtColor(np.clip(srgb, 0, 1).astype(np.float32), cv2.COLOR_RGB2LAB)[::2, ::2]


@pytest.mark.parametrize("example", PLAINEST + MEDIA, ids=lambda example: example.slug)
def test_512_px_and_full_size_agree(example: Example) -> None:
    small = render(proxy(suiting(example), 512), plan_of(example)).srgb
    full = reduce_to(render(photo(suiting(example)), plan_of(example)).srgb, 512)
    keys = [example.tool.name, *map(str, example.args.values())]
    most = max(MOST_DIFFERENCE.get(key, 1.0) for key in keys)
    assert float(delta_E_CIE2000(lab(full), lab(small)).mean()) < most


@pytest.mark.parametrize("example", PLAINEST, ids=lambda example: example.slug)
def test_a_photo_stays_as_it_is_and_its_result_is_finite_and_the_same_twice(example: Example) -> None:
    before = proxy(suiting(example), 256)
    kept = before.srgb.copy()
    first, second = (render(before, plan_of(example), seed=11).srgb for _ in range(2))
    assert np.isfinite(first).all()
    assert first.min() >= 0
    assert first.max() <= 1
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(before.srgb, kept)


@pytest.mark.parametrize("entry", TOOLS, ids=lambda entry: entry.name)
def test_strength_zero_is_the_identity_to_the_bit(entry: Tool) -> None:
    off = {
        name: schema["neutral"]
        for name, schema in entry.schema()["properties"].items()
        if schema.get("neutral") is not None
    }
    before = proxy("moose", 256)
    after = render(before, Plan(steps=[Step(tool=entry.name, args=off)]))
    np.testing.assert_array_equal(after.srgb, before.srgb)
