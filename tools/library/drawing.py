"""Drawn media: pencil, ink, comic. All work on a sheet of fixed size, sRGB in and out."""

import cv2
import numpy as np

from tools import colour
from tools.library.canvas import (
    lightness_of,
    lines_of,
    noise_on,
    sheet_of,
    simplified,
    to_picture,
    tooth,
    wobbled,
)
from tools.ramps import smooth_step
from tools.rows import Rows
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

_PENCIL_PAPER = np.array([0.975, 0.968, 0.95], np.float32)
_GRAPHITE = np.array([0.17, 0.17, 0.185], np.float32)
_INK_PAPER = np.array([0.985, 0.972, 0.94], np.float32)
_INK = np.array([0.075, 0.075, 0.095], np.float32)


def pencil(srgb: Rows, scene: Scene) -> Rows:
    """Graphite on paper: contours in overshooting strokes, tone in layers of hatching that cross in the shadows.

    Lu, Xu and Jia, "Combining Sketch and Tone for Pencil Drawing Production" (NPAR 2012).
    """
    random = scene.random()
    light = lightness_of(sheet_of(srgb))
    tone = _drawn_tone(light)
    contours = _contours(light)
    dark = 1 - tone
    clear = 1 - 0.34 * dark
    for angle, start in ((38, 0.06), (52, 0.36), (-35, 0.58), (8, 0.78)):
        amount = np.clip((dark - start) / 0.70, 0, 1)
        clear = clear * (1 - 0.46 * _hatching(light.shape, angle, amount, random))
    graphite = 1 - clear * (1 - 0.80 * contours)
    graphite = graphite * np.clip(1 + 0.16 * tooth(light.shape, random, 2.0), 0.4, 1.4)
    graphite = np.clip(graphite, 0, 1)[..., None]
    return to_picture(_PENCIL_PAPER + graphite * (_GRAPHITE - _PENCIL_PAPER), scene)


def ink(srgb: Rows, scene: Scene) -> Rows:
    """Ink: a brush line, and washes of diluted ink that darken at their rims."""
    random = scene.random()
    light = lightness_of(sheet_of(srgb))
    tone = _stretched(light)
    lines = lines_of(tone, sigma=1.5, sharpness=95, threshold=-0.004)
    wash = wobbled(cv2.GaussianBlur(simplified(tone, 3, 0.16), (0, 0), 1.5), 18, 2.2, random)
    washes = [smooth_step(wash, at - 0.018, at + 0.018) for at in (0.10, 0.25, 0.45, 0.68)]
    levels = cv2.GaussianBlur(np.mean(washes, axis=0), (0, 0), 0.9)
    rims = np.clip((cv2.GaussianBlur(levels, (0, 0), 3.0) - levels) * 1.5, 0, 0.3)
    dilution = 0.10 * noise_on(light.shape, 110, random) + 0.05 * noise_on(light.shape, 20, random)
    density = np.clip((1 - levels) ** 1.25 * (0.86 + dilution) + 0.55 * rims, 0, 1)
    density = density * (1 + 0.07 * tooth(light.shape, random, 2.4))
    coverage = np.clip(1 - (1 - density) * lines, 0, 1)[..., None]
    return to_picture(_INK_PAPER + coverage * (_INK - _INK_PAPER), scene)


def comic(srgb: Rows, scene: Scene) -> Rows:
    """Comic: flat strong colours, black lines and solid shadows, dots of a cheap press in the half-tones."""
    sheet = sheet_of(srgb)
    flat = simplified(sheet, 3, 0.13)
    oklab = colour.srgb_to_oklab(flat)
    stretched = _stretched(oklab[..., 0])
    oklab[..., 0] = _flat_tones(0.5 * (stretched + oklab[..., 0]) + 0.02, 6)
    strength = colour.chroma(oklab)
    oklab[..., 1:] *= (1 + 0.75 * np.exp(-strength / np.float32(0.12)))[..., None]
    inked = np.clip(colour.oklab_to_srgb(oklab), 0, 1)
    inked = inked * (1 - 0.13 * _press_dots(inked))[..., None]
    tone = _stretched(lightness_of(sheet))
    lines = lines_of(cv2.bilateralFilter(tone, 7, 0.08, 3.0), sigma=1.7, sharpness=140, threshold=-0.003)
    black = lines * smooth_step(cv2.GaussianBlur(tone, (0, 0), 1.6), 0.09, 0.15)
    return to_picture(0.03 + inked * (0.04 + 0.96 * black)[..., None] * 0.97, scene)


def _stretched(plane: FloatPlane) -> FloatPlane:
    """Tone spread over the whole scale, most where the picture is flat."""
    low, high = (float(value) for value in np.percentile(plane, [1, 99]))
    gain = 1 / max(high - low, 0.35)
    middle = (low + high) / 2
    return np.clip((plane - middle) * gain + middle + (0.5 - middle) * min(1.0, gain - 1), 0, 1).astype(np.float32)


def _drawn_tone(light: FloatPlane) -> FloatPlane:
    """Tone as a draughtsman renders it: lights left to the paper, shadows open."""
    smooth = cv2.bilateralFilter(_stretched(light), 7, 0.10, 3.0)
    clahe = cv2.createCLAHE(1.6, (8, 8)).apply(np.round(255 * smooth).astype(np.uint8)).astype(np.float32) / 255
    return np.clip(0.12 + 1.0 * (0.6 * smooth + 0.4 * clahe) ** 0.78, 0, 1)


def _contours(light: FloatPlane) -> FloatPlane:
    """Contours drawn in straight strokes in eight directions, 0 to 1."""
    soft = cv2.GaussianBlur(light, (0, 0), 1.1)
    edges = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)) / 4
    kernels = [_line_kernel(angle, 17) for angle in np.arange(8) * 180 / 8]
    answers = np.stack([cv2.filter2D(edges, -1, kernel) for kernel in kernels])
    winner = answers.argmax(axis=0)
    strokes: FloatPlane = np.zeros_like(edges)
    for index, kernel in enumerate(kernels):
        strokes = strokes + cv2.filter2D(np.where(winner == index, edges, 0).astype(np.float32), -1, kernel)
    return np.clip((strokes - 0.016) / 0.11, 0, 1) ** 0.9


def _line_kernel(degrees: float, length: int) -> FloatPlane:
    kernel = np.zeros((length, length), np.uint8)
    half = (length - 1) / 2
    dx, dy = half * np.cos(np.radians(degrees)), half * np.sin(np.radians(degrees))
    ends = [(round(16 * (half - sign * dx)), round(16 * (half - sign * dy))) for sign in (1, -1)]
    cv2.line(kernel, ends[0], ends[1], 255, 1, cv2.LINE_AA, 4)
    return kernel.astype(np.float32) / float(kernel.sum())


def _hatching(shape: tuple[int, ...], degrees: float, amount: FloatPlane, random: np.random.Generator) -> FloatPlane:
    """Parallel strokes of uneven pressure at one angle, covering the wanted share of each place, 0 to 1."""
    rows, columns = shape[:2]
    side = int(np.ceil(np.hypot(rows, columns))) + 4
    grid = random.standard_normal((max(2, round(side / 2.1)), max(2, round(side / 46))), np.float32)
    strokes = cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC)
    shift = np.array([[0, 0, (columns - side) / 2], [0, 0, (rows - side) / 2]])
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, 1.0) + shift
    hatch = cv2.warpAffine(strokes, turn, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    rank = 0.5 + 0.5 * np.tanh(0.95 * hatch)
    return smooth_step(amount * 1.15 - rank, -0.12, 0.30)


def _flat_tones(lightness: FloatPlane, levels: int) -> FloatPlane:
    scaled = np.clip(lightness, 0, 1) * levels
    near = np.round(scaled)
    return (near + 0.5 * np.tanh(9 * (scaled - near)) / np.tanh(4.5)).astype(np.float32) / levels


def _press_dots(srgb: FloatImage) -> FloatPlane:
    """Dots that grow as the tone deepens, in the half-tones only."""
    rows, columns = srgb.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    u, v = (np.pi / 4) * (x + y), (np.pi / 4) * (x - y)
    spot = (np.cos(u) + np.cos(v)) / 4 + np.float32(0.5)
    tone = lightness_of(srgb)
    wanted = smooth_step(tone, 0.75, 0.35) * smooth_step(tone, 0.12, 0.25) * 0.6
    return smooth_step(spot - (1 - wanted), -0.15, 0.15)
