"""A look that a person brings as a file: a photo whose colours are wanted, or a .cube table, as a step of a plan.

plan = Plan(summary="like the dune", steps=[look_from_file(Path("dune.jpg"))])
"""

from pathlib import Path

from tools import colour
from tools.colour_look import measure_look
from tools.declare import ToolError, lookup
from tools.picture import PROXY_PX, Picture, load
from tools.plan import Step
from tools.tables import MOST_BYTES, read_table

CUBE = ".cube"
"""Ending of a file that holds a table of colours."""


def look_from_file(path: Path) -> Step:
    """The step that gives a picture the look of a file.

    Raises:
        ToolError: if it is neither a picture nor a .cube table that can be read.
    """
    if path.suffix.lower() != CUBE:
        return look_of_picture(load(path), path.name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ToolError(
                f"{path.name} has {path.stat().st_size / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:g} are read"
            )
        return look_of_table(path.read_bytes(), path.name)
    except OSError as error:
        raise ToolError(f"{path.name} cannot be read: {error.strerror}") from None


def look_of_picture(picture: Picture, name: str) -> Step:
    """The step that matches the colours of a picture."""
    look = measure_look(colour.srgb_to_oklab(picture.reduced(PROXY_PX)))
    schemas = lookup("match_colours").schema()["properties"]
    args = {
        part: min(max(value, schemas[part]["minimum"]), schemas[part]["maximum"])
        for part, value in look._asdict().items()
    }
    return Step(reasoning=f"The tones and colours of {name} are wanted.", tool="match_colours", args=args)


def look_of_table(data: bytes, name: str) -> Step:
    """The step that looks colours up in the table of a .cube file, which is kept in memory."""
    args = {"file": name, "sha256": read_table(data, name)}
    return Step(reasoning=f"The table {name} holds the look that is wanted.", tool="lut", args=args)
