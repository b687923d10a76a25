"""Medium: what the picture seems to be made of: grain, dots of ink, few tones, square pixels."""

from dataclasses import replace
from functools import cache
from typing import Annotated

import cv2
import numpy as np

from tools.declare import number, tool
from tools.rows import Changed, Rows, Squares, averaged, whole
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

_SCREEN_ANGLES = (15, 75, 45)
"""Degrees of the cyan, magenta and yellow screens; far apart, so that the dots make no moire."""

_DOT_PX = 10
"""Distance of dots below which they are drawn at twice the size."""


@tool(axis="medium")
def grain(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "40 is a fast film, 100 is pushed hard")] = 0.0,
    size: Annotated[float, number(0.03, 0.5, "% of the diagonal", "of the grains", neutral=None)] = 0.1,
) -> Rows:
    """Add film grain: in lightness alone, strongest in the middle tones, faint in black and white."""
    strength = np.float32(0.105 * amount / 100)

    def grained(image: FloatImage, coarse: FloatPlane, fine: FloatPlane) -> FloatImage:
        lightness = np.clip(image[..., 0], 0, 1)
        visible = np.sqrt(np.clip(4 * lightness * (1.04 - lightness), 0, 1)) * (0.35 + 0.65 * (1 - lightness))
        result = image.copy()
        result[..., 0] += strength * visible * np.clip(0.8 * coarse + 0.6 * fine, -3, 3)
        return result

    return Changed(grained, image, scene.noise(size / 100), scene.noise(size / 170))


@tool(axis="medium", space="linear")
def halftone(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "%", "100 is dots alone")] = 0.0,
    size: Annotated[float, number(0.3, 4, "% of the diagonal", "from dot to dot", neutral=None)] = 0.9,
) -> Rows:
    """Print in dots of cyan, magenta and yellow ink; from afar the tones of the picture are kept."""
    return blended(image, printed(image, scene, size / 100), amount / 100)


@tool(axis="medium")
def posterize(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "%", "100 is flat tones alone")] = 0.0,
    levels: Annotated[float, number(2, 12, "", "number of tones", neutral=None)] = 5.0,
) -> Rows:
    """Reduce to a few flat tones with smooth outlines, as a screen print; hues stay."""
    steps, share = np.float32(round(levels) - 1), np.float32(amount / 100)

    def flattened(image: FloatImage, smooth: FloatImage) -> FloatImage:
        flat, lightness = smooth.copy(), np.clip(smooth[..., 0], 0, 1)
        flat[..., 0] = np.round(lightness * steps) / steps
        ratio = np.clip((flat[..., 0] + 0.05) / (lightness + 0.05), 0.3, 1.6)
        flat[..., 1:] *= (1.1 * ratio)[..., None]
        return image + share * (flat - image)

    return Changed(flattened, image, scene.spread(image, (0.002, 1)))


@tool(axis="medium", space="linear")
def pixelate(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "%", "100 is squares alone")] = 0.0,
    size: Annotated[float, number(0.3, 8, "% of the diagonal", "side of a square", neutral=None)] = 1.2,
) -> Rows:
    """Draw in large square pixels, each the mean light of its place."""
    means = averaged(image, *grid(scene, size / 100))
    return blended(image, Squares(means, scene.height, scene.width), amount / 100)


def blended(photo: Rows, full: Rows, share: float) -> Rows:
    """A share, 0 to 1, of the full effect."""
    return Changed(lambda photo, full: photo + np.float32(share) * (full - photo), photo, full)


def grid(scene: Scene, cell: float) -> tuple[int, int]:
    """Rows and columns of squares of `cell` times the diagonal, which do not depend on the size in px."""
    rows = min(scene.height, max(1, round(scene.height / scene.diagonal / cell)))
    return rows, min(scene.width, max(1, round(scene.width / scene.diagonal / cell)))


def printed(linear: Rows, scene: Scene, cell: float) -> Rows:
    """Halftone print of linear light with dots `cell` times the diagonal apart; from afar the tones are kept.

    Dots spread as ink does in paper (Yule and Nielsen, 1951, with n = 1.7), so the plate carries less than is wanted.
    Where dots are only a few px wide, they are drawn larger and their light is averaged.
    """
    if cell * scene.diagonal < _DOT_PX:
        large = replace(scene, height=2 * scene.height, width=2 * scene.width)
        plate = cv2.resize(whole(linear), (large.width, large.height), interpolation=cv2.INTER_LINEAR)
        dots = whole(_plates(plate, large, cell))
        return cv2.resize(dots, (scene.width, scene.height), interpolation=cv2.INTER_AREA)
    return _plates(linear, scene, cell)


def _plates(linear: Rows, scene: Scene, cell: float) -> Rows:
    def dotted(linear: FloatImage, x: FloatPlane, y: FloatPlane) -> FloatImage:
        result = np.empty_like(linear)
        for channel, degrees in enumerate(_SCREEN_ANGLES):
            ink = 1 - np.clip(linear[..., channel], 0, 1) ** np.float32(1 / 1.7)
            result[..., channel] = 1 - _dots(x, y, np.radians(degrees), ink, 2 * cell, scene)
        return result

    return Changed(dotted, linear, *scene.coordinates())


def _dots(x: FloatPlane, y: FloatPlane, angle: float, ink: FloatPlane, pitch: float, scene: Scene) -> FloatPlane:
    """Coverage by dots that grow with the ink wanted, their edges one px soft."""
    turn = np.float32(2 * np.pi / pitch)
    u = turn * (np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y)
    v = turn * (np.float32(np.cos(angle)) * y - np.float32(np.sin(angle)) * x)
    spot = (np.cos(u) + np.cos(v)) / 4 + np.float32(0.5)
    rank = np.interp(spot, *_rank_of_spot()).astype(np.float32)
    wanted = np.clip(ink, 0, 1)
    edge = np.float32(3.0 / (pitch / 2 * scene.diagonal))
    soft = np.maximum(np.minimum(edge, 2 * np.minimum(wanted, 1 - wanted)), np.float32(1e-3))
    return np.clip((wanted - 1 + rank) / soft + np.float32(0.5), 0, 1)


@cache
def _rank_of_spot() -> tuple[FloatPlane, FloatPlane]:
    """Share of a cell whose spot function lies below each value: makes coverage equal to the ink wanted."""
    phase = np.linspace(-np.pi, np.pi, 256, endpoint=False)
    spots = np.sort(((np.cos(phase)[:, None] + np.cos(phase)[None, :]) / 4 + 0.5).ravel())
    return spots[::64], np.linspace(0, 1, spots.size)[::64]
