"""Wet and dry paint: oil, watercolour, pastel. All work on a sheet of fixed size, sRGB in and out."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.library.canvas import (
    Flow,
    flow_along,
    lightness_of,
    noise_on,
    sheet_of,
    simplified,
    smear,
    to_picture,
    tooth,
    wobbled,
)
from tools.ramps import smooth_step
from tools.rows import Rows
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

_PAPER = np.array([0.985, 0.975, 0.95], np.float32)
_PASTEL_PAPER = np.array([0.70, 0.645, 0.58], np.float32)


class Brush(NamedTuple):
    """A brush and how it is used; lengths in px of the sheet."""

    radius: float
    steps: int
    """Longest stroke, in brush radii."""
    tolerance: float
    """Difference from the motif that is left as it is; 0 covers everything."""


_OIL_BRUSHES = (Brush(14, 8, 0.0), Brush(8, 9, 0.035), Brush(4.5, 9, 0.038), Brush(2.5, 8, 0.045))
_CHALKS = (Brush(11, 7, 0.0), Brush(5.5, 8, 0.04), Brush(2.8, 7, 0.05))


def oil(srgb: Rows, scene: Scene) -> Rows:
    """Oil on canvas: strokes from a broad to a fine brush that follow the forms, with the relief of thick paint.

    Hertzmann, "Painterly Rendering with Curved Brush Strokes of Multiple Sizes" (SIGGRAPH 1998).
    """
    random = scene.random()
    sheet = _vivid(sheet_of(srgb), 1.16)
    painting, height = _painted(sheet, _OIL_BRUSHES, random)
    bristles = smear(random.standard_normal(height.shape).astype(np.float32), flow_along(lightness_of(sheet), 5), 9)
    relief = cv2.GaussianBlur(0.55 * height + 0.066 * bristles / max(float(bristles.std()), 1e-3), (0, 0), 0.8)
    slope = cv2.Sobel(relief, cv2.CV_32F, 1, 0) + cv2.Sobel(relief, cv2.CV_32F, 0, 1)
    shine = np.clip(-0.075 * slope, -0.10, 0.10)
    lit = painting + shine[..., None] * (0.35 + 0.65 * painting)
    return to_picture(lit, scene)


def watercolor(srgb: Rows, scene: Scene) -> Rows:
    """Watercolour: transparent washes that pool at their edges and settle in the paper, lights left white.

    Bousseau et al., "Interactive Watercolor Rendering with Temporal Coherence and Abstraction" (2006): pigment density
    d turns a colour C into C - (C - C^2)(d - 1).
    """
    random = scene.random()
    sheet = sheet_of(srgb)
    washes = simplified(sheet, 3, 0.14)
    bleeding = 0.55 * smooth_step(noise_on(sheet.shape, 120, random), 0.7, 1.9)[..., None]
    washes = washes + bleeding * (cv2.GaussianBlur(washes, (0, 0), 5) - washes)
    washes = wobbled(wobbled(washes, 26, 1.9, random), 7, 0.9, random)
    washes = _in_few_tones(washes, 6, 0.75)
    washes = 1 - 0.80 * (1 - _vivid(washes, 1.35)) ** 1.10
    light = lightness_of(washes)
    soft = cv2.GaussianBlur(light, (0, 0), 2.6)
    pooled = np.clip((soft - light) * 6, 0, 0.6)
    grain = tooth(sheet.shape, random)
    settled = 0.55 * noise_on(sheet.shape, 150, random) + 0.45 * noise_on(sheet.shape, 34, random)
    density = 1 + pooled + 0.20 * np.clip(settled, -1.8, 1.8) + 0.13 * np.clip(grain, -2, 2)
    painted = washes - (washes - washes * washes) * (density - 1)[..., None]
    bare = smooth_step(light + 0.008 * grain, 0.80, 0.97)
    bare = np.maximum(bare, _ragged_margin(sheet.shape, random))[..., None]
    result = painted * _PAPER + bare * (_PAPER - painted * _PAPER)
    return to_picture((result * (1 + 0.012 * grain)[..., None]).astype(np.float32), scene)


def pastel(srgb: Rows, scene: Scene) -> Rows:
    """Soft pastel: strokes of chalk on warm toned paper, whose tooth shows where the chalk skips."""
    random = scene.random()
    sheet = _vivid(sheet_of(srgb), 1.22)
    chalk, height = _painted(0.05 + 0.93 * sheet, _CHALKS, random)
    streaks = smear(random.standard_normal(height.shape).astype(np.float32), flow_along(lightness_of(sheet), 6), 7)
    streaks /= max(float(streaks.std()), 1e-3)
    grain = tooth(sheet.shape, random, 2.2)
    pressure = 0.98 + 0.5 * (height - 0.5) + np.clip(0.5 - lightness_of(chalk), 0, 1)
    cover = smooth_step(pressure + 0.30 * grain + 0.28 * streaks, 0.05, 0.95)
    powder = chalk * (1 + 0.05 * np.clip(streaks, -2, 2) + 0.03 * np.clip(grain, -2, 2))[..., None]
    return to_picture(_PASTEL_PAPER + cover[..., None] * (powder - _PASTEL_PAPER), scene)


def _painted(
    motif: FloatImage, brushes: tuple[Brush, ...], random: np.random.Generator
) -> tuple[FloatImage, FloatPlane]:
    """Paint a motif with one brush after the other; return the picture and the height of the paint, [0, 1]."""
    canvas = np.zeros((*motif.shape[:2], 4), np.uint8)
    for brush in brushes:
        reference = cv2.GaussianBlur(motif, (0, 0), 0.55 * brush.radius)
        flow = flow_along(lightness_of(reference), 1.2 * brush.radius + 2)
        current = canvas[..., :3].astype(np.float32) / 255
        miss = np.abs(current - reference).mean(axis=2) if brush.tolerance else np.ones(motif.shape[:2], np.float32)
        miss = cv2.blur(miss, (2 * round(brush.radius) + 1,) * 2)
        paths, lengths, paints = _strokes(reference, current, miss, flow, brush, random)
        _draw(canvas, paths, lengths, paints)
    painted = cv2.GaussianBlur(canvas, (0, 0), 0.6).astype(np.float32) / 255
    return painted[..., :3], painted[..., 3]


def _strokes(
    reference: FloatImage,
    canvas: FloatImage,
    miss: FloatPlane,
    flow: Flow,
    brush: Brush,
    random: np.random.Generator,
) -> tuple[FloatPlane, NDArray[np.int64], FloatPlane]:
    """Trace all strokes of a brush at once, in the order in which they are painted.

    Returns:
        Their points `(n, steps + 1, 2)`, numbers of points, and `(n, 5)` red, green, blue, height and width. Chance is
        drawn for every place of the grid, taken or not, so that a stroke does not depend on what happens elsewhere.
    """
    rows, columns = miss.shape
    spacing = 1.4 * brush.radius
    y, x = np.meshgrid(np.arange(spacing / 2, rows, spacing), np.arange(spacing / 2, columns, spacing), indexing="ij")
    starts = np.stack([x.ravel(), y.ravel()], axis=1)
    starts = starts + random.uniform(-0.5, 0.5, starts.shape) * spacing
    chance = random.standard_normal((len(starts), 4))
    spread = random.random((len(starts), 2))
    order = random.permutation(len(starts))
    chosen = order[miss[_nearest(starts[order], rows, columns)] > brush.tolerance]
    starts, chance, spread = starts[chosen], chance[chosen], spread[chosen]
    paints = reference[_nearest(starts, rows, columns)]
    heading = np.zeros_like(starts)
    points, alive = [starts], np.ones(len(starts), bool)
    lengths = np.ones(len(starts), np.int64)
    for step in range(brush.steps):
        place = _nearest(points[-1], rows, columns)
        toward = np.stack([flow.x[place], flow.y[place]], axis=1)
        turn = np.where((toward * heading).sum(axis=1) < 0, -1.0, 1.0)[:, None]
        heading = turn * toward if step == 0 else 0.6 * turn * toward + 0.4 * heading
        heading = heading / np.maximum(np.linalg.norm(heading, axis=1, keepdims=True), 1e-6)
        points.append(points[-1] + brush.radius * heading)
        place = _nearest(points[-1], rows, columns)
        own = np.abs(reference[place] - paints).sum(axis=1)
        there = np.abs(reference[place] - canvas[place]).sum(axis=1)
        alive = alive & ((step < 2) | (own < np.maximum(there, 0.05))) & (own < 0.45)
        lengths += alive
    mixed = paints * (1 + 0.030 * chance[:, :1]) + 0.010 * chance[:, 1:]
    height, width = 0.15 + 0.80 * spread[:, :1], 2 * brush.radius * (0.75 + 0.35 * spread[:, 1:])
    return np.stack(points, axis=1), lengths, np.hstack([mixed, height, width])


def _nearest(points: FloatPlane, rows: int, columns: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    x = np.clip(points[:, 0], 0, columns - 1).astype(np.int64)
    y = np.clip(points[:, 1], 0, rows - 1).astype(np.int64)
    return y, x


def _draw(canvas: NDArray[np.uint8], paths: FloatPlane, lengths: NDArray[np.int64], paints: FloatPlane) -> None:
    """Draw strokes one over the other; the fourth channel takes the height of each."""
    fixed = np.round(paths).astype(np.int32)
    colours = np.clip(255 * paints[:, :4], 0, 255).tolist()
    widths = np.maximum(1, np.round(paints[:, 4])).astype(int).tolist()
    for path, length, paint, width in zip(fixed, lengths.tolist(), colours, widths, strict=True):
        cv2.polylines(canvas, [path[: max(2, length)]], False, paint, width)


def _vivid(srgb: FloatImage, gain: float) -> FloatImage:
    grey = lightness_of(srgb)[..., None]
    return np.clip(grey + np.float32(gain) * (srgb - grey), 0, 1)


def _in_few_tones(srgb: FloatImage, tones: int, share: float) -> FloatImage:
    """Gather lightness at a few tones with soft steps between them."""
    light = lightness_of(srgb)
    scaled = light * tones
    near = np.round(scaled)
    gathered = (near + 0.5 * np.tanh(3.2 * (scaled - near)) / np.tanh(1.6)) / tones
    ratio = (gathered * share + light * (1 - share) + 0.02) / (light + 0.02)
    return np.clip(srgb * ratio[..., None], 0, 1)


def _ragged_margin(shape: tuple[int, ...], random: np.random.Generator) -> FloatPlane:
    """White paper left at the rim of the sheet, with the uneven border of a wash."""
    rows, columns = shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    inside = np.minimum(np.minimum(x, columns - 1 - x), np.minimum(y, rows - 1 - y))
    reach = 15 + 7 * noise_on(shape, 60, random) + 3 * noise_on(shape, 12, random)
    return smooth_step(inside - reach, 3.0, -3.0) * np.float32(min(rows, columns) > 120)
