"""Examples of what a tool does, derived from its declaration: each way that its numbers go, each value of its lists.

    [str(example) for example in examples(lookup("light_rays"))]
    # ["light_rays: amount 60", "light_rays: amount 60, source top_left", ...]

The gallery and the documentation show them; a new tool has them as soon as it is declared.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tools.declare import Tool
from tools.types import Json

SHARE = 0.6
"""How far an example goes towards the end of a range: far enough to be seen, not so far as to be a caricature."""
PRINTS = ("monochrome", "recolour", "posterize", "halftone", "pixelate")
"""Tools that are shown in full: half a print over half a photo shows neither."""


@dataclass(frozen=True)
class Example:
    """One call of a tool."""

    tool: Tool
    args: Json
    """Those arguments that differ from the defaults, and the values of lists."""
    file: str = ""
    """Name of the file that the arguments come from, if they do."""

    @property
    def words(self) -> str:
        """Its arguments, as a caption: `stops +1.8 EV`."""
        return self.file or ", ".join(self._argument(name, value) for name, value in self.args.items())

    @property
    def slug(self) -> str:
        """Its name in files: `exposure-stops-p1.8`."""
        values = [self.file] if self.file else [f"{name}-{value}" for name, value in self.args.items()]
        return "-".join([self.tool.name, *values])

    def __str__(self) -> str:
        return f"{self.tool.name}: {self.words}"

    def _argument(self, name: str, value: float | str) -> str:
        schema = self.tool.schema()["properties"][name]
        if "enum" in schema:
            return f"{name} {value}"
        sign = "+" if schema["minimum"] < 0 else ""
        return f"{name} {value:{sign}g} {schema['unit']}".rstrip()


def examples(tool: Tool) -> list[Example]:
    """Every example of a tool, its plainest first.

    Numbers that switch an effect on are shown one at a time, both ways where there are two; lists one value at a time,
    with all effects on. A tool that does something by default is shown at its defaults.
    """
    schemas = tool.schema()["properties"]
    effects = [name for name, schema in schemas.items() if schema.get("neutral") is not None]
    lists = [name for name, schema in schemas.items() if "enum" in schema]
    own = {name: schemas[name]["default"] for name in effects if schemas[name]["default"] != schemas[name]["neutral"]}
    share = 1.0 if tool.name in PRINTS else SHARE
    full = {name: round(share * schemas[name]["maximum"], 2) for name in effects} | own
    found = [] if lists and len(effects) == 1 else list(_each_way(effects, schemas, own, share))
    found += [full | {name: value} for name in lists for value in schemas[name]["enum"]]
    unique = {tuple(args.items()): args for args in found}
    return [Example(tool, args) for args in unique.values()]


def _each_way(effects: list[str], schemas: Json, own: Json, share: float) -> Iterator[Json]:
    for name in effects:
        if name in own:
            yield {name: own[name]}
            continue
        for end in ("maximum", "minimum"):
            if schemas[name][end] != schemas[name]["neutral"]:
                yield {name: round(share * schemas[name][end], 2)}
