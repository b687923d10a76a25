"""A picture on which steps are tried: what is kept of it changes no result, is not written to, and does not grow."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.conftest import PHOTOS
from tools.attributes import Attributes
from tools.declare import REGISTRY, Tool
from tools.gallery import shown_of
from tools.maps import Maps
from tools.picture import Picture, reduce_to
from tools.plan import Step
from tools.scene import Scene
from tools.stage import Stage
from tools.statistics import Statistics
from tools.steps import Prepared, advance, seed_of
from tools.types import FloatImage, Json

TOOLS = [entry for entry in REGISTRY.values() if not entry.needs_editor]


@pytest.fixture(scope="module")
def photo(meadow: Picture) -> FloatImage:
    return np.clip(reduce_to(meadow.srgb, 160), 0, 1)


def tried(entry: Tool) -> Iterator[Json]:
    """Arguments of every example of a tool, each with other amounts, and with other sizes."""
    numbers = {name: schema for name, schema in entry.schema()["properties"].items() if "minimum" in schema}
    amounts = {name for name, schema in numbers.items() if schema.get("neutral") is not None}
    sizes = {name: (numbers[name]["minimum"] + numbers[name]["maximum"]) / 2 for name in numbers.keys() - amounts}
    for example in shown_of(entry, PHOTOS):
        yield example.args
        yield {name: value / 2 if name in amounts else value for name, value in example.args.items()}
        if not entry.from_file:
            yield example.args | sizes


@pytest.mark.parametrize("entry", TOOLS, ids=lambda entry: entry.name)
def test_what_is_kept_changes_no_bit(entry: Tool, photo: FloatImage) -> None:
    maps = Maps(photo)
    linear = maps.attributes.linear
    stage, before = Stage(linear), linear.copy()
    for args in tried(entry):
        step = Step(tool=entry.name, args=args)
        alone = Prepared(step, entry, Statistics(None, linear), seed_of(3, 1)).apply(linear, maps)
        np.testing.assert_array_equal(advance(stage, step, seed=3, index=1, maps=maps), alone)
    np.testing.assert_array_equal(linear, before)


@pytest.mark.parametrize("region", ["everywhere", "foliage", "highlights"])
def test_places_and_seeds_are_kept_apart(region: str, photo: FloatImage) -> None:
    maps = Maps(photo)
    stage = Stage(maps.attributes.linear)
    for seed in (0, 1):
        for other in ("top", region):
            step = Step(tool="weather", args={"weather": "snow"}, region=other)
            alone = advance(Stage(stage.linear), step, seed=seed, index=0, maps=maps)
            np.testing.assert_array_equal(advance(stage, step, seed=seed, index=0, maps=maps), alone)


def test_an_effect_is_made_once_for_all_its_strengths(photo: FloatImage, monkeypatch: pytest.MonkeyPatch) -> None:
    made, once = [], Scene.once

    def counted(scene: Scene, name: object, make: object) -> object:
        made.append(name not in (scene.kept or {}))
        return once(scene, name, make)  # type: ignore[arg-type]

    monkeypatch.setattr(Scene, "once", counted)
    maps = Maps(photo)
    stage = Stage.of(maps.attributes)
    for strength in (30, 60, 90):
        step = Step(tool="artistic_medium", args={"medium": "pastel", "strength": strength})
        advance(stage, step, seed=0, index=0, maps=maps)
    assert made == [True, False, False]
    assert Stage.of(maps.attributes) is stage


def test_little_is_kept_of_many_tools(photo: FloatImage) -> None:
    stage = Stage(Attributes(photo).linear)
    kept = [stage.kept("weather", "everywhere", seed) for seed in range(100)]
    assert stage.kept("weather", "everywhere", 99) is kept[99]
    assert stage.kept("weather", "everywhere", 0) is not kept[0]
