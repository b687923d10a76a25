"""Steps of a plan on linear light: each made ready with the statistics it needs, then run in its region."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tools import colour
from tools.colour import Space
from tools.declare import Tool, ToolError, lookup
from tools.lut import Change
from tools.maps import Maps
from tools.plan import Step
from tools.rows import Rows, whole
from tools.scene import Scene, fit
from tools.stage import Stage
from tools.statistics import Statistics
from tools.types import FloatImage, FloatPlane


@dataclass(frozen=True)
class Prepared:
    """A step, the statistics of the picture it will find, and the seed it draws from."""

    step: Step
    tool: Tool
    statistics: Statistics
    seed: int

    @property
    def everywhere(self) -> bool:
        """Whether it acts on the whole picture."""
        return is_everywhere(self.step)

    def scene(self, maps: Maps, height: int, width: int) -> Scene:
        """The scene it works in."""
        return Scene(self.statistics, maps, height, width, self.seed)

    def mask(self, maps: Maps, height: int, width: int) -> Rows | None:
        """Mask of its region, `(H, W)`; None for everywhere."""
        return mask_of(self.step, maps, height, width)

    def apply(self, linear: FloatImage, maps: Maps) -> FloatImage:
        """Run the tool on linear light, its region left aside."""
        return composed([self], maps, "linear")(linear)

    def run(self, image: FloatImage, maps: Maps) -> FloatImage:
        """Run the tool on a picture in the tool's own colour space, its region left aside."""
        return self.tool.run(image, self.scene(maps, *image.shape[:2]), **self.step.args)

    def __str__(self) -> str:
        """The step in one line, for a file's metadata: `exposure stops=0.4 in sky`."""
        words = [self.tool.name, *(f"{name}={value}" for name, value in self.step.args.items())]
        return " ".join(words if self.everywhere else [*words, "in", self.step.region])


def tool_of(step: Step) -> Tool | None:
    """The tool that a step runs here; None where its arguments are neutral.

    Raises:
        ToolError: if it needs a generative editor.
    """
    entry = lookup(step.tool)
    if entry.needs_editor:
        raise ToolError(f"{entry.name} needs a generative image editor; the local renderer cannot do it")
    return None if entry.is_identity(step.args) else entry


def is_everywhere(step: Step) -> bool:
    """Whether a step acts on the whole picture."""
    return step.region.strip() == "everywhere"


def mask_of(step: Step, maps: Maps, height: int, width: int) -> Rows | None:
    """Mask of a step's region, `(H, W)`; None for everywhere."""
    return None if is_everywhere(step) else fit(maps.mask(step.region), height, width)


def seed_of(seed: int, index: int) -> int:
    """The seed from which the step at `index` of a plan draws."""
    return seed * 1009 + index


def advance(stage: Stage, step: Step, *, seed: int, index: int, maps: Maps) -> FloatImage:
    """Run one step on a picture and return linear light; several calls in a row are a plan."""
    tool, linear = tool_of(step), stage.linear
    if tool is None:
        return linear
    height, width = linear.shape[:2]
    mask, own_seed = mask_of(step, maps, height, width), seed_of(seed, index)
    kept = stage.kept(tool.name, step.region, own_seed)
    scene = Scene(stage.statistics(step.region, mask), maps, height, width, own_seed, kept)
    changed = colour.between(tool.run(stage.pixels(tool.space), scene, **step.args), tool.space, "linear")
    return changed if mask is None else mixed(linear, changed, whole(mask))


def passes(prepared: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Group the steps: runs of pointwise tools that act everywhere together, each other step alone."""
    for fuses, run in groupby(prepared, key=lambda ready: ready.tool.pointwise and ready.everywhere):
        if fuses:
            yield list(run)
        else:
            yield from ([ready] for ready in run)


def composed(steps: Sequence[Prepared], maps: Maps, space: Space = "srgb") -> Change:
    """Steps, their regions left aside, as one change of pictures in a space, converted only where two tools differ."""

    def change(image: FloatImage) -> FloatImage:
        at = space
        for ready in steps:
            image = ready.run(colour.between(image, at, ready.tool.space), maps)
            at = ready.tool.space
        return colour.between(image, at, space)

    return change


def mixed(before: FloatImage, after: FloatImage, mask: FloatPlane) -> FloatImage:
    """Mix two pictures in linear light."""
    return before + colour.scaled(after - before, mask)
