"""Claims of a step's reasoning that can be checked: "warmth 2.0 -> 7.5", compared with what was measured.

claimed_changes("Warmth measures 2.0; you asked for 'warmer'. Expected: warmth 2.0 -> 7.5.")   # {"warmth": 5.5}
"""

import re
from collections.abc import Sequence

from tools.attributes import UNIT
from tools.types import Json

_NUMBER = r"-?\d+(?:\.\d+)?"
_CLAIM = re.compile(rf"\b(?P<attribute>[a-z]+) (?P<before>{_NUMBER}) -> (?P<after>{_NUMBER})")
_LEAST_UNITS = 0.3
"""Claims of less, in units of the attribute (`tools.attributes.UNIT`), are too small to check."""


def claimed_changes(reasoning: str) -> dict[str, float]:
    """The changes of whole-picture attributes that a reasoning foretells, in their own units."""
    claims = (found.groupdict() for found in _CLAIM.finditer(reasoning))
    return {
        claim["attribute"]: round(float(claim["after"]) - float(claim["before"]), 2)
        for claim in claims
        if claim["attribute"] in UNIT
    }


def checked_claims(observed: Sequence[Json]) -> list[Json]:
    """What each step (`graph.trace.StepRecord`) foretold, beside what was measured, and what that makes of it."""
    return [
        {
            "step": number,
            "tool": record["tool"],
            "attribute": attribute,
            "claimed": claimed,
            "observed": record["change"][attribute],
            "verdict": _verdict(record["change"][attribute] / claimed),
        }
        for number, record in enumerate(observed, 1)
        for attribute, claimed in record["claimed"].items()
        if attribute in record["change"] and abs(claimed) >= _LEAST_UNITS * UNIT[attribute]
    ]


def _verdict(share: float) -> str:
    """In words, by the share of the claimed change that was observed."""
    if share < -0.1:
        return "opposite"
    return "less" if share < 0.5 else "more" if share > 1.6 else "as claimed"
