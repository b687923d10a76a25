"""Rendering a plan on a photo.

The plan is compiled into passes: neighbouring pointwise tools become one table of colours, spatial tools see the whole
picture. It is rehearsed on the proxy first, from which every step has its statistics, so a preview and the full-size
picture are the same picture. Nothing is rounded between steps; colours outside the gamut are drawn in at the end.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from tools import colour
from tools.code_lut import CodeTable, agreeing_code_table
from tools.colour import to_gamut
from tools.lut import Change, agreeing_table, through_agreeing_table
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture
from tools.pixelwise import Waiting
from tools.plan import Plan
from tools.rows import Once, Rows, thinned
from tools.statistics import SAMPLE_PIXELS, Statistics
from tools.steps import Prepared, advance, composed, mask_of, mixed, passes, seed_of, tool_of
from tools.strips import WORTH_SHARING
from tools.types import FloatImage, FloatPlane

__all__ = ["advance", "after", "code_table_of", "rehearse", "render", "to_gamut"]

TABLE_PAYS = 60_000
"""Pixels above which a table of colours is quicker than the tools themselves."""
MOST_STREAMED = 3
"""Tools that see the whole picture and yet wait; each looks at it once, for which all that waits is done.
When more of them come, or one after a scene action, it is done for good."""
FAR_PX = 64
"""Margin from which on it is done for good in a large picture too, since windows around it are large."""
SPARSE_PAYS = 1_000_000
"""Pixels up to which it pays to see which colours a picture has, and to make no more of the table than those need."""

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all."""


class Rehearsal(NamedTuple):
    """A plan, made ready on the proxy."""

    prepared: list[Prepared]
    """The steps that do something, with the statistics that each finds."""
    waiting: Waiting
    """The proxy after the last spatial step."""
    left: list[Prepared]
    """The pointwise steps after that, which were only tried on a sample."""
    tried: FloatImage | None
    """What became of that sample, in linear light; None where there is none or one of those steps acts in a region."""


def render(
    picture: Picture,
    plan: Plan,
    *,
    seed: int = 0,
    maps: Maps | None = None,
    exact: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Picture:
    """Run a plan on a photo and return the result; the photo is not changed unless it is given away.

    Args:
        picture: the photo.
        plan: the steps; those whose arguments are neutral are left out, so that strength 0 is the identity to the bit.
        seed: fixes grain, rain and every other random pattern.
        maps: the photo's maps, if they are at hand.
        exact: run the tools themselves at every pixel, not a table of colours that agrees with them to a fraction of an
            8-bit level; slower, and what pictures of 16 bits always get.
        overwrite: write the result over the pixels of the photo where that can be done, which saves as much memory; the
            caller must not use the photo afterwards.
        progress: called after each pass at full size.

    Raises:
        ToolError: if a region is not found in the photo or a step needs a generative editor.
    """
    exact = exact or picture.bits > 8
    out = picture.pixels if overwrite and picture.pixels.flags.carray else None
    small = max(picture.size) <= PROXY_PX
    proxy = picture if small else Picture(picture.reduced(PROXY_PX))
    maps = maps or Maps(proxy.srgb)
    prepared, waiting, left, tried = rehearse(proxy, plan, seed, maps, exact=exact)
    if not prepared:
        return picture
    if not small:
        waiting, left, tried = Waiting.of(picture), prepared, None
    table = None if exact or not waiting.untouched else _table_for_all(picture, left, maps)
    if table:
        codes = table(picture.pixels, out=out)
    else:
        waiting = _through(waiting, left, maps, exact=exact, tried=tried, progress=progress)
        codes = waiting.finished(picture, out=out)
    return picture.with_codes(codes, "; ".join(map(str, prepared)))


def rehearse(proxy: Picture, plan: Plan, seed: int, maps: Maps, *, exact: bool = False) -> Rehearsal:
    """Give every step the statistics of the picture, or of the region, that it will find.

    Pointwise steps are tried on a sample of the proxy, spatial ones on all of it.

    Raises:
        ToolError: if a region is not found in the photo or a step needs a generative editor.
    """
    height, width = proxy.pixels.shape[:2]
    prepared: list[Prepared] = []
    waiting, left = Waiting.of(proxy, photo=maps if proxy.pixels is maps.proxy_srgb else None), []
    sample: FloatImage | None = None
    for index, step in enumerate(plan.steps):
        tool = tool_of(step)
        if tool is None:
            continue
        mask = mask_of(step, maps, height, width)
        if tool.pointwise:
            sample = waiting.sample() if sample is None else sample
            ready = Prepared(step, tool, Statistics(sample, region=mask), seed_of(seed, index))
            changed = ready.apply(sample, maps)
            sample = changed if mask is None else mixed(sample, changed, thinned(mask, SAMPLE_PIXELS))
            left.append(ready)
        else:
            before = _through(waiting, left, maps, exact=exact).to("linear")
            whole = before.made()
            sample = before.sample() if sample is None and before.photo else sample
            ready = Prepared(step, tool, Statistics(sample, whole, mask), seed_of(seed, index))
            waiting = after(before if before.photo else Waiting(whole, "linear"), [ready], maps, exact=exact)
            waiting, left, sample = Waiting(waiting.to("linear").made(), "linear", owned=True), [], None
        prepared.append(ready)
    tried = sample if all(ready.everywhere for ready in left) else None
    return Rehearsal(prepared, waiting, left, tried)


def _through(
    waiting: Waiting,
    prepared: Sequence[Prepared],
    maps: Maps,
    *,
    exact: bool,
    tried: FloatImage | None = None,
    progress: Progress | None = None,
) -> Waiting:
    """What waits after all passes of some steps; one pass alone may have been tried already."""
    done = 0
    for steps in passes(prepared):
        waiting = after(waiting, steps, maps, exact=exact, tried=tried)
        done += len(steps)
        if progress:
            progress(done, len(prepared))
    return waiting


def after(
    waiting: Waiting, steps: list[Prepared], maps: Maps, *, exact: bool, tried: FloatImage | None = None
) -> Waiting:
    """What waits after a pass.

    Args:
        waiting: the picture before the pass.
        steps: one spatial step, one step in a region, or any number of pointwise steps.
        maps: the photo's maps.
        exact: whether to do without tables.
        tried: a sample of the picture after them, `thinned` to `SAMPLE_PIXELS`, in linear light, if it is at hand.
    """
    first = steps[0]
    mask = first.mask(maps, *waiting.pixels.shape[:2])
    if not first.tool.pointwise:
        return _after_spatial(waiting, first, maps, mask, exact)
    coded, change = waiting.to("srgb"), composed(steps, maps)
    table = looked_up = None
    if not exact and TABLE_PAYS <= waiting.count <= SPARSE_PAYS:
        coded = coded.settled()
        looked_up = _looked_up(coded, change, maps, tried)
    elif not exact and waiting.count > SPARSE_PAYS:
        table = agreeing_table(change, coded.sample(_sample_pixels(waiting.count)))
    if mask is None:
        if looked_up is not None:
            return Waiting(looked_up, "srgb", owned=True)
        return coded.then(table) if table else waiting.to("linear").then(composed(steps, maps, "linear"))

    def blended(light: FloatImage, cut: FloatPlane, made: FloatImage | None = None) -> FloatImage:
        if not cut.any():
            return light
        if made is not None:
            return mixed(light, colour.srgb_to_linear(made), cut)
        if table:
            return mixed(light, colour.srgb_to_linear(table(colour.linear_to_srgb(light))), cut)
        return mixed(light, composed(steps, maps, "linear")(light), cut)

    planes = (mask,) if looked_up is None else (mask, looked_up)
    return waiting.to("linear").then(blended, *planes)


def _after_spatial(waiting: Waiting, ready: Prepared, maps: Maps, mask: Rows | None, exact: bool) -> Waiting:
    tool, args = ready.tool, ready.step.args
    if waiting.streamed >= MOST_STREAMED or (waiting.is_large and waiting.margin > FAR_PX):
        waiting = waiting.filed(exact=exact) if waiting.is_large else waiting.settled()
    waiting = waiting.to(tool.space)
    # It is looked at more than once: where it takes little memory, all of it is kept.
    before = waiting.settled() if waiting.count < WORTH_SHARING else Once(waiting)
    count = waiting.streamed + (MOST_STREAMED if tool.axis == "scene" else 1)
    result = tool.stream(before, ready.scene(maps, *before.shape[:2]), **args)
    after = Waiting(result, tool.space, streamed=count, apart=waiting.apart)
    if mask is None:
        return after

    def blended(new: FloatImage, old: FloatImage, cut: FloatPlane) -> FloatImage:
        return mixed(colour.between(old, tool.space, "linear"), new, cut)

    return after.to("linear").then(blended, before, mask)


def _looked_up(coded: Waiting, change: Change, maps: Maps, tried: FloatImage | None) -> FloatImage | None:
    """A small picture in encoded sRGB through a table of its own colours, where one agrees with the change."""
    colours = maps.colours_of(coded.made())
    if tried is None:
        return through_agreeing_table(change, colours, _sample_pixels(coded.count))
    return through_agreeing_table(change, colours, SAMPLE_PIXELS, colour.linear_to_srgb(tried))


def _table_for_all(picture: Picture, prepared: list[Prepared], maps: Maps) -> CodeTable | None:
    """A whole plan as a table of codes, where it is one pass."""
    groups = list(passes(prepared))
    return code_table_of(picture, groups[0], maps) if len(groups) == 1 else None


def code_table_of(picture: Picture, steps: list[Prepared], maps: Maps) -> CodeTable | None:
    """Pointwise steps on all of an 8-bit picture as a table of codes, where it pays and one agrees with them."""
    codes, first = picture.pixels, steps[0]
    pixels = codes.shape[0] * codes.shape[1]
    if not (first.tool.pointwise and first.everywhere and codes.dtype == np.uint8) or pixels < TABLE_PAYS:
        return None
    sample = np.ascontiguousarray(thinned(codes, _sample_pixels(pixels)))
    own = codes if pixels <= SPARSE_PAYS else None
    return agreeing_code_table(composed(steps, maps), picture.profile, sample, picture.strip_to_srgb(sample), own)


def _sample_pixels(pixels: int) -> int:
    """Pixels of a picture on which a table is held against the tools."""
    return min(20_000, pixels // 40)
