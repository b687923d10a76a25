"""Measured changes between two pictures, in numbers and in words."""

from tools.attributes import UNIT

VISIBLE_UNITS = 0.25
"""Smaller changes, in units of a plain change, are not worth a word."""
MAX_WORDS = 6


def measured_changes(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What each attribute gained, in its own unit; those that stayed are left out."""
    gains = {name: round(after[name] - value, 2) for name, value in before.items()}
    return {name: gain for name, gain in gains.items() if gain}


def in_words(changes: dict[str, float]) -> list[str]:
    """The visible changes, largest first: "warmth plainly up (+2.1)"."""
    by_size = sorted(changes.items(), key=lambda change: -abs(change[1]) / UNIT[change[0]])
    words = [_in_words(name, gain) for name, gain in by_size if abs(gain) / UNIT[name] >= VISIBLE_UNITS]
    return words[:MAX_WORDS] or ["no visible change was measured"]


def _in_words(name: str, gain: float) -> str:
    units = abs(gain) / UNIT[name]
    degree = "a little" if units < 0.7 else "plainly" if units < 2 else "much"
    return f"{name} {degree} {'up' if gain > 0 else 'down'} ({gain:+.1f})"
