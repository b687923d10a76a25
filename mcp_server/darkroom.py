"""Pictures of edits: on the proxy for looking and measuring, at full size for export.

Pixels are a cache. Each state of a proxy is kept in linear light under the digest of the steps that led to it, so the
next step of an edit costs one step, and an edit that fell out of memory is rendered again from its manifest.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mcp_server.cache import SizedCache
from mcp_server.edits import Edit, Source
from tools import colour
from tools.attributes import Attributes
from tools.context import Context, measure_context
from tools.engine import advance, render, to_gamut
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, load, reduce_to
from tools.plan import Step
from tools.stage import Stage
from tools.tables import is_known, read_table
from tools.types import FloatImage

SOURCE_CACHE_BYTES = 200_000_000
"""Decoded photos kept in memory until they are written: five of 12 megapixels, say. One of more than 66 is decoded
again then, which takes a second."""
PROXY_CACHE_BYTES = 200_000_000
"""Of the photos on the proxy, of what was found in them, of the states of their edits, and of these as seen, each."""
MEASUREMENT_CACHE = 2_000
"""Edits whose measurements are kept."""

Progress = Callable[[int, int], None]
"""Called with the steps done and the steps in all; it raises to stop the work."""


class Proxy(NamedTuple):
    """A photo reduced, which is all that edits of it need until they are exported."""

    picture: Picture
    size: tuple[int, int]
    """Width and height of the photo itself in px."""


@dataclass(frozen=True)
class Negative:
    """A photo as opened, on the proxy, with what was found in it."""

    proxy: Picture
    linear: FloatImage
    """The proxy in linear light."""
    maps: Maps
    size: tuple[int, int]
    """Width and height of the photo itself in px."""

    @property
    def nbytes(self) -> int:
        """Roughly what it holds in memory with its maps and attributes."""
        return 10 * int(self.linear.nbytes)


class Darkroom:
    """Develops edits."""

    def __init__(self, kept: Callable[[str], Path]) -> None:
        """Take the files of photos and tables from `kept`, which is given their digest."""
        self._kept = kept
        self._sources = SizedCache[Picture](SOURCE_CACHE_BYTES, lambda picture: picture.nbytes)
        self._proxies = SizedCache[Proxy](PROXY_CACHE_BYTES, lambda proxy: proxy.picture.nbytes)
        self._negatives = SizedCache[Negative](PROXY_CACHE_BYTES, lambda negative: negative.nbytes)
        self._states = SizedCache[FloatImage](PROXY_CACHE_BYTES, lambda linear: int(linear.nbytes))
        self._developed = SizedCache[FloatImage](PROXY_CACHE_BYTES, lambda srgb: int(srgb.nbytes))
        self._contexts = SizedCache[Context](MEASUREMENT_CACHE, lambda _: 1)
        self._measured = SizedCache[dict[str, float]](MEASUREMENT_CACHE, lambda _: 1)

    def _taken(self, source: Source) -> Picture:
        """The photo, decoded; nobody else has it, so that it may be overwritten."""
        return self._sources.take(source.sha256) or load(self._kept(source.sha256), source.name)

    def negative(self, source: Source) -> Negative:
        """The photo on the proxy, with its maps.

        Raises:
            ToolError: if it is no picture.
        """
        return self._negatives.get_or_make(source.sha256, lambda: _negative(self._proxy(source)))

    def _proxy(self, source: Source) -> Proxy:
        return self._proxies.get_or_make(source.sha256, lambda: self._reduced(source))

    def _reduced(self, source: Source) -> Proxy:
        photo = self._taken(source)
        alpha = None if photo.alpha is None else reduce_to(photo.alpha, PROXY_PX)
        proxy = Picture(photo.reduced(PROXY_PX), alpha, photo.bits, notes=photo.notes)
        self._sources.put(source.sha256, photo)
        return Proxy(proxy, photo.size)

    def proxy(self, edit: Edit, progress: Progress | None = None) -> Picture:
        """The edit on the proxy.

        Raises:
            ToolError: if a step cannot be done on this photo.
        """
        negative = self.negative(edit.source)
        linear = self._state(edit, progress)
        if linear is negative.linear:
            return negative.proxy
        srgb = self._developed.get_or_make(_key(edit, edit.steps), lambda: to_gamut(linear))
        return negative.proxy.with_pixels(srgb)

    def full(self, edit: Edit, progress: Progress | None = None) -> Picture:
        """The edit at the size of the photo, all steps in one pass of the engine, written over the decoded photo."""
        maps = self.negative(edit.source).maps
        self._read_tables(edit.steps)
        photo = self._taken(edit.source)
        return render(photo, edit.plan, seed=edit.seed, maps=maps, overwrite=True, progress=progress)

    def context(self, edit: Edit) -> Context:
        """What is measured in the edit; its regions are those of the photo."""
        return self._contexts.get_or_make(_key(edit, edit.steps), lambda: self._context(edit))

    def _context(self, edit: Edit) -> Context:
        negative = self.negative(edit.source)
        width, height = negative.size
        own = None if edit.steps else negative.maps.attributes
        context = measure_context(self.proxy(edit), negative.maps, own)
        return context.model_copy(update={"width_px": width, "height_px": height})

    def attributes(self, edit: Edit) -> dict[str, float]:
        """Attributes of the edit in the pixels that were the photo's highlights, shadows and lights."""
        negative = self.negative(edit.source)
        if not edit.steps:
            return self._measured.get_or_make(_key(edit, ()), negative.maps.attributes.all)
        return self._measured.get_or_make(
            _key(edit, edit.steps), lambda: Attributes(self.proxy(edit).srgb, negative.maps.attributes).all()
        )

    def _state(self, edit: Edit, progress: Progress | None) -> FloatImage:
        """Linear light of the proxy after all steps, going on from the latest state that is kept."""
        negative = self.negative(edit.source)
        done, linear = self._latest_kept(edit, negative.linear)
        self._read_tables(edit.steps[done:])
        for index in range(done, len(edit.steps)):
            linear = advance(Stage(linear), edit.steps[index], seed=edit.seed, index=index, maps=negative.maps)
            self._states.put(_key(edit, edit.steps[: index + 1]), linear)
            if progress:
                progress(index + 1, len(edit.steps))
        return linear

    def _read_tables(self, steps: Sequence[Step]) -> None:
        """Bring the tables that steps look up into memory."""
        for step in steps:
            digest = step.args.get("sha256") if step.tool == "lut" else None
            if digest and not is_known(digest):
                read_table(self._kept(digest).read_bytes(), step.args["file"])

    def _latest_kept(self, edit: Edit, start: FloatImage) -> tuple[int, FloatImage]:
        for done in range(len(edit.steps), 0, -1):
            kept = self._states.get(_key(edit, edit.steps[:done]))
            if kept is not None:
                return done, kept
        return 0, start


def _negative(proxy: Proxy) -> Negative:
    srgb = proxy.picture.srgb
    return Negative(proxy.picture, colour.srgb_to_linear(srgb), Maps(srgb), proxy.size)


def _key(edit: Edit, steps: Sequence[Step]) -> str:
    """Names a state of a proxy: the photo, the seed, and the steps without their reasons."""
    acts = [[step.tool, step.args, step.region] for step in steps]
    return hashlib.sha256(json.dumps([edit.source.sha256, edit.seed, acts]).encode()).hexdigest()
