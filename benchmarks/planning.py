"""How long the rules take to plan, by kind of request: `python -m benchmarks.planning photos/*.jpg`.

Times are processor time, so that other work on the machine counts for little. Every plan begins from nothing but the
photo's context and its preview, as that of a first request does; beside the times stands what the plans score.
"""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from graph.policies.rules import RulesPolicy
from tools.context import Context, measure_context
from tools.engine import render
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, encode, load
from tools.quality import assess
from tools.request import parse_request

KINDS: dict[str, tuple[str, ...]] = {
    "a wish": ("warmer", "darker", "brighter", "more contrast", "muted colours"),
    "several wishes": (
        "softer, less contrast, warmer",
        "lift the shadows, tame the highlights",
        "less saturated, cooler",
    ),
    "a look": ("like an old film", "film noir", "cinematic teal and orange"),
    "an effect": ("make it night", "autumn", "a foggy morning", "rainy day"),
    "a medium": ("like an oil painting", "pencil sketch"),
    "effects and a look": ("a moody autumn evening, like an old film", "cyberpunk neon night"),
}


class Planned(NamedTuple):
    """One plan."""

    ms: float
    """Processor time."""
    score: float
    """Picture score, 1 to 5."""


class Subject(NamedTuple):
    """A photo, ready to be planned for."""

    photo: Picture
    maps: Maps
    context: Context
    preview: bytes

    @classmethod
    def of(cls, path: Path) -> "Subject":
        """The photo of a file, as the graph shows it to a policy."""
        photo = Picture(load(path).reduced(PROXY_PX))
        maps = Maps(photo.srgb)
        return cls(photo, maps, measure_context(photo, maps), encode(photo, "JPEG"))

    def planned(self, request: str) -> Planned:
        """Plan once, and judge the result."""
        start = time.process_time()
        plan = RulesPolicy().plan(self.context, request, self.preview, [])
        ms = 1000 * (time.process_time() - start)
        after = render(self.photo, plan, maps=self.maps)
        return Planned(ms, assess(self.photo, after, parse_request(request), maps=self.maps).scores["picture"])


def by_kind(subjects: list[Subject]) -> Iterator[tuple[str, list[Planned]]]:
    """The plans of each kind of request, for every photo."""
    for kind, requests in KINDS.items():
        yield kind, [subject.planned(request) for request in requests for subject in subjects]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(photos: tuple[Path, ...]) -> None:
    """Time the planning for PHOTOS."""
    subjects = [Subject.of(path) for path in photos]
    subjects[0].planned("snow on autumn leaves, like a comic")  # warms up
    click.echo(f"{'':<20} {'median':>9} {'90 %':>9} {'score':>6}   of {len(photos)} photos and each request")
    for kind, plans in by_kind(subjects):
        times = sorted(plan.ms for plan in plans)
        late = times[int(0.9 * (len(times) - 1))]
        score = statistics.mean(plan.score for plan in plans)
        click.echo(
            f"{kind:<20} {statistics.median(times):6.0f} ms {late:6.0f} ms {score:6.2f}   {', '.join(KINDS[kind])}"
        )


if __name__ == "__main__":
    main()
