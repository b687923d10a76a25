"""What a command that was killed has left: photos that are done, and the run of one that is not."""

from pathlib import Path

from graph.settings import LocalSettings, Settings
from graph.trace import Event, read_trace
from stylist.destinations import Destination
from stylist.errors import Mistake, shown
from tools.declare import ToolError
from tools.types import Json


def is_done(destination: Destination, request: str) -> bool:
    """Whether the latest run for a photo was for this request, came to its end, and its picture is there."""
    events = _events(destination.trace)
    if not events or events[-1].kind != "finish" or destination.running_trace.exists():
        return False
    asked = next(event.data["request"] for event in reversed(events) if event.kind == "start")
    output = events[-1].data["output"]
    return asked == request and (output is None or Path(output).exists())


def begun_run(destination: Destination) -> str | None:
    """The thread of the run that was killed before its results were written, if there is one."""
    events = _events(destination.running_trace)
    return events[0].run if events else None


def ended_run(destination: Destination) -> str:
    """The thread of a run that is done; if it was killed in its last moment, its record is still kept."""
    return _events(destination.trace)[-1].run


def check_same(destination: Destination, request: str, settings: LocalSettings) -> None:
    """Check that the run which was killed is the one that is to go on.

    Raises:
        Mistake: if it had another photo, request or settings.
    """
    start = _events(destination.running_trace)[0].data
    photo = str(destination.photo.resolve())
    if (start["photo"], start["request"]) != (photo, request):
        raise Mistake(
            f"the run that was stopped here was to make {Path(start['photo']).name} {start['request']!r}; "
            "repeat that command with --resume, or leave --resume out to start anew"
        )
    changed = [name for name, value in _chosen(settings).items() if start["settings"].get(name) != value]
    if changed:
        raise Mistake(
            f"the run that was stopped for {shown(destination.photo)} had {changed[0]} "
            f"{start['settings'].get(changed[0])!r}; resume it with the same options, or leave --resume out"
        )


def _chosen(settings: LocalSettings) -> Json:
    """The settings that decide what comes of a run."""
    return settings.model_dump(include=set(Settings.model_fields) - {"overwrite"}, mode="json")


def _events(trace: Path) -> list[Event]:
    try:
        return read_trace(trace)
    except ToolError:
        return []
