"""Rendering a plan on a photo.

The plan is compiled into passes: neighbouring pointwise tools run together, strip by strip, while spatial tools see the
whole picture. Statistics come from the proxy, on which the plan is always run first, so a preview and the full-size
picture are the same picture. Nothing is rounded between steps; colours outside the gamut are drawn in at the end.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from tools import colour
from tools.declare import Space, Tool, ToolError, lookup
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, reduce_to
from tools.plan import Plan, Step
from tools.scene import Scene
from tools.statistics import Statistics, measure
from tools.types import FloatImage, FloatPlane

STRIP_PIXELS = 400_000
"""Pixels that a pointwise pass handles at a time; its intermediate arrays then stay within tens of megabytes."""
THREADS = int(os.environ.get("STYLIST_THREADS", "0")) or min(4, os.cpu_count() or 1)

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""


@dataclass(frozen=True)
class Prepared:
    """A step, the statistics of the picture it will find, and the seed it draws from."""

    step: Step
    tool: Tool
    statistics: Statistics
    seed: int


def render(
    picture: Picture, plan: Plan, *, seed: int = 0, maps: Maps | None = None, progress: Progress | None = None
) -> Picture:
    """Run a plan on a photo and return the result; the photo is not changed.

    Args:
        picture: the photo.
        plan: the steps; those whose arguments are neutral are left out, so that strength 0 is the identity to the bit.
        seed: fixes grain, rain and every other random pattern.
        maps: the photo's maps, if they are at hand.
        progress: called after each step of the full-size pass.

    Raises:
        ToolError: if a region is not found in the photo or a step needs a generative editor.
    """
    proxy_srgb = reduce_to(picture.srgb, PROXY_PX)
    maps = maps or Maps(proxy_srgb)
    prepared, proxy_end = prepare(proxy_srgb, plan, seed, maps)
    if not prepared:
        return picture
    if picture.srgb.shape == proxy_srgb.shape:
        return picture.with_pixels(proxy_end)
    linear = colour.srgb_to_linear(picture.srgb)
    done = 0
    for steps in passes(prepared):
        linear = _run_pass(linear, steps, maps)
        done += len(steps)
        if progress:
            progress(done, len(prepared))
    return picture.with_pixels(to_gamut(linear))


def prepare(proxy_srgb: FloatImage, plan: Plan, seed: int, maps: Maps) -> tuple[list[Prepared], FloatImage]:
    """Run the plan on the proxy; return its effective steps with the statistics each finds, and the end in sRGB."""
    linear = colour.srgb_to_linear(proxy_srgb)
    prepared = []
    for index, step in enumerate(plan.steps):
        ready = make_ready(step, linear, seed, index)
        if ready is not None:
            linear = _run_step(linear, ready, maps)
            prepared.append(ready)
    return prepared, to_gamut(linear)


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
    """Group the steps: runs of pointwise tools together, each spatial tool alone."""
    for pointwise, run in groupby(prepared, key=lambda ready: ready.tool.pointwise):
        if pointwise:
            yield list(run)
        else:
            yield from ([ready] for ready in run)


def to_gamut(linear: FloatImage) -> FloatImage:
    """Encode linear light as sRGB, drawing colours outside [0, 1] towards grey of their own luminance.

    Unlike clipping each channel, this keeps hue: a bright orange pales, it does not turn yellow.
    """
    grey = np.clip(colour.luminance(linear), 0, 1)[..., None]
    offset = linear - grey
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        room = np.where(offset > 0, (1 - grey) / offset, np.where(offset < 0, -grey / offset, np.inf))
    scale = np.minimum(np.minimum(np.minimum(room[..., :1], room[..., 1:2]), room[..., 2:]), 1)
    return np.clip(colour.linear_to_srgb(grey + offset * scale), 0, 1)


def _run_pass(linear: FloatImage, steps: list[Prepared], maps: Maps) -> FloatImage:
    if not steps[0].tool.pointwise:
        return _run_step(linear, steps[0], maps)
    height, width = linear.shape[:2]
    masks = [_mask_at(ready, maps, height, width) for ready in steps]
    rows = max(1, STRIP_PIXELS // width)
    result = np.empty_like(linear)

    def run_strip(top: int) -> None:
        strip = linear[top : top + rows]
        for ready, mask in zip(steps, masks, strict=True):
            strip = _apply(strip, ready, maps, None if mask is None else mask[top : top + rows])
        result[top : top + rows] = strip

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run_strip, range(0, height, rows)))
    return result


def _run_step(linear: FloatImage, ready: Prepared, maps: Maps) -> FloatImage:
    height, width = linear.shape[:2]
    return _apply(linear, ready, maps, _mask_at(ready, maps, height, width))


def _mask_at(ready: Prepared, maps: Maps, height: int, width: int) -> FloatPlane | None:
    if ready.step.region.strip() == "everywhere":
        return None
    return Scene(ready.statistics, maps, height, width, ready.seed).mask(ready.step.region)


def _apply(linear: FloatImage, ready: Prepared, maps: Maps, mask: FloatPlane | None) -> FloatImage:
    """Run one tool in its own colour space and blend the result into the region."""
    height, width = linear.shape[:2]
    scene = Scene(ready.statistics, maps, height, width, ready.seed)
    entering, leaving = _CONVERSIONS[ready.tool.space]
    changed = leaving(ready.tool.run(entering(linear), scene, **ready.step.args))
    if mask is None:
        return changed
    return linear + mask[..., None] * (changed - linear)


_Conversion = Callable[[FloatImage], FloatImage]
_CONVERSIONS: dict[Space, tuple[_Conversion, _Conversion]] = {
    "linear": (lambda image: image, lambda image: image),
    "oklab": (colour.linear_to_oklab, colour.oklab_to_linear),
    "srgb": (colour.linear_to_srgb, colour.srgb_to_linear),
}
