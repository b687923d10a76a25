"""A tool is declared once, and everything else follows: schemas, the planner's catalogue, documentation, gallery."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import messages
from mcp_server.library_text import library
from tools import gallery, reference
from tools.declare import REGISTRY, Tool, ToolError
from tools.examples import examples
from tools.library import light
from tools.plan import Plan, Step, plan_schema

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def half_light() -> Iterator[Tool]:
    """The tool that CONTRIBUTING.md shows, declared as it stands there."""
    code = re.search(r"```python\n(@tool.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert code
    exec(code[1], dict(vars(light)))
    messages.system_message.cache_clear()
    yield REGISTRY["half_light"]
    del REGISTRY["half_light"]
    messages.system_message.cache_clear()


def test_one_declaration_reaches_the_schema_the_planner_the_server_and_the_documentation(half_light: Tool) -> None:
    assert Step(tool="half_light", args={"amount": 40}).args == {"amount": 40}
    with pytest.raises(ToolError, match="0 to 100 %"):
        half_light.validate({"amount": 300})
    planned = [step["properties"]["tool"]["const"] for step in plan_schema()["properties"]["steps"]["items"]["anyOf"]]
    assert "half_light" in planned
    assert "half_light(amount 0..100%)" in messages.system_message()
    assert "half_light" in [entry.name for entry in library().tools]
    assert "### half_light\n\nTake away up to half of the light." in reference.page()


def test_one_declaration_reaches_the_gallery(half_light: Tool, tmp_path: Path) -> None:
    shown = gallery.exhibits_of(examples(half_light), ROOT / "photos")
    gallery.write(shown, tmp_path)
    assert "Take away up to half of the light" in (tmp_path / "index.html").read_text()
    assert (tmp_path / "light.png").exists()
    assert len(list((tmp_path / "after").iterdir())) == len(shown) == 1
    assert shown[0].after.srgb.mean() < 0.9 * shown[0].before.srgb.mean()


def test_the_reference_is_current() -> None:
    assert (ROOT / reference.PAGE).read_text() == reference.page(), "run `python -m tools.reference`"


@pytest.mark.parametrize("entry", REGISTRY.values(), ids=lambda entry: entry.name)
def test_every_value_of_every_list_is_an_example_that_does_something(entry: Tool) -> None:
    shown = examples(entry)
    for name, schema in entry.schema()["properties"].items():
        assert set(schema.get("enum", [])) <= {example.args.get(name) for example in shown}
    assert not any(entry.is_identity(entry.validate(example.args)) for example in shown)
    assert len({example.slug for example in shown}) == len(shown)
    assert Plan(steps=[Step(tool=entry.name, args=shown[0].args)]).steps
