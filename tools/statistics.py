"""Statistics that tools need to keep a picture's mean, find its black point, or know its air.

They are taken from the 512 px proxy, once a step, so that the proxy and the full-size picture are treated alike; most
of them from every few pixels of it, which change as the picture does under pointwise tools. A step in a region has
those of the region.
"""

from functools import cached_property

import cv2
import numpy as np

from tools import colour
from tools.colour_look import ColourLook, light_colour, measure_look
from tools.rows import Rows, thinned
from tools.types import FloatImage, FloatPlane

SAMPLE_PIXELS = 8_000
"""Pixels of which means and percentiles are taken; on the bundled photos means of L are within 0.003 and
percentiles within 0.011 of those of all pixels."""
_PERCENTS = (1, 10, 50, 90, 99)
_ENOUGH = 50
"""Pixels of a region that tell its statistics; those of one with fewer are the picture's."""


class Statistics:
    """Of one state of a picture, each measured when a tool first asks for it."""

    def __init__(self, sample: FloatImage | None, whole: FloatImage | None = None, region: Rows | None = None) -> None:
        """Keep linear sRGB; it must not change afterwards.

        Args:
            sample: `thinned` from the picture of proxy size; None if it is to be taken from all of it.
            whole: all of that picture, `(H, W, 3)`; a pointwise tool does without.
            region: mask of the region that is measured, `(H, W)`; None for everywhere.
        """
        self._sample = sample
        self._whole = whole
        self._region = region

    @cached_property
    def mean_lightness(self) -> float:
        """Mean Oklab L."""
        return self._means_and_deviations[0][0]

    @cached_property
    def std_lightness(self) -> float:
        """Standard deviation of Oklab L."""
        return self._means_and_deviations[1][0]

    @cached_property
    def mean_a(self) -> float:
        """Mean Oklab a; with `mean_b` the overall cast."""
        return self._means_and_deviations[0][1]

    @cached_property
    def mean_b(self) -> float:
        """Mean Oklab b."""
        return self._means_and_deviations[0][2]

    @cached_property
    def mean_chroma(self) -> float:
        """Mean Oklab chroma."""
        return float(colour.chroma(self._oklab).mean())

    @cached_property
    def mean_luminance(self) -> float:
        """Mean relative luminance Y."""
        return float(colour.luminance(self._linear).mean())

    @cached_property
    def percentiles(self) -> tuple[float, float, float, float, float]:
        """Oklab L at 1, 10, 50, 90 and 99 %."""
        low, tenth, median, ninetieth, high = _percentiles(self._oklab[..., 0])
        return low, tenth, median, ninetieth, high

    @cached_property
    def colour_look(self) -> ColourLook:
        """Tones, casts and spread of the colours."""
        return measure_look(self._oklab)

    @cached_property
    def light_colour(self) -> tuple[float, float]:
        """Oklab a and b of a white in the light of the picture."""
        return light_colour(self._oklab.reshape(-1, 3))

    @cached_property
    def airlight(self) -> tuple[float, float, float]:
        """Linear sRGB of the haze: the mean of the pixels whose dark channel is in the top 1 % (He et al., 2009)."""
        linear = self._whole
        if linear is None:
            raise ValueError("the airlight is found from neighbouring pixels, which a pointwise tool must not look at")
        smallest = np.minimum(np.minimum(linear[..., 0], linear[..., 1]), linear[..., 2])
        dark = cv2.erode(smallest, np.ones((7, 7), np.uint8))
        red, green, blue = linear[dark >= np.quantile(dark, 0.99)].mean(axis=0)
        return float(red), float(green), float(blue)

    @cached_property
    def _linear(self) -> FloatImage:
        """The pixels that are measured, in linear light."""
        sample = self._sample
        if sample is None:
            assert self._whole is not None
            sample = np.ascontiguousarray(thinned(self._whole, SAMPLE_PIXELS))
        return sample if self._region is None else _pixels_in(sample, self._region)

    @cached_property
    def _oklab(self) -> FloatImage:
        return colour.linear_to_oklab(np.maximum(self._linear, 0))

    @cached_property
    def _means_and_deviations(self) -> tuple[list[float], list[float]]:
        mean, deviation = cv2.meanStdDev(self._oklab)
        return mean[:, 0].tolist(), deviation[:, 0].tolist()


def _pixels_in(sample: FloatImage, region: Rows) -> FloatImage:
    """Those of a sample that lie in a region, `(N, 1, 3)`; the sample where they are too few."""
    inside = sample[thinned(region, SAMPLE_PIXELS) > 0.5]
    return inside[:, None] if len(inside) >= _ENOUGH else sample


def _percentiles(plane: FloatPlane) -> list[float]:
    """Values below which `_PERCENTS` of the pixels lie; sorting beats NumPy's selection of five places."""
    values = np.sort(plane, axis=None)

    def at(place: float) -> float:
        low, high = float(values[int(place)]), float(values[min(int(place) + 1, values.size - 1)])
        return low + (place - int(place)) * (high - low)

    return [at(percent / 100 * (values.size - 1)) for percent in _PERCENTS]
