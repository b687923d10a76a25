"""Technical faults that an edit added: what an editor would send a picture back for.

Each fault is a number with a harmless and a ruinous value; between them it costs in proportion, and at the ruinous
value the technical score is gone. A wish excuses the faults that belong to it: snow is not noise, a poster has few
tones.
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from tools.attributes import UNIT, Attributes
from tools.goals import Request
from tools.marks import few_tones
from tools.quality.comparison import Comparison
from tools.types import FloatPlane


class Fault(NamedTuple):
    """One thing that can be wrong."""

    measure: Callable[[Comparison], float]
    harmless: float
    ruinous: float
    remark: str
    excused_by: frozenset[str]
    """Attributes asked for, and kinds or values of effects, that bring it with them."""
    excuse: float = 3.0
    """Where excused, both values are this many times as high."""


def technical(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Product over all faults of what each leaves, 0 to 1."""
    asked = {goal.attribute if goal.direction > 0 else f"less {goal.attribute}" for goal in request.goals}
    asked |= {name for effect in request.effects for name in (effect.kind, effect.value)}
    left = 1.0
    for fault in FAULTS:
        ease = fault.excuse if asked & fault.excused_by else 1.0
        amount = fault.measure(comparison)
        share = float(np.interp(amount, [fault.harmless * ease, fault.ruinous * ease], [1.0, 0.0]))
        if share < 0.85:
            remarks.append(fault.remark.format(amount=amount))
        left *= share
    return left


def _clipping(comparison: Comparison) -> float:
    """Share of the picture that became pure black or white."""

    def ends(picture: Attributes) -> float:
        return float(((picture.linear.max(axis=2) <= 0.0006) | (picture.linear.min(axis=2) >= 0.985)).mean())

    return ends(comparison.after) - ends(comparison.before)


def _burnt_colour(comparison: Comparison) -> float:
    """Share of the picture in which a channel of a vivid colour reached the top of the range."""

    def burnt(picture: Attributes) -> float:
        return float(((picture.linear.max(axis=2) >= 0.98) & (picture.chroma > 0.10)).mean())

    return burnt(comparison.after) - burnt(comparison.before)


def _garish(comparison: Comparison) -> float:
    """Share of the picture that became more vivid (chroma over 0.19) than colours in photographs are."""
    return float((comparison.after.chroma > 0.19).mean() - (comparison.before.chroma > 0.19).mean())


def _flood(comparison: Comparison) -> float:
    """The common cast, length of the mean (a, b) times 100, as far as the scatter of hues across it is gone."""
    after, before = (picture.oklab[..., 1:].reshape(-1, 2) for picture in (comparison.after, comparison.before))
    mean = after.mean(axis=0)
    cast = float(np.hypot(*mean))
    across = np.array([-mean[1], mean[0]]) / max(cast, 1e-6)
    had, has = (float((colours @ across).std()) + 0.003 for colours in (before, after))
    return 100 * cast * max(0.0, 1 - has / had)


def _noise(comparison: Comparison) -> float:
    """Noise in units, less what a gain of contrast makes of the noise that was there."""
    before, after = comparison.before, comparison.after
    gain = max(1.0, after.measure("contrast") / max(before.measure("contrast"), 1.0))
    return comparison.change("noise") - (gain - 1) * before.measure("noise") / UNIT["noise"]


def _detail(comparison: Comparison) -> float:
    """Share by which fine detail grew, beside what a loss of contrast takes with it."""
    before, after = comparison.before, comparison.after
    gain = min(1.0, (after.measure("contrast") + 1) / (before.measure("contrast") + 1))
    return (after.measure("sharpness") + 0.05) / (before.measure("sharpness") * gain + 0.05) - 1


def _blur(comparison: Comparison) -> float:
    return -_detail(comparison)


def _banding(comparison: Comparison) -> float:
    """Gain of raggedness in the histogram of L, as a share."""
    whole = np.ones_like(comparison.before.lightness)
    return (few_tones(comparison.after, whole) - few_tones(comparison.before, whole)) / 100


def _flatness(comparison: Comparison) -> float:
    """Share of the tonal range that is gone: 1 - its 5-95 % span over that before."""

    def span(picture: Attributes) -> float:
        low, high = np.quantile(picture.lightness[::2, ::2], [0.05, 0.95])
        return float(high - low) + 0.02

    return 1 - span(comparison.after) / span(comparison.before)


def _halos(comparison: Comparison) -> float:
    """How far each edge's sides were pushed apart: slope of the unexplained gain of L on its contrast to around."""
    before = comparison.before.lightness
    around = before - cv2.GaussianBlur(before, (0, 0), 0.012 * float(np.hypot(*before.shape)))
    weight: FloatPlane = np.clip(np.abs(around) - 0.005, 0, 1)
    total = float((weight * around * around).sum())
    return float((weight * around * comparison.after.residual).sum()) / total if total > 1e-4 else 0.0


_PRINTS = frozenset({"medium"})
FAULTS = (
    Fault(
        _clipping,
        0.02,
        0.35,
        "{amount:.0%} more of the picture is pure black or white",
        _PRINTS | {"highlights", "night", "noir"},
        2.0,
    ),
    Fault(
        _burnt_colour,
        0.06,
        0.35,
        "{amount:.0%} more of the picture is a colour that cannot be brighter",
        _PRINTS | {"saturation", "colour", "hue"},
        1.7,
    ),
    Fault(
        _garish,
        0.05,
        0.35,
        "{amount:.0%} more of the picture is gaudy",
        frozenset({"saturation", "colour", "hue", "comic"}),
        1.6,
    ),
    Fault(
        _flood,
        1.5,
        3.5,
        "one colour covers everything",
        frozenset({"monochrome", "hue", "look", "leak", "season", "time"}),
        2.2,
    ),
    Fault(
        _noise,
        0.6,
        5.0,
        "noise was added that nobody asked for",
        _PRINTS | {"grain", "noise", "weather", "old_film"},
        4.0,
    ),
    Fault(
        _blur,
        0.45,
        0.95,
        "fine detail is gone",
        _PRINTS | {"bokeh", "haze", "weather", "less sharpness", "less clarity", "less noise", "less grain", "bloom"},
        2.0,
    ),
    Fault(
        _detail,
        0.9,
        2.4,
        "fine detail is exaggerated",
        _PRINTS | {"sharpness", "clarity", "grain", "weather"},
        2.5,
    ),
    Fault(_banding, 0.2, 0.8, "tones were lost: the picture is posterised", _PRINTS, 4.0),
    Fault(
        _flatness,
        0.35,
        0.9,
        "the tones are squeezed together",
        _PRINTS | {"haze", "fade", "fog", "time", "less contrast"},
        1.5,
    ),
    Fault(_halos, 0.2, 0.6, "edges have halos", _PRINTS | {"clarity", "sharpness"}, 2.0),
)
"""Every fault that is looked for."""
