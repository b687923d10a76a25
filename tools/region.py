"""Where a step applies: one small grammar, `sky`, `not sky`, `subject & highlights`, `left | top`.

`&` binds stronger than `|`, `not` stronger than both; parentheses group. `everywhere` is the whole picture.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from tools.declare import ToolError

PLACES = ("sky", "subject", "background", "foliage", "skin")
TONES = ("highlights", "midtones", "shadows")
SIDES = ("left", "right", "top", "bottom", "centre")
COLOURS = ("red", "orange", "yellow", "green", "aqua", "blue", "purple", "magenta")
NAMES = ("everywhere", *PLACES, *TONES, *SIDES, *COLOURS)
"""Every region that can be named."""

_TOKEN = re.compile(r"\s*([()&|]|not\b|[a-z_]+)")


@dataclass(frozen=True)
class Named:
    """A region by name."""

    name: str


@dataclass(frozen=True)
class Not:
    """All but a region."""

    inner: "Region"


@dataclass(frozen=True)
class Both:
    """Where two regions overlap."""

    left: "Region"
    right: "Region"


@dataclass(frozen=True)
class Either:
    """Two regions together."""

    left: "Region"
    right: "Region"


Region = Named | Not | Both | Either


@lru_cache(maxsize=256)
def parse(text: str) -> Region:
    """Parse a region expression.

    Raises:
        ToolError: with the nearest known name, or what was expected.
    """
    tokens, position = _tokens(text), 0

    def peek() -> str:
        return tokens[position] if position < len(tokens) else ""

    def take() -> str:
        nonlocal position
        position += 1
        return tokens[position - 1] if position <= len(tokens) else ""

    def chain(operator: str, build: Callable[[Region, Region], Region], operand: Callable[[], Region]) -> Region:
        left = operand()
        while peek() == operator:
            take()
            left = build(left, operand())
        return left

    def atom() -> Region:
        token = take()
        if token == "not":
            return Not(atom())
        if token == "(":
            inner = expression()
            if take() != ")":
                raise ToolError(f"region {text!r}: a ')' is missing")
            return inner
        if token in NAMES:
            return Named(token)
        near = get_close_matches(token, NAMES, 1)
        hint = f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(NAMES)
        raise ToolError(
            f"region {text!r}: {token!r} is not a region; {hint}" if token else f"region {text!r} ends early"
        )

    def expression() -> Region:
        return chain("|", Either, lambda: chain("&", Both, atom))

    region = expression()
    if position != len(tokens):
        raise ToolError(f"region {text!r}: did not expect {peek()!r}; join regions with & or |")
    return region


def outside(region: str) -> str:
    """The expression for all that a region leaves out: `not sky`, `not (sky | skin)`, and `sky` for `not sky`."""
    inner = region.removeprefix("not ")
    closed = inner in NAMES or inner.find(")") == len(inner) - 1
    if region.startswith("not ") and closed:
        return inner
    return f"not {region}" if region in NAMES else f"not ({region})"


def _tokens(text: str) -> list[str]:
    if len(text) > 200:
        raise ToolError(f"a region of {len(text)} characters is too long; at most 200")
    tokens, end = [], 0
    lowered = text.lower().rstrip()
    while end < len(lowered):
        match = _TOKEN.match(lowered, end)
        if match is None:
            raise ToolError(
                f"region {text!r}: did not expect {lowered[end]!r}; names, not, &, | and parentheses are known"
            )
        tokens.append(match[1])
        end = match.end()
    return tokens


def names_in(region: Region) -> set[str]:
    """The named regions that an expression speaks of."""
    match region:
        case Named(name):
            return {name}
        case Not(inner):
            return names_in(inner)
        case Both(left, right) | Either(left, right):
            return names_in(left) | names_in(right)
