"""Are effects seen in the pixels, and only where they are? `python -m benchmarks.detectors photos/*.jpg`.

Each effect is planted on every photo by the library and by hands that share no code with it: those that the signs were
tuned on (`benchmarks.planted`, `planted_more`), others (`planted_unseen`), and others still that were set aside for
measuring only (`planted_aside`). Every detector of its kind then looks at every picture. A row of a table is what was
planted, a column a detector, a cell the share of photos (%) on which it fires; ordinary edits should fire none. A photo
on which a planting by hand hardly shows (no leaves, nothing to turn) is left out of its row, and so is one that does
not have the region. A region's detector fires where a plain change lies inside it and little elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from benchmarks.planted import HANDS
from benchmarks.planted_aside import ASIDE
from benchmarks.planted_more import MORE
from benchmarks.planted_unseen import UNSEEN
from tools.declare import REGISTRY, ToolError
from tools.engine import render
from tools.goals import EFFECT_TOOLS, Effect, EffectKind
from tools.maps import Maps
from tools.picture import Picture, load, reduce_to, to_uint8
from tools.plan import Plan, Step
from tools.quality import Comparison, kept_outside, presence
from tools.types import FloatImage

LONG_SIDE_PX = 320
FIRES = 0.5
"""Presence from which an effect counts as seen, and share of a plain wish from which an attribute does."""
EFFECTS: tuple[EffectKind, ...] = ("time", "season", "weather", "medium")
KINDS = (*EFFECTS, "attribute", "region")
PLANTED_FROM = 1.0
"""Mean Oklab difference (x 100) from which a planting by another hand shows on a photo."""
ATTRIBUTES: dict[str, Step] = {
    "grain": Step(tool="grain", args={"amount": 50}),
    "bokeh": Step(tool="background_blur", args={"amount": 60}),
    "rays": Step(tool="light_rays", args={"amount": 70}),
    "leak": Step(tool="light_leak", args={"amount": 60}),
    "vignette": Step(tool="vignette", args={"amount": -60}),
    "bloom": Step(tool="bloom", args={"amount": 70}),
    "monochrome": Step(tool="monochrome", args={"amount": 100}),
    "fade": Step(tool="fade", args={"amount": 60}),
}
ORDINARY: dict[str, Step] = {
    "exposure +0.7": Step(tool="exposure", args={"stops": 0.7}),
    "exposure -0.7": Step(tool="exposure", args={"stops": -0.7}),
    "contrast +40": Step(tool="contrast", args={"amount": 40}),
    "contrast -40": Step(tool="contrast", args={"amount": -40}),
    "saturation +40": Step(tool="saturation", args={"amount": 40}),
    "saturation -40": Step(tool="saturation", args={"amount": -40}),
    "cooler 25": Step(tool="temperature", args={"warmer": -25}),
    "warmer 25": Step(tool="temperature", args={"warmer": 25}),
    "soften 40": Step(tool="soften", args={"amount": 40}),
    "denoise 60": Step(tool="denoise", args={"luminance": 60}),
    "sharpen 60": Step(tool="sharpen", args={"amount": 60}),
}
"""Edits that plant no effect; the tables show their mean."""

REGIONS = ("sky", "subject", "background", "foliage", "highlights", "shadows", "top", "left")
IN_REGIONS: dict[str, Step] = {
    "brighter": Step(tool="exposure", args={"stops": 0.7}),
    "black and white": Step(tool="monochrome", args={"amount": 100}),
}
"""What the library plants in a region."""
PLACED_FROM = 2.0
"""Mean Oklab difference (x 100) inside a region from which it counts as changed."""

Make = Callable[[Picture, Maps], FloatImage]
Planting = Callable[[NDArray[np.uint8]], NDArray[np.uint8]]
Look_ = Callable[[Comparison], float | None]


def detectors(kind: str) -> dict[str, Look_]:
    """The detectors of a kind: `time`, `season`, `weather`, `medium`, `attribute` or `region`."""
    if kind == "attribute":
        return {name: _attribute_detector(name) for name in ATTRIBUTES}
    if kind == "region":
        return {region: _region_detector(region) for region in REGIONS}
    values = REGISTRY[EFFECT_TOOLS[kind][0]].schema()["properties"][kind]["enum"]
    return {value: _effect_detector(kind, value) for value in values}


def _effect_detector(kind: str, value: str) -> Look_:
    effect = Effect.model_validate({"kind": kind, "value": value})
    return lambda comparison: presence(comparison, effect)


def _attribute_detector(name: str) -> Look_:
    def look(comparison: Comparison) -> float | None:
        try:
            return comparison.change(name)
        except ToolError:
            return None

    return look


def _region_detector(region: str) -> Look_:
    def look(comparison: Comparison) -> float | None:
        try:
            changed = comparison.moved(region) >= PLACED_FROM
        except ToolError:
            return None
        return kept_outside(comparison, [region]) if changed else 0.0

    return look


def plantings(kind: str) -> Iterator[tuple[str, Make]]:
    """What is planted for a kind, by whom: name of the row and how it is made."""
    if kind == "region":
        yield from _plantings_in_regions()
        return
    for name in detectors(kind):
        yield name, _by_library(_step(kind, name))
        effect = name if kind == "attribute" else f"{kind}: {name}"
        hands = {f"{hand} hand": plants[effect] for hand, plants in HANDS.items() if effect in plants}
        for whose, plants in (("more", MORE), ("unseen", UNSEEN), ("set aside", ASIDE)):
            hands |= {f"{whose} {number}": plant for number, plant in enumerate(plants.get(effect, ()), 1)}
        for hand, plant in hands.items():
            yield f"{name} ({hand})", _by_hand(plant)
    if kind != "attribute":
        yield "strength 0", _by_library(Step(tool=EFFECT_TOOLS[kind][0], args={"strength": 0}))
    for name, step in ORDINARY.items():
        yield name, _by_library(step)


def _plantings_in_regions() -> Iterator[tuple[str, Make]]:
    for region in REGIONS:
        for name, step in IN_REGIONS.items():
            yield f"{region} ({name})", _by_library(step.model_copy(update={"region": region}))
        yield f"{region} (other hand)", _darkened_in(region)
    for name, step in ORDINARY.items():
        yield name, _by_library(step)


def _darkened_in(region: str) -> Make:
    """Darkens and cools a region with a hard edge, in encoded sRGB; only where the region lies is the library's."""

    def make(photo: Picture, maps: Maps) -> FloatImage:
        inside = maps.mask(region) > 0.5
        return np.where(inside[..., None], photo.srgb * np.float32([0.6, 0.65, 0.75]), photo.srgb)

    return make


def _step(kind: str, name: str) -> Step:
    if kind == "attribute":
        return ATTRIBUTES[name]
    return Step(tool=EFFECT_TOOLS[kind][0], args={kind: name, "strength": 76})


def _by_hand(plant: Planting) -> Make:
    return lambda photo, maps: plant(to_uint8(photo.srgb)) / np.float32(255)


def _by_library(step: Step) -> Make:
    return lambda photo, maps: render(photo, Plan(steps=[step]), maps=maps).srgb


def confusion(kind: str, photos: Sequence[Path]) -> dict[str, dict[str, float]]:
    """Share of photos (%) on which each detector fires, by what was planted; ordinary edits are one row."""
    looks = detectors(kind)
    fired: dict[str, dict[str, list[bool]]] = {
        _row(planted): {name: [] for name in looks} for planted, _ in plantings(kind)
    }
    for path in track(photos, description=kind, console=Console(stderr=True)):
        photo = Picture(reduce_to(load(path).srgb, LONG_SIDE_PX))
        maps = Maps(photo.srgb)
        for planted, make in plantings(kind):
            try:
                comparison = Comparison(photo.srgb, make(photo, maps), maps)
            except ToolError:
                continue
            if planted.endswith(")") and comparison.moved() < PLANTED_FROM:
                continue
            row = fired[_row(planted)]
            for name, look in looks.items():
                seen = look(comparison)
                if seen is not None:
                    row[name].append(seen >= FIRES)
    return {
        row: {name: 100 * float(np.mean(seen)) for name, seen in cells.items() if seen} for row, cells in fired.items()
    }


def _row(planted: str) -> str:
    return "ordinary edits" if planted in ORDINARY else planted


def table(shares: Mapping[str, Mapping[str, float]], columns: Sequence[str]) -> str:
    """A Markdown table; the cells where planted and detector agree are bold, zeros are dots."""
    lines = ["| planted | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for row, cells in shares.items():
        shown = []
        for column in columns:
            text = f"{cells[column]:.0f}" if cells.get(column, 0) >= 0.5 else "·"
            shown.append(f"**{text}**" if row.split(" (")[0] == column else text)
        lines.append(f"| {row} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", "kinds", multiple=True, default=KINDS, type=click.Choice(KINDS), help="Only these kinds.")
def main(photos: tuple[Path, ...], kinds: tuple[str, ...]) -> None:
    """Plant every effect on PHOTOS and print which detectors fire."""
    for kind in kinds:
        shares = confusion(kind, photos)
        click.echo(f"\n### {kind}\n\n{table(shares, list(detectors(kind)))}")


if __name__ == "__main__":
    main()
