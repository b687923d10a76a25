"""The structured context of a photo: what a planner sees in numbers and words before it decides anything.

context = measure_context(load(Path("coast.jpg")))
print("; ".join(context.words()))   # "landscape format; dark (low key); strong contrast; cool; a sky covers 41 %"
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from tools import colour
from tools.attributes import Attributes
from tools.colour_bands import chroma_by_colour
from tools.maps import Maps
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


def measure_context(picture: Picture, maps: Maps | None = None, attributes: Attributes | None = None) -> Context:
    """Measure a photo on its proxy; takes about a tenth of a second.

    Args:
        picture: the photo.
        maps: of its proxy, if they are at hand; of an edit, those of the photo that it was made from.
        attributes: of its proxy, if they are at hand.
    """
    proxy = picture.reduced(PROXY_PX)
    maps = maps or Maps(proxy)
    attributes = attributes or Attributes(proxy)
    brightest = np.maximum.reduce(cv2.split(proxy))
    few = np.ascontiguousarray(attributes.oklab[::2, ::2])  # a quarter of the pixels tells which colours there are
    width, height = picture.size
    ratio = width / height
    with ThreadPoolExecutor(1) as aside:
        regions = aside.submit(maps.present)  # most of the work, and independent of the rest
        return Context(
            width_px=width,
            height_px=height,
            orientation="landscape" if ratio > 1.05 else "portrait" if ratio < 0.95 else "square",
            key=_key(attributes.measure("brightness")),
            clipped_shadows_percent=round(float((brightest <= 1 / 255).mean()) * 100, 1),
            clipped_highlights_percent=round(float((brightest >= 254 / 255).mean()) * 100, 1),
            attributes=attributes.all(),
            palette=_palette(few),
            hues=_hues(few),
            regions={name: round(share, 2) for name, share in regions.result().items()},
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
    energy = chroma_by_colour(oklab)
    total = sum(energy.values())
    if total <= 1e-6:
        return {}
    return {name: round(value / total, 2) for name, value in energy.items() if value / total >= 0.02}


def _palette(oklab: FloatImage) -> list[Swatch]:
    """Up to five colours by share: the picture's Oklab histogram on a coarse grid."""
    cells = _cells(oklab).ravel()
    count = np.bincount(cells, minlength=_CELLS)
    sums = np.stack([np.bincount(cells, oklab[..., axis].ravel(), _CELLS) for axis in range(3)], axis=1)
    found: dict[str, list[int]] = {}
    for cell in np.flatnonzero(count):
        found.setdefault(_colour_name(*divmod(int(cell), _HUES)), []).append(int(cell))
    swatches = []
    for name, members in found.items():
        pixels = int(count[members].sum())
        mean = (sums[members].sum(axis=0) / pixels).reshape(1, 1, 3).astype(np.float32)
        red, green, blue = (round(255 * float(channel)) for channel in colour.oklab_to_srgb(mean).clip(0, 1)[0, 0])
        share = round(pixels / cells.size, 2)
        swatches.append(Swatch(name=name, hex=f"#{red:02x}{green:02x}{blue:02x}", share=share))
    swatches.sort(key=lambda swatch: -swatch.share)
    return [swatch for swatch in swatches[:5] if swatch.share >= 0.03]


_LIGHTNESS_WORDS = ("very dark", "dark", "", "light", "very light")
_HUE_LIMITS = (15, 45, 80, 120, 165, 220, 285, 320)
"""In whole degrees."""
_HUE_WORDS = ("magenta", "red", "orange", "yellow", "green", "aqua", "blue", "purple")
_HUES = 10
"""Places on the grid for one lightness: eight hues, grey, and none."""
_CELLS = _HUES * len(_LIGHTNESS_WORDS)


_HUE_OF_DEGREE = np.digitize(np.arange(361), _HUE_LIMITS) % len(_HUE_WORDS)


def _cells(oklab: FloatImage) -> NDArray[np.intp]:
    """The place of each pixel on the grid of the palette."""
    light = sum((oklab[..., 0] >= limit).astype(np.intp) for limit in (0.25, 0.45, 0.68, 0.85))
    hue = _HUE_OF_DEGREE[colour.hue_degrees(oklab).astype(np.uint16)]
    return light * _HUES + np.where(colour.chroma(oklab) < 0.028, len(_HUE_WORDS), hue)


def _colour_name(light: int, hue: int) -> str:
    if hue >= 8:
        return ("black", "dark grey", "grey", "light grey", "white")[light]
    if _HUE_WORDS[hue] in ("orange", "yellow") and light <= 1:
        return "dark brown" if light == 0 else "brown"
    return f"{_LIGHTNESS_WORDS[light]} {_HUE_WORDS[hue]}".strip()
