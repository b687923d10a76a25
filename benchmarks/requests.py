"""People's requests against measured pictures: `python -m benchmarks.requests FILE.tsv photos/*.jpg`.

Each request is styled by the rules on one photo, and the directions that an annotator read in it ("warmth+",
"sat:blue-") are looked up in the pixels: right, still, or reversed. Requests that need an editor or knowledge of
the content, ask nothing or are unclear are left out. Photos take turns; a request about the sky gets a photo with a
sky.

The file has tab-separated columns: request, tags, language, register.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import click
from rich.progress import track

from graph.policies.rules import RulesPolicy
from tools.attributes import UNIT
from tools.context import measure_context
from tools.declare import ToolError
from tools.engine import render
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture, encode, load, reduce_to
from tools.quality import Comparison
from tools.region import NAMES

LEAST_MOVE = 0.05
"""Change, in units of a plain change, below which an attribute counts as still."""
_LEFT_OUT = {"editor", "content", "none", "unclear"}


class Direction(NamedTuple):
    """One annotated direction."""

    attribute: str
    sign: int
    region: str
    colour: str | None

    def __str__(self) -> str:
        """As in the file, with its region."""
        name = f"sat:{self.colour}" if self.colour else self.attribute
        place = "" if self.region == "everywhere" else f" in {self.region}"
        return f"{name}{'+' if self.sign > 0 else '-'}{place}"


class Subject:
    """A photo, ready to be styled."""

    def __init__(self, path: Path) -> None:
        photo = load(path)
        self.name = path.stem
        self.picture = Picture(reduce_to(photo.srgb, PROXY_PX))
        self.preview = encode(self.picture, "JPEG")
        self.maps = Maps(self.picture.srgb)
        self.context = measure_context(self.picture, self.maps)

    @cached_property
    def regions(self) -> set[str]:
        """Regions that this photo has."""
        return {name for name in NAMES if self.maps.coverage(name) >= 0.01}


def directions(tags: Sequence[str]) -> list[Direction]:
    """The measurable directions; each takes the region of the next `only=` tag, or else of the last."""
    places = [(index, tag.removeprefix("only=")) for index, tag in enumerate(tags) if tag.startswith("only=")]
    found = []
    for index, tag in enumerate(tags):
        after = [place for position, place in places if position > index]
        region = (after[0] if after else places[-1][1]) if places else "everywhere"
        if region.startswith("object:") or (region != "everywhere" and region not in NAMES):
            continue
        sign = 1 if tag.endswith("+") else -1
        name = tag.rstrip("+-")
        if tag == name:
            continue
        if name.startswith("sat:"):
            found.append(Direction("colour", sign, region, name.removeprefix("sat:")))
        elif name == "tint_magenta":
            found.append(Direction("tint", sign, region, None))
        elif name == "tint_green":
            found.append(Direction("tint", -sign, region, None))
        elif name in UNIT:
            found.append(Direction(name, sign, region, None))
    return found


def choose(subjects: Sequence[Subject], request: str, wanted: Sequence[Direction]) -> Subject | None:
    """A photo that has every region spoken of; which one depends on the request's hash alone."""
    needed = {direction.region for direction in wanted} | {d.colour for d in wanted if d.colour in NAMES}
    able = [subject for subject in subjects if needed <= subject.regions | {"everywhere"}]
    if not able:
        return None
    return able[int(hashlib.sha256(request.encode()).hexdigest(), 16) % len(able)]


def outcome(
    subject: Subject, request: str, wanted: Sequence[Direction], policy: RulesPolicy
) -> list[tuple[str, float]]:
    """Style the photo; for each direction `right`, `still` or `reversed`, and the change in units."""
    plan = policy.plan(subject.context, request, subject.preview, [])
    after = render(subject.picture, plan, maps=subject.maps)
    comparison = Comparison(subject.picture.srgb, after.srgb, subject.maps)
    results = []
    for direction in wanted:
        try:
            change = direction.sign * comparison.change(direction.attribute, direction.region, direction.colour)
        except ToolError:
            change = 0.0
        results.append(("right" if change > LEAST_MOVE else "reversed" if change < -LEAST_MOVE else "still", change))
    return results


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("requests", type=click.Path(exists=True, path_type=Path))
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--show-misses", is_flag=True, help="List the requests whose directions did not come out.")
def main(requests: Path, photos: tuple[Path, ...], show_misses: bool) -> None:
    """Style PHOTOS as REQUESTS say and count the annotated directions that show in the pixels."""
    with requests.open(encoding="utf-8", newline="") as stream:
        rows = [(row[0], row[1].split(",")) for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]
    subjects = [Subject(path) for path in photos]
    policy, counts = RulesPolicy(), Counter[str]()
    misses = []
    for request, tags in track(rows, description="styling"):
        wanted = directions(tags)
        if _LEFT_OUT & set(tags) or not wanted:
            continue
        subject = choose(subjects, request, wanted)
        if subject is None:
            counts["no photo"] += len(wanted)
            continue
        for direction, (status, change) in zip(wanted, outcome(subject, request, wanted, policy), strict=True):
            counts[status] += 1
            if status != "right":
                misses.append(f"{status:>8} {change:+.2f}  {direction}  [{subject.name}] {request}")
    if show_misses:
        click.echo("\n".join(misses))
    total = counts["right"] + counts["still"] + counts["reversed"]
    click.echo(
        f"{total} annotated directions: {counts['right'] / total:.1%} right, {counts['still'] / total:.1%} still, "
        f"{counts['reversed'] / total:.1%} reversed ({counts['no photo']} had no photo with their region)"
    )


if __name__ == "__main__":
    main()
