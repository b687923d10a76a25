"""A plan as one instruction in words, for a generative editor (the paper's synthesis step, arXiv 2603.07148).

    instruction([Step(tool="temperature", args={"warmer": 40}, region="sky")])
    # "Edit this photograph: in the sky, make the light warmer. Keep the composition, ..."

The phrases are in `instructions.toml`; a tool that has none there is put into words by its declaration.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tools.declare import Tool, lookup
from tools.plan import Step
from tools.region import Both, Either, Named, Not, Region, parse
from tools.types import Json

_KEEP = "Keep the composition, the people and everything that is not mentioned as they are."
_DEGREES = ((0.15, "very slightly"), (0.4, "slightly"), (0.65, ""), (0.85, "strongly"), (1.0, "very strongly"))
"""Share of a parameter's range up to which a word holds."""


def instruction(steps: Sequence[Step], wishes: Sequence[str] = ()) -> str:
    """One instruction that asks for all steps in their order, and then for `wishes`, which are in words already.

    Steps that do nothing are left out.
    """
    wishes = [*(wish for step in steps if (wish := _wish(step))), *wishes]
    return f"Edit this photograph: {'; then '.join(wishes)}. {_KEEP}"


def _wish(step: Step) -> str:
    """What a step asks for, and where."""
    entry = lookup(step.tool)
    if entry.is_identity(step.args):
        return ""
    phrases = _phrases().get(step.tool)
    wish = _clauses(entry, step.args, phrases) if phrases else _declared(entry, step.args)
    region = parse(step.region)
    return wish if region == Named("everywhere") else f"{_place(region)}, {wish}"


def _clauses(entry: Tool, args: Json, phrases: dict[str, list[str]]) -> str:
    schema = entry.schema()["properties"]
    clauses = []
    for name, (less, more) in phrases.items():
        value = args[name]
        if value == schema[name]["neutral"]:
            continue
        limit = schema[name]["maximum"] if value > 0 else -schema[name]["minimum"]
        words = {**{other: _plain(given) for other, given in args.items()}, "degree": _degree(abs(value) / limit)}
        clauses.append(" ".join((more if value > 0 else less).format(**words).split()).replace(" ,", ","))
    return " and ".join(clauses)


def _declared(entry: Tool, args: Json) -> str:
    given = ", ".join(f"{name} {_plain(value)}" for name, value in args.items())
    return f"{entry.meaning[0].lower()}{entry.meaning[1:]} ({given})"


def _degree(share: float) -> str:
    return next(word for limit, word in _DEGREES if share <= limit)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value).replace("_", " ").replace("none", "no")


def _place(region: Region) -> str:
    """Where, in words: "in the sky", "everywhere but in the sky"."""
    match region:
        case Named(name):
            return f"in the {name}"
        case Not(inner):
            return f"everywhere but {_place(inner)}"
        case Both(left, right):
            return f"{_place(left)} and there only {_place(right)}"
        case Either(left, right):
            return f"{_place(left)} and {_place(right)}"


@cache
def _phrases() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "instructions.toml").read_text(encoding="utf-8"))
