"""Whether a picture has taken on a named look, whatever hour, season and mood were asked for beside it.

A look is known by its grade: the casts of shadows, midtones and highlights, what became of each hue, how vivid colours
are, and how the tones stand to each other. All of it is taken in proportion to lightness, so that a darker picture
has the same look. What was asked for beside the look moves these numbers too; each wish has its own way there, and the
picture's way is taken apart into theirs: the look's part is how far the look shows.
"""

from collections.abc import Iterator

import numpy as np

from tools.attributes import Attributes
from tools.goals import Effect, Goal, Request
from tools.plan import Step
from tools.quality.comparison import Comparison
from tools.quality.ways import Thumbnails, taken_apart, thumbnail, thumbnails
from tools.types import FloatPlane

_TONES = 0.25
"""Weight of the tones in the profile: it is by colour that a look is known."""
_PARTS = 5
"""Places of the tone scale at which tones are compared; a picture has at least as many pixels."""
_HUES = (("red", "orange"), ("yellow",), ("green",), ("aqua", "blue"), ("purple", "magenta"))
_MOVES: dict[str, tuple[str, str, float]] = {
    "brightness": ("midtones", "amount", 60),
    "contrast": ("contrast", "amount", 50),
    "highlights": ("highlights", "amount", 60),
    "shadows": ("shadows", "amount", 60),
    "fade": ("blacks", "amount", 60),
    "haze": ("dehaze", "amount", -50),
    "warmth": ("temperature", "warmer", 40),
    "tint": ("tint", "amount", 40),
    "saturation": ("saturation", "amount", 50),
}
"""The tool, its argument and the amount by which an attribute asked for beside a look goes its way."""


def towards_look(comparison: Comparison, effect: Effect, request: Request | None = None) -> float | None:
    """The look's part of the picture's way, less 0.8 of what no wish explains; at most 1.3.

    The parts are those of least squares, with no other wish going backwards or more than twice its way. None for a look
    that is not known, or that does nothing to this photo, and for a photo of hardly any pixels.
    """
    known = thumbnails(comparison)
    graded = known.with_effect(effect)
    if graded is None or known.photo.lightness.size < _PARTS:
        return None
    profile = known.photo.once("profile", lambda: _Profile(known.photo))
    way, went = profile.way(graded), profile.way(thumbnail(comparison.after))
    length = float(np.linalg.norm(way))
    if length < 1.0:
        return None
    ways = np.array([way, *(profile.way(other) for other in _beside(known, effect, request))])
    parts = taken_apart(went, ways, [-2.0, *[0.0] * (len(ways) - 1)])
    astray = float(np.linalg.norm(went - parts @ ways)) / max(length, 4.0)
    return float(np.clip(parts[0], -1, 1.3)) - 0.8 * min(astray, 1.5)


class _Profile:
    """The numbers of a look, on one photo's own tones and hues."""

    def __init__(self, photo: Attributes) -> None:
        self._order = np.argsort(photo.lightness, axis=None)
        bands = [[photo.belonging(band).ravel() for band in bands] for bands in _HUES]
        weights = np.array([np.sum(planes, axis=0) for planes in bands], np.float32)
        self._hues = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
        self._shares = np.sqrt(weights.mean(axis=1))
        self._start = self._of(photo)

    def way(self, picture: Attributes) -> FloatPlane:
        """What changed from the photo to a picture, `(22,)`, in hundredths of Oklab at a middle tone."""
        return picture.once("way of a look", lambda: self._of(picture) - self._start)

    def _of(self, picture: Attributes) -> FloatPlane:
        """L at five places of the tone scale; a and b in thirds of it and in five hues; mean chroma: each over L."""
        pixels = picture.oklab.reshape(-1, 3)
        tones = pixels[self._order]
        light = float(tones[:, 0].mean()) + 0.03
        fifths = np.array([part[:, 0].mean() / light for part in np.array_split(tones, _PARTS)])
        thirds = [part.mean(axis=0) for part in np.array_split(tones, 3)]
        casts = [part[1:] / (part[0] + 0.03) for part in thirds]
        hues = (self._hues @ pixels[:, 1:]) / light * self._shares[:, None]
        return 60 * np.concatenate([_TONES * fifths, *casts, hues.ravel(), [float(picture.chroma.mean()) / light]])


def _beside(known: Thumbnails, look: Effect, request: Request | None) -> Iterator[Attributes]:
    """The thumbnail after each wish that stands beside the look; goals that only spell out an effect are left out."""
    if request is None:
        return
    made = [known.with_effect(effect) for effect in request.effects if effect.value != look.value]
    for goal in request.goals:
        if goal.attribute in _MOVES and not request.implies(goal):
            made.append(known.after([_step(goal)]))
    yield from (each for each in made if each is not None)


def _step(goal: Goal) -> Step:
    tool, argument, amount = _MOVES[goal.attribute]
    return Step(tool=tool, args={argument: goal.direction * amount})
