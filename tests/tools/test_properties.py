"""Laws of every tool with any arguments, on random arrays and on real photos; the same examples in each run."""

from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from colour.difference import delta_E_CIE2000
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tools.declare import REGISTRY, Tool, ToolError
from tools.engine import render
from tools.gallery import shown_of
from tools.picture import Picture, load, reduce_to
from tools.plan import Plan, Step
from tools.types import FloatImage, Json

PHOTOS = Path(__file__).parents[2] / "photos"
NAMES = sorted(path.stem for path in PHOTOS.glob("*.jpg"))
TOOLS = [entry for entry in REGISTRY.values() if not entry.needs_editor]
GREYS_STAY = [
    *("exposure", "contrast", "highlights", "shadows", "whites", "blacks", "midtones", "fade", "relight", "saturation"),
    *(
        "vibrance",
        "hue_shift",
        "colour_band",
        "clarity",
        "texture",
        "sharpen",
        "soften",
        "denoise",
        "vignette",
        "bloom",
    ),
    *("soft_focus", "blur", "tilt_shift", "posterize", "pixelate"),
]
PRINTS = ("artistic_medium", "halftone", "pixelate", "posterize")
"""What is made of dots, strokes or steps of a few px; `test_laws` says how far it may differ between sizes."""
few = settings(derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)


@cache
def photo(name: str) -> Picture:
    return load(PHOTOS / f"{name}.jpg")


@cache
def reduced(name: str, side_px: int) -> FloatImage:
    return np.clip(reduce_to(photo(name).srgb, side_px), 0, 1)


def arguments(entry: Tool, *, off: bool = False) -> st.SearchStrategy[Json]:
    """Any arguments of a tool; where it is off, those that switch an effect on have their neutral value."""
    if entry.name == "lut":
        known = [example.args for example in shown_of(entry, PHOTOS)]
        return st.builds(lambda args, strength: args | strength, st.sampled_from(known), _numbers(entry, off=off))
    return _numbers(entry, off=off)


def _numbers(entry: Tool, *, off: bool) -> st.SearchStrategy[Json]:
    values: dict[str, st.SearchStrategy[Any]] = {}
    for name, schema in entry.schema()["properties"].items():
        if "enum" in schema:
            values[name] = st.sampled_from(schema["enum"])
        elif off and schema.get("neutral") is not None:
            values[name] = st.just(schema["neutral"])
        elif "minimum" in schema:
            values[name] = st.floats(schema["minimum"], schema["maximum"])
    return st.fixed_dictionaries(values)


@st.composite
def arrays(draw: st.DrawFn) -> FloatImage:
    """Noise, a plain colour, black and white, or a piece of a photo; down to a single pixel."""
    kind = draw(st.sampled_from(["noise", "plain", "two values", "photo", "photo"]))
    if kind == "photo":
        return reduced(draw(st.sampled_from(NAMES)), draw(st.sampled_from([48, 128])))
    shape = (draw(st.integers(1, 40)), draw(st.integers(1, 40)), 3)
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    if kind == "plain":
        return np.broadcast_to(random.random(3), shape).astype(np.float32)
    return (random.random(shape) if kind == "noise" else random.integers(0, 2, shape)).astype(np.float32)


@st.composite
def calls(draw: st.DrawFn, entries: list[Tool], *, off: bool = False) -> tuple[Tool, Json]:
    entry = draw(st.sampled_from(entries))
    return entry, draw(arguments(entry, off=off))


def run(picture: Picture, entry: Tool, args: Json, region: str = "everywhere", seed: int = 0) -> FloatImage:
    try:
        return render(picture, Plan(steps=[Step(tool=entry.name, args=args, region=region)]), seed=seed).srgb
    except ToolError:
        assume(False)
        raise


@few
@given(calls(TOOLS, off=True), arrays(), st.sampled_from(["everywhere", "left", "not highlights"]))
def test_what_is_switched_off_changes_no_bit(call: tuple[Tool, Json], before: FloatImage, region: str) -> None:
    np.testing.assert_array_equal(run(Picture(before), *call, region), before)


@few
@given(calls(TOOLS), arrays(), st.sampled_from(["everywhere", "right", "shadows"]), st.integers(0, 2**31 - 1))
def test_any_call_is_finite_in_range_repeatable_and_leaves_its_input(
    call: tuple[Tool, Json], before: FloatImage, region: str, seed: int
) -> None:
    kept = before.copy()
    after = run(Picture(before), *call, region, seed)
    assert np.isfinite(after).all()
    assert after.min() >= 0
    assert after.max() <= 1
    assert after.shape == before.shape
    np.testing.assert_array_equal(run(Picture(before), *call, region, seed), after)
    np.testing.assert_array_equal(before, kept)


@few
@given(calls([REGISTRY[name] for name in GREYS_STAY]), st.integers(0, 2**16))
def test_greys_stay_grey(call: tuple[Tool, Json], seed: int) -> None:
    grey = np.random.default_rng(seed).random((40, 60, 1)).repeat(3, axis=2).astype(np.float32)
    after = run(Picture(grey), *call)
    assert float((after.max(axis=2) - after.min(axis=2)).max()) < 1e-5


@few
@given(st.data(), st.sampled_from(TOOLS), st.sampled_from(NAMES))
def test_more_of_an_effect_is_more(data: st.DataObject, entry: Tool, name: str) -> None:
    """Each effect by itself, at a third, two thirds and all of its range, either way."""
    off, schemas = data.draw(arguments(entry, off=True)), entry.schema()["properties"]
    effect = data.draw(st.sampled_from([key for key in off if schemas[key].get("neutral") is not None]))
    end = 90 if entry.name == "hue_shift" else schemas[effect][data.draw(st.sampled_from(["minimum", "maximum"]))]
    picture = Picture(reduced(name, 128))
    after = [run(picture, entry, off | {effect: share * end}) for share in (1 / 3, 2 / 3, 1)]
    moved = [float(np.sqrt(((each - picture.srgb) ** 2).mean())) for each in after]
    assert moved[0] <= 1.02 * moved[1] + 1e-6
    assert moved[1] <= 1.02 * moved[2] + 1e-6


@pytest.mark.parametrize("name", ["moose", "tourist", "street"])
def test_512_px_and_full_size_agree_with_any_arguments(name: str) -> None:
    @settings(few, max_examples=12)
    @given(calls([entry for entry in TOOLS if entry.name not in PRINTS]), st.integers(0, 2**16))
    def agree(call: tuple[Tool, Json], seed: int) -> None:
        small = run(Picture(reduced(name, 512)), *call, seed=seed)
        full = reduce_to(run(photo(name), *call, seed=seed), 512)
        assert float(delta_E_CIE2000(lab(full), lab(small)).mean()) < 1

    agree()


def lab(srgb: FloatImage) -> NDArray[np.float32]:
    return cv2.cvtColor(np.clip(srgb, 0, 1).astype(np.float32), cv2.COLOR_RGB2LAB)[::3, ::3]
