"""A run's curves as one PNG, drawn from the log of the trainer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

Log = Sequence[dict[str, Any]]


class Panel(NamedTuple):
    """One plot: its title, and the logged values on it by label."""

    title: str
    lines: dict[str, str]
    span: tuple[float, float] | None = None
    """Ends of the vertical axis, where the scale has ends."""


PANELS = (
    Panel("loss", {"training": "loss", "held out": "eval_loss"}),
    Panel("share of valid plans, unconstrained", {"dev photos": "eval_valid_share"}, (0, 1)),
    Panel("picture score of dev plans, 1 to 5", {"dev photos": "eval_score"}, (1, 5)),
    Panel("held-out pairs ranked rightly", {"dpo": "eval_rewards/accuracies"}),
    Panel("accuracy of the next token", {"training": "mean_token_accuracy", "held out": "eval_mean_token_accuracy"}),
    Panel("learning rate", {"": "learning_rate"}),
    Panel("gradient norm", {"": "grad_norm"}),
    Panel("tokens a second", {"": "tokens_per_second"}),
)
COLUMNS = 2


def draw_curves(log: Log, target: Path) -> None:
    """Draw every panel that has something to show."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    panels = [panel for panel in PANELS if any(_points(log, name) for name in panel.lines.values())]
    rows = -(-len(panels) // COLUMNS)
    figure = Figure(figsize=(10, 2.6 * max(rows, 1)), layout="constrained")
    FigureCanvasAgg(figure)
    for place, panel in enumerate(panels, 1):
        axes = figure.add_subplot(rows, COLUMNS, place)
        axes.set_title(panel.title, fontsize=10, loc="left")
        axes.set_xlabel("step", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        for label, name in panel.lines.items():
            points = _points(log, name)
            if points:
                axes.plot(*zip(*points, strict=True), marker="." if len(points) < 40 else "", label=label)
        if panel.span:
            axes.set_ylim(panel.span[0] - 0.05, panel.span[1] + 0.05)
        if len(panel.lines) > 1:
            axes.legend(fontsize=8, frameon=False)
    figure.savefig(target, dpi=110)


def _points(log: Log, name: str) -> list[tuple[int, float]]:
    return [(entry["step"], float(entry[name])) for entry in log if name in entry]
