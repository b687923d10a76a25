"""Scene actions: the ten things people ask of a whole scene, by name; three of them need a generative editor.

Each is given at full strength by the tables and modules beside this one and blended with the photo by `strength`.
"""

from typing import Annotated, Literal

import numpy as np

from tools.declare import ToolError, choice, number, tool
from tools.library.air import AIRS
from tools.library.ambience import ambience
from tools.library.drawing import comic, ink, pencil
from tools.library.grade import look as look_grade
from tools.library.medium import blended
from tools.library.painting import oil, pastel, watercolor
from tools.library.season import in_season
from tools.library.tiles import pixel_art, screen_print
from tools.library.weather import WEATHERS
from tools.rows import Changed, Rows, whole
from tools.scene import Scene
from tools.types import FloatImage

Strength = Annotated[float, number(0, 100, "%", "100 is the full effect")]
Time = Literal["dawn", "golden_hour", "noon", "dusk", "blue_hour", "night"]
Season = Literal["spring", "summer", "autumn", "winter"]
Weather = Literal["fog", "rain", "snow", "storm", "clear", "overcast"]
Mood = Literal["dramatic", "soft", "moody", "cozy", "eerie", "romantic", "bright_airy", "candlelit"]
Air = Literal["haze", "mist", "rays", "dust", "glow", "bokeh_lights"]
Look = Literal[
    "kodak_portra", "kodachrome", "ektachrome", "velvia", "tri_x", "polaroid", "cinestill", "technicolor",
    "cross_process", "bleach_bypass", "teal_orange", "cinematic", "noir", "sepia", "cyanotype", "faded", "old_film",
    "matte", "day_for_night", "cyberpunk", "vaporwave", "pastel_dream", "candlelight", "nordic",
]  # fmt: skip
Medium = Literal["oil", "watercolor", "pencil", "ink", "comic", "pastel", "halftone", "pixel"]

_MEDIA = {
    "oil": oil,
    "watercolor": watercolor,
    "pencil": pencil,
    "ink": ink,
    "comic": comic,
    "pastel": pastel,
    "halftone": screen_print,
    "pixel": pixel_art,
}
_NEEDS_EDITOR = "{} needs a generative image editor; the local renderer cannot do it"


@tool(axis="scene")
def time_of_day(
    image: Rows,
    scene: Scene,
    *,
    time: Annotated[Time, choice("hour")] = "golden_hour",
    strength: Strength = 75.0,
) -> Rows:
    """Relight the scene as at another hour: colour of the sun, sky and shadows, lamps at night.

    The eye adapts to what is left of daylight, so the share of the new hour rises early with the strength.
    """
    return blended(image, scene.once(time, lambda: ambience("time", time).apply(image, scene)), _early(strength, 1.5))


@tool(axis="scene")
def season(
    image: Rows,
    scene: Scene,
    *,
    season: Annotated[Season, choice("season")] = "autumn",
    strength: Strength = 75.0,
) -> Rows:
    """Turn leaves and light to another season; winter lays snow.

    Leaves half-way from green to gold are of no season, so the share of the new season rises early with the strength.
    """
    return blended(image, scene.once(season, lambda: in_season(image, scene, season)), _early(strength, 2.2))


@tool(axis="scene")
def weather(
    image: Rows,
    scene: Scene,
    *,
    weather: Annotated[Weather, choice("weather")] = "overcast",
    strength: Strength = 75.0,
) -> Rows:
    """Change the weather: sky, light, and what falls or hangs in the air, by depth."""
    return blended(image, scene.once(weather, lambda: WEATHERS[weather](image, scene)), _early(strength, 1.4))


@tool(axis="scene")
def mood_lighting(
    image: Rows,
    scene: Scene,
    *,
    mood: Annotated[Mood, choice("mood")] = "dramatic",
    strength: Strength = 70.0,
) -> Rows:
    """Light the scene for a mood: tone, colour, glow and dark corners together."""
    return blended(image, scene.once(mood, lambda: ambience("mood", mood).apply(image, scene)), strength / 100)


@tool(axis="scene", pointwise=True)
def color_grading(
    image: FloatImage,
    scene: Scene,
    *,
    look: Annotated[Look, choice("film stock, process or grade")] = "cinematic",
    strength: Strength = 75.0,
) -> FloatImage:
    """Grade tone and colour as a film stock, a lab process or a colourist would."""
    grade = look_grade(look)
    graded = scene.once(look, lambda: grade.apply(image, scene.statistics))
    return grade.blend(image, whole(graded), strength / 100)


@tool(axis="scene", space="srgb")
def artistic_medium(
    image: Rows,
    scene: Scene,
    *,
    medium: Annotated[Medium, choice("what it is made with")] = "oil",
    strength: Strength = 80.0,
) -> Rows:
    """Repaint, redraw or reprint the photo in an artist's medium.

    A photo that shows through a drawing spoils both, so it is gone soon: at 80 % strength, 1 % of it is left.
    """
    srgb = Changed(lambda strip: np.clip(strip, 0, 1), image)
    return blended(image, scene.once(medium, lambda: _MEDIA[medium](srgb, scene)), _early(strength, 3))


@tool(axis="scene", space="linear")
def atmospheric_effects(
    image: Rows,
    scene: Scene,
    *,
    effect: Annotated[Air, choice("what fills the air")] = "haze",
    strength: Strength = 70.0,
) -> Rows:
    """Fill the air with haze, mist, rays, dust, glow or distant lights."""
    return blended(image, scene.once(effect, lambda: AIRS[effect](image, scene)), strength / 100)


@tool(axis="scene", needs_editor=True)
def location_setting(
    image: FloatImage,
    scene: Scene,
    *,
    location: Annotated[
        Literal["beach", "forest", "mountains", "desert", "city", "village", "countryside", "studio", "space"],
        choice("where the scene moves to"),
    ] = "beach",
    strength: Strength = 75.0,
) -> FloatImage:
    """Move the subject to another place."""
    raise ToolError(_NEEDS_EDITOR.format("location_setting"))


@tool(axis="scene", needs_editor=True)
def architecture_style(
    image: FloatImage,
    scene: Scene,
    *,
    style: Annotated[
        Literal["gothic", "baroque", "art_deco", "modernist", "brutalist", "futuristic", "japanese", "mediterranean"],
        choice("style of the buildings"),
    ] = "gothic",
    strength: Strength = 75.0,
) -> FloatImage:
    """Rebuild the buildings in another style."""
    raise ToolError(_NEEDS_EDITOR.format("architecture_style"))


@tool(axis="scene", needs_editor=True)
def time_period(
    image: FloatImage,
    scene: Scene,
    *,
    period: Annotated[
        Literal["medieval", "victorian", "1920s", "1950s", "1970s", "1980s", "near_future", "far_future"],
        choice("period"),
    ] = "victorian",
    strength: Strength = 75.0,
) -> FloatImage:
    """Set the scene in another period: clothes, vehicles, streets."""
    raise ToolError(_NEEDS_EDITOR.format("time_period"))


def _early(strength: float, power: float) -> float:
    """A share, 0 to 1, that rises early: the higher the power, the sooner the photo is gone."""
    return 1 - (1 - strength / 100) ** power
