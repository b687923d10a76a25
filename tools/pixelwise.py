"""Work on every pixel that waits until the pixels are needed: at a spatial tool, and at the end.

Whatever stands between two spatial tools (conversions, tables, tools, blending into regions) then runs as one loop over
strips, with no picture in between.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools import kernels
from tools.colour import converted
from tools.declare import Space
from tools.picture import Picture
from tools.strips import in_strips
from tools.types import Codes, FloatImage, FloatPlane

_LOOPS = {
    ("srgb", "linear"): (kernels.decode,),
    ("srgb", "oklab"): (kernels.decode, kernels.to_oklab),
    ("linear", "srgb"): (kernels.encode,),
    ("linear", "oklab"): (kernels.to_oklab,),
    ("oklab", "linear"): (kernels.from_oklab,),
    ("oklab", "srgb"): (kernels.from_oklab, kernels.encode),
}
Change = Callable[..., FloatImage]
"""Takes a strip and a strip of each of its planes to a new strip."""


@dataclass(frozen=True)
class Waiting:
    """Pixels, and the changes that wait for them."""

    pixels: Codes
    """`(H, W, 3)`; overwritten when the changes are made, where `owned`."""
    space: Space
    """Of the pixels once the changes are made."""
    changes: tuple[tuple[Change, tuple[FloatPlane | FloatImage, ...]], ...] = ()
    owned: bool = False

    @classmethod
    def of(cls, picture: Picture) -> "Waiting":
        """The pixels of a picture, in linear light."""
        return cls(picture.pixels, "linear", ((picture.strip_to_linear, ()),))

    def then(self, change: Change, *planes: FloatPlane | FloatImage) -> "Waiting":
        """The same with one more change, which keeps the space; planes are `(H, W)` or `(H, W, C)`."""
        return Waiting(self.pixels, self.space, (*self.changes, (change, planes)), self.owned)

    def to(self, space: Space) -> "Waiting":
        """The same in another space."""
        if space == self.space:
            return self
        loops = _LOOPS[self.space, space]
        convert: Change = lambda strip: converted(loops, strip)  # noqa: E731
        return Waiting(self.pixels, space, (*self.changes, (convert, ())), self.owned)

    def sample(self, pixels: int) -> FloatImage:
        """About so many pixels, with the changes made."""
        height, width = self.pixels.shape[:2]
        stride = max(1, int(np.sqrt(height * width / pixels)))
        planes = (plane for _, own in self.changes for plane in own)
        return self._changed(self.pixels[::stride, ::stride], *(plane[::stride, ::stride] for plane in planes))

    def made(self) -> FloatImage:
        """All pixels with the changes made, `float32`."""
        if not self.changes:
            return self.pixels
        planes = [plane for _, own in self.changes for plane in own]
        return in_strips(self._changed, self.pixels, *planes, out=self.pixels if self.owned else None)

    def finished(self, picture: Picture) -> Codes:
        """All pixels as codes of the picture's profile and depth, drawn into its gamut."""
        last = self.to("linear") if picture.pixels.dtype == np.uint8 else self.to("srgb")
        planes = [plane for _, own in last.changes for plane in own]

        def finish(strip: Codes, *cut: FloatImage) -> Codes:
            return picture.strip_of(last._changed(strip, *cut), last.space)

        return in_strips(finish, self.pixels, *planes, dtype=picture.pixels.dtype)

    def _changed(self, strip: Codes, *planes: FloatImage) -> FloatImage:
        left = iter(planes)
        for change, own in self.changes:
            strip = change(strip, *(next(left) for _ in own))
        return strip
