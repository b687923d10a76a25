"""The gallery: every tool and every value of its lists, before and after, on a photo that suits it.

    python -m tools.gallery                             # all of the library -> out/gallery/index.html
    python -m tools.gallery season fog --photo me.jpg   # some of it, on a photo of one's own

It writes a page to browse and one contact sheet an axis.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import tools.library  # noqa: F401  (fills the registry)
from tools.brought import look_from_file, look_of_table
from tools.cube import cube_text
from tools.declare import AXES, REGISTRY, Tool, ToolError, lookup
from tools.engine import render
from tools.examples import Example, examples
from tools.maps import Maps
from tools.picture import Picture, load, reduce_to, save, to_pillow
from tools.plan import Plan, Step

PHOTOS = Path("photos")
SIDE_PX = 720
"""Long side of the pictures on the page."""
TILE_PX = 300
COLUMNS = 4
SUITS: dict[str, str] = {
    "light": "lake", "colour": "spices", "detail": "moose", "optics": "night", "atmosphere": "stream",
    "medium": "tourist", "scene": "lake",
    "exposure": "meadow", "fade": "tourist", "relight": "portrait", "temperature": "tourist", "tint": "portrait",
    "vibrance": "meadow", "match_colours": "tourist", "lut": "street", "split_toning": "street",
    "monochrome": "portrait", "recolour": "portrait", "colour_wash": "interior",
    "soften": "portrait", "denoise": "night", "vignette": "meadow", "bloom": "night",
    "soft_focus": "portrait", "blur": "bee", "background_blur": "moose", "tilt_shift": "street",
    "light_leak": "tourist", "chromatic_aberration": "interior", "dehaze": "meadow", "light_rays": "stream",
    "fog": "meadow", "grain": "portrait", "posterize": "bee", "pixelate": "portrait",
    "season": "stream", "mood_lighting": "portrait", "color_grading": "tourist", "artistic_medium": "bee",
    "atmospheric_effects": "stream",
    "night": "tourist", "winter": "meadow", "snow": "stream", "overcast": "lake", "clear": "meadow",
    "dramatic": "meadow", "moody": "stream", "eerie": "stream", "bright_airy": "interior", "candlelit": "interior",
    "cozy": "interior", "glow": "night", "bokeh_lights": "night", "dust": "interior", "mist": "lake",
    "velvia": "lake", "kodachrome": "dune", "cinestill": "night", "cyberpunk": "night", "tri_x": "street",
    "noir": "interior", "day_for_night": "meadow", "nordic": "lake", "ektachrome": "lake", "technicolor": "spices",
}  # fmt: skip
"""Stem of the bundled photo that shows an axis, a tool or a value best; the most special entry counts."""
REFERENCES = ("dune", "night", "stream", "spices")
"""Bundled photos whose colours are matched."""
TABLES = ("teal_orange", "velvia")
"""Grades that are written as .cube tables and read back."""


@dataclass(frozen=True)
class Exhibit:
    """One example and its pictures, `(H, W, 3)` sRGB."""

    example: Example
    photo: str
    before: Picture
    after: Picture


def exhibits_of(wanted: Sequence[Example], photos: Path, photo: Path | None = None) -> list[Exhibit]:
    """Carry examples out, each on the photo of a folder that suits it, or all on one photo."""
    paths = [photo or photos / f"{suiting(example)}.jpg" for example in wanted]
    loaded = {path: Picture(reduce_to(load(path).srgb, SIDE_PX)) for path in dict.fromkeys(paths)}

    def exhibit(example: Example, path: Path) -> Exhibit:
        step = Step(tool=example.tool.name, args=example.args)
        return Exhibit(example, path.stem, loaded[path], render(loaded[path], Plan(steps=[step])))

    with ThreadPoolExecutor() as pool:
        return list(pool.map(exhibit, wanted, paths))


def shown_of(entry: Tool, photos: Path) -> list[Example]:
    """The examples of a tool; those of a tool whose arguments come from files, with photos of a folder."""
    if not entry.from_file:
        return examples(entry)
    if entry.name == "lut":
        found = {f"{look}.cube": look_of_table(_table(look), f"{look}.cube") for look in TABLES}
    else:
        found = {f"{name}.jpg": look_from_file(photos / f"{name}.jpg") for name in REFERENCES}
    return [Example(entry, step.args, file) for file, step in found.items()]


def _table(look: str) -> bytes:
    """A grade as a .cube file."""
    grey = np.full((8, 8, 3), 0.5, np.float32)
    plan = Plan(steps=[Step(tool="color_grading", args={"look": look})])
    return cube_text(grey, plan, seed=0, maps=Maps(grey)).encode()


def suiting(example: Example) -> str:
    """Stem of the bundled photo for an example."""
    keys = [*(str(value) for value in example.args.values()), example.tool.name, example.tool.axis]
    return next(SUITS[key] for key in keys if key in SUITS)


def contact_sheet(exhibits: Sequence[Exhibit], tile_px: int = TILE_PX, *, columns: int = COLUMNS) -> Image.Image:
    """Before and after of each exhibit, small, with a caption."""
    pairs = [[_tile(picture, tile_px) for picture in (shown.before, shown.after)] for shown in exhibits]
    rows = [pairs[start : start + columns] for start in range(0, len(pairs), columns)]
    heights = [28 + max(tile.height for pair in row for tile in pair) for row in rows]
    width = 2 * tile_px + 20
    sheet = Image.new("RGB", (columns * width, sum(heights)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for place, (shown, pair) in enumerate(zip(exhibits, pairs, strict=True)):
        left, top = place % columns * width, sum(heights[: place // columns])
        draw.text((left + 2, top + 4), str(shown.example), fill="black", font=font)
        for offset, tile in zip((0, tile_px + 4), pair, strict=True):
            sheet.paste(tile, (left + offset, top + 24))
    return sheet


def _tile(picture: Picture, side_px: int) -> Image.Image:
    return to_pillow(Picture(reduce_to(picture.srgb, side_px)))


def page(exhibits: Sequence[Exhibit]) -> str:
    """The gallery as one HTML page; pictures lie beside it."""
    parts = [_HEAD]
    for axis in AXES:
        of_axis = [shown for shown in exhibits if shown.example.tool.axis == axis]
        if of_axis:
            parts.append(f'<h2 id="{axis}">{axis}</h2>')
        for tool in dict.fromkeys(shown.example.tool.name for shown in of_axis):
            meaning = escape(REGISTRY[tool].meaning)
            parts.append(f"<h3>{tool}</h3><p>{meaning}.</p><div>")
            parts += [_figure(shown) for shown in of_axis if shown.example.tool.name == tool]
            parts.append("</div>")
    return "\n".join(parts) + "\n"


def _figure(shown: Exhibit) -> str:
    before, after = f"before/{shown.photo}.jpg", f"after/{shown.example.slug}.jpg"
    return (
        f'<figure><a href="{after}"><img src="{after}" loading="lazy" alt=""'
        f" onmouseenter=\"this.src='{before}'\" onmouseleave=\"this.src='{after}'\"></a>"
        f"<figcaption>{escape(shown.example.words)}</figcaption></figure>"
    )


_HEAD = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>The tool library</title>
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1500px; padding: 0 1rem }}
nav a {{ margin-right: 1rem }} div {{ display: flex; flex-wrap: wrap; gap: .8rem }}
figure {{ margin: 0; width: 350px }} img {{ width: 100% }} figcaption {{ color: #555; font-size: 13px }}
</style>
<h1>The tool library</h1>
<p>Every tool and every value of its lists. Point at a picture to see the photo before.</p>
<nav>{"".join(f'<a href="#{axis}">{axis}</a>' for axis in AXES)}</nav>"""


def write(exhibits: Sequence[Exhibit], folder: Path) -> None:
    """Write the page, its pictures and the contact sheets."""
    for name in ("before", "after"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for shown in exhibits:
        save(shown.before, folder / "before" / f"{shown.photo}.jpg")
        save(shown.after, folder / "after" / f"{shown.example.slug}.jpg")
    for axis in AXES:
        of_axis = [shown for shown in exhibits if shown.example.tool.axis == axis]
        if of_axis:
            contact_sheet(of_axis).save(folder / f"{axis}.png")
    (folder / "index.html").write_text(page(exhibits), encoding="utf-8")


def main() -> None:
    """Draw the gallery and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="TOOL", help="tools to show; all by default")
    parser.add_argument("--photo", type=Path, help="show everything on this photo")
    parser.add_argument("--photos", type=Path, default=PHOTOS, help="folder of the bundled photos")
    parser.add_argument("--out", type=Path, default=Path("out/gallery"), help="folder to write to")
    arguments = parser.parse_args()
    try:
        shown = [lookup(name) for name in arguments.names or REGISTRY]
        wanted = [example for entry in shown if not entry.needs_editor for example in shown_of(entry, arguments.photos)]
        exhibits = exhibits_of(wanted, arguments.photos, arguments.photo)
        write(exhibits, arguments.out)
    except ToolError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    print(f"{len(exhibits)} examples: {arguments.out / 'index.html'}")


if __name__ == "__main__":
    main()
