"""What the person reads while a photo is styled: what was seen, each step with its reason, what changed."""

from rich.console import Console
from rich.markup import escape

from stylist.sheet import describe_call
from tools.types import Json

_SHOWN_CHANGE = {
    "brightness": 1.0,
    "contrast": 0.6,
    "warmth": 0.4,
    "tint": 0.4,
    "saturation": 0.4,
    "haze": 1.5,
    "fade": 1.5,
    "clarity": 0.15,
    "sharpness": 0.15,
    "noise": 0.1,
    "vignette": 2.0,
    "highlights": 1.5,
    "shadows": 1.5,
}
"""Smallest change of each attribute that is worth a word."""


class Narrator:
    """Prints the events of one run."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def tell(self, event: Json) -> None:
        """Print one event of the graph's stream."""
        getattr(self, f"_{event['event']}")(event)

    def _line(self, label: str, text: str) -> None:
        self.console.print(f"[bold]{label:>10}[/]  {escape(text)}", highlight=False)

    def _perceive(self, event: Json) -> None:
        self._line("saw", "; ".join(event["words"]))
        for note in event["notes"]:
            self._line("note", note)
        reading = event["reading"]
        if reading["understood"]:
            self._line("understood", ", ".join(reading["understood"]))
        if reading["ignored"]:
            words = reading["ignored"]
            shown = ", ".join(words[:12]) + (f" and {len(words) - 12} more" if len(words) > 12 else "")
            self._line("not used", shown)

    def _plan(self, event: Json) -> None:
        if event["attempt"] > 1:
            self._line("revised", "the first result fell short; planning again with what was learned")
        self._line("plan", event["plan"]["summary"])

    def _step(self, event: Json) -> None:
        step = event["step"]
        self.console.print(
            f"[bold cyan]{'step ' + str(event['number']):>10}[/]  {escape(describe_call(step))}", highlight=False
        )
        self._line("why", step["reasoning"])
        if step["error"]:
            self._line("left out", step["error"])
        else:
            self._line("changed", changes_in_words(step["change"]))

    def _assess(self, event: Json) -> None:
        assessment = event["assessment"]
        for result in assessment["results"]:
            self._line("goal", f"{result['goal']}: {result['status']}")
        for remark in assessment["remarks"]:
            self._line("note", remark)
        self._line("score", f"{assessment['scores']['picture']:.1f} of 5 (self-assessment, measured)")

    def _finish(self, event: Json) -> None:
        self._line("done", event["message"])


def changes_in_words(change: dict[str, float]) -> str:
    """Measured changes that a person would notice, largest share of its threshold first."""
    seen = {name: value for name, value in change.items() if abs(value) >= _SHOWN_CHANGE.get(name, float("inf"))}
    ranked = sorted(seen, key=lambda name: -abs(seen[name]) / _SHOWN_CHANGE[name])
    return ", ".join(f"{name} {seen[name]:+.1f}" for name in ranked[:6]) or "hardly anything that is measured"
