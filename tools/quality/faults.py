"""Technical faults that an edit added: what an editor would send a picture back for.

Each fault is a number with a harmless and a ruinous value; between them it costs in proportion, and at the ruinous
value the technical score is gone. A wish excuses the faults that belong to it: snow is not noise, a poster has few
tones.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from tools import detail_kernels
from tools.attributes import PLACE_PX, TONES, UNIT, Attributes
from tools.declare import ToolError
from tools.goals import Request
from tools.marks import blur_matrix, measure_mark
from tools.quality.added import fringes, shapes, strange_detail
from tools.quality.colour_faults import drained, false_colour, flood, split
from tools.quality.comparison import Comparison
from tools.quality.pattern import pattern
from tools.quality.squares import squares
from tools.quality.terraces import terraces
from tools.rows import block_means
from tools.types import FloatPlane
from tools.weight import Weight


class Fault(NamedTuple):
    """One thing that can be wrong."""

    measure: Callable[..., float]
    """Of a comparison and, `by_request`, of what was asked for."""
    harmless: float
    ruinous: float
    remark: str
    excuses: Mapping[str, float]
    """Attributes asked for, and kinds or values of effects, that bring it with them, and how many times as high both
    values are with each."""
    by_request: bool = False


def technical(comparison: Comparison, request: Request, remarks: list[str]) -> float:
    """Product over all faults of what each leaves, 0 to 1."""
    left = 1.0
    for fault, harmless, ruinous in _limits(frozenset(_asked(request))):
        amount = fault.measure(comparison, request) if fault.by_request else fault.measure(comparison)
        share = min(max((ruinous - amount) / (ruinous - harmless), 0.0), 1.0)
        if share < 0.85:
            remarks.append(fault.remark.format(amount=amount))
        left *= share
    return left


def _asked(request: Request) -> set[str]:
    """What a request asks for, in the words of `Fault.excuses`."""
    asked = {goal.attribute if goal.direction > 0 else f"less {goal.attribute}" for goal in request.goals}
    asked |= {name for effect in request.effects for name in (effect.kind, effect.value)}
    if "monochrome" in asked and asked & {"warmth", "less warmth", "tint", "less tint", "hue", "look"}:
        asked.add("toning")
    if request.names_a_place:
        asked.add("place")
    return asked


@lru_cache(maxsize=64)
def _limits(asked: frozenset[str]) -> list[tuple[Fault, float, float]]:
    """Every fault, with the values from which on it is seen and at which it is ruinous beside what is asked for."""
    eases = [max([fault.excuses[name] for name in asked & fault.excuses.keys()], default=1.0) for fault in FAULTS]
    return [(fault, ease * fault.harmless, ease * fault.ruinous) for fault, ease in zip(FAULTS, eases, strict=True)]


def _clipping(comparison: Comparison) -> float:
    """Share of the picture that became pure black or white."""
    return comparison.after.overall.clipped - comparison.before.overall.clipped


def _burnt_colour(comparison: Comparison) -> float:
    """Share of the picture in which a channel of a vivid colour came to the top of the range."""
    return comparison.after.overall.burnt - comparison.before.overall.burnt


def _garish(comparison: Comparison) -> float:
    """Share of the picture that became more vivid (chroma over 0.19) than colours in photographs are."""
    return comparison.after.overall.gaudy - comparison.before.overall.gaudy


def _noise(comparison: Comparison) -> float:
    """Noise in units, less what a gain of contrast or of all fine detail makes of the noise that was there."""
    gained = max(_contrast_gained(comparison) - 1, _detail(comparison))
    return comparison.change("noise") - gained * comparison.before.measure("noise") / UNIT["noise"]


def _contrast_gained(comparison: Comparison) -> float:
    """How many times as high contrast became, at least 1."""
    before, after = comparison.before, comparison.after
    return max(1.0, after.measure("contrast") / max(before.measure("contrast"), 1.0))


def _contrast_kept(comparison: Comparison) -> float:
    """What share of contrast was left, at most 1."""
    before, after = comparison.before, comparison.after
    return min(1.0, (after.measure("contrast") + 1) / (before.measure("contrast") + 1))


def _detail(comparison: Comparison) -> float:
    """Share by which fine detail grew, beside what a loss of contrast takes with it."""
    was = comparison.before.measure("sharpness") * _contrast_kept(comparison)
    return (comparison.after.measure("sharpness") + 0.05) / (was + 0.05) - 1


def _blur(comparison: Comparison) -> float:
    """Log ratio of fine detail before to that after, or of the steps one way where a shake took more of those."""
    before, kept = comparison.before, _contrast_kept(comparison)
    was, now = before.once(_mean_steps, lambda: _mean_steps(before)), _mean_steps(comparison.after)
    ratios = [new / (kept * old + 1e-4) for old, new in zip(was, now, strict=True)]
    return -float(np.log(max(min([1 + _detail(comparison), *ratios]), 0.01)))


def _mean_steps(picture: Attributes) -> tuple[float, ...]:
    """Mean size of the steps of L to the right, and of those down; none of a picture under 32 px."""
    return detail_kernels.mean_steps(picture.lightness) if min(picture.lightness.shape) >= 32 else ()


def _smeared(comparison: Comparison) -> float:
    """Share of the detailed places of the photo that kept less than 0.3 of their fine detail, beside lost contrast."""
    was, now = comparison.before.fine_of_places, comparison.after.fine_of_places
    detailed = was > 0.004
    smeared = now < 0.3 * _contrast_kept(comparison) * was
    return float(smeared[detailed].mean()) if detailed.any() else 0.0


def _blurred_subject(comparison: Comparison) -> float:
    """Log ratio of the subject's fine detail before to that after, beside what a loss of contrast takes with it.

    Where that is harmless in every place it is the most of any, since to find a subject takes longer than all the rest.
    """
    before, kept = comparison.before, _contrast_kept(comparison)
    places = before.fine_of_places, comparison.after.fine_of_places
    most = _log_of_lost(kept, *places)
    if most <= _SUBJECT_STANDS:
        return most
    subject = before.once("subject", lambda: _subject(comparison))
    return 0.0 if subject is None else _log_of_lost(kept, *map(subject.mean, places))


def _log_of_lost(kept: float, was: FloatPlane | float, now: FloatPlane | float) -> float:
    """Log ratio of detail before to that after, beside what a loss of contrast takes with it; the most of any place."""
    return float(np.log(kept * np.max((was + 1e-4) / (now + 1e-4))))


def _subject(comparison: Comparison) -> Weight | None:
    """How much of each place is of the subject; None where there is none."""
    try:
        return Weight(block_means(comparison.maps.mask("subject"), PLACE_PX))
    except ToolError:
        return None


def _banding(comparison: Comparison) -> float:
    """Gain of raggedness in the histogram of L, as a share."""
    return (measure_mark(comparison.after, "few tones") - measure_mark(comparison.before, "few tones")) / 100


def _flatness(comparison: Comparison) -> float:
    """Log ratio of the tonal range before, the 5-95 % span, to that after."""

    def span(picture: Attributes) -> float:
        return picture.quantile(0.95) - picture.quantile(0.05) + 0.02

    return float(np.log(span(comparison.before) / span(comparison.after)))


def _reversed_tones(comparison: Comparison) -> float:
    """Mean (L x 100) by which tones came to be darker than those that the photo has below them."""
    photo = comparison.before
    counts, share = photo.once("tone counts", lambda: _tone_counts(photo))
    tones = (np.arange(TONES, dtype=np.float32) + 0.5) / TONES + comparison.after.tone_gain
    curve = np.where(share > 0.002, _smooth(tones * counts) / np.maximum(share, 1e-6), 0)
    return 100 * float(counts @ (np.maximum.accumulate(curve) - curve))


def _tone_counts(picture: Attributes) -> tuple[FloatPlane, FloatPlane]:
    """Share of the pixels at each of `TONES` levels of L, and the same smoothed."""
    counts, _ = np.histogram(picture.lightness[::2, ::2], TONES, (0, 1))
    shares = (counts / max(counts.sum(), 1)).astype(np.float32)
    return shares, _smooth(shares)


def _smooth(row: FloatPlane) -> FloatPlane:
    return row.astype(np.float32) @ blur_matrix(len(row), 1.5, cv2.BORDER_REFLECT_101)


def _halos(comparison: Comparison) -> float:
    """How far each edge's sides were pushed apart: slope of the unexplained gain of L on its contrast to around."""
    before, after = comparison.before, comparison.after
    edges = before.once("edges", lambda: _Edges.of(before.lightness))
    return float(np.vdot(edges.slope, after.lightness)) - edges.before - float(edges.by_tone @ after.tone_gain)


class _Edges(NamedTuple):
    """The edges of a photo, as what gives the slope of a gain on the contrast of each pixel to what is around it."""

    slope: FloatPlane
    """What to multiply a gain of L by and sum up."""
    before: float
    """That sum of L itself before the edit."""
    by_tone: FloatPlane
    """What to multiply a gain of each tone by and sum up."""

    @classmethod
    def of(cls, lightness: FloatPlane) -> "_Edges":
        around = lightness - cv2.GaussianBlur(lightness, (0, 0), 0.012 * float(np.hypot(*lightness.shape)))
        weighted = np.clip(np.abs(around) - 0.005, 0, 1) * around
        total = float(np.vdot(weighted, around))
        slope = weighted / total if total > 1e-4 else np.zeros_like(weighted)
        tone = np.clip((lightness * TONES).astype(np.int32), 0, TONES - 1)
        by_tone = np.bincount(tone.ravel(), slope.ravel(), TONES)
        return cls(slope, float(np.vdot(slope, lightness)), by_tone)


def _each(ease: float, *names: str) -> dict[str, float]:
    return dict.fromkeys(names, ease)


_SUBJECT_STANDS = 0.4
"""Log ratio of its detail up to which a blur of the subject is harmless."""
_PRINTS = ("halftone", "pixel", "comic")
"""Media of few colours in dots and squares."""
_DRAWINGS = ("pencil", "ink", "pastel")
"""Media of strokes."""
_RECOLOURS = ("hue", "colour", *_PRINTS)
"""Wishes and effects that give things other colours."""
FAULTS = (
    Fault(
        _clipping,
        0.02,
        0.35,
        "{amount:.0%} more of the picture is pure black or white",
        _each(2.0, "medium", "highlights", "night", "noir") | _each(10.0, *_PRINTS),
    ),
    Fault(
        _burnt_colour,
        0.06,
        0.35,
        "{amount:.0%} more of the picture is a colour that cannot be brighter",
        _each(1.7, "medium", "saturation", "colour", "hue") | _each(5.0, *_PRINTS),
    ),
    Fault(
        _garish,
        0.05,
        0.35,
        "{amount:.0%} more of the picture is gaudy",
        _each(1.6, "saturation", "colour", "hue") | _each(6.0, *_PRINTS),
    ),
    Fault(
        flood,
        1.5,
        3.0,
        "one colour covers everything",
        _each(1.4, "monochrome", "leak") | _each(2.2, "toning", "hue"),
        by_request=True,
    ),
    Fault(
        drained,
        0.45,
        1.0,
        "colours are gone",
        _each(1.5, "look", "less saturation") | _each(30.0, "monochrome", "medium"),
        by_request=True,
    ),
    Fault(
        false_colour,
        1.3,
        2.2,
        "hues were turned to others that nobody asked for",
        _each(1.2, "time", "look")
        | _each(1.8, "saturation", "medium")
        | _each(2.5, "leak", "rays")
        | _each(4.0, "monochrome", *_RECOLOURS),
        by_request=True,
    ),
    Fault(
        split,
        0.9,
        2.6,
        "shadows or highlights were tinted by themselves",
        _each(1.5, "time", "season", "look", "medium", "brightness", "less brightness", "shadows", "highlights", "fade")
        | _each(3.0, "leak", "rays", "toning", "place", *_RECOLOURS),
        by_request=True,
    ),
    Fault(
        _noise,
        1.2,
        5.0,
        "noise was added that nobody asked for",
        _each(4.0, "medium", "grain", "noise", "snow", "rain", "old_film") | _each(30.0, *_PRINTS, *_DRAWINGS),
    ),
    Fault(
        _blur,
        0.5,
        1.5,
        "fine detail is gone",
        _each(2.0, "medium", "bokeh")
        | _each(1.3, "snow", "rain", "bloom")
        | _each(1.5, "less sharpness", "less clarity", "less noise", "less grain")
        | _each(1.8, "fog", "haze"),
    ),
    Fault(
        _smeared,
        0.15,
        0.6,
        "surfaces are smeared",
        _each(1.4, "snow", "rain", "bloom")
        | _each(2.0, "place", "less sharpness", "less clarity")
        | _each(2.2, "fog", "haze")
        | _each(4.0, "less noise", "less grain")
        | _each(30.0, "medium", "bokeh"),
    ),
    Fault(
        _blurred_subject,
        _SUBJECT_STANDS,
        1.1,
        "the subject is blurred",
        _each(1.8, "fog", "haze")
        | _each(2.0, "place", "bloom", "less sharpness", "less clarity", "less noise", "less grain")
        | _each(30.0, "medium"),
    ),
    Fault(
        _detail,
        0.9,
        2.4,
        "fine detail is exaggerated",
        _each(2.5, "medium", "sharpness", "clarity", "grain", "snow", "rain") | _each(30.0, *_PRINTS, *_DRAWINGS),
    ),
    Fault(
        _banding,
        0.2,
        0.8,
        "tones were lost: the picture is posterised",
        _each(1.5, "weather", "haze", "fade") | _each(4.0, "medium") | _each(30.0, *_PRINTS),
    ),
    Fault(
        terraces,
        0.15,
        0.4,
        "gentle tones fell into terraces",
        _each(1.2, "medium")
        | _each(1.5, "season", "leak")
        | _each(2.0, "watercolor")
        | _each(1000.0, *_PRINTS, "pencil", "ink"),
    ),
    Fault(
        squares,
        0.004,
        0.016,
        "the picture falls into squares",
        _each(30.0, "medium") | _each(1000.0, *_PRINTS),
        by_request=True,
    ),
    Fault(
        pattern,
        0.45,
        1.0,
        "a pattern of dots or blocks lies over the picture",
        _each(1.6, "pencil") | _each(1000.0, *_PRINTS),
        by_request=True,
    ),
    Fault(
        _flatness,
        0.5,
        1.5,
        "the tones are squeezed together",
        _each(1.3, "time") | _each(1.4, "haze", "fade", "fog") | _each(1.5, "medium", "less contrast"),
    ),
    Fault(
        _reversed_tones,
        1.0,
        4.0,
        "light and dark were exchanged",
        _each(2.0, "place", "time", "weather", "season", "leak", "rays", "vignette") | _each(30.0, "medium"),
    ),
    Fault(_halos, 0.2, 0.6, "edges have halos", _each(2.0, "medium", "clarity", "sharpness")),
    Fault(
        shapes,
        0.3,
        1.5,
        "there are shapes or lights that are not in the photo",
        _each(1.5, "place", "noise", "bloom")
        | _each(2.0, "grain", "leak")
        | _each(3.0, "rays", "monochrome")
        | _each(4.0, "rain")
        | _each(6.0, "snow")
        | _each(30.0, "medium"),
        by_request=True,
    ),
    Fault(
        strange_detail,
        0.4,
        1.5,
        "there are dots, specks or lines that are not in the photo",
        _each(2.0, "place", "storm")
        | _each(4.0, "grain", "noise", "old_film")
        | _each(6.0, "winter")
        | _each(12.0, "rain")
        | _each(30.0, "snow", "medium")
        | _each(1000.0, *_PRINTS),
    ),
    Fault(
        fringes,
        0.4,
        2.0,
        "edges have fringes of colour",
        _each(2.0, "place", "hue", "colour", "season")
        | _each(3.0, "medium")
        | _each(6.0, "snow", "rain")
        | _each(30.0, *_PRINTS),
    ),
)
"""Every fault that is looked for."""
