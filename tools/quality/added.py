"""What an edit added that is not in the photo: discs, writing, ghosts, glows, fringes of colour.

Whatever is done to tones and colours turns those of each small place by some affine map of L, a and b; where the
picture was moved a little, of their gradients too. What such maps do not reach was added, and is seen where it stands
out from the photo's own texture.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from tools.attributes import Attributes
from tools.goals import Effect
from tools.quality.comparison import Comparison
from tools.quality.ways import thumbnail, thumbnails
from tools.rows import block_means
from tools.types import FloatPlane

_COLOUR = 2.0
"""How much more is seen of a deviation of a or b than of one of L."""


def shapes(comparison: Comparison, effects: Sequence[Effect]) -> float:
    """Deviation (x 100) by shapes and lights that were added, beyond 1.25 times what the effects asked for add.

    Root mean square over places of a sixth or of a third of the picture.
    """
    known = thumbnails(comparison)
    photo, after = known.photo, thumbnail(comparison.after)
    made = [picture for picture in map(known.with_effect, effects) if picture is not None]

    def beyond(side: int) -> float:
        brought = max((_added_shapes(photo, picture, side) for picture in made), default=0.0)
        return _added_shapes(photo, after, side) - 1.25 * brought

    return max(beyond(8), beyond(16))


def _added_shapes(photo: Attributes, after: Attributes, side: int) -> float:
    def places() -> Places:
        planes = _halved(photo)
        slopes = [cv2.Sobel(each, cv2.CV_32F, *along, scale=1 / 8) for each in planes for along in ((1, 0), (0, 1))]
        return Places.of([*planes, *slopes], side)

    def added() -> float:
        lightness, a, b = _halved(after)
        stands_out = photo.once(("places", side), places).added([lightness, _COLOUR * a, _COLOUR * b], hidden=0.3)
        return float(np.sqrt(np.mean(stands_out**2)))

    return after.once(("added", side), added)


def _halved(picture: Attributes) -> list[FloatPlane]:
    return picture.once("halved", lambda: [block_means(plane, 2) for plane in picture.planes])


def fringes(comparison: Comparison) -> float:
    """Mean deviation of a and b (x 100, doubled) that colours which came off their edges add."""
    photo, after = thumbnails(comparison).photo, thumbnail(comparison.after)
    places = photo.once("fringed places", lambda: Places.of(photo.planes, 8))
    return float(places.added([_COLOUR * after.a, _COLOUR * after.b], hidden=0.2).mean())


class Places(NamedTuple):
    """The square places of a photo, and all that affine maps of its planes may make of each."""

    side: int
    basis: FloatPlane
    """Orthonormal columns, `(places, N, pixels)`."""
    texture: FloatPlane
    """Deviation of L, `(places,)`."""

    @classmethod
    def of(cls, planes: Sequence[FloatPlane], side: int) -> "Places":
        """The places of a photo by its planes, of which the first is L."""
        tiles = _tiles(planes, side)
        columns = np.concatenate([np.ones_like(tiles[..., :1]), tiles], axis=2)
        basis = np.ascontiguousarray(np.linalg.qr(columns)[0].swapaxes(1, 2))
        return cls(side, basis, tiles[..., 0].std(axis=1))

    def added(self, planes: Sequence[FloatPlane], hidden: float) -> FloatPlane:
        """Deviation (x 100) of what was added to each place and stands out, `(places,)`.

        What does not is 0.003, and a `hidden` share of the deviation of L there.
        """
        tiles = _tiles(planes, self.side)
        left = np.square(tiles).sum(axis=(1, 2)) - np.square(self.basis @ tiles).sum(axis=(1, 2))
        deviation = np.sqrt(np.maximum(left, 0) / self.side**2)
        return 100 * np.maximum(deviation - hidden * self.texture - 0.003, 0)


def _tiles(planes: Sequence[FloatPlane], side: int) -> FloatPlane:
    """The pixels of square places, `(places, pixels, planes)`; beyond the border the picture is mirrored."""
    height, width = planes[0].shape
    whole = cv2.copyMakeBorder(cv2.merge(planes), 0, -height % side, 0, -width % side, cv2.BORDER_REFLECT)
    tiles = whole.reshape(whole.shape[0] // side, side, whole.shape[1] // side, side, len(planes))
    return tiles.swapaxes(1, 2).reshape(-1, side * side, len(planes))
