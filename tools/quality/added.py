"""What an edit added that is not in the photo: discs, writing, ghosts, glows, dots, specks, fringes of colour.

Whatever is done to tones and colours turns those of each small place by some affine map of L, a and b; where the
picture was moved a little, of their gradients too, and where it was sharpened or softened of its detail. What such maps
do not reach was added, and is seen where it stands out from the photo's own texture.
"""

from collections.abc import Sequence
from functools import cached_property

import cv2
import numpy as np

from tools import detail_kernels
from tools.attributes import Attributes
from tools.goals import Request
from tools.quality.alignment import FARTHEST_PX
from tools.quality.comparison import Comparison
from tools.quality.ways import thumbnail, thumbnails
from tools.rows import block_means
from tools.types import FloatImage, FloatPlane

_COLOUR = 2.0
"""How much more is seen of a deviation of a or b than of one of L."""
_BLANK = 0.01
"""Deviation of L in a place below which nothing is drawn there."""
_PAPER = 0.88
"""L from which on a place may be bare paper."""
_FEW = 0.1
"""Share of the places that are drawn at least in a picture."""
_UNSEEN = 0.1
"""Deviation by fine things that is harmless, so that nobody need know how much of it more of the photo explains."""


def shapes(comparison: Comparison, request: Request) -> float:
    """Deviation (L x 100) by shapes and lights that were added and that no wish explains.

    Root mean square over places of a sixth or of a third of the picture. An effect explains whatever the library's own
    tool for it makes of a place, in any amount; a wish for a vignette, a leak, rays or a place a light that falls off.
    """
    known = thumbnails(comparison)
    regions = [goal.region for goal in request.goals] + [effect.region for effect in request.effects]
    falls_off = any(region != "everywhere" for region in regions) or any(
        goal.attribute in ("vignette", "leak", "rays") for goal in request.goals
    )
    photo, (lightness, a, b) = known.photo, _halved(thumbnail(comparison.after))

    def places(side: int) -> Places:
        planes = _halved(photo)
        slopes = [cv2.Sobel(each, cv2.CV_32F, *along, scale=1 / 8) for each in planes for along in ((1, 0), (0, 1))]
        made = [_halved(picture) for picture in known.with_each(request.effects)]
        lights = [planes[0] * ramp for ramp in _ramps(planes[0], side)] if falls_off else []
        return Places([*planes, *slopes, *lights, *(plane for each in made for plane in each)], side)

    def added(side: int) -> float:
        key = "places", side, falls_off, *((effect.kind, effect.value) for effect in request.effects)
        stands_out = photo.once(key, lambda: places(side)).added([lightness, _COLOUR * a, _COLOUR * b], hidden=0.3)
        return float(np.sqrt(np.mean(stands_out**2)))

    return max(added(8), added(16))


def _ramps(plane: FloatPlane, side: int) -> list[FloatPlane]:
    """Across each place from -0.5 to 0.5, to the right and downwards."""
    down, right = np.mgrid[: plane.shape[0], : plane.shape[1]].astype(np.float32)
    return [ramp % side / side - 0.5 for ramp in (right, down)]


def strange_detail(comparison: Comparison) -> float:
    """Deviation (L x 100) by fine things that are not in the photo: dots, specks, lines, ghosts, letters, squares.

    Root mean square over places of 16 px; at most, where that is harmless. Curves of tones, gains of detail and moves
    add none.
    """
    photo, after = comparison.before, comparison.after
    by_tones, _ = photo.once("detailed places", lambda: _detailed_places(photo))
    left = by_tones.deviation([_inner(after.lightness)])
    added = _root_mean_square(by_tones.stands_out(left, hidden=0.2))
    if added < _UNSEEN:
        return added
    return _root_mean_square(by_tones.stands_out(_unexplained_detail(comparison), hidden=0.2))


def redrawn(comparison: Comparison, flat: bool = False) -> float:
    """What share of the drawing in a place no curve of tones, gain of detail or move explains.

    Mean over the half of the places of 16 px that have least of it. Whoever paints a picture does so everywhere: of a
    photo that was blurred, recoloured or covered in part the rest is a photo. Where the photo is blank as well, or
    paper shows, nothing need be drawn; with `flat`, as in a comic, wherever nothing is.
    """
    photo, after = comparison.before, comparison.after
    lightness = _inner(after.lightness)
    _, places = photo.once("detailed places", lambda: _detailed_places(photo))
    drawn = _deviation_in_places(lightness, places.side)
    counts = drawn > _BLANK
    if not flat:
        paper = block_means(_whole_places(lightness, places.side), places.side) > _PAPER
        counts |= (places.texture > _BLANK) & ~paper
    shares = np.sort((_unexplained_detail(comparison) / (drawn + 0.01))[counts])
    return float(shares[: (len(shares) + 1) // 2].mean()) if len(shares) > _FEW * drawn.size else 0.0


def _unexplained_detail(comparison: Comparison) -> FloatPlane:
    """Deviation of L in places of 16 px that no curve of tones, gain of detail or move explains."""
    photo, after = comparison.before, comparison.after
    _, by_all = photo.once("detailed places", lambda: _detailed_places(photo))
    return after.once("unexplained detail", lambda: by_all.deviation([_inner(after.lightness)]))


def _deviation_in_places(plane: FloatPlane, side: int) -> FloatPlane:
    whole = _whole_places(plane, side)
    return whole.reshape(whole.shape[0] // side, side, -1, side).std(axis=(1, 3))


def _whole_places(planes: FloatImage, side: int) -> FloatImage:
    """Planes with their ends mirrored, so that they fall into whole places."""
    height, width = planes.shape[:2]
    return cv2.copyMakeBorder(planes, 0, -height % side, 0, -width % side, cv2.BORDER_REFLECT)


def _root_mean_square(plane: FloatPlane) -> float:
    return float(np.sqrt(np.mean(plane**2)))


def _detailed_places(photo: Attributes) -> tuple["Places", "Places"]:
    """The places of a photo with what a line of tones makes of them, which is quickly told, and with all else too."""
    lightness = photo.lightness
    slopes = [cv2.Sobel(lightness, cv2.CV_32F, *along, scale=1 / 8) for along in ((1, 0), (0, 1))]
    planes = [*photo.planes, lightness**2, *slopes, photo.fine, photo.middle]
    inner = [_inner(plane) for plane in planes]
    return Places(inner[:1], 16), Places(inner, 16)


def _inner(plane: FloatPlane) -> FloatPlane:
    """A plane without its border, which is not the photo's where a picture was moved; whole where little is left."""
    edge = FARTHEST_PX
    return plane[edge:-edge, edge:-edge] if min(plane.shape) > 4 * edge else plane


def _halved(picture: Attributes) -> list[FloatPlane]:
    return picture.once("halved", lambda: [block_means(plane, 2) for plane in picture.planes])


def fringes(comparison: Comparison) -> float:
    """Mean deviation of a and b (x 100, doubled) that colours which came off their edges add."""
    photo, after = thumbnails(comparison).photo, thumbnail(comparison.after)
    places = photo.once("fringed places", lambda: Places(photo.planes, 8))
    return float(places.added([_COLOUR * after.a, _COLOUR * after.b], hidden=0.2).mean())


class Places:
    """The square places of a photo, and all that affine maps of its planes may make of each."""

    def __init__(self, planes: Sequence[FloatPlane], side: int) -> None:
        """Take the planes of a photo, of which the first is L, and the side of a place in px."""
        self.side = side
        self._planes = planes

    @cached_property
    def texture(self) -> FloatPlane:
        """Deviation of L, `(rows, columns)` of places."""
        return self._tiles(self._planes[:1])[..., 0].std(axis=-1)

    @cached_property
    def basis(self) -> FloatPlane:
        """Orthonormal columns of every place beside a constant one, `(N, H, W)`, each where it is; whole places."""
        tiles, side = self._tiles(self._planes), self.side
        rows, columns = tiles.shape[:2]
        basis = np.linalg.qr(np.concatenate([np.ones_like(tiles[..., :1]), tiles], axis=-1))[0][..., 1:]
        there = basis.reshape(rows, columns, side, side, -1).transpose(4, 0, 2, 1, 3)
        return np.ascontiguousarray(there.reshape(-1, rows * side, columns * side))

    def _tiles(self, planes: Sequence[FloatPlane]) -> FloatImage:
        """The pixels of every place, `(rows, columns, side * side, N)`; those at the border are mirrored."""
        side = self.side
        whole = _whole_places(cv2.merge(planes), side)
        whole = whole.reshape(whole.shape[0] // side, side, whole.shape[1] // side, side, -1)
        return whole.swapaxes(1, 2).reshape(whole.shape[0], whole.shape[2], side * side, -1)

    def added(self, planes: Sequence[FloatPlane], hidden: float) -> FloatPlane:
        """Deviation (x 100) of what was added to each place and stands out, `(rows, columns)`."""
        return self.stands_out(self.deviation(planes), hidden)

    def deviation(self, planes: Sequence[FloatPlane]) -> FloatPlane:
        """Deviation of what affine maps do not reach in each place, `(rows, columns)`."""
        left = np.zeros_like(self.texture)
        detail_kernels.unexplained(tuple(planes), self.basis, left)
        return np.sqrt(np.maximum(left, 0) / self.side**2)

    def stands_out(self, deviation: FloatPlane, hidden: float) -> FloatPlane:
        """What is seen of a deviation (x 100): not 0.003, nor a `hidden` share of the deviation of L there."""
        return 100 * np.maximum(deviation - hidden * self.texture - 0.003, 0)
