"""The library in words, derived from the declarations of its tools."""

from collections.abc import Sequence

from mcp_server.results import Library, StyleSummary, ToolDescription, ToolSummary
from tools.declare import Tool, lookup, plannable
from tools.plan import Step
from tools.region import NAMES
from tools.styles import STYLES, find_style


def library(axis: str | None = None, *, editor: bool = False) -> Library:
    """The tools that run here, of one axis or of all, with regions and styles; some only where there is an editor."""
    entries = [entry for entry in plannable(editor=editor) if axis in (None, entry.axis)]
    return Library(
        tools=[_summary(entry) for entry in entries],
        regions=list(NAMES),
        styles=[StyleSummary(name=style.name, description=style.description) for style in STYLES.values()],
    )


def library_markdown(shown: Library) -> str:
    """The library as a page."""
    lines = ["# Tools"]
    for axis in dict.fromkeys(entry.axis for entry in shown.tools):
        lines.append(f"\n## {axis}")
        lines += [_line(entry) for entry in shown.tools if entry.axis == axis]
    lines += ["\n# Regions", ", ".join(shown.regions) + "; combined with not, &, | and parentheses", "\n# Styles"]
    lines += [f"- {style.name}: {style.description}" for style in shown.styles]
    return "\n".join(lines)


def description(name: str) -> ToolDescription:
    """One tool in full.

    Raises:
        ToolError: with the nearest known name.
    """
    entry = lookup(name)
    example = Step(reasoning="why this step", tool=name, args=_example(entry))
    return ToolDescription(
        name=entry.name, axis=entry.axis, meaning=entry.meaning, arguments=entry.schema(), example=example
    )


def description_markdown(shown: ToolDescription) -> str:
    """One tool as a page."""
    lines = [f"# {shown.name} ({shown.axis})", shown.meaning + "."]
    for name, schema in shown.arguments.get("properties", {}).items():
        lines.append(f"- {name}: {_range(schema)}, default {schema.get('default')}. {schema.get('description', '')}")
    lines.append(f"\nA step: `{shown.example.model_dump_json()}`")
    return "\n".join(lines)


def style_markdown(name: str) -> str:
    """A named style and its steps.

    Raises:
        ToolError: with the nearest known name.
    """
    style = find_style(name)
    lines = [f"# {name}", style.description + "."]
    lines += [f"- {step.reasoning} `{step.model_dump_json(exclude={'reasoning'})}`" for step in style.plan.steps]
    return "\n".join(lines)


def _summary(entry: Tool) -> ToolSummary:
    arguments = [f"{name} {_range(schema)}" for name, schema in entry.schema().get("properties", {}).items()]
    return ToolSummary(name=entry.name, axis=entry.axis, meaning=entry.meaning, arguments="; ".join(arguments))


def _line(entry: ToolSummary) -> str:
    return f"- {entry.name}: {entry.meaning}" + (f" ({entry.arguments})" if entry.arguments else "")


def _range(schema: dict[str, object]) -> str:
    """A parameter's values, briefly: `-3..3 EV`, `left|right`."""
    if isinstance(choices := schema.get("enum"), Sequence):
        return "|".join(map(str, choices))
    if "minimum" in schema:
        return f"{schema['minimum']:g}..{schema['maximum']:g} {schema.get('unit', '')}".rstrip()
    return str(schema.get("type", "value"))


def _example(entry: Tool) -> dict[str, object]:
    """Arguments a third of the way up each range, and the first of each list of choices."""
    args: dict[str, object] = {}
    for name, schema in entry.schema().get("properties", {}).items():
        if "enum" in schema:
            args[name] = schema["enum"][-1]
        elif schema.get("neutral") is not None:
            args[name] = round(schema["maximum"] / 3, 1)
    return args
