"""Places of a photo before editing, in which it is measured before and after: edges, flats, lights, corners, tones."""

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import colour
from tools.types import FloatImage, FloatPlane

Zone = NDArray[np.bool_]


class Zones:
    """The zones of one photo, each found when first asked for."""

    def __init__(self, srgb: FloatImage) -> None:
        self.lightness = colour.srgb_to_oklab(srgb)[..., 0]
        height, width = self.lightness.shape
        self.diagonal = float(np.hypot(height, width))
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
        self.radius = np.hypot(x, y) / np.sqrt(2)

    def smooth(self, plane: FloatPlane, radius: float) -> FloatPlane:
        """Gaussian mean with a deviation of `radius` of the diagonal."""
        return cv2.GaussianBlur(plane, (0, 0), radius * self.diagonal)

    def beside_vignette(self, plane: FloatPlane) -> FloatPlane:
        """The plane without its fall towards the corners, mean 0."""
        fall = self.radius**2 - (self.radius**2).mean()
        offset = plane - plane.mean()
        return offset - fall * ((offset * fall).mean() / (fall**2).mean())

    @cached_property
    def toned(self) -> Zone:
        """Neither near black nor near white, where colours can be told; of a photo that is all either, a twentieth."""
        dark, bright = np.quantile(self.lightness, [0.05, 0.95])
        return (self.lightness >= min(0.3, bright)) & (self.lightness <= max(0.95, dark))

    @cached_property
    def edges(self) -> Zone:
        """The steepest tenth at a middle scale."""
        wide = self.smooth(self.lightness, 0.003)
        slope = np.hypot(cv2.Sobel(wide, cv2.CV_32F, 1, 0), cv2.Sobel(wide, cv2.CV_32F, 0, 1))
        return slope >= np.quantile(slope, 0.9)

    @cached_property
    def flats(self) -> Zone:
        """The flattest eighth, black and white left out."""
        toned = (self.lightness > 0.15) & (self.lightness < 0.97)
        relief = self.smooth(np.abs(self.lightness - self.smooth(self.lightness, 0.0025)), 0.01) + 1e3 * ~toned
        return relief <= np.quantile(relief, 0.12)

    @cached_property
    def ring(self) -> Zone:
        """Close around the brightest 3 %."""
        return self._around_lights(0.0, 0.02)

    @cached_property
    def outside_ring(self) -> Zone:
        """Farther around them."""
        return self._around_lights(0.05, 0.1)

    def _around_lights(self, inner: float, outer: float) -> Zone:
        lights = (self.lightness >= np.quantile(self.lightness, 0.97)).astype(np.uint8)
        distance = cv2.distanceTransform(1 - lights, cv2.DIST_L2, 3) / self.diagonal
        return (distance > inner) & (distance <= outer)

    @cached_property
    def rim(self) -> Zone:
        """The corners."""
        return self.radius > 0.75

    @cached_property
    def centre(self) -> Zone:
        """The middle."""
        return self.radius < 0.45

    @cached_property
    def bright(self) -> Zone:
        """The brighter third."""
        return self.lightness >= np.quantile(self.lightness, 0.67)

    @cached_property
    def medium(self) -> Zone:
        """The tones about the median."""
        low, high = np.quantile(self.lightness, [0.3, 0.7])
        return (self.lightness >= low) & (self.lightness <= high)

    @cached_property
    def dark(self) -> Zone:
        """The darker third."""
        return self.lightness <= np.quantile(self.lightness, 0.33)
