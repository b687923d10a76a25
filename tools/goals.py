"""What a person asked for, as measurable goals.

A goal is either an **attribute** that should move ("darker", "less contrast in the sky") or an **effect** that should
show in the pixels ("fog", "watercolour", "golden hour"). A request also says what to **keep**.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.declare import ToolError
from tools.types import Json

Attribute = Literal[
    "brightness",  # lighter overall
    "contrast",  # spread of tones
    "highlights",  # the brightest tones become brighter (+) or are held back (-)
    "shadows",  # the darkest tones are opened (+) or deepened (-)
    "warmth",  # towards amber (+) or blue (-)
    "tint",  # towards magenta (+) or green (-)
    "cast",  # colour of what should be grey; only ever asked to go down
    "saturation",  # strength of colour
    "clarity",  # local contrast of the midtones
    "sharpness",  # fine detail and edges
    "noise",  # unwanted sensor noise; only ever asked to go down
    "grain",  # film grain, wanted
    "haze",  # veil over the distance (+) or clear air (-)
    "vignette",  # dark corners (+) or even ones (-)
    "bloom",  # glow around the lights
    "fade",  # lifted, matte blacks
    "monochrome",  # black and white, or one toning hue
    "bokeh",  # the background out of focus
    "rays",  # shafts of light
    "leak",  # light leaking onto the film, flare
    "colour",  # strength of the one named `colour` (+ more vivid, - muted)
    "hue",  # the named `colour` (None: the whole picture) turns towards `to_colour`
]
EffectKind = Literal["time", "season", "weather", "medium", "look"]
Colour = Literal[
    "red", "orange", "yellow", "green", "aqua", "blue", "purple", "magenta", "pink", "brown", "grey", "white", "black"
]
Source = Literal["truth", "parsed", "person", "vlm"]


EFFECT_TOOLS: dict[EffectKind, tuple[str, str]] = {
    "season": ("season", "season"),
    "weather": ("weather", "weather"),
    "time": ("time_of_day", "time"),
    "look": ("color_grading", "look"),
    "medium": ("artistic_medium", "medium"),
}
"""The tool of the library that brings each kind of effect and the argument that names it, in the order of work."""


class Goal(BaseModel):
    """An attribute that should move."""

    model_config = ConfigDict(extra="forbid")

    attribute: Attribute
    direction: Literal[-1, 1]
    strength: float = Field(0.6, ge=0, le=1)
    """How far: 0.3 a touch, 0.6 plainly, 1.0 as far as the picture bears."""
    region: str = "everywhere"
    """Where, in the region grammar."""
    relative: bool = True
    """True for "warmer" (further than the photo is now); False for "warm" (nothing to do where it is warm already)."""
    colour: Colour | None = None
    """The colour that `colour` and `hue` goals speak of."""
    to_colour: Colour | None = None
    """The colour that a `hue` goal turns to."""
    words: str = ""
    """The words of the request that asked for it."""


class Effect(BaseModel):
    """Something that should be seen in the pixels."""

    model_config = ConfigDict(extra="forbid")

    kind: EffectKind
    value: str
    """For time, season, weather, medium: a value of the tool of that kind (`golden_hour`, `fog`, `ink`). For look: the
    named style (`kodak_portra_400`)."""
    strength: float = Field(0.6, ge=0, le=1)
    region: str = "everywhere"
    words: str = ""


class Keep(BaseModel):
    """Something that must stay as it is."""

    model_config = ConfigDict(extra="forbid")

    region: str | None = None
    """A region whose pixels stay, or None."""
    attribute: Attribute | None = None
    """An attribute that stays, or None."""
    words: str = ""


class Request(BaseModel):
    """A sentence, read."""

    model_config = ConfigDict(extra="forbid")

    text: str
    goals: list[Goal] = Field(default_factory=list)
    effects: list[Effect] = Field(default_factory=list)
    keeps: list[Keep] = Field(default_factory=list)
    understood: list[str] = Field(default_factory=list)
    """The words and phrases that became goals, effects or keeps, as written, in order."""
    ignored: list[str] = Field(default_factory=list)
    """The meaningful words that did not."""
    needs_editor: list[str] = Field(default_factory=list)
    """Phrases that ask for new or removed content, which only a generative editor can do ("remove the man")."""
    unlocated: list[str] = Field(default_factory=list)
    """Things named as a place that cannot be found by measurement ("the red car"); goals about them are left out."""
    nothing_asked: bool = False
    """True where the person wants no change ("it's perfect already")."""

    def implies(self, goal: Goal) -> bool:
        """Whether a goal only spells out an effect that was asked for by the same words."""
        return bool(goal.words) and any(effect.words == goal.words for effect in self.effects)

    @property
    def names(self) -> set[str]:
        """Attributes of the goals, and kinds and values of the effects."""
        return {goal.attribute for goal in self.goals} | {
            name for effect in self.effects for name in (effect.kind, effect.value)
        }

    @property
    def names_a_place(self) -> bool:
        """Whether a wish is for a part of the picture, or a part is to be kept."""
        regions = [goal.region for goal in self.goals] + [effect.region for effect in self.effects]
        return any(region != "everywhere" for region in regions) or any(keep.region for keep in self.keeps)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.goals or self.effects)


def read_goals(goals: Json) -> Request:
    """Read the goals of a request that are given as JSON.

    Raises:
        ToolError: saying what is wrong with them, and where.
    """
    try:
        return Request.model_validate(goals)
    except ValidationError as error:
        first = error.errors()[0]
        raise ToolError(f"goals: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
