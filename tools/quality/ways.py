"""Where each wish would take a photo by itself: what an edit is compared with where wishes mix.

Looks, hours, seasons and weathers mostly act on single pixels, so a thumbnail tells what they do to tones and colours.
Media redraw the picture, and marks are made of fine detail: what an effect does to those is seen at full size.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np

from tools import colour
from tools.attributes import UNIT, Attributes
from tools.compiled import compiled
from tools.declare import ToolError
from tools.engine import advance, to_gamut
from tools.goals import EFFECT_TOOLS, Effect, EffectKind
from tools.maps import Maps
from tools.plan import Step
from tools.quality.comparison import Comparison
from tools.rows import reduced
from tools.stage import Stage
from tools.types import FloatPlane

STRENGTH = 80
"""Strength of the library's effects at which their ways are measured."""
PLAIN_STRENGTH = 60
"""Strength at which an effect is plainly there."""
SHOWN = frozenset(
    {"brightness", "contrast", "highlights", "shadows", "warmth", "tint", "saturation", "haze", "fade", "vignette"}
)
"""Attributes that a thumbnail shows."""
_SIDE_PX = 96


class Thumbnails:
    """A photo's thumbnail, and what the library's steps make of it."""

    def __init__(self, photo: Attributes) -> None:
        self.photo = thumbnail(photo)
        self._maps = Maps(colour.linear_to_srgb(self.photo.linear))
        self._made: dict[str, Attributes | None] = {}
        self._under: dict[tuple[str, str], Attributes | None] = {}

    def after(self, steps: Sequence[Step]) -> Attributes | None:
        """The thumbnail after steps; None where they do not suit it."""
        key = " ".join(step.model_dump_json() for step in steps)
        if key not in self._made:
            self._made[key] = self._run(steps)
        return self._made[key]

    def with_effect(self, effect: Effect) -> Attributes | None:
        """The thumbnail under an effect; None for media and for looks that nobody knows."""
        key = effect.kind, effect.value
        if key not in self._under:
            steps = effect_steps(*key)
            self._under[key] = None if steps is None else self.after(steps)
        return self._under[key]

    def with_each(self, effects: Sequence[Effect]) -> list[Attributes]:
        """The thumbnail under each of some effects by itself, without those that `with_effect` has none of."""
        return [made for made in map(self.with_effect, effects) if made is not None]

    def _run(self, steps: Sequence[Step]) -> Attributes | None:
        linear = self.photo.linear
        try:
            for index, step in enumerate(steps):
                linear = advance(Stage(linear), step, seed=0, index=index, maps=self._maps)
        except ToolError:
            return None
        return Attributes(to_gamut(linear), reference=self.photo)


_KNOWN: WeakKeyDictionary[Maps, Thumbnails] = WeakKeyDictionary()
"""By photo: many edits of one photo are judged against the same."""


def thumbnails(comparison: Comparison) -> Thumbnails:
    """The thumbnails of the photo before the edit."""
    if comparison.maps not in _KNOWN:
        _KNOWN[comparison.maps] = Thumbnails(comparison.before)
    return _KNOWN[comparison.maps]


def by_library(comparison: Comparison, effect: Effect) -> Comparison | None:
    """The photo beside what the library's own tool plainly makes of it; None where the effect has no tool or place."""
    tool, argument = EFFECT_TOOLS[effect.kind]
    try:
        step = Step(tool=tool, args={argument: effect.value, "strength": PLAIN_STRENGTH}, region=effect.region)
        linear = advance(Stage.of(comparison.before), step, seed=0, index=0, maps=comparison.maps)
    except (ToolError, ValueError):
        return None
    return Comparison(comparison.before_srgb, to_gamut(linear), comparison.maps)


def thumbnail(picture: Attributes) -> Attributes:
    """A picture at 96 px."""
    return picture.once("thumbnail", lambda: _thumbnail(picture))


def _thumbnail(picture: Attributes) -> Attributes:
    is_large = max(picture.lightness.shape) >= 4 * _SIDE_PX
    return Attributes.of_light(reduced(picture.halved if is_large else picture.linear, _SIDE_PX))


@lru_cache
def effect_steps(kind: EffectKind, value: str) -> tuple[Step, ...] | None:
    """What the library does for an effect; None for media and for looks that nobody knows."""
    if kind == "medium":
        return None
    tool, argument = EFFECT_TOOLS[kind]
    try:
        return (Step(tool=tool, args={argument: value, "strength": STRENGTH}),)
    except (ToolError, ValueError):
        return None


def in_units(picture: Attributes, attribute: str) -> float:
    """An attribute in units of a plain change."""
    return picture.measure(attribute) / UNIT[attribute]


def brings(
    comparison: Comparison,
    effect: Effect,
    attribute: str,
    units: Callable[[Attributes, str], float] = in_units,
) -> float:
    """Units by which an effect moves an attribute of this photo; 0 where a thumbnail does not show it."""
    known = thumbnails(comparison)
    after = known.with_effect(effect) if attribute in SHOWN and effect.region == "everywhere" else None
    if after is None:
        return 0.0
    was, now = units(known.photo, attribute), units(after, attribute)
    if attribute == "contrast":  # a thumbnail has less of it, and loses the same share
        whole = units(comparison.before, attribute)
        was, now = whole, whole * now / max(was, 1e-3)
    return now - was


def taken_apart(
    went: FloatPlane, ways: FloatPlane, least: Sequence[float], most: float | Sequence[float] = 2.0
) -> FloatPlane:
    """Parts `(N,)` of ways `(N, D)` that together come nearest to the one that was gone, by coordinate descent.

    Args:
        went: `(D,)`.
        ways: `(N, D)`.
        least: the least part of each.
        most: the most of any, or of each.
    """
    square, aim = (np.asarray(product, np.float64) for product in (ways @ ways.T, ways @ went))
    return _descended(square, aim, np.array(least), np.zeros(len(ways)) + most)


@compiled
def _descended(square: FloatPlane, aim: FloatPlane, least: FloatPlane, most: FloatPlane) -> FloatPlane:
    """Parts, each between its least and its most, that minimise a square form less twice an aim."""
    parts = np.zeros(aim.size)
    for _ in range(60):
        moved = False
        for k in range(aim.size):
            rest = aim[k] - (square[k] * parts).sum() + square[k, k] * parts[k]
            part = min(max(rest / (square[k, k] + 1e-6), least[k]), most[k])
            moved |= part != parts[k]
            parts[k] = part
        if not moved:
            break
    return parts
