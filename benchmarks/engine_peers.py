"""The same six pointwise tools on the same picture: this engine beside Pillow, ImageMagick, libvips and plain NumPy.

python -m benchmarks.engine_peers                     # 12 megapixels made from a bundled photo
python -m benchmarks.engine_peers PHOTO --size 45     # your photo, brought to 45 megapixels

Pillow and ImageMagick get the change as a table of colours (33 and 36 nodes a side), libvips as its own operations for
a tone curve, a matrix and back, which is the least that such a chain needs. All take and give 8 bits, on the same
number of threads; STYLIST_THREADS sets it. Each line has the median of the time on the clock and of the time of the
processor, which others at work on the machine disturb less; ratios are printed for both. What is not installed, or
cannot do the work here, is left out, and said. libvips runs in a process of its own.
"""

import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import click
import cv2
import numpy as np
from PIL import Image

from benchmarks.engine import PHOTO, POINTWISE, enlarged, pillow
from benchmarks.plain import plain_render
from tools import strips
from tools.code_lut import code_table
from tools.engine import rehearse, render
from tools.lut import Change, tabulate
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, decode, encode, load
from tools.picture.jpeg import BEST_QUALITY
from tools.picture.profile import SRGB
from tools.steps import composed

VIPS = """
import json, sys, time, pyvips
source, repeats = sys.argv[1], int(sys.argv[2])
image = pyvips.Image.new_from_file(source).copy_memory()
curve = (pyvips.Image.identity().linear(1 / 255, 0) ** 0.8).linear(255, 0).cast("uchar")
matrix = pyvips.Image.new_from_array([[1.2, -0.1, -0.1], [-0.1, 1.15, -0.05], [-0.1, -0.1, 1.1]])
times = []
for _ in range(repeats + 1):
    clock, busy = time.perf_counter(), time.process_time()
    image.maplut(curve).recomb(matrix).cast("uchar").maplut(curve).write_to_memory()
    times.append((time.perf_counter() - clock, time.process_time() - busy))
print(json.dumps(times[1:]))
"""


class Timing(NamedTuple):
    """Medians in milliseconds."""

    clock: float
    processor: float


def timed(work: Callable[[], object], repeats: int) -> Timing:
    """Time work after one call that is not counted; the time of child processes counts too."""
    work()
    clocks, busy = [], []
    for _ in range(repeats):
        clock, used = time.perf_counter(), _processor_s()
        work()
        clocks.append(time.perf_counter() - clock)
        busy.append(_processor_s() - used)
    return Timing(1000 * median(clocks), 1000 * median(busy))


def _processor_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def imagemagick(change: Change, folder: Path, repeats: int) -> Timing | None:
    """ImageMagick's table of colours, less the time that it takes to read the picture; None where it cannot do that."""
    program = shutil.which("magick") or "convert"
    hald = np.clip(tabulate(change, 0, 1, 35).nodes.reshape(-1, 4)[:, :3], 0, 1)
    Image.fromarray((hald * 255 + 0.5).astype(np.uint8).reshape(216, 216, 3)).save(folder / "hald.ppm")
    environment = os.environ | {"MAGICK_THREAD_LIMIT": str(strips.THREADS)}

    def run(*words: str) -> None:
        subprocess.run([program, *words], cwd=folder, env=environment, check=True, capture_output=True)

    try:
        run("in.tif", "in.mpc")
        whole = timed(lambda: run("in.mpc", "hald.ppm", "-hald-clut", "null:"), repeats)
        reading = timed(lambda: run("in.mpc", "hald.ppm", "null:"), repeats)
    except (OSError, subprocess.CalledProcessError):
        return None
    return Timing(whole.clock - reading.clock, whole.processor - reading.processor)


def libvips(folder: Path, repeats: int) -> Timing | None:
    """Libvips' own operations, in a process of their own, on a picture in memory."""
    environment = os.environ | {"VIPS_CONCURRENCY": str(strips.THREADS)}
    words = [sys.executable, "-c", VIPS, str(folder / "in.tif"), str(repeats)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        if "ModuleNotFoundError" in done.stderr or "cannot load library" in done.stderr:
            return None
        raise click.ClickException(f"libvips failed: {done.stderr.strip().splitlines()[-1]}")
    clocks, busy = zip(*json.loads(done.stdout), strict=True)
    return Timing(1000 * median(clocks), 1000 * median(busy))


def decoded_and_encoded_by_pillow(jpeg: bytes) -> None:
    """Read and write a file with nothing in between, at the quality at which we write."""
    with Image.open(io.BytesIO(jpeg)) as image:
        image.save(io.BytesIO(), "JPEG", quality=BEST_QUALITY, subsampling="4:4:4")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photo", default=PHOTO, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--size", default=12.0, show_default=True, help="Megapixels.")
@click.option("--repeats", default=7, show_default=True, help="Calls of which the median is taken.")
def main(photo: Path, size: float, repeats: int) -> None:
    """Time the engine on PHOTO beside its peers."""
    picture = enlarged(load(photo), size)
    maps = Maps(picture.reduced(PROXY_PX))
    prepared = rehearse(Picture(maps.proxy_srgb), POINTWISE, 0, maps).prepared
    change = composed(prepared, maps)
    table, filtered, copy = code_table(change, SRGB, 3), pillow(change), np.empty_like(picture.pixels)
    jpeg = encode(picture, "JPEG")
    click.echo(f"{picture.size[0]} x {picture.size[1]} px, 8 bits, {strips.THREADS} threads; on the clock, processor")

    def told(name: str, timing: Timing | None) -> Timing | None:
        taken = f"{timing.clock:9.1f} {timing.processor:9.1f} ms" if timing else "    cannot be used here"
        click.echo(f"{taken}  {name}")
        return timing

    ours = timed(lambda: table(picture.pixels), repeats)
    told("this engine: table alone", ours)
    with tempfile.TemporaryDirectory() as folder:
        Image.fromarray(picture.pixels).save(Path(folder) / "in.tif")
        peers = {
            "Pillow Color3DLUT": told("Pillow Color3DLUT", timed(lambda: filtered(picture.pixels), repeats)),
            "ImageMagick": told("ImageMagick -hald-clut, less reading", imagemagick(change, Path(folder), repeats)),
            "libvips": told("libvips: curve, matrix, curve", libvips(Path(folder), repeats)),
            "naive NumPy": told(
                "definitions one by one (NumPy, float64)",
                timed(lambda: plain_render(picture.srgb, prepared, maps), 1),
            ),
            "a copy of the pixels": told(
                "a copy of the pixels", timed(lambda: np.copyto(copy, picture.pixels), repeats)
            ),
        }
    whole = timed(lambda: render(picture, POINTWISE, maps=maps), repeats)
    told("this engine: whole render, with statistics and table", whole)
    both = timed(lambda: encode(decode(jpeg), "JPEG"), 3)
    told("JPEG decoded and encoded", both)
    by_pillow = timed(lambda: decoded_and_encoded_by_pillow(jpeg), 3)
    told("JPEG decoded and encoded by Pillow, one thread", by_pillow)
    through = timed(lambda: encode(render(decode(jpeg), POINTWISE, overwrite=True), "JPEG"), 3)
    told("JPEG to JPEG through the plan", through)
    png = timed(lambda: encode(picture, "PNG"), 3)
    told("PNG encoded", png)
    png_by_opencv = timed(lambda: cv2.imencode(".png", picture.pixels), 3)
    told("PNG encoded by OpenCV, one thread", png_by_opencv)
    for name, peer in peers.items():
        if peer:
            clock, processor = peer.clock / ours.clock, peer.processor / ours.processor
            click.echo(f"table against {name}: {clock:.2f} x, processor {processor:.2f} x")
    for name, alone in (("decoding and encoding alone", both), ("Pillow's", by_pillow)):
        clock, processor = through.clock / alone.clock, through.processor / alone.processor
        click.echo(f"file to file against {name}: {clock:.2f} x, processor {processor:.2f} x")
    clock, processor = png_by_opencv.clock / png.clock, png_by_opencv.processor / png.processor
    click.echo(f"PNG against OpenCV's: {clock:.2f} x, processor {processor:.2f} x")


if __name__ == "__main__":
    main()
