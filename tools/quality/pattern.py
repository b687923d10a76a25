"""A pattern that repeats itself over a picture: the dots of a screen, the blocks of a mosaic.

Strokes, flakes, rain and grain lie anywhere.
"""

from tools.goals import Request
from tools.marks import measure_mark
from tools.quality.comparison import Comparison

_FINE = {"medium", "snow", "rain", "storm", "old_film", "grain", "noise"}
"""Wishes that excuse fine things which are not in the photo; where there is none, those are faults of their own."""
_DOTS_DB, _BLOCKS = 5.0, 12.0
"""Gain of the marks of the two that nobody overlooks."""


def pattern(comparison: Comparison, request: Request) -> float:
    """How plainly a pattern was added, 1 where nobody overlooks it; nothing where no wish excuses fine things."""
    if not request.names & _FINE:
        return 0.0
    return max(_gained(comparison, "dots") / _DOTS_DB, _gained(comparison, "blocks") / _BLOCKS)


def _gained(comparison: Comparison, mark: str) -> float:
    return measure_mark(comparison.after, mark) - measure_mark(comparison.before, mark)
