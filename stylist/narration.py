"""What the person reads while a photo is styled: what was seen, each step with its reason, what changed."""

import re
import textwrap

from rich.console import Console
from rich.markup import escape

from stylist.sheet import describe_call
from tools.types import Json

_LABEL_WIDTH = 12
_MOST_WORDS = 12
"""Words not used that are named; the rest are counted."""
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
_STATUSES = ("met", "partly", "overdone", "missed", "reversed", "unmeasured")
"""How goals went, from best to worst."""


class Narrator:
    """Prints the events of one run."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._reasons: set[str] = set()
        """Reasons given already, without their numbers: a revised plan does not repeat them."""
        self._scores: list[float] = []
        self._summary = ""
        self._acted = 0
        """Steps of the current plan that were told."""

    def tell(self, event: Json) -> None:
        """Print one event of a run, as the graph streams it and a trace holds it; not all of them are worth a line."""
        tell = getattr(self, f"_{event['kind']}", None)
        if tell is not None:
            tell(event["data"])

    def _line(self, label: str, text: str, style: str = "bold") -> None:
        print_line(self.console, label, text, style)

    def _perceive(self, seen: Json) -> None:
        self._line("saw", "; ".join(seen["words"]))
        for note in seen["notes"]:
            self._line("note", note)
        reading = seen["reading"]
        self._words("understood", reading["understood"])
        self._words("not used", reading["ignored"])
        self._words("not found", reading["unlocated"])
        self._words("needs editor", reading["needs_editor"])

    def _words(self, label: str, words: list[str]) -> None:
        if words:
            different = list(dict.fromkeys(words))
            more = f" and {len(different) - _MOST_WORDS} more" if len(different) > _MOST_WORDS else ""
            self._line(label, ", ".join(different[:_MOST_WORDS]) + more)

    def _plan(self, planned: Json) -> None:
        if planned["attempt"] > 1:
            self.console.print()
            self._line("revising", "that fell short, so it is planned again with what was learned")
        self._summary = planned["plan"]["summary"]
        self._line("plan", self._summary)
        self._acted = 0

    def _step(self, step: Json) -> None:
        self._acted += 1
        self.console.print()
        self._line(f"step {self._acted}", describe_call(step), style="bold cyan")
        reason = re.sub(r"[\d.]+", "", step["reasoning"])
        if reason not in self._reasons:
            self._reasons.add(reason)
            self._line("why", step["reasoning"], style="dim")
        if step["error"]:
            self._line("left out", step["error"], style="bold red")
        else:
            self._line("changed", changes_in_words(step["change"]), style="dim")

    def _edit(self, made: Json) -> None:
        self._acted += 1
        self.console.print()
        self._line("editor", made["instruction"], style="bold cyan")
        self._line("changed", changes_in_words(made["change"]), style="dim")

    def _assess(self, judged: Json) -> None:
        if not self._acted:
            return
        assessment = judged["assessment"]
        self.console.print()
        for status in _STATUSES:
            goals = [result["goal"] for result in assessment["results"] if result["status"] == status]
            if goals:
                self._line(status, ", ".join(goals))
        for remark in assessment["remarks"]:
            self._line("note", remark)
        self._scores.append(assessment["scores"]["picture"])
        self._line("score", f"{self._scores[-1]:.1f} of 5, a self-assessment by measurement")

    def _finish(self, outcome: Json) -> None:
        if len(self._scores) > 1:
            best = self._scores.index(max(self._scores)) + 1
            self._line("kept", f"attempt {best} of {len(self._scores)}, which scores best")
        if outcome["output"] is None and outcome["message"] != self._summary:
            self._line("done", outcome["message"])


def print_line(console: Console, label: str, text: str, style: str = "bold") -> None:
    """Print a label and a text that is wrapped beside it."""
    unbroken = text.replace(" %", "\N{NO-BREAK SPACE}%")
    width = max(20, console.width - _LABEL_WIDTH - 2)
    lines = textwrap.wrap(unbroken, width, break_long_words=False, break_on_hyphens=False) or [""]
    for index, line in enumerate(lines):
        mark = f"[{style}]{label if index == 0 else '':>{_LABEL_WIDTH}}[/]"
        console.print(f"{mark}  {escape(line)}", highlight=False, soft_wrap=True)


def error_in_words(error: str) -> str:
    """An error as a trace holds it; what a `ToolError` says is meant for people and needs no more around it."""
    return re.sub(r"""^ToolError\((["'])(.*)\1\)$""", r"\2", error, flags=re.DOTALL)


def changes_in_words(change: dict[str, float]) -> str:
    """Measured changes that a person would notice, largest share of its threshold first."""
    seen = {name: value for name, value in change.items() if abs(value) >= _SHOWN_CHANGE.get(name, float("inf"))}
    ranked = sorted(seen, key=lambda name: -abs(seen[name]) / _SHOWN_CHANGE[name])
    return ", ".join(f"{name} {seen[name]:+.1f}" for name in ranked[:6]) or "hardly anything that is measured"
