"""`stylist trace`: list, show and export what runs have left."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from graph.trace import SUFFIX, Event, read_trace
from stylist.destinations import DEFAULT_FOLDER
from stylist.errors import Mistake, explained, shown
from stylist.narration import Narrator, error_in_words, print_line
from tools.declare import ToolError
from tools.picture import write_atomically
from tools.types import Json

_PLACES = click.argument("places", nargs=-1, type=click.Path(path_type=Path))


@dataclass(frozen=True)
class Run:
    """The events of one run, in order."""

    file: Path
    events: list[Event]

    def latest(self, *kinds: str) -> Json:
        """The data of the last event of these kinds; empty where there is none."""
        return next((event.data for event in reversed(self.events) if event.kind in kinds), {})

    @property
    def score(self) -> float | None:
        """The picture score of the best attempt, 1 to 5."""
        scores = [event.data["assessment"]["scores"]["picture"] for event in self.events if event.kind == "assess"]
        return max(scores, default=None)

    @property
    def outcome(self) -> str:
        """What came of it, in one line."""
        last = self.events[-1]
        if last.kind == "finish":
            return str(last.data["message"])
        return (
            error_in_words(last.data["error"])
            if last.kind == "error"
            else f"not finished; the last event is {last.kind}"
        )


@click.group()
def trace() -> None:
    """List, show and export the traces of runs.

    \b
    stylist trace list styled/
    stylist trace show styled/coast.trace.jsonl --html coast.html
    stylist trace export traces/ -o trajectories.parquet

    PLACES are traces, or folders of them; `styled/` if none is given.
    """


@trace.command("list")
@_PLACES
def list_runs(places: tuple[Path, ...]) -> None:
    """List runs: when, which photo, what was asked, who planned, what came of it."""
    console = Console()
    for run in _runs(places):
        start = run.latest("start")
        steps = len(run.latest("approve", "plan").get("plan", {}).get("steps", []))
        facts = (
            *(run.events[0].time[:19].replace("T", " "), Path(start.get("photo", "")).name),
            *(run.latest("plan").get("policy", "not planned"), f"{steps} steps"),
            *([] if run.score is None else [f"score {run.score:.1f}"]),
        )
        console.print(
            f"[bold]{escape(shown(run.file))}[/]  [dim]{', '.join(facts)}[/]", highlight=False, soft_wrap=True
        )
        print_line(console, "request", start.get("request", ""))
        print_line(console, "outcome", run.outcome)


@trace.command("show")
@click.argument("place", type=click.Path(path_type=Path))
@click.option("--html", "page", type=click.Path(path_type=Path), help="Write a page with pictures instead.")
def show_runs(place: Path, page: Path | None) -> None:
    """Tell the runs of a trace again, or write them as one self-contained HTML page."""
    runs = _runs([place])
    if page is None:
        _tell(runs)
        return
    from stylist.trace_page import trace_page

    with explained():
        write_atomically(page, trace_page(runs).encode())
    click.echo(f"{shown(page)}: {_count(runs)}")


@trace.command("export")
@_PLACES
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="A .jsonl file for the events, a .parquet file for trajectories to train on.",
)
def export_runs(places: tuple[Path, ...], out: Path) -> None:
    """Write many traces into one file: events as JSON lines, or scored plans as Parquet."""
    runs = _runs(places)
    if out.suffix == ".parquet":
        _write_trajectories(runs, out)
    elif out.suffix == ".jsonl":
        lines = [event.model_dump_json() + "\n" for run in runs for event in run.events]
        with explained():
            write_atomically(out, "".join(lines).encode())
    else:
        raise Mistake(f"{shown(out)} ends neither in .jsonl (events) nor in .parquet (trajectories)")
    click.echo(f"{shown(out)}: {_count(runs)}")


def _runs(places: Sequence[Path]) -> list[Run]:
    """The runs in traces and folders of traces; files in a folder that are no traces are named and left out.

    Raises:
        Mistake: if there are none, or a file that was named is not a trace.
    """
    runs = []
    for file in _files(places or [DEFAULT_FOLDER]):
        try:
            events = read_trace(file)
        except ToolError as error:
            if file in places:
                raise Mistake(str(error)) from None
            click.echo(f"left out {shown(file)}: {error}", err=True)
            continue
        for name in dict.fromkeys(event.run for event in events):
            runs.append(Run(file, [event for event in events if event.run == name]))
    if not runs:
        looked = ", ".join(shown(place) for place in places or [DEFAULT_FOLDER])
        raise Mistake(f"there is no trace in {looked}; `stylist style` leaves one beside each picture")
    return runs


def _files(places: Sequence[Path]) -> list[Path]:
    found = []
    for place in places:
        if place.is_dir():
            found += sorted(place.rglob(f"*{SUFFIX}")) + sorted(place.rglob(f"*{SUFFIX}.part"))
        elif place.exists():
            found.append(place)
        else:
            raise Mistake(f"there is no trace {shown(place)}; check the name and the folder")
    return found


def _tell(runs: Sequence[Run]) -> None:
    console = Console()
    for run in runs:
        narrator = Narrator(console)
        start = run.latest("start")
        console.print(f"\n[bold]{escape(start.get('photo', shown(run.file)))}[/]", highlight=False, soft_wrap=True)
        print_line(console, "request", start.get("request", ""))
        for event in run.events:
            narrator.tell(event.model_dump())
        print_line(console, "outcome", run.outcome)


def _write_trajectories(runs: Sequence[Run], out: Path) -> None:
    try:
        from rl.trajectories import rows_of, write_parquet

        rows = [row for run in runs for row in rows_of(run.events)]
        if not rows:
            raise Mistake("the traces hold no scored plan, so there is no trajectory to write")
        write_parquet(rows, out)
    except ImportError:
        raise Mistake("trajectories need the training extra: pip install 'stylist[train]'") from None
    except OSError as error:
        raise Mistake(f"{shown(out)} cannot be written: {error.strerror}") from None


def _count(runs: Sequence[Run]) -> str:
    return f"{len(runs)} run{'s' * (len(runs) > 1)}, {sum(len(run.events) for run in runs)} events"
