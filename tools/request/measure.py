"""Numbers in a request: "20 percent", "1/3 stop", "+0.5 EV", "clarity -15", as a strength from 0 to 1."""

import re

from tools.request.match import Item

MOST_STOPS = 2
"""A number by itself up to this size counts stops ("exposure +0.7"); a larger one is a slider's, of 100."""
NEUTRAL_PERCENT = 100
"""Where a dial stands that is set in percent of what it is now ("colour to 120 %")."""


def is_number(item: Item) -> bool:
    """Whether an item is a number, with or without a sign."""
    return bool(re.match(r"[+\-−]?\.?\d", item.text))


def percent_strength(text: str) -> float:
    """The strength of a percentage: 10 is a touch, 100 as far as it goes."""
    return round(min(1.0, 0.2 + _size(text) / 125), 2)


def stop_strength(text: str) -> float:
    """The strength of exposure stops: a third is a touch, one is plain, two are much."""
    return round(min(1.0, 0.2 + _size(text) * 0.35), 2)


def slider_strength(text: str) -> float:
    """The strength of a number without a unit: stops where it is small, else points of 100."""
    return stop_strength(text) if _size(text) <= MOST_STOPS else percent_strength(text)


def change_to(text: str, *, percent: bool, to: bool) -> float:
    """How far a dial is turned that is set to a number: -20 "to 80 %", 20 "to 120 %" and "at 20", -100 "to 0"."""
    size = _size(text)
    if percent and (to or size > NEUTRAL_PERCENT):
        return size - NEUTRAL_PERCENT
    return size or -NEUTRAL_PERCENT


def _size(text: str) -> float:
    top, _, bottom = text.lstrip("+-−").replace(",", ".").partition("/")
    try:
        return float(top) / (float(bottom) if bottom else 1)
    except (ValueError, ZeroDivisionError):
        return 1.0
