"""The offline baseline: the named style nearest to the sentence, with fixed arguments, blind to the photo."""

import re

from graph.policies import Attempt, Policy
from graph.settings import LocalSettings
from tools.context import Context
from tools.goals import Request
from tools.plan import Plan
from tools.styles import STYLES, Style


class PresetPolicy:
    """Picks a named style by the words that its description shares with the request."""

    name = "preset"

    def plan(self, context: Context, request: str, image: bytes, history: list[Attempt]) -> Plan:
        """Return the nearest style's plan; the first style wins a tie, so the answer is always the same."""
        wanted = _words(request)
        nearest = max(STYLES.values(), key=lambda style: _overlap(wanted, style))
        return nearest.plan.model_copy(deep=True)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{3,}", text.lower()))


def _overlap(wanted: set[str], style: Style) -> float:
    """Shared words over the root of the description's length, so that long descriptions have no head start."""
    described = _words(f"{style.name.replace('_', ' ')} {style.description}")
    return len(wanted & described) / max(len(described), 1) ** 0.5


def make(settings: LocalSettings, goals: Request | None) -> Policy:
    """The policy of a run."""
    return PresetPolicy()
