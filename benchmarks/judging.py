"""How long judging takes: `python -m benchmarks.judging photos/lake.jpg`; medians, on a proxy of 512 px."""

import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from tools.attributes import UNIT, Attributes
from tools.goals import Goal, Request
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, load
from tools.quality import assess

_RUNS = 40


def median_ms(work: Callable[[], object]) -> float:
    """Median wall time of a call in milliseconds, after one call to warm up."""
    work()
    times = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times))


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(photo: Path) -> None:
    """Time the attributes and the judge on PHOTO."""
    srgb = load(photo).reduced(PROXY_PX)
    before, after = Picture(srgb), Picture(np.clip(srgb * np.float32(1.1), 0, 1))
    maps, wish = Maps(srgb), Request(text="warmer", goals=[Goal(attribute="warmth", direction=1)])
    click.echo(f"into Oklab          {median_ms(lambda: Attributes(srgb)):6.2f} ms")
    ready = Attributes(srgb)
    ready.all()
    for name in UNIT:
        if name not in ("colour", "grain"):
            click.echo(f"{name:<19} {median_ms(lambda name=name: ready.measure(name)):6.2f} ms")
    click.echo(f"all attributes      {median_ms(lambda: Attributes(srgb).all()):6.2f} ms")
    click.echo(f"assess, one goal    {median_ms(lambda: assess(before, after, wish, maps=maps)):6.2f} ms")


if __name__ == "__main__":
    main()
