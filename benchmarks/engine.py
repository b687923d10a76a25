"""How fast plans are rendered: naive NumPy, Pillow's colour table, and the engine, in the same run.

python -m benchmarks.engine                   # 12 megapixels made from a bundled photo
python -m benchmarks.engine PHOTO --size 45   # your photo, brought to 45 megapixels

Everything runs on as many threads as the engine uses; STYLIST_THREADS sets them. Times are medians: on the clock, and
of the processor, which others at work on the machine disturb less.
"""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple

import click
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from benchmarks.plain import plain_render
from tools import strips
from tools.engine import rehearse, render
from tools.lut import CELLS, Change, tabulate
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, load, reduce_to, to_uint8
from tools.plan import Plan, Step
from tools.steps import composed

PHOTO = Path(__file__).parent.parent / "photos" / "meadow.jpg"
NOISE = 0.01
"""Deviation of the noise laid over the enlarged photo: a real one has some, and it costs the table its order."""

POINTWISE = Plan(
    steps=[
        Step(tool="exposure", args={"stops": 0.4}),
        Step(tool="temperature", args={"warmer": 30}),
        Step(tool="contrast", args={"amount": 25}),
        Step(tool="shadows", args={"amount": 30}),
        Step(tool="saturation", args={"amount": 20}),
        Step(tool="split_toning", args={"shadow_saturation": 25, "highlight_saturation": 25}),
    ]
)
SPATIAL = Plan(
    steps=[
        Step(tool="clarity", args={"amount": 30}),
        Step(tool="bloom", args={"amount": 30}),
        Step(tool="vignette", args={"amount": -40}),
    ]
)
SCENIC = Plan(
    steps=[
        Step(tool="exposure", args={"stops": -0.3}, region="top"),
        Step(tool="time_of_day", args={"time": "golden_hour"}),
        Step(tool="fog", args={"density": 40}),
        Step(tool="sharpen", args={"amount": 40}),
        Step(tool="grain", args={"amount": 30}),
    ]
)
REGIONAL = Plan(
    steps=[
        Step(tool="exposure", args={"stops": -0.5}, region="top"),
        Step(tool="saturation", args={"amount": 25}, region="highlights"),
        Step(tool="contrast", args={"amount": 20}),
    ]
)


class Timing(NamedTuple):
    """One way of doing it."""

    name: str
    milliseconds: float
    """On the clock."""
    processor: float
    """The same of the processor."""


def timed(name: str, work: Callable[[], object], repeats: int) -> Timing:
    """Median times of `work` after one call that is not counted."""
    work()
    clocks, busy = [], []
    for _ in range(repeats):
        clock, used = time.perf_counter(), time.process_time()
        work()
        clocks.append(time.perf_counter() - clock)
        busy.append(time.process_time() - used)
    return Timing(name, 1000 * median(clocks), 1000 * median(busy))


def peak_bytes(work: Callable[[], object]) -> int:
    """Most memory that the arrays made by `work` take at a time."""
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def enlarged(photo: Picture, megapixels: float) -> Picture:
    """The photo at another size, with the noise and the 256 levels of a real one."""
    width, height = photo.size
    scale = np.sqrt(megapixels * 1e6 / (width * height))
    size = (round(width * scale), round(height * scale))
    srgb = cv2.resize(photo.srgb, size, interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(0).standard_normal(srgb.shape, np.float32)
    return Picture(to_uint8(srgb + np.float32(NOISE) * noise))


def pillow(change: Change) -> Callable[[NDArray[np.uint8]], None]:
    """Pillow's table of 33 nodes a side, applied in bands on the same number of threads as ours."""
    nodes = np.clip(tabulate(change, 0, 1, 32).nodes.reshape(-1, 4)[:, :3], 0, 1)
    table = ImageFilter.Color3DLUT(33, nodes.reshape(-1).tolist())

    def apply(pixels: NDArray[np.uint8]) -> None:
        bands = [Image.fromarray(band) for band in np.array_split(pixels, strips.THREADS)]
        with ThreadPoolExecutor(strips.THREADS) as pool:
            list(pool.map(lambda band: band.filter(table), bands))

    return apply


def pointwise(picture: Picture, maps: Maps, repeats: int) -> Iterator[Timing]:
    """Six pointwise tools at full size, in several ways."""
    prepared = rehearse(Picture(maps.proxy_srgb), POINTWISE, 0, maps).prepared
    change = composed(prepared, maps)
    pixels, out = to_uint8(picture.srgb), np.empty_like(picture.srgb)
    yield timed("naive: definitions one by one (NumPy, float64)", lambda: plain_render(picture.srgb, prepared, maps), 1)
    yield timed("engine, exact: tools strip by strip", lambda: render(picture, POINTWISE, maps=maps, exact=True), 3)
    filtered = pillow(change)
    yield timed("Pillow Color3DLUT 33^3, 8 bits, table alone", lambda: filtered(pixels), repeats)
    for cells in CELLS:
        table = tabulate(change, 0, 1, cells)
        name = f"our table {cells + 1}^3, float, table alone"
        yield timed(name, lambda table=table: table(picture.srgb, out=out), repeats)  # type: ignore[misc]
    yield timed("engine: whole render", lambda: render(picture, POINTWISE, maps=maps), repeats)
    yield timed("copying the float picture", lambda: np.copyto(out, picture.srgb), repeats)


def proxy_plans(photo: Picture, repeats: int) -> Iterator[Timing]:
    """Plans on the proxy."""
    proxy = Picture(reduce_to(photo.srgb, PROXY_PX))
    maps = Maps(proxy.srgb)
    for name, plan in (("six pointwise steps", POINTWISE), ("three spatial steps", SPATIAL)):
        yield timed(f"proxy of {PROXY_PX} px, {name}", lambda plan=plan: render(proxy, plan, maps=maps), repeats)  # type: ignore[misc]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photo", default=PHOTO, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--size", default=12.0, show_default=True, help="Megapixels.")
@click.option("--repeats", default=7, show_default=True, help="Calls of which the median is taken.")
def main(photo: Path, size: float, repeats: int) -> None:
    """Time the engine on PHOTO."""
    original = load(photo)
    picture = enlarged(original, size)
    width, height = picture.size
    maps = Maps(reduce_to(picture.srgb, PROXY_PX))
    click.echo(f"{width} x {height} px, {strips.THREADS} threads; on the clock, processor")
    results = {timing.name: timing.milliseconds for timing in _told(pointwise(picture, maps, repeats))}
    whole, table = results["engine: whole render"], results[f"our table {CELLS[0] + 1}^3, float, table alone"]
    first, _, other, *_ = results.values()
    click.echo(f"whole render against naive NumPy: {first / whole:.1f} x as fast")
    click.echo(f"table against Pillow's: {other / table:.1f} x as fast, in float32 instead of 8 bits")
    for name, plan in (("three spatial steps", SPATIAL), ("two steps in regions and one everywhere", REGIONAL)):
        list(_told([timed(name, lambda plan=plan: render(picture, plan, maps=maps), repeats)]))  # type: ignore[misc]
    for timing in _told(proxy_plans(original, 5 * repeats)):
        click.echo(f"{1000 / timing.milliseconds:.0f} plans a second")
    for name, plan in (("six pointwise steps", POINTWISE), ("three spatial steps", SPATIAL)):
        times = peak_bytes(lambda plan=plan: render(picture, plan, maps=maps)) / picture.srgb.nbytes  # type: ignore[misc]
        click.echo(f"{name}: arrays beside the photo reach {times:.1f} times its size, the result among them")


def _told(timings: Iterator[Timing] | list[Timing]) -> Iterator[Timing]:
    for timing in timings:
        click.echo(f"{timing.milliseconds:9.1f} {timing.processor:9.1f} ms  {timing.name}")
        yield timing


if __name__ == "__main__":
    main()
