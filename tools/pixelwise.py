"""Work on every pixel that waits until the pixels are needed: at a spatial tool, and at the end.

Whatever stands between two spatial tools (conversions, tables, tools, blending into regions) then runs as one loop over
strips, with no picture in between.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tools import kernels
from tools.colour import converted
from tools.declare import Space
from tools.picture import Picture
from tools.statistics import SAMPLE_PIXELS, thinned
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
    untouched: Picture | None = None
    """The picture, as long as all that waits is to decode it."""

    @classmethod
    def of(cls, picture: Picture, space: Space = "linear") -> "Waiting":
        """The pixels of a picture, in linear light or in encoded sRGB."""
        decode = picture.strip_to_linear if space == "linear" else picture.strip_to_srgb
        done = space == "srgb" and picture.pixels.dtype == np.float32 and picture.profile.is_srgb
        return cls(picture.pixels, space, () if done else ((decode, ()),), untouched=picture)

    def then(self, change: Change, *planes: FloatPlane | FloatImage) -> "Waiting":
        """The same with one more change, which keeps the space; planes are `(H, W)` or `(H, W, C)`."""
        return Waiting(self.pixels, self.space, (*self.changes, (change, planes)), self.owned)

    def to(self, space: Space) -> "Waiting":
        """The same in another space."""
        if space == self.space:
            return self
        if self.untouched and space != "oklab":
            return Waiting.of(self.untouched, space)
        loops = _LOOPS[self.space, space]
        convert: Change = lambda strip: converted(loops, strip)  # noqa: E731
        return Waiting(self.pixels, space, (*self.changes, (convert, ())), self.owned)

    def sample(self, pixels: int = SAMPLE_PIXELS) -> FloatImage:
        """About so many pixels, with the changes made, in a new array."""
        planes = (thinned(plane, pixels) for _, own in self.changes for plane in own)
        return self._changed(np.array(thinned(self.pixels, pixels)), *planes)

    @property
    def count(self) -> int:
        """Number of pixels."""
        return self.pixels.shape[0] * self.pixels.shape[1]

    def settled(self) -> "Waiting":
        """The same with the changes made, in a new array if there are some; this one stays as it is."""
        return Waiting(replace(self, owned=False).made(), self.space, owned=bool(self.changes))

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
