"""Light: how much of it, and how its tones are spread."""

from typing import Annotated

import numpy as np

from tools.declare import number, tool
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane


@tool(axis="light", pointwise=True, space="linear")
def exposure(
    image: FloatImage,
    scene: Scene,
    *,
    stops: Annotated[float, number(-3, 3, "EV", "+1 doubles the light, -1 halves it")] = 0.0,
) -> FloatImage:
    """Brighten or darken everything, as a longer or shorter exposure would, rolling off into white as film does."""
    gain = np.float32(2.0**stops)
    lit = image * gain
    if gain <= 1:
        return lit
    knee = max(0.4, float(1 / gain))
    return np.where(lit > knee, knee + (1 - knee) * (1 - np.exp(-(lit - knee) / (1 - knee))), lit)


def _tone(oklab: FloatImage, lightness: FloatPlane) -> FloatImage:
    """Replace lightness; chroma follows so that colours keep their relative strength."""
    before = oklab[..., 0]
    ratio = np.clip(lightness, 0.0, None) / np.maximum(before, 1e-3)
    chroma_ratio = np.clip(ratio, 0.25, 4.0)[..., None] ** 0.7
    return np.concatenate([lightness[..., None], oklab[..., 1:] * chroma_ratio], axis=2)


@tool(axis="light", pointwise=True)
def contrast(
    image: FloatImage,
    scene: Scene,
    *,
    amount: Annotated[
        float, number(-100, 100, "", "+ spreads the tones about their mean, - draws them together")
    ] = 0.0,
) -> FloatImage:
    """Spread the tones about the picture's mean, or draw them together, keeping the mean."""
    pivot = np.clip(scene.statistics.mean_lightness, 0.2, 0.85)
    lightness = image[..., 0]
    offset = lightness - pivot
    if amount < 0:
        return _tone(image, pivot + offset * (1 + amount / 150))
    reach = np.where(offset > 0, 1 - pivot, pivot).astype(np.float32)
    x = np.clip(offset / reach, -1, 1)
    bend = amount / 100 * 0.9
    curve = x + bend * x * (1 - np.abs(x)) * (1.3 - 0.3 * np.abs(x))
    return _tone(image, pivot + reach * curve + np.where(np.abs(offset) > reach, offset - reach * np.sign(offset), 0))
