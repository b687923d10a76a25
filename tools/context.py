"""The structured context of a photo: what a planner sees in numbers and words before it decides anything.

context = measure_context(load(Path("coast.jpg")))
print("; ".join(context.words()))   # "landscape format; dark (low key); strong contrast; cool; a sky covers 41 %"
"""

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from tools import colour
from tools.attributes import Attributes
from tools.maps import Maps, colour_weights
from tools.picture import PROXY_PX, Picture
from tools.types import FloatImage


class Swatch(BaseModel):
    """One colour of the palette."""

    model_config = ConfigDict(extra="forbid")

    name: str
    """A colour word: "dark blue"."""
    hex: str
    share: float
    """Share of the picture, 0 to 1."""


class Context(BaseModel):
    """What was measured in a photo."""

    model_config = ConfigDict(extra="forbid")

    width_px: int
    height_px: int
    orientation: Literal["landscape", "portrait", "square"]
    key: Literal["very low", "low", "normal", "high", "very high"]
    """How light the picture is as a whole."""
    clipped_shadows_percent: float
    """Pixels that are pure black."""
    clipped_highlights_percent: float
    """Pixels with a channel that is full."""
    attributes: dict[str, float]
    """Attributes of the whole picture, in the units of `tools.attributes`."""
    palette: list[Swatch]
    hues: dict[str, float]
    """Share of the picture's chroma in each of the eight colour bands."""
    regions: dict[str, float]
    """Places found in the picture and the share of it that they cover."""

    def words(self) -> list[str]:
        """The context as a photographer would say it, one remark each."""
        value = self.attributes
        remarks = [f"{self.orientation} format, {self.width_px} x {self.height_px} px"]
        remarks.append(f"{self.key} key (mean lightness {value['brightness']:.0f} of 100)")
        remarks.append(
            _grade(value["contrast"], (11, "flat"), (17, "gentle contrast"), (24, "good contrast"), "hard contrast")
        )
        cast = _grade(value["warmth"], (-3, "cold"), (-1, "cool"), (1.5, "neutral white"), (5, "warm"), "very warm")
        remarks.append(
            cast + (", towards magenta" if value["tint"] > 2.5 else ", towards green" if value["tint"] < -2 else "")
        )
        if value["monochrome"] > -0.25:
            remarks.append("black and white" if value["saturation"] < 0.6 else "one toning hue")
        else:
            remarks.append(
                _grade(
                    value["saturation"],
                    (3, "muted colours"),
                    (7, "natural colours"),
                    (11, "rich colours"),
                    "vivid colours",
                )
            )
        if value["haze"] > 45:
            remarks.append("hazy")
        if value["fade"] > 25:
            remarks.append("lifted blacks")
        if value["noise"] > 1.0:
            remarks.append("noisy or grainy")
        if value["vignette"] > 15:
            remarks.append("dark corners")
        if self.clipped_highlights_percent >= 2:
            remarks.append(f"{self.clipped_highlights_percent:.0f} % of the highlights are clipped")
        if self.clipped_shadows_percent >= 2:
            remarks.append(f"{self.clipped_shadows_percent:.0f} % of the shadows are pure black")
        if self.palette:
            remarks.append("mostly " + ", ".join(swatch.name for swatch in self.palette[:3]))
        remarks += [f"{name} on {share:.0%} of it" for name, share in self.regions.items() if name != "background"]
        return remarks


def measure_context(picture: Picture, maps: Maps | None = None) -> Context:
    """Measure a photo on its proxy; takes about a tenth of a second."""
    proxy = picture.reduced(PROXY_PX)
    maps = maps or Maps(proxy)
    attributes = Attributes(proxy)
    width, height = picture.size
    ratio = width / height
    return Context(
        width_px=width,
        height_px=height,
        orientation="landscape" if ratio > 1.05 else "portrait" if ratio < 0.95 else "square",
        key=_key(attributes.measure("brightness")),
        clipped_shadows_percent=round(float((proxy.max(axis=2) <= 1 / 255).mean()) * 100, 1),
        clipped_highlights_percent=round(float((proxy.max(axis=2) >= 254 / 255).mean()) * 100, 1),
        attributes=attributes.all(),
        palette=_palette(proxy),
        hues=_hues(attributes.oklab),
        regions={name: round(share, 2) for name, share in maps.present().items()},
    )


def _grade(value: float, *steps: tuple[float, str] | str) -> str:
    for step in steps:
        if isinstance(step, str):
            return step
        if value < step[0]:
            return step[1]
    raise AssertionError("the last grade has no limit")


def _key(brightness: float) -> Literal["very low", "low", "normal", "high", "very high"]:
    for limit, name in ((28, "very low"), (45, "low"), (68, "normal"), (82, "high")):
        if brightness < limit:
            return name  # type: ignore[return-value]
    return "very high"


def _hues(oklab: FloatImage) -> dict[str, float]:
    strength = colour.chroma(oklab)
    energy = {name: float((weight * strength).sum()) for name, weight in colour_weights(oklab).items()}
    total = sum(energy.values())
    if total <= 1e-6:
        return {}
    return {name: round(value / total, 2) for name, value in energy.items() if value / total >= 0.02}


def _palette(proxy: FloatImage) -> list[Swatch]:
    """Up to five colours by share: the picture's Oklab histogram on a coarse grid."""
    oklab = colour.srgb_to_oklab(proxy).reshape(-1, 3)
    names = np.array([_colour_name(*_cell(index)) for index in range(_CELLS)])
    light, hue = _bin(oklab)
    cells = light * 10 + hue
    found: dict[str, list[int]] = {}
    for cell in np.unique(cells):
        found.setdefault(str(names[cell]), []).append(int(cell))
    swatches = []
    for name, members in found.items():
        inside = np.isin(cells, members)
        mean = colour.oklab_to_srgb(oklab[inside].mean(axis=0).reshape(1, 1, 3).astype(np.float32))[0, 0]
        red, green, blue = (round(255 * float(channel)) for channel in np.clip(mean, 0, 1))
        swatches.append(Swatch(name=name, hex=f"#{red:02x}{green:02x}{blue:02x}", share=round(float(inside.mean()), 2)))
    swatches.sort(key=lambda swatch: -swatch.share)
    return [swatch for swatch in swatches[:5] if swatch.share >= 0.03]


_LIGHTNESS_WORDS = ("very dark", "dark", "", "light", "very light")
_HUE_LIMITS = (15.0, 45.0, 80.0, 120.0, 165.0, 220.0, 285.0, 320.0)
_HUE_WORDS = ("magenta", "red", "orange", "yellow", "green", "aqua", "blue", "purple")
_CELLS = 50


def _bin(oklab: FloatImage) -> tuple[FloatImage, FloatImage]:
    light = np.digitize(oklab[:, 0], (0.25, 0.45, 0.68, 0.85))
    hue = np.digitize((np.degrees(np.arctan2(oklab[:, 2], oklab[:, 1])) % 360), _HUE_LIMITS) % 8
    grey = np.hypot(oklab[:, 1], oklab[:, 2]) < 0.028
    return light, np.where(grey, 8, hue)


def _cell(index: int) -> tuple[int, int]:
    return index // 10, index % 10


def _colour_name(light: int, hue: int) -> str:
    if hue >= 8:
        return ("black", "dark grey", "grey", "light grey", "white")[light]
    if _HUE_WORDS[hue] in ("orange", "yellow") and light <= 1:
        return "dark brown" if light == 0 else "brown"
    return f"{_LIGHTNESS_WORDS[light]} {_HUE_WORDS[hue]}".strip()
