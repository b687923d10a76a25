"""How a plan runs on a photo: its passes, what each costs, and how much memory the whole takes; all of it measured.

for line in explain(load(Path("coast.jpg")), plan): print(line)
"""

import time
import tracemalloc
from collections.abc import Iterator

from tools.engine import after, code_table_of, rehearse, render
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture
from tools.pixelwise import Waiting
from tools.plan import Plan
from tools.steps import passes
from tools.strips import THREADS


def explain(picture: Picture, plan: Plan, *, seed: int = 0) -> Iterator[str]:
    """Run a plan pass by pass and say what was done, one line each.

    A pass over pixels is timed by itself here; a render runs it in one loop with its neighbours, so the whole is less
    than the sum.

    Raises:
        ToolError: if a step cannot be done on this photo.
    """
    width, height = picture.size
    colours = "sRGB" if picture.profile.is_srgb else picture.profile.name
    yield f"{width} x {height} px, {picture.bits} bits, {colours}, {THREADS} threads"
    start = time.perf_counter()
    proxy = picture.reduced(PROXY_PX)
    maps = Maps(proxy)
    prepared = rehearse(Picture(proxy), plan, seed, maps, exact=picture.bits > 8).prepared
    yield f"{_since(start)}  statistics: every step on a copy of {proxy.shape[1]} x {proxy.shape[0]} px"
    groups = list(passes(prepared))
    exact = picture.bits > 8
    start = time.perf_counter()
    table = None if exact or len(groups) != 1 else code_table_of(picture, groups[0], maps)
    if table:
        side = (256 >> table.step_bits) + 1
        yield f"{_since(start)}  compile: a table of {side} x {side} x {side} codes"
        groups = []
        start = time.perf_counter()
        table(picture.pixels)
        yield f"{_since(start)}  look-up: {', '.join(ready.tool.name for ready in prepared)}"
    waiting = Waiting.of(picture)
    for steps in groups:
        start = time.perf_counter()
        waiting = after(waiting, steps, maps, exact=exact)
        waiting = Waiting(waiting.made(), waiting.space, owned=True)
        kind = "over pixels" if steps[0].tool.pointwise else "spatial"
        place = "" if steps[0].everywhere else f" in {steps[0].step.region}"
        yield f"{_since(start)}  {kind}: {', '.join(ready.tool.name for ready in steps)}{place}"
    tracemalloc.start()
    start = time.perf_counter()
    render(picture, plan, seed=seed, maps=maps)
    elapsed = _since(start)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    own = picture.nbytes / 1e6
    yield f"{elapsed}  the whole render, which takes {peak / 1e6:.0f} MB beside the photo's {own:.0f} MB"


def _since(start: float) -> str:
    return f"{1000 * (time.perf_counter() - start):7.0f} ms"
