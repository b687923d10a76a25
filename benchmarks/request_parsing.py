"""How well the request parser reads what people ask for, against requests tagged by hand.

```
python -m benchmarks.request_parsing --requests requests.tsv [--show-misses]
```

The file has a header or none, and the columns request and tags, tab-separated. Tags are comma-separated: an attribute
with its direction (`warmth+`, `tint_green+`), a colour's strength (`sat:blue-`), a hue's turn (`hue:pink->peach`), an
effect (`time=dusk`), a place (`only=sky`, `keep=skin`), and the flags `editor`, `content`, `none`, `unclear`.
Directions are counted on requests without a flag; extra goals are counted too, though an untagged one may be right.
"""

import argparse
import csv
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import NamedTuple, get_args

from tools.goals import Attribute, Request
from tools.request import parse_request
from tools.request.lexicon import lexicon

FLAGS = frozenset(("editor", "content", "none", "unclear"))
Direction = tuple[str, int]
"""What moves (`warmth`, `sat:blue`) and which way."""


class Tagged(NamedTuple):
    """A request with its tags."""

    text: str
    tags: list[str]

    @property
    def flags(self) -> set[str]:
        """The flags among the tags."""
        return set(self.tags) & FLAGS


class Comparison(NamedTuple):
    """A request's tagged directions against those parsed."""

    right: set[Direction]
    missing: set[Direction]
    reversed: set[Direction]
    extra: set[Direction]


def read_requests(path: Path) -> list[Tagged]:
    """Read the requests of a tab-separated file."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) >= 2]
    return [Tagged(row[0], [tag.strip() for tag in row[1].split(",")]) for row in rows if row[0] != "request"]


def tagged_directions(tags: list[str]) -> set[Direction]:
    """The attribute and colour directions among tags."""
    found = set()
    for tag in tags:
        name, sign = tag[:-1], {"+": 1, "-": -1}.get(tag[-1:], 0)
        if not sign:
            continue
        if name in ("tint_magenta", "tint_green"):
            found.add(("tint", sign if name == "tint_magenta" else -sign))
        elif name.startswith("sat:"):
            found.add(("sat:" + plain_colour(name.removeprefix("sat:")), sign))
        elif name in get_args(Attribute):
            found.add((name, sign))
    return found


def plain_colour(name: str) -> str:
    """The plain colour that a colour's name stands for."""
    node = lexicon().root.words.get(name)
    entry = node.entry if node else None
    return entry.value.split()[0] if entry and entry.role == "colours" else name


def parsed_directions(request: Request) -> set[Direction]:
    """The attribute and colour directions that were parsed."""
    named = {"colour": "sat:", "hue": "hue:"}
    return {
        (f"sat:{goal.colour}" if goal.attribute == "colour" else goal.attribute, goal.direction)
        for goal in request.goals
        if named.get(goal.attribute) != "hue:"
    }


def compare(tagged: set[Direction], parsed: set[Direction]) -> Comparison:
    """Sort a request's directions."""
    right = tagged & parsed
    turned = {(name, sign) for name, sign in tagged - right if (name, -sign) in parsed}
    extra = {(name, sign) for name, sign in parsed - tagged if (name, -sign) not in turned}
    return Comparison(right, tagged - right - turned, turned, extra)


def detection(requests: list[Tagged], parsed: list[Request], flag: str) -> str:
    """How often a flag is found, and how often it is found where it is not."""
    found = {"editor": [bool(p.needs_editor) for p in parsed], "none": [p.nothing_asked for p in parsed]}[flag]
    truth = [flag in request.flags for request in requests]
    hits = sum(f and t for f, t in zip(found, truth, strict=True))
    agree = sum(f == t for f, t in zip(found, truth, strict=True))
    return f"{agree / len(truth):.1%} right; {hits} of {sum(truth)} found, {sum(found) - hits} found wrongly"


def show(request: Tagged, parsed: Request, result: Comparison) -> None:
    """Print what went wrong with a request."""

    def signed(directions: set[Direction]) -> str:
        return " ".join(f"{name}{'+' if sign > 0 else '-'}" for name, sign in sorted(directions))

    print(f"\n{request.text}\n  ignored: {', '.join(parsed.ignored) or '-'}")
    for name in ("missing", "reversed", "extra"):
        if directions := getattr(result, name):
            print(f"  {name}: {signed(directions)}")


def main() -> None:
    """Parse every request and print the shares."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--requests", type=Path, required=True, help="tab-separated file: request, tags")
    options.add_argument("--show-misses", action="store_true", help="print each request that was read differently")
    chosen = options.parse_args()
    requests = read_requests(chosen.requests)
    parse_request("warm")
    parsed, seconds = [], []
    for request in requests:
        start = time.perf_counter()
        parsed.append(parse_request(request.text))
        seconds.append(time.perf_counter() - start)
    total: Counter[str] = Counter()
    for request, read in zip(requests, parsed, strict=True):
        if request.flags:
            continue
        result = compare(tagged_directions(request.tags), parsed_directions(read))
        total.update({name: len(getattr(result, name)) for name in Comparison._fields})
        if chosen.show_misses and (result.missing or result.reversed or result.extra):
            show(request, read, result)
    tagged = total["right"] + total["missing"] + total["reversed"] or 1
    given = total["right"] + total["reversed"] + total["extra"] or 1
    print(f"\n{len(requests)} requests, {tagged} tagged directions")
    for name in ("right", "missing", "reversed"):
        print(f"{name:10}{total[name] / tagged:6.1%}")
    print(f"{'precision':10}{total['right'] / given:6.1%}")
    for flag in ("editor", "none"):
        print(f"{flag:10}{detection(requests, parsed, flag)}")
    print(f"{'time':10}{median(seconds) * 1000:.2f} ms each (median), {max(seconds) * 1000:.1f} ms at most")


if __name__ == "__main__":
    main()
