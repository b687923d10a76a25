"""Faults of colour that an edit added: one colour over everything, none, turned hues, tones tinted by themselves."""

import cv2
import numpy as np

from tools.attributes import Attributes
from tools.goals import Request
from tools.quality.comparison import Comparison
from tools.quality.ways import STRENGTH, taken_apart, thumbnail, thumbnails
from tools.types import FloatPlane


def flood(comparison: Comparison, request: Request) -> float:
    """The common cast, mean chroma (x 100) at a middle tone, as far as the colours that differed from it are gone.

    They are what is left of the colours when each tone's own mean colour is taken away. Both in proportion to mean L.
    What the library's own tool for an effect that was asked for does of it is no flood; with a season, which turns most
    of what there is, up to one and a half times of that.
    """
    known = thumbnails(comparison)
    made = [_flood(known.photo, picture) for picture in known.with_each(request.effects)]
    excused = 1.5 if any(effect.kind == "season" for effect in request.effects) else 1.0
    return _flood(comparison.before, comparison.after) - excused * max(made, default=0.0)


def _flood(before: Attributes, after: Attributes) -> float:
    cast = float(np.hypot(after.measure("tint"), after.measure("warmth"))) / _light(after)
    return cast * max(0.0, 1 - _variety(after) / _variety(before))


def drained(comparison: Comparison, request: Request) -> float:
    """Share of the variety of colours that is gone, less what the library's own tool for an effect takes of it."""
    known = thumbnails(comparison)
    made = [_variety(picture) / _variety(known.photo) for picture in known.with_each(request.effects)]
    return min([1.0, *made]) - _colours_left(comparison)


def _colours_left(comparison: Comparison) -> float:
    """Share of the variety of colours that is left."""
    return _variety(comparison.after) / _variety(comparison.before)


def _variety(picture: Attributes) -> float:
    """Mean chroma (x 100, at a middle tone) beside each tone's own cast, and a little that nobody misses."""
    return (0.3 - picture.measure("monochrome")) / _light(picture)


def _light(picture: Attributes) -> float:
    return picture.measure("brightness") / 60 + 0.03


def false_colour(comparison: Comparison, request: Request) -> float:
    """Mean chroma (x 100, at a middle tone) that no light, gain of colour or effect that was asked for explains.

    What is left is hues that were turned: a violet sky, green clouds. It counts up to three times where it is the
    contrary of the photo's colours, which may be pale. A light's cast may vary smoothly with tone, as a quadratic curve
    of L; an effect explains the colours to which the library's own tool takes each pixel at full strength, up to one
    and a half times, and an autumn whatever becomes of leaves. A loss of colour explains no contrary.

    What turned in a place is seen by itself, unless a place was named: the tenth of the picture's places that turned
    most counts by 0.6 of its own mean. Of pale colours it takes less: what counts is in proportion to their variety
    that is left, down to a half.
    """
    known = thumbnails(comparison)
    photo, after = known.photo, thumbnail(comparison.after)
    was, now = _beside_casts(photo, photo), _beside_casts(after, photo)
    made = [_beside_casts(picture, photo) for picture in known.with_each(request.effects)]
    ways = [was, *(was + 100 / STRENGTH * (each - was) for each in made)]
    if any(effect.value == "autumn" for effect in request.effects):
        counted = photo.once("no leaves", lambda: _no_leaves(photo))
        ways, now = [way * counted for way in ways], now * counted
    least, most = [min(0.0, 1.0 - len(made)), *[0.0] * len(made)], [3.0, *[1.5] * len(made)]
    parts = taken_apart(now.ravel(), np.array([way.ravel() for way in ways]), least, most)
    left = now - sum(part * way for part, way in zip(parts.astype(np.float32), ways, strict=True))
    contrary = max(0.0, -float(np.vdot(left, ways[0])) / (float(np.linalg.norm(left) * np.linalg.norm(ways[0])) + 1e-6))
    turned = (1 + 2 * contrary) * float(cv2.magnitude(*left).mean())
    if not request.names_a_place:
        turned = max(turned, 0.6 * _in_places(left, photo))
    pale = min(max(_colours_left(comparison), 0.5), 1.0)
    return 100 * turned / (float(after.lightness.mean()) / 0.6 + 0.03) / pale


def _in_places(colours: FloatPlane, photo: Attributes) -> float:
    """Mean size of a and b, `(2, N)`, over the tenth of 64 places of the picture where it is largest."""
    planes = colours.reshape(2, *photo.lightness.shape)
    places = (cv2.resize(plane, (8, 8), interpolation=cv2.INTER_AREA) for plane in planes)
    return float(np.sort(cv2.magnitude(*places), axis=None)[-6:].mean())


def _beside_casts(picture: Attributes, photo: Attributes) -> FloatPlane:
    """Oklab a and b, `(2, N)`, less casts that vary smoothly with the photo's tone."""
    casts = photo.once("casts", lambda: _casts(photo))

    def beside() -> FloatPlane:
        planes = np.stack([picture.a.ravel(), picture.b.ravel()])
        return planes - (planes @ casts) @ casts.T

    return picture.once("beside casts", beside)


def _casts(photo: Attributes) -> FloatPlane:
    """Orthonormal curves of L up to the quadratic, `(N, 3)`, of which each cast of a light is made."""
    lightness = photo.lightness.ravel()
    return np.linalg.qr(np.stack([np.ones_like(lightness), lightness, lightness**2], axis=1))[0]


def _no_leaves(photo: Attributes) -> FloatPlane:
    """How little each pixel is of a green or golden leaf, `(N,)`."""
    return (1 - np.minimum(photo.belonging("green") + photo.belonging("yellow"), 1)).ravel()


def split(comparison: Comparison, request: Request) -> float:
    """How far (x 100, at a middle tone) dark, middle and light tones took on casts of their own.

    A light tints all tones alike, and a gain of colour those that had a cast; the effects that were asked for explain
    what the library's own tool does. Shadows in blue or highlights in orange are painted.
    """
    known = thumbnails(comparison)
    photo, after = known.photo, thumbnail(comparison.after)
    was = _casts_of_thirds(photo, photo)
    ways = [was, *(_casts_of_thirds(made, photo) - was for made in known.with_each(request.effects))]
    gain = _casts_of_thirds(after, photo) - was
    parts = taken_apart(gain, np.array(ways), [-1.0, *[0.0] * (len(ways) - 1)], most=1.2)
    return 69 * float(np.hypot(*(gain - parts @ np.array(ways)).reshape(2, -1)).max())


def _casts_of_thirds(picture: Attributes, photo: Attributes) -> FloatPlane:
    """Oklab a and b, over L, of the dark, the middle and the light third of a photo, less their mean, `(6,)`.

    A picture of fewer pixels has fewer parts.
    """
    thirds = photo.once("thirds", lambda: _thirds(photo))

    def casts() -> FloatPlane:
        means = np.stack([(plane / (picture.lightness + 0.2)).ravel() for plane in (picture.a, picture.b)]) @ thirds
        return (means - means.mean(axis=1, keepdims=True)).ravel()

    return picture.once("casts of thirds", casts)


def _thirds(photo: Attributes) -> FloatPlane:
    """What to multiply a plane by for its means over the dark, the middle and the light third of a photo, `(N, 3)`."""
    count = photo.lightness.size
    weights = np.zeros((count, min(3, count)), np.float32)
    for part, place in enumerate(np.array_split(np.argsort(photo.lightness, axis=None), weights.shape[1])):
        weights[place, part] = 1 / len(place)
    return weights
