"""Numbers in a request: "20 percent", "1/3 stop", "+0.5 EV", as a strength from 0 to 1."""

from tools.request.match import Item


def is_number(item: Item) -> bool:
    """Whether an item is a number, with or without a sign."""
    return item.text[:1].isdigit() or (item.text[:1] in "+-−" and item.text[1:2].isdigit())


def percent_strength(text: str) -> float:
    """The strength of a percentage: 10 is a touch, 100 as far as it goes."""
    return round(min(1.0, 0.2 + _size(text) / 125), 2)


def stop_strength(text: str) -> float:
    """The strength of exposure stops: a third is a touch, one is plain, two are much."""
    return round(min(1.0, 0.2 + _size(text) * 0.35), 2)


def _size(text: str) -> float:
    top, _, bottom = text.lstrip("+-−").replace(",", ".").partition("/")
    try:
        return float(top) / (float(bottom) if bottom else 1)
    except (ValueError, ZeroDivisionError):
        return 1.0
