"""Rendering a plan on a photo.

The plan is compiled into passes: neighbouring pointwise tools become one table of colours, spatial tools see the whole
picture. Statistics come from the proxy, on which the plan is always run first, tool by tool, so a preview and the
full-size picture are the same picture. Nothing is rounded between steps; colours outside the gamut are drawn in at the
end.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol

import numpy as np

from tools import colour
from tools.code_lut import CodeTable, agreeing_code_table
from tools.colour import to_gamut
from tools.declare import Space, Tool, ToolError, lookup
from tools.lut import Change, Table, agreeing_table
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture
from tools.pixelwise import Waiting
from tools.plan import Plan, Step
from tools.scene import Scene
from tools.statistics import Statistics, measure
from tools.types import Codes, FloatImage, FloatPlane

__all__ = [
    "Prepared",
    "advance",
    "after",
    "code_table_of",
    "composed",
    "make_ready",
    "passes",
    "prepare",
    "render",
    "to_gamut",
]

TABLE_PAYS = 300_000
"""Pixels above which a table of colours is quicker than the tools themselves."""
SAMPLE_PIXELS = 20_000
"""Pixels of the picture on which a table is held against the tools."""

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""


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
        return self.step.region.strip() == "everywhere"


def render(
    picture: Picture,
    plan: Plan,
    *,
    seed: int = 0,
    maps: Maps | None = None,
    exact: bool = False,
    progress: Progress | None = None,
) -> Picture:
    """Run a plan on a photo and return the result; the photo is not changed.

    Args:
        picture: the photo.
        plan: the steps; those whose arguments are neutral are left out, so that strength 0 is the identity to the bit.
        seed: fixes grain, rain and every other random pattern.
        maps: the photo's maps, if they are at hand.
        exact: run the tools themselves at every pixel, not a table of colours that agrees with them to a fraction of an
            8-bit level; slower, and what pictures of 16 bits always get.
        progress: called after each pass at full size.

    Raises:
        ToolError: if a region is not found in the photo or a step needs a generative editor.
    """
    proxy_srgb = picture.reduced(PROXY_PX)
    maps = maps or Maps(proxy_srgb)
    prepared, proxy_end = prepare(proxy_srgb, plan, seed, maps)
    if not prepared:
        return picture
    if picture.pixels.shape == proxy_srgb.shape:
        codes = picture.strip_of(proxy_end, "linear")
    else:
        codes = _run_passes(picture, prepared, maps, exact=exact or picture.bits > 8, progress=progress)
    return picture.with_codes(codes, "; ".join(in_words(ready) for ready in prepared))


def _run_passes(
    picture: Picture, prepared: Sequence[Prepared], maps: Maps, *, exact: bool, progress: Progress | None
) -> Codes:
    """Run every pass at full size; return codes of the picture's profile."""
    groups = list(passes(prepared))
    table = None if exact or len(groups) > 1 else code_table_of(picture, groups[0], maps)
    if table:
        return table(picture.pixels)
    waiting, done = Waiting.of(picture), 0
    for steps in groups:
        waiting = after(waiting, steps, maps, exact=exact)
        done += len(steps)
        if progress:
            progress(done, len(prepared))
    return waiting.finished(picture)


def in_words(ready: Prepared) -> str:
    """A step in one line, for a file's metadata: `exposure stops=0.4 in sky`."""
    words = [ready.tool.name, *(f"{name}={value}" for name, value in ready.step.args.items())]
    return " ".join(words if ready.everywhere else [*words, "in", ready.step.region])


def prepare(proxy_srgb: FloatImage, plan: Plan, seed: int, maps: Maps) -> tuple[list[Prepared], FloatImage]:
    """Run the plan on the proxy; return its effective steps with the statistics each finds, and the end in linear."""
    linear = colour.srgb_to_linear(proxy_srgb)
    prepared = []
    for index, step in enumerate(plan.steps):
        ready = make_ready(step, linear, seed, index)
        if ready is not None:
            linear = _run_step(linear, ready, maps)
            prepared.append(ready)
    return prepared, linear


def make_ready(step: Step, linear: FloatImage, seed: int, index: int) -> Prepared | None:
    """Prepare the step at `index` for a picture of proxy size; None where its arguments are neutral."""
    entry = lookup(step.tool)
    if entry.needs_editor:
        raise ToolError(f"{entry.name} needs a generative image editor; the local renderer cannot do it")
    if entry.is_identity(step.args):
        return None
    return Prepared(step, entry, measure(linear), seed * 1009 + index)


def advance(linear: FloatImage, step: Step, *, seed: int, index: int, maps: Maps) -> FloatImage:
    """Run one step on linear light of proxy size; several calls in a row are a plan."""
    ready = make_ready(step, linear, seed, index)
    return linear if ready is None else _run_step(linear, ready, maps)


def passes(prepared: Sequence[Prepared]) -> Iterator[list[Prepared]]:
    """Group the steps: runs of pointwise tools that act everywhere together, each other step alone."""
    for fuses, run in groupby(prepared, key=lambda ready: ready.tool.pointwise and ready.everywhere):
        if fuses:
            yield list(run)
        else:
            yield from ([ready] for ready in run)


def composed(steps: Sequence[Prepared], maps: Maps) -> Change:
    """Pointwise steps, their regions left aside, as one change of encoded sRGB."""
    in_light = _composed_in_light(steps, maps)
    return lambda srgb: colour.linear_to_srgb(in_light(colour.srgb_to_linear(srgb)))


def _composed_in_light(steps: Sequence[Prepared], maps: Maps) -> Change:
    def change(linear: FloatImage) -> FloatImage:
        for ready in steps:
            linear = _apply(linear, ready, maps)
        return linear

    return change


def after(waiting: Waiting, steps: list[Prepared], maps: Maps, *, exact: bool) -> Waiting:
    """What waits after a pass at full size.

    Args:
        waiting: the picture before the pass.
        steps: one spatial step, one step in a region, or any number of pointwise steps.
        maps: the photo's maps.
        exact: whether to do without tables.
    """
    first = steps[0]
    height, width = waiting.pixels.shape[:2]
    mask = _mask_at(first, maps, height, width)
    if not first.tool.pointwise:
        return _after_spatial(waiting, first, maps, mask)
    table = None if exact else _table(waiting, steps, maps)
    if mask is None:
        return waiting.to("srgb").then(table) if table else waiting.to("linear").then(_composed_in_light(steps, maps))

    def blended(light: FloatImage, cut: FloatPlane) -> FloatImage:
        if not cut.any():
            return light
        if table:
            return _mixed(light, colour.srgb_to_linear(table(colour.linear_to_srgb(light))), cut)
        return _mixed(light, _composed_in_light(steps, maps)(light), cut)

    return waiting.to("linear").then(blended, mask)


def _after_spatial(waiting: Waiting, ready: Prepared, maps: Maps, mask: FloatPlane | None) -> Waiting:
    space = ready.tool.space
    image = waiting.to(space).made()
    height, width = image.shape[:2]
    scene = Scene(ready.statistics, maps, height, width, ready.seed)
    changed = Waiting(np.require(ready.tool.run(image, scene, **ready.step.args), np.float32, ["C", "W"]), space)
    if mask is None:
        return replace(changed, owned=True)
    _, into_light = _FROM_LINEAR[space]
    return changed.to("linear").then(lambda light, old, cut: _mixed(into_light(old), light, cut), image, mask)


def _table(waiting: Waiting, steps: list[Prepared], maps: Maps) -> Table | None:
    """Pointwise steps as a table of colours, where it pays and one agrees with them on the picture."""
    if waiting.pixels.shape[0] * waiting.pixels.shape[1] < TABLE_PAYS:
        return None
    sample = waiting.to("srgb").sample(SAMPLE_PIXELS)
    return agreeing_table(composed(steps, maps), float(sample.min()), float(sample.max()), sample)


def code_table_of(picture: Picture, steps: list[Prepared], maps: Maps) -> CodeTable | None:
    """Pointwise steps on all of an 8-bit picture as a table of codes, where it pays and one agrees with them."""
    pixels, first = picture.pixels, steps[0]
    fits = first.tool.pointwise and first.everywhere and pixels.dtype == np.uint8
    if not fits or pixels.shape[0] * pixels.shape[1] < TABLE_PAYS:
        return None
    stride = max(1, int(np.sqrt(pixels.shape[0] * pixels.shape[1] / SAMPLE_PIXELS)))
    sample = np.ascontiguousarray(pixels[::stride, ::stride])
    return agreeing_code_table(composed(steps, maps), picture.profile, sample, picture.strip_to_srgb(sample))


def _mixed(before: FloatImage, after: FloatImage, mask: FloatPlane) -> FloatImage:
    """Mix two pictures in linear light."""
    return before + mask[..., None] * (after - before)


def _run_step(linear: FloatImage, ready: Prepared, maps: Maps) -> FloatImage:
    """Run one step on linear light: the tool itself, blended into its region."""
    changed = _apply(linear, ready, maps)
    mask = _mask_at(ready, maps, *linear.shape[:2])
    return changed if mask is None else _mixed(linear, changed, mask)


def _mask_at(ready: Prepared, maps: Maps, height: int, width: int) -> FloatPlane | None:
    if ready.everywhere:
        return None
    return Scene(ready.statistics, maps, height, width, ready.seed).mask(ready.step.region)


def _apply(linear: FloatImage, ready: Prepared, maps: Maps) -> FloatImage:
    """Run one tool on linear light, in the tool's own colour space."""
    height, width = linear.shape[:2]
    scene = Scene(ready.statistics, maps, height, width, ready.seed)
    entering, leaving = _FROM_LINEAR[ready.tool.space]
    return leaving(ready.tool.run(entering(linear), scene, **ready.step.args))


class _Conversion(Protocol):
    def __call__(self, image: FloatImage, /, *, out: FloatImage | None = None) -> FloatImage: ...


def _same(image: FloatImage, /, *, out: FloatImage | None = None) -> FloatImage:
    return image


_FROM_LINEAR: dict[Space, tuple[_Conversion, _Conversion]] = {
    "linear": (_same, _same),
    "oklab": (colour.linear_to_oklab, colour.oklab_to_linear),
    "srgb": (colour.linear_to_srgb, colour.srgb_to_linear),
}
"""Into and out of the space in which a tool works."""
