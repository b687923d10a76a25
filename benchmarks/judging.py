"""How long judging takes: `python -m benchmarks.judging photos/lake.jpg`; on a proxy of 512 px.

Times are the least processor time of many runs, so that other work on the machine counts for little. Attributes are
those of an edit, each from planes that nothing has been measured on; what is known of the photo is known already.
"""

import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from tools.attributes import UNIT, Attributes
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, load
from tools.quality import assess
from tools.request import parse_request

_RUNS = 60
_REQUESTS = ("warmer", "brighter and warmer", "like an old film", "a foggy autumn morning")


def least_ms(work: Callable[[Attributes], object], begin: Callable[[], Attributes]) -> float:
    """Least processor time in milliseconds of a call on what `begin` makes, which is not counted."""
    times = []
    for _ in range(_RUNS):
        given = begin()
        start = time.thread_time()
        work(given)
        times.append(1000 * (time.thread_time() - start))
    return min(times)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photo", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(photo: Path) -> None:
    """Time the attributes and the judge on PHOTO."""
    srgb = load(photo).reduced(PROXY_PX)
    before, after = Picture(srgb), Picture(np.clip(srgb * np.float32(1.1), 0, 1))
    maps = Maps(srgb)
    known = maps.attributes
    known.all()

    def edit() -> Attributes:
        return Attributes(after.srgb, known)

    def show(name: str, work: Callable[[Attributes], object], begin: Callable[[], Attributes] = edit) -> None:
        click.echo(f"{name:<32} {least_ms(work, begin):6.2f} ms")

    for name in UNIT:
        if name not in ("colour", "grain"):
            show(name, lambda edited, name=name: edited.measure(name))
    show("into planes", lambda known: Attributes(after.srgb, known), lambda: known)
    show("all attributes of an edit", lambda known: Attributes(after.srgb, known).all(), lambda: known)
    show("all attributes of a new photo", lambda _: Attributes(srgb).all(), lambda: known)
    for text in _REQUESTS:
        wish = parse_request(text)
        assess(before, after, wish, maps=maps)
        show(f"assess, {text}", lambda _, wish=wish: assess(before, after, wish, maps=maps), lambda: known)


if __name__ == "__main__":
    main()
