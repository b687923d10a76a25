"""The photo as a screen print of ink dots, and as pixel art."""

import numpy as np

from tools import colour
from tools.library.medium import grid, printed
from tools.rows import Changed, Rows, Squares, averaged
from tools.scene import Scene
from tools.types import FloatImage

_PAPER = np.array([0.98, 0.965, 0.93], np.float32)
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.46875
"""Ordered dither of four by four (Bayer, 1973)."""


def screen_print(srgb: Rows, scene: Scene) -> Rows:
    """Coarse colour halftone on warm paper."""
    dots = printed(_vivid(srgb, 1.2), scene, 0.0085)
    return Changed(lambda dots: colour.linear_to_srgb(dots) * _PAPER, dots)


def pixel_art(srgb: Rows, scene: Scene) -> Rows:
    """Square pixels in a small palette, its steps softened by ordered dither."""
    rows, columns = grid(scene, 0.0085)
    oklab = colour.linear_to_oklab(averaged(_vivid(srgb, 1.15), rows, columns))
    dither = np.tile(_BAYER, (-(-rows // 4), -(-columns // 4)))[:rows, :columns]
    oklab[..., 0] = np.round(oklab[..., 0] * 10 + 0.28 * dither) / 10
    oklab[..., 1:] = np.round(oklab[..., 1:] / 0.028) * 0.028
    return Squares(np.clip(colour.oklab_to_srgb(oklab), 0, 1), scene.height, scene.width)


def _vivid(srgb: Rows, gain: float) -> Rows:
    """Linear light of a picture whose chroma is raised."""

    def raised(srgb: FloatImage) -> FloatImage:
        oklab = colour.srgb_to_oklab(srgb)
        oklab[..., 1:] *= np.float32(gain)
        return colour.srgb_to_linear(np.clip(colour.oklab_to_srgb(oklab), 0, 1))

    return Changed(raised, srgb)
