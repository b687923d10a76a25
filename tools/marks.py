"""Marks that an effect leaves in the pixels and that no attribute of a photograph shows: flakes, strokes, dots, blocks.

Like attributes they are numbers of one picture, taken against its reference, the picture before the edit, in the
direction of their name. `MARK_UNIT` says how much of each is plainly seen.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import attribute_kernels, mark_kernels
from tools.attributes import Attributes
from tools.rows import block_means
from tools.types import FloatPlane
from tools.weight import Weight

MARK_UNIT: dict[str, float] = {
    "flakes": 1.0,
    "streaks": 1.0,
    "snow cover": 12.0,
    "cold": 1.8,
    "violet": 1.8,
    "turned leaves": 22.0,
    "fresh leaves": 1.5,
    "warm lights": 2.5,
    "paper": 20.0,
    "strokes": 5.0,
    "black lines": 1.5,
    "repainted": 40.0,
    "patches": 45.0,
    "chalk": 0.5,
    "few tones": 20.0,
    "two tones": 40.0,
    "grey": 35.0,
    "dots": 12.0,
    "blocks": 35.0,
}
"""A plain amount of each mark, in its own unit (of most, % of the picture)."""
_TONE_BINS = 128
"""Of the histogram of L in which lost tones show."""


def measure_mark(picture: Attributes, name: str, mask: FloatPlane | None = None) -> float:
    """The amount of a mark in a picture, over the whole or weighted by `mask`, `(H, W)` in [0, 1].

    NaN where the reference does not have what would bear it: no leaves, nothing to turn.
    """
    if mask is not None:
        return _MARKS[name](picture, Weight(mask))
    return picture.once(name, lambda: _MARKS[name](picture, picture.everywhere))


def _specks(picture: Attributes, weight: Weight) -> tuple[float, float]:
    """Share (%) of small bright specks that the reference does not have, and how far they all lean one way, 0 to 1."""

    def share_and_lean() -> tuple[float, float]:
        stands_out = picture.once("stands out", lambda: _new_specks(picture))
        plane = weight.plane[:1] if weight.is_everywhere else np.ascontiguousarray(weight.plane, np.float32)
        xx, yy, xy = (total / max(weight.total, 1e-9) for total in mark_kernels.leanings(picture.residual, plane))
        return 100 * weight.mean(stands_out), float(np.hypot(xx - yy, 2 * xy) / (xx + yy + 1e-9))

    return picture.once("specks", share_and_lean) if weight.is_everywhere else share_and_lean()


def _new_specks(picture: Attributes) -> FloatPlane:
    """Where a picture gained a light speck, 1, or a dark one, -1.

    A dark speck of the reference that was lost, in a fog, is no light one.
    """
    specks = _stands_out(picture.residual)
    values, there = specks.reshape(-1), np.flatnonzero(specks)
    own = picture.fine.reshape(-1)[there] + picture.middle.reshape(-1)[there]
    values[there[own * values[there] < 0]] = 0
    return specks


def _stands_out(added: FloatPlane) -> FloatPlane:
    """Where a gain of L is 15 of 255 levels above the median of its surroundings, 1, or below it, -1."""
    levels, result = np.empty(added.shape, np.uint8), np.empty_like(added)
    mark_kernels.levels(added.reshape(-1), levels.reshape(-1))
    half = min(max(5, round(0.016 * float(np.hypot(*added.shape)))), 15) // 2
    padded = cv2.copyMakeBorder(levels, half, half, half, half, cv2.BORDER_REPLICATE)
    mark_kernels.specks(padded, 2 * half + 1, 15, result)
    return result


def _flakes(picture: Attributes, weight: Weight) -> float:
    share, lean = _specks(picture, weight)
    return share * float(np.clip(1.5 - 2.5 * lean, 0, 1))


def _streaks(picture: Attributes, weight: Weight) -> float:
    share, lean = _specks(picture, weight)
    return share * float(np.clip(2.5 * lean - 0.5, 0, 1))


def _snow_cover(picture: Attributes, weight: Weight) -> float:
    """Share (%) of pale places of no colour that were so, or plainly darker, in the reference.

    What only lost its colour is no snow.
    """
    was = picture.reference
    pale, was_pale = ((each.lightness > 0.72) & (each.chroma < 0.04) for each in (picture, was))
    return 100 * weight.share(pale & (was_pale | (picture.lightness - was.lightness > 0.06)))


def _cold(picture: Attributes, weight: Weight) -> float:
    """Blue (x 100) that a loss of colour does not explain: minus mean b, beside the reference's in proportion."""
    was = picture.reference
    left = min(1.0, picture.mean("chroma", weight) / max(was.mean("chroma", weight), 1e-3))
    return 100 * (left * was.mean("b", weight) - picture.mean("b", weight))


def _violet(picture: Attributes, weight: Weight) -> float:
    """Magenta (x 100, at a middle tone) that no loss of colour explains: mean a above 0, beside the reference's."""
    was = picture.reference
    left = min(1.0, picture.mean("chroma", weight) / max(was.mean("chroma", weight), 1e-3))
    gain = max(0.0, picture.mean("a", weight)) - left * max(0.0, was.mean("a", weight))
    return 100 * gain / (picture.mean("lightness", weight) / 0.6 + 0.03)


def _leaves(picture: Attributes, weight: Weight) -> Weight | None:
    """Where the reference has leaves, the green and in part the golden; None where it has hardly any."""
    was = picture.reference

    def found() -> Weight | None:
        green, golden = was.belonging("green"), was.belonging("yellow")
        leaves = weight.within(Weight(np.maximum(green, 0.7 * golden)))
        return leaves if leaves.plane.mean() > 0.02 else None

    return was.once("leaves", found) if weight.is_everywhere else found()


class _Rest(NamedTuple):
    """What is no leaf in a picture, by which the cast of a light is known."""

    plane: FloatPlane
    """L of each pixel, as far as it is none."""
    light: float
    a: float
    b: float
    """Sums of L, a and b over them, as far as they are light."""
    has_green: bool
    """Whether there is green besides, that could turn."""


def _rest(was: Attributes, weight: Weight) -> _Rest:
    def found() -> _Rest:
        green, golden = was.belonging("green"), was.belonging("yellow")
        plane = (1 - green - golden) * was.lightness
        if not weight.is_everywhere:
            plane = plane * weight.plane
        light, a, b = (float(np.vdot(each, plane)) for each in was.planes)
        return _Rest(plane, light + 0.02 * plane.size, a, b, weight.mean(green) >= 0.01)

    return was.once("what is no leaf", found) if weight.is_everywhere else found()


def _turned_leaves(picture: Attributes, weight: Weight) -> float:
    """Degrees of Oklab hue by which leaves have turned towards gold and rust, beside the cast of all that is no leaf.

    A warm light makes no autumn, and where nothing was green nothing can turn.
    """
    was, leaves, rest = picture.reference, _leaves(picture, weight), _rest(picture.reference, weight)
    if leaves is None or not rest.has_green:
        return float("nan")
    cast = tuple(
        (float(np.vdot(now, rest.plane)) - before) / rest.light
        for now, before in ((picture.a, rest.a), (picture.b, rest.b))
    )
    counts = np.ascontiguousarray(leaves.plane, np.float32)
    return mark_kernels.turned((picture.a, picture.b), (was.a, was.b), was.lightness, cast, counts)


def _fresh_leaves(picture: Attributes, weight: Weight) -> float:
    """Gain of chroma (x 100) in green leaves that stay green."""
    leaves = _leaves(picture, weight)
    if leaves is None:
        return float("nan")
    still = picture.belonging("green") + picture.belonging("yellow")
    return 100 * leaves.mean(picture.chroma * still)


def _warm_lights(picture: Attributes, weight: Weight) -> float:
    """Amber of what is brightly lit: mean of a / 2 + b, or 2 a + b where green, over the reference's brightest places.

    The mean is times 100. A yellow that leans to green is no evening light.
    """
    lit = weight.within(picture.reference.highlights)
    return 100 * lit.mean(np.minimum(0.5 * picture.a, 2 * picture.a) + picture.b)


def _paper(picture: Attributes, weight: Weight) -> float:
    """Share (%) of nearly white places."""
    return 100 * weight.share((picture.lightness > 0.88) & (picture.chroma < 0.05))


def _strokes(picture: Attributes, weight: Weight) -> float:
    """Share (%) of thin dark lines."""
    return 100 * weight.share(_lines(picture))


def _black_lines(picture: Attributes, weight: Weight) -> float:
    """Share (%) of thin lines that are black: graphite is none."""
    return 100 * weight.share(_lines(picture) & (picture.lightness < 0.3))


def _lines(picture: Attributes) -> NDArray[np.bool_]:
    """Where thin dark lines are."""
    size = max(3, round(0.008 * np.hypot(*picture.lightness.shape))) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return cv2.morphologyEx(picture.lightness, cv2.MORPH_BLACKHAT, kernel) > 0.15


def _repainted(picture: Attributes, weight: Weight) -> float:
    """Share (%) of the fine texture that is another than the reference's, as far as the coarser forms are the same.

    A shift of the whole by one pixel is no other texture, and a blur leaves none.
    """
    fine, was_fine = picture.fine, picture.reference.fine
    shifts = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    same = max(_correlation(np.roll(fine, shift, (0, 1)), was_fine, weight) for shift in shifts)
    forms = float(np.clip(2.5 * _correlation(picture.middle, picture.reference.middle, weight) - 1.25, 0, 1))
    left = weight.mean(np.abs(fine)) / (weight.mean(np.abs(was_fine)) + 1e-4)
    return 100 * (1 - max(same, 0.0)) * forms * float(np.clip(2.5 * left - 0.5, 0, 1))


def _patches(picture: Attributes, weight: Weight) -> float:
    """How much steeper edges became beside the texture between them: gain of the log ratio (x 100) of steps of L.

    Steps are taken over 0.5 % of the diagonal; edges are the steepest twentieth of a place, texture lies between the
    third and the seventh tenth. A painter's patches are even inside and end sharply; a blur takes the edges first. What
    counts is the median of sixteen places: a picture that is sharp here and blurred there has no patches.
    """
    was, now = _patchiness(picture.reference), _patchiness(picture)
    inside = _in_sixteen(weight.of_size(*_small(picture).shape).plane).mean(axis=1) > 0.5
    return 100 * float(np.median((now - was)[inside])) if inside.any() else 0.0


def _patchiness(picture: Attributes) -> FloatPlane:
    """Log ratio of the steps of L at edges to those of the texture, in sixteen places."""

    def ratios() -> FloatPlane:
        small = _small(picture)
        steps = cv2.magnitude(cv2.Sobel(small, cv2.CV_32F, 1, 0, ksize=1), cv2.Sobel(small, cv2.CV_32F, 0, 1, ksize=1))
        places = np.sort(_in_sixteen(steps), axis=1)
        count = places.shape[1]
        texture, edges = (
            places[:, int(a * count) : int(b * count) + 1].mean(axis=1) for a, b in ((0.3, 0.7), (0.95, 1))
        )
        return np.log((edges + 0.001) / (texture + 0.001))

    return picture.once("patchiness", ratios)


def _small(picture: Attributes) -> FloatPlane:
    """L at pixels of 0.5 % of the diagonal."""
    side = max(1, round(0.005 * float(np.hypot(*picture.lightness.shape))))
    return picture.once("small", lambda: block_means(picture.lightness, side))


def _in_sixteen(plane: FloatPlane) -> FloatPlane:
    """The pixels of sixteen places of a plane, each a row; what is over at its end is left out."""
    rows, columns = plane.shape[0] // 4, plane.shape[1] // 4
    return plane[: 4 * rows, : 4 * columns].reshape(4, rows, 4, columns).swapaxes(1, 2).reshape(16, -1)


def _chalk(picture: Attributes, weight: Weight) -> float:
    """Mean fine detail (x 100) where the reference is flat."""
    return 100 * weight.within(picture.reference.flat).mean(np.abs(picture.fine))


def _correlation(first: FloatPlane, second: FloatPlane, weight: Weight) -> float:
    scale = np.sqrt(weight.mean(first * first) * weight.mean(second * second))
    return weight.mean(first * second) / float(scale) if scale * weight.total > 1e-6 else 1.0


def _two_tones(picture: Attributes, weight: Weight) -> float:
    """Share (%) of places that are nearly black or nearly white, as far as a tenth is black and a quarter white."""
    black, white = weight.share(picture.lightness < 0.3), weight.share(picture.lightness > 0.9)
    return 100 * (black + white) * min(1.0, 10 * black, 4 * white)


def _few_tones(picture: Attributes, weight: Weight) -> float:
    """Raggedness of the histogram of L: the share (%) of the picture that lies off its own smooth course."""
    if weight.is_everywhere:
        counts = picture.levels.reshape(_TONE_BINS, -1).sum(axis=1)
    else:
        counts = attribute_kernels.histogram(picture.lightness.reshape(-1), weight.plane.reshape(-1), _TONE_BINS)
    histogram = counts.astype(np.float32)[None]
    smooth = histogram @ blur_matrix(_TONE_BINS, 2, cv2.BORDER_REPLICATE)
    return 100 * float(np.abs(histogram - smooth).sum() / max(float(histogram.sum()), 1e-6))


@lru_cache(maxsize=4)
def blur_matrix(count: int, sigma: float, border: int) -> FloatPlane:
    """What to multiply a short row by to blur it, `(count, count)`; many times quicker than a filter."""
    return cv2.GaussianBlur(np.eye(count, dtype=np.float32), (0, 0), sigmaX=sigma, sigmaY=1e-6, borderType=border)


def _grey(picture: Attributes, weight: Weight) -> float:
    """Share (%) of places without colour."""
    return 100 * weight.share(picture.chroma < 0.025)


def _dots(picture: Attributes, weight: Weight) -> float:
    """Height (dB) of the strongest peak of the spectrum above its neighbourhood: a printed screen repeats itself."""
    side = min(256, *picture.lightness.shape)
    if side < 32:
        return 0.0
    top, left = ((length - side) // 2 for length in picture.lightness.shape)
    window = (hann(side)[:, None] * hann(side)).astype(np.float32)
    tile = picture.lightness[top : top + side, left : left + side]
    power = 20 * np.log10(np.abs(np.fft.rfft2((tile - tile.mean()) * window)) + 1).astype(np.float32)
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    rise = cv2.GaussianBlur(power, (0, 0), 0.8) - cv2.blur(power, (15, 15))
    return float(np.sort(rise[frequency > 0.08])[-12:].mean())


def _blocks(picture: Attributes, weight: Weight) -> float:
    """How far steps of L keep to a square grid: the strongest period of their profile, in % of their mean."""
    return 100 * min((grid_share(steps) for steps in step_profiles(picture)), default=0.0)


def step_profiles(picture: Attributes) -> tuple[FloatPlane, ...]:
    """Mean size of the steps of L between neighbouring columns, and between rows; none of a picture under 32 px."""

    def profiles() -> tuple[FloatPlane, ...]:
        lightness = picture.lightness
        if min(lightness.shape) < 32:
            return ()
        across = cv2.reduce(cv2.absdiff(lightness[:, 1:], lightness[:, :-1]), 0, cv2.REDUCE_AVG)
        down = cv2.reduce(cv2.absdiff(lightness[1:], lightness[:-1]), 1, cv2.REDUCE_AVG)
        return across.ravel(), down.ravel()

    return picture.once("step profiles", profiles)


def grid_share(steps: FloatPlane) -> float:
    """Largest Fourier amplitude of a row of steps at periods from 3 to 25 px, relative to their mean."""
    count = len(steps)
    spectrum = np.abs(np.fft.rfft(steps * hann(count)))
    return float(spectrum[count // 25 + 1 : -(-count // 3)].max() / (spectrum[0] + 1e-6))


@lru_cache(maxsize=16)
def hann(count: int) -> NDArray[np.float64]:
    """Weights by which a row fades out towards its ends (Hann's window)."""
    return np.hanning(count)


_MARKS: dict[str, Callable[[Attributes, Weight], float]] = {
    "flakes": _flakes,
    "streaks": _streaks,
    "snow cover": _snow_cover,
    "cold": _cold,
    "violet": _violet,
    "turned leaves": _turned_leaves,
    "fresh leaves": _fresh_leaves,
    "warm lights": _warm_lights,
    "paper": _paper,
    "strokes": _strokes,
    "black lines": _black_lines,
    "repainted": _repainted,
    "patches": _patches,
    "chalk": _chalk,
    "few tones": _few_tones,
    "two tones": _two_tones,
    "grey": _grey,
    "dots": _dots,
    "blocks": _blocks,
}
