"""Before and after on the proxy, and what changed between them."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from tools import attribute_kernels
from tools.attributes import UNIT, Attributes
from tools.declare import ToolError
from tools.goals import Keep
from tools.maps import Maps
from tools.marks import MARK_UNIT, measure_mark
from tools.quality.alignment import aligned
from tools.region import outside
from tools.types import FloatImage, FloatPlane
from tools.weight import Weight


class Comparison:
    """Two pictures of one photo; each measurement is made when it is first asked for.

    Args:
        before_srgb: `(H, W, 3)` encoded sRGB.
        after_srgb: of the same size.
        maps: of the photo; where that is the picture before, what was measured of it is not measured again.
        after: attributes of the picture after, beside those of the photo, if they are at hand.
    """

    def __init__(
        self, before_srgb: FloatImage, after_srgb: FloatImage, maps: Maps, after: Attributes | None = None
    ) -> None:
        self.before_srgb = before_srgb
        self.maps = maps
        self.before = maps.attributes if maps.is_of(before_srgb) else Attributes(before_srgb)
        untouched = after_srgb is before_srgb  # sums of the same pixels elsewhere in memory differ in their last digit
        self.after = self.before if untouched else aligned(self.before, after_srgb, after)
        self._changes: dict[tuple[str, str, str | None], float] = {}

    @cached_property
    def difference(self) -> FloatPlane:
        """Oklab distance of each pixel, times 100: about one just noticeable difference at 2."""
        plane = np.empty_like(self.after.lightness)
        attribute_kernels.distance(self.before.planes, self.after.planes, plane)
        return plane

    @cached_property
    def _mean_difference(self) -> float:
        """Its mean, by every second row."""
        return attribute_kernels.mean_distance(self.before.planes, self.after.planes, 2)

    def mask(self, region: str) -> FloatPlane | None:
        """Mask of a region on the photo; None for everywhere.

        Raises:
            ToolError: if it is not found.
        """
        return None if region == "everywhere" else self.maps.mask(region)

    def outside_kept(self, region: str, keeps: Sequence[Keep]) -> str:
        """Where a wish is judged: one for the whole picture is for all that is not to be kept."""
        kept = dict.fromkeys(keep.region for keep in keeps if keep.region)
        if not kept or region != "everywhere":
            return region
        rest = outside(" | ".join(kept))
        try:
            self.maps.mask(rest)
        except ToolError:
            return region
        return rest

    def change(self, name: str, region: str = "everywhere", named: str | None = None) -> float:
        """Change of an attribute or a mark in units of a plain change, signed.

        Raises:
            ToolError: if the region is not found in the photo.
        """
        key = name, region, named
        if key not in self._changes:
            mask = self.mask("subject" if name == "bokeh" else region)
            self._changes[key] = self._gain(name, mask, named)
        return self._changes[key]

    def _gain(self, name: str, mask: FloatPlane | None, named: str | None) -> float:
        if name in MARK_UNIT:
            gain = measure_mark(self.after, name, mask) - measure_mark(self.before, name, mask)
            return gain / MARK_UNIT[name]
        gain = self.after.measure(name, mask, named=named) - self.before.measure(name, mask, named=named)
        return gain / UNIT["colour" if name == "hue" else name]

    def moved(self, region: str = "everywhere") -> float:
        """Mean `difference` over the picture or a region.

        Raises:
            ToolError: if the region is not found in the photo.
        """
        mask = self.mask(region)
        return self._mean_difference if mask is None else Weight(mask).mean(self.difference)

    @cached_property
    def structure(self) -> float:
        """How far the drawing of the picture stands, 0 to 1: correlation of its blurred edges with those before.

        A change of contrast, a shift by a pixel and a re-encode count for little, new or lost shapes for much.
        """
        edges = self.before.edges, self.after.edges
        first, second = (edge - edge.mean() for edge in edges)
        scale = float(np.sqrt((first @ first) * (second @ second)))
        return float(first @ second) / scale if scale > 1e-9 else float(np.allclose(*edges))


def units_moved(
    comparison: Comparison, name: str, region: str = "everywhere", named: str | None = None
) -> float | None:
    """`Comparison.change`, or None where the region is not found."""
    try:
        return comparison.change(name, region, named)
    except ToolError:
        return None
