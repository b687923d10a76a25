"""Work on every pixel that waits until the pixels are needed: at a spatial tool, and at the end.

Whatever stands between two spatial tools (conversions, tables, tools, blending into regions) then runs as one loop over
strips, with no picture in between.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tools import colour
from tools.colour import Space
from tools.filed import Filed
from tools.maps import Maps
from tools.picture import Picture
from tools.rows import KEPT_PIXELS, Rows, every, margin, thinned
from tools.statistics import SAMPLE_PIXELS
from tools.strips import Place, in_strips
from tools.types import Codes, FloatImage

Change = Callable[..., FloatImage]
"""Takes a strip and a strip of each of its planes to a new strip."""


@dataclass(frozen=True)
class Waiting:
    """Pixels, and the changes that wait for them."""

    pixels: Rows
    """`(H, W, 3)`; an array is overwritten when the changes are made, where `owned`."""
    space: Space
    """Of the pixels once the changes are made."""
    changes: tuple[tuple[Change, tuple[Rows, ...]], ...] = ()
    owned: bool = False
    streamed: int = 0
    """Tools among what waits that see the whole picture."""
    apart: bool = False
    """Whether nothing that waits looks at the photo any more."""
    untouched: Picture | None = None
    """The picture, as long as all that waits is to decode it."""
    photo: Maps | None = None
    """Maps of the proxy of a photo, as long as these are its pixels, in any space; all of them are known there."""

    @classmethod
    def of(cls, picture: Picture, space: Space = "linear", photo: Maps | None = None) -> "Waiting":
        """The pixels of a picture, in linear light or in encoded sRGB."""
        decode = picture.strip_to_linear if space == "linear" else picture.strip_to_srgb
        done = space == "srgb" and picture.pixels.dtype == np.float32 and picture.profile.is_srgb
        return cls(picture.pixels, space, () if done else ((decode, ()),), untouched=picture, photo=photo)

    def then(self, change: Change, *planes: Rows) -> "Waiting":
        """The same with one more change, which keeps the space; planes are `(H, W)` or `(H, W, C)`."""
        return replace(self, changes=(*self.changes, (change, planes)), untouched=None, photo=None)

    def to(self, space: Space) -> "Waiting":
        """The same in another space."""
        if space == self.space:
            return self
        if self.untouched and space != "oklab":
            return Waiting.of(self.untouched, space, self.photo)

        def convert(strip: FloatImage) -> FloatImage:
            return colour.between(strip, self.space, space, out=strip if _is_own(strip) else None)

        return replace(self.then(convert), space=space, photo=self.photo)

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width and 3."""
        return self.pixels.shape

    @property
    def margin(self) -> int:
        """How far around each pixel it looks, in px."""
        return max(margin(part) for part in (self.pixels, *self._planes))

    @property
    def count(self) -> int:
        """Number of pixels."""
        return self.shape[0] * self.shape[1]

    @property
    def is_large(self) -> bool:
        """Whether all its floats would take too much memory."""
        return self.count > KEPT_PIXELS

    def __getitem__(self, place: Place) -> FloatImage:
        """A part with the changes made."""
        return self._changed(self.pixels[place], *(plane[place] for plane in self._planes))

    def every(self, stride: int) -> FloatImage:
        """Every so many pixels of every so many rows, with the changes made, in a new array."""
        return self._changed(np.array(every(self.pixels, stride)), *(every(plane, stride) for plane in self._planes))

    def sample(self, pixels: int = SAMPLE_PIXELS) -> FloatImage:
        """About so many pixels, with the changes made; nobody may write to them."""
        if self.photo and (self.space, pixels) == ("linear", SAMPLE_PIXELS):
            return self.photo.sample
        return thinned(self, pixels)

    def settled(self) -> "Waiting":
        """The same with the changes made, in a new array unless it is one already; this one stays as it is."""
        is_new = not (self.is_made or self.photo)
        return Waiting(replace(self, owned=False).made(), self.space, owned=is_new, apart=is_new)

    def filed(self, *, exact: bool) -> "Waiting":
        """The same with the changes made, in a file of `float32` or, off by 0.03 of 255 levels, `float16`."""
        aside = Filed(self.shape, np.float32 if exact else np.float16)
        in_strips(self._changed, self.pixels, *self._planes, out=aside)
        return Waiting(aside, self.space, ((lambda strip: strip.astype(np.float32), ()),), apart=True)

    @property
    def is_made(self) -> bool:
        """Whether nothing waits."""
        return isinstance(self.pixels, np.ndarray) and not self.changes

    def made(self) -> FloatImage:
        """All pixels with the changes made, `float32`."""
        if self.photo:
            return self.photo.pixels(self.space)
        if isinstance(self.pixels, np.ndarray) and not self.changes:
            return self.pixels
        out = self.pixels if self.owned and isinstance(self.pixels, np.ndarray) else None
        return in_strips(self._changed, self.pixels, *self._planes, out=out)

    @property
    def _planes(self) -> list[Rows]:
        return [plane for _, own in self.changes for plane in own]

    def finished(self, picture: Picture, *, out: Codes | None = None) -> Codes:
        """All pixels as codes of the picture's profile and depth, drawn into its gamut.

        Args:
            picture: the photo.
            out: where they go, a new array by default; it may be the pixels of the photo.
        """
        last = self.to("linear" if picture.pixels.dtype == np.uint8 or self.space == "linear" else "srgb")
        if last.owned and last.is_made and picture.pixels.dtype == np.float32:
            return picture.strip_of(last.made(), last.space, overwrite=True)

        def finish(strip: Codes, *cut: FloatImage) -> Codes:
            strip = last._changed(strip, *cut)
            return picture.strip_of(strip, last.space, overwrite=_is_own(strip))

        def finished(out: Any) -> Any:
            return in_strips(finish, last.pixels, *last._planes, out=out, dtype=picture.pixels.dtype)

        if out is None or self.apart or not self.margin:
            return finished(out)
        if not self.is_large:
            return finished(None)
        return in_strips(lambda codes: codes, finished(Filed(self.shape, out.dtype)), out=out)

    def _changed(self, strip: Codes, *planes: FloatImage) -> FloatImage:
        left = iter(planes)
        for change, own in self.changes:
            strip = change(strip, *(next(left) for _ in own))
        return strip


def _is_own(strip: Codes) -> bool:
    """Whether a strip is no view of the picture but was made by the change before, so that it may be overwritten."""
    return strip.flags.owndata and strip.dtype == np.float32
