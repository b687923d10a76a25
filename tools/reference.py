"""The reference of the library, docs/library.md: derived from the declarations, with a picture of each axis.

python -m tools.reference           # write the page and its pictures
python -m tools.reference --check   # exit code 2 if the page is not what the declarations say
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.declare import AXES, REGISTRY, Axis, Tool
from tools.gallery import PHOTOS, contact_sheet, exhibits_of, shown_of
from tools.plan import MAX_STEPS
from tools.region import COLOURS, PLACES, SIDES, TONES
from tools.types import Json

PAGE = Path("docs/library.md")
TILE_PX = 150
AXIS_MEANING: dict[Axis, str] = {
    "light": "How much light there is, how its tones are spread, and where it comes from.",
    "colour": "White balance, strength, hue, and the colours of tones and bands.",
    "detail": "Local contrast, texture, sharpness and noise, each in its own band of sizes.",
    "optics": "What a lens, its focus and the film behind it do to light.",
    "atmosphere": "What hangs between the lens and the scene.",
    "medium": "What the picture seems to be made of.",
    "scene": "What people ask of a whole scene, by name.",
}


def page() -> str:
    """The whole page, Markdown."""
    usable = [entry for entry in REGISTRY.values() if not entry.needs_editor]
    parts = [_HEAD.format(count=len(usable), steps=MAX_STEPS, regions=_regions())]
    for axis in AXES:
        parts.append(
            f"## {axis.capitalize()}\n\n{AXIS_MEANING[axis]}\n\n![{axis}: before and after](library/{axis}.jpg)\n"
        )
        parts += [section(entry) for entry in REGISTRY.values() if entry.axis == axis]
    return "\n".join(parts)


def section(entry: Tool) -> str:
    """One tool: its meaning, and a table of its parameters."""
    kind = "needs a generative editor" if entry.needs_editor else "pointwise" if entry.pointwise else "spatial"
    kind += ", from a file" * entry.from_file
    lines = [f"### {entry.name}", "", f"{entry.meaning}. *({kind})*", ""]
    lines += ["| parameter | values | default | meaning |", "| --- | --- | --- | --- |"]
    for name, schema in entry.schema()["properties"].items():
        lines.append(f"| `{name}` | {_values(schema)} | {_shown(schema['default'])} | {schema['description']} |")
    return "\n".join([*lines, ""])


def _values(schema: Json) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "pattern" in schema:
        return "text"
    return f"{schema['minimum']:g} to {schema['maximum']:g} {schema['unit']}".rstrip()


def _shown(value: float | str) -> str:
    return f"`{value}`" if isinstance(value, str) else f"{value:g}"


def _regions() -> str:
    groups = {"places": PLACES, "tones": TONES, "sides": SIDES, "colours": COLOURS}
    return "\n".join(f"- {kind}: {', '.join(f'`{name}`' for name in names)}" for kind, names in groups.items())


_HEAD = """# The tool library

`python -m tools.reference` writes this page from the declarations in `tools/library/`. `make gallery` shows every tool
and every value of its lists on a photo that suits it; what was measured stands in
[library-figures.md](library-figures.md).

{count} tools run here, without neural weights or network. A plan takes up to {steps} of them in order, each everywhere
or in a region:

{regions}

Regions join with `&`, `|`, `not` and parentheses. Sizes are shares of the picture, so a plan looks the same on a
preview and at full size. With the parameters that switch an effect on at 0, the photo stays as it is, to the bit. A
*pointwise* tool looks at one pixel at a time; neighbours in a plan become one table of colours. A *spatial* one sees
the whole picture. The arguments of a tool *from a file* come from a photo or a .cube table that a person brings, by
`stylist apply --like FILE` or the MCP tool `apply_style`; planners are not offered it.
"""


def _pictures() -> Iterator[Path]:
    """Draw one example of every tool, a sheet an axis."""
    for axis in AXES:
        entries = [entry for entry in REGISTRY.values() if entry.axis == axis and not entry.needs_editor]
        shown = exhibits_of([shown_of(entry, PHOTOS)[0] for entry in entries], PHOTOS)
        path = PAGE.parent / "library" / f"{axis}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        contact_sheet(shown, TILE_PX, columns=3).save(path, quality=80)
        yield path


def main() -> None:
    """Write the page, or check that it is current."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the page is out of date")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
        print(PAGE, *_pictures())
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        print(f"error: {PAGE} is out of date; run `python -m tools.reference`", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
