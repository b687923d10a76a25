"""Statistics of a whole picture that tools need to keep its mean, find its black point, or know its air.

They are taken from the 512 px proxy, once a step, so that the proxy and the full-size picture are treated alike.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from tools import colour
from tools.types import FloatImage


@dataclass(frozen=True)
class Statistics:
    """Of one state of a picture."""

    mean_lightness: float
    """Mean Oklab L."""
    std_lightness: float
    """Standard deviation of Oklab L."""
    percentiles: tuple[float, float, float, float, float]
    """Oklab L at 1, 10, 50, 90 and 99 %."""
    mean_a: float
    mean_b: float
    """Mean Oklab a and b: the overall cast."""
    mean_chroma: float
    mean_luminance: float
    """Mean relative luminance Y."""
    airlight: tuple[float, float, float]
    """Linear sRGB of the haze: the mean of the pixels whose dark channel is in the top 1 % (He et al., 2009)."""


def measure(linear: FloatImage) -> Statistics:
    """Measure `(H, W, 3)` linear sRGB of proxy size."""
    oklab = colour.linear_to_oklab(np.clip(linear, 0, None))
    lightness = oklab[..., 0]
    smallest = np.minimum(np.minimum(linear[..., 0], linear[..., 1]), linear[..., 2])
    dark = cv2.erode(smallest, np.ones((7, 7), np.uint8))
    hazy = linear[dark >= np.quantile(dark, 0.99)]
    low, tenth, median, ninetieth, high = np.percentile(lightness, [1, 10, 50, 90, 99])
    red, green, blue = hazy.mean(axis=0)
    return Statistics(
        mean_lightness=float(lightness.mean()),
        std_lightness=float(lightness.std()),
        percentiles=(float(low), float(tenth), float(median), float(ninetieth), float(high)),
        mean_a=float(oklab[..., 1].mean()),
        mean_b=float(oklab[..., 2].mean()),
        mean_chroma=float(colour.chroma(oklab).mean()),
        mean_luminance=float(colour.luminance(linear).mean()),
        airlight=(float(red), float(green), float(blue)),
    )
