"""Named styles: plans that were made beforehand, for any photo; the data is `styles.toml`.

STYLES["vintage_film"].description    # "vintage nostalgic film, faded matte blacks, ..."
STYLES["vintage_film"].at(0.5)        # the plan at half its strength
"""

import tomllib
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from tools.declare import ToolError, lookup, nearest, shown
from tools.plan import Plan, Step
from tools.types import Json


class Style(BaseModel):
    """A named plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    """One line, in words that people use for it."""
    plan: Plan

    def at(self, strength: float) -> Plan:
        """The plan with every amount at a share of the way from doing nothing, 0, to the style as written, 1."""
        return Plan(summary=self.plan.summary, steps=[at_strength(step, strength) for step in self.plan.steps])


def find_style(name: str) -> Style:
    """Return the style called `name`.

    Raises:
        ToolError: with the nearest known name.
    """
    if name in STYLES:
        return STYLES[name]
    near = nearest(name, STYLES)
    hint = f"did you mean {near!r}?" if near else "known are " + ", ".join(STYLES)
    raise ToolError(f"no style is called {shown(name)}; {hint}")


def at_strength(step: Step, strength: float) -> Step:
    """The step with every amount at a share of the way from doing nothing, 0, to the step as written, 1."""
    return step.model_copy(update={"args": _scaled(step, strength)})


def _scaled(step: Step, strength: float) -> Json:
    """The step's arguments, those that have a neutral value drawn towards it."""
    schema = lookup(step.tool).schema()["properties"]
    neutrals = {name: parameter.get("neutral") for name, parameter in schema.items()}
    return {
        name: value if neutrals[name] is None else neutrals[name] + strength * (value - neutrals[name])
        for name, value in step.args.items()
    }


def _read() -> dict[str, Style]:
    data = tomllib.loads(files("tools").joinpath("styles.toml").read_text(encoding="utf-8"))
    return {
        name: Style(
            name=name,
            description=entry["description"],
            plan=Plan(summary=entry["description"], steps=entry["steps"]),
        )
        for name, entry in data.items()
    }


STYLES = _read()
"""Every named style by name."""
