"""A tool is declared once, beside its code; schemas, validation and documentation are derived from the declaration.

    @tool(axis="light", pointwise=True, space="linear")
    def exposure(image, scene, *, stops: Annotated[float, number(-3, 3, "EV", "+1 doubles the light")] = 0.0):
        \"\"\"Brighten or darken everything, as a longer or shorter exposure would.\"\"\"
        return image * 2.0**stops

The first two arguments are the picture `(H, W, 3) float32` in the declared space and the `Scene` it stands in; every
keyword argument is a parameter of the tool, with its range, unit, meaning and default. A tool that is not pointwise
takes and returns `tools.rows.Rows`, so that no whole picture need be in memory; its `run` is for arrays.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property, wraps
from typing import Any, Literal, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from tools.colour import Space
from tools.rows import Rows, whole
from tools.types import FloatImage, Json

Axis = Literal["light", "colour", "detail", "optics", "atmosphere", "medium", "scene"]
MOST_SHOWN = 90
"""Characters of a given value that an error repeats."""
AXES: tuple[Axis, ...] = get_args(Axis)


class ToolError(ValueError):
    """A request to the library that cannot be done; the message says what would be right."""


def shown(value: object) -> str:
    """A value that somebody gave, as it stands in the words of an error: long ones are cut."""
    try:
        text = repr(value)
    except ValueError:  # Python does not write out a whole number of more than 4,300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "..."


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like a misspelt one, if any is; of what is too long to be one nothing is."""
    return next(iter(get_close_matches(name, list(known), 1)), None) if len(name) <= MOST_SHOWN else None


def number(low: float, high: float, unit: str, meaning: str, *, neutral: float | None = 0.0) -> Any:
    """Describe a numeric parameter: its closed range, unit, meaning, and the value at which it does nothing.

    `neutral=None` marks a parameter that shapes an effect (a size, a hue) and cannot switch it off by itself.
    """
    return Field(ge=low, le=high, description=meaning, json_schema_extra={"unit": unit, "neutral": neutral})


def text(pattern: str, meaning: str) -> Any:
    """Describe a parameter that is a text; all of it matches the pattern."""
    return Field(pattern=pattern, description=meaning)


def choice(meaning: str) -> Any:
    """Describe a parameter whose `Literal` type lists its values."""
    return Field(description=meaning)


@dataclass(frozen=True)
class Tool:
    """One entry of the library."""

    name: str
    axis: Axis
    meaning: str
    """One line: what it does to a picture."""
    pointwise: bool
    """True when a pixel's result depends on that pixel (and on statistics of the picture) alone."""
    space: Space
    """The colour space of the arrays that `run` takes and returns."""
    needs_editor: bool
    """True when only a generative image editor can do it."""
    from_file: bool
    """True when its arguments come from a file that a person brings, so that no planner can think them up."""
    parameters: type[BaseModel]
    run: Callable[..., FloatImage] = field(repr=False)
    stream: Callable[..., Rows] = field(repr=False)
    """The same from rows to rows; a pointwise tool takes arrays alone."""

    def validate(self, args: Mapping[str, Any]) -> Json:
        """Return `args` completed with defaults.

        Raises:
            ToolError: naming the argument, its value, and the range, choices or nearest name that would be right.
        """
        try:
            return self.parameters.model_validate(dict(args)).model_dump()
        except ValidationError as error:
            first = error.errors()[0]
            raise ToolError(f"{self.name}: {self._explain(first['type'], first['loc'], first)}") from None

    def _explain(self, kind: str, location: tuple[int | str, ...], error: Any) -> str:
        name = str(location[0])
        known = list(self.parameters.model_fields)
        if kind == "extra_forbidden":
            near = nearest(name, known)
            hint = f"did you mean {near!r}?" if near else f"its arguments are {', '.join(known) or 'none'}"
            return f"unknown argument {shown(name)}; {hint}"
        return f"{name} = {shown(error['input'])} is not right; {self.describe_range(name)}"

    def describe_range(self, name: str) -> str:
        """Say in words which values the parameter `name` takes."""
        schema = self.schema()["properties"][name]
        if "enum" in schema:
            return "it is one of " + ", ".join(schema["enum"])
        if "minimum" in schema:
            return f"it is a number from {schema['minimum']:g} to {schema['maximum']:g} {schema['unit']}".rstrip()
        return f"it is a text that matches {schema['pattern']}"

    def is_identity(self, args: Mapping[str, Any]) -> bool:
        """Whether complete `args` leave every picture as it is: each parameter that has a neutral value is at it."""
        return bool(self._neutrals) and all(args[name] == neutral for name, neutral in self._neutrals.items())

    @cached_property
    def _neutrals(self) -> Json:
        return {
            name: extra["neutral"]
            for name, info in self.parameters.model_fields.items()
            if isinstance(extra := info.json_schema_extra, dict) and extra.get("neutral") is not None
        }

    def schema(self) -> Json:
        """JSON schema of the arguments: ranges, enums, units, defaults; unknown arguments forbidden."""
        return deepcopy(self._schema)

    @cached_property
    def _schema(self) -> Json:
        schema = self.parameters.model_json_schema()
        schema.pop("title", None)
        for parameter in schema.get("properties", {}).values():
            parameter.pop("title", None)
        return schema


REGISTRY: dict[str, Tool] = {}
"""Every declared tool by name; complete once `tools.library` is imported."""


def tool(
    *,
    axis: Axis,
    pointwise: bool = False,
    space: Space = "oklab",
    needs_editor: bool = False,
    from_file: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., FloatImage]]:
    """Declare the decorated function as a tool; its name, docstring and keyword arguments become the declaration."""

    def declare(run: Callable[..., Any]) -> Callable[..., FloatImage]:
        hints = get_type_hints(run, include_extras=True)
        fields: dict[str, Any] = {
            name: (hints[name], parameter.default)
            for name, parameter in inspect.signature(run).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        model = create_model(
            f"{run.__name__}_args", __config__=ConfigDict(extra="forbid", allow_inf_nan=False), **fields
        )
        name = run.__name__
        if name in REGISTRY:
            raise ValueError(f"the tool {name!r} is declared twice")
        meaning = (inspect.getdoc(run) or "").split("\n", 1)[0].rstrip(".")
        on_arrays = run if pointwise else _on_arrays(run)
        REGISTRY[name] = Tool(name, axis, meaning, pointwise, space, needs_editor, from_file, model, on_arrays, run)
        return on_arrays

    return declare


def plannable(*, editor: bool = False) -> list[Tool]:
    """The tools that a planner can choose; those that need a generative editor only where there is one."""
    return [entry for entry in REGISTRY.values() if not entry.from_file and (editor or not entry.needs_editor)]


def _on_arrays(stream: Callable[..., Rows]) -> Callable[..., FloatImage]:
    @wraps(stream)
    def run(*words: Any, **args: Any) -> FloatImage:
        return whole(stream(*words, **args))

    return run


def lookup(name: str) -> Tool:
    """Return the tool called `name`.

    Raises:
        ToolError: with the nearest known name.
    """
    if name in REGISTRY:
        return REGISTRY[name]
    near = nearest(name, REGISTRY)
    hint = f"did you mean {near!r}?" if near else "`stylist tools` lists the library"
    raise ToolError(f"no tool is called {shown(name)}; {hint}")
