"""Most memory of `stylist apply` on a large photo, against the photo's decoded size, 3 bytes a pixel, or 6 at 16 bits.

python -m benchmarks.engine_memory                     # 45 and 100 megapixels made from a bundled photo
python -m benchmarks.engine_memory --megapixels 24
python -m benchmarks.engine_memory --suffix .png       # from and to another format
python -m benchmarks.engine_memory --suffix .tif --bits 16
"""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np

from benchmarks.engine import PHOTO, POINTWISE, SCENIC, SPATIAL, enlarged
from tools.picture import FORMATS, Picture, load, save
from tools.plan import Plan, Step

PLANS = {
    "six pointwise tools": POINTWISE,
    "three spatial tools": SPATIAL,
    "a region, an hour, fog, sharpening and grain": SCENIC,
    "denoising, texture and oil paint": Plan(
        steps=[
            Step(tool="denoise", args={"luminance": 40, "colour": 60}),
            Step(tool="texture", args={"amount": 40}),
            Step(tool="artistic_medium", args={"medium": "oil", "strength": 60}),
        ]
    ),
}


def write_enlarged(photo: Path, megapixels: float, bits: int, target: Path) -> None:
    """Write a photo at another size and depth; at 16 bits the lower ones are noise too."""
    picture = enlarged(load(photo), megapixels)
    if bits == 16:
        noise = np.random.default_rng(1).integers(0, 256, picture.pixels.shape, np.uint16)
        picture = Picture(picture.pixels.astype(np.uint16) * 256 + noise, bits=16)
    save(picture, target)


def most_resident_bytes(command: list[str]) -> int:
    """Most memory that a process takes, with Python and its libraries; no less than this one takes."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise click.ClickException(f"{' '.join(command)} failed")
    return usage.ru_maxrss * 1024


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photo", default=PHOTO, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--megapixels", multiple=True, default=(45.0, 100.0), show_default=True, help="Size of the photo.")
@click.option("--suffix", default=".jpg", type=click.Choice(list(FORMATS)), help="Format that is read and written.")
@click.option("--bits", default="8", type=click.Choice(["8", "16"]), help="A channel; 16 in PNG and TIFF.")
def main(photo: Path, megapixels: tuple[float, ...], suffix: str, bits: str) -> None:
    """Measure the memory of plans on PHOTO, enlarged."""
    with TemporaryDirectory() as folder, ProcessPoolExecutor(1, get_context("spawn")) as aside:
        source, plan, result = (Path(folder) / name for name in (f"photo{suffix}", "look.plan.json", f"result{suffix}"))
        for size in megapixels:
            aside.submit(write_enlarged, photo, size, int(bits), source).result()
            decoded = size * 3e6 * int(bits) / 8
            for name, steps in PLANS.items():
                plan.write_text(steps.model_dump_json())
                files = [str(plan), str(source), "-o", str(result), "--force"]
                most = most_resident_bytes([sys.executable, "-m", "stylist", "apply", *files])
                click.echo(f"{size:g} megapixels, {name}: {most / 1e6:.0f} MB, {most / decoded:.1f} x decoded")


if __name__ == "__main__":
    main()
