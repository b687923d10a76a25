"""The photo as a screen print of ink dots, and as pixel art."""

import cv2
import numpy as np

from tools import colour
from tools.library.medium import mosaic, printed
from tools.scene import Scene
from tools.types import FloatImage

_PAPER = np.array([0.98, 0.965, 0.93], np.float32)
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.46875
"""Ordered dither of four by four (Bayer, 1973)."""


def screen_print(srgb: FloatImage, scene: Scene) -> FloatImage:
    """Coarse colour halftone on warm paper."""
    linear = colour.srgb_to_linear(_vivid(srgb, 1.2))
    return colour.linear_to_srgb(printed(linear, scene, 0.0085)) * _PAPER


def pixel_art(srgb: FloatImage, scene: Scene) -> FloatImage:
    """Square pixels in a small palette, its steps softened by ordered dither."""
    squares = mosaic(colour.srgb_to_linear(_vivid(srgb, 1.15)), scene, 0.0085)
    oklab = colour.linear_to_oklab(squares)
    columns = max(1, round(scene.width / scene.diagonal / 0.0085))
    rows = max(1, round(scene.height / scene.diagonal / 0.0085))
    tiles = np.tile(_BAYER, (-(-rows // 4), -(-columns // 4)))[:rows, :columns]
    dither = cv2.resize(tiles, (scene.width, scene.height), interpolation=cv2.INTER_NEAREST_EXACT)
    oklab[..., 0] = np.round(oklab[..., 0] * 10 + 0.28 * dither) / 10
    oklab[..., 1:] = np.round(oklab[..., 1:] / 0.028) * 0.028
    return np.clip(colour.oklab_to_srgb(oklab), 0, 1)


def _vivid(srgb: FloatImage, gain: float) -> FloatImage:
    oklab = colour.srgb_to_oklab(srgb)
    oklab[..., 1:] *= np.float32(gain)
    return np.clip(colour.oklab_to_srgb(oklab), 0, 1)
