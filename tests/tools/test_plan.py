"""Plans are checked against the library and say what is wrong with them."""

import json

import pytest

from tools.declare import REGISTRY, ToolError
from tools.plan import MAX_STEPS, Plan, Step, plan_schema, read_plan


def test_left_out_arguments_take_their_defaults() -> None:
    assert Step(tool="exposure").args == {"stops": 0.0}


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        ({"tool": "exposre"}, "did you mean 'exposure'"),
        ({"tool": "exposure", "args": {"stop": 1}}, "did you mean 'stops'"),
        ({"tool": "exposure", "args": {"stops": 7}}, "stops = 7 is not right; it is a number from -3 to 3 EV"),
        ({"tool": "exposure", "args": {"stops": float("nan")}}, "is not right"),
        ({"tool": "exposure", "args": {"stops": "bright"}}, "'bright' is not right"),
        ({"tool": "exposure", "region": "skay"}, "did you mean 'sky'"),
        ({"tool": "exposure", "colour": 1}, "Extra inputs"),
    ],
)
def test_a_wrong_step_is_explained(step: dict[str, object], hint: str) -> None:
    with pytest.raises(ToolError, match=hint):
        read_plan({"steps": [step]})


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"steps": 3}', '{"steps": [], "extra": 1}', "\x00"])
def test_no_text_gives_a_traceback(text: str) -> None:
    with pytest.raises(ToolError):
        read_plan(text)


def test_too_many_steps_are_refused() -> None:
    with pytest.raises(ToolError, match="at most 8"):
        read_plan({"steps": [{"tool": "exposure"}] * (MAX_STEPS + 1)})


def test_a_plan_survives_json() -> None:
    plan = Plan(summary="x", steps=[Step(reasoning="dark", tool="exposure", args={"stops": 0.5}, region="not sky")])
    assert read_plan(json.dumps(plan.model_dump())) == plan


def test_the_schema_offers_every_local_tool_and_none_that_takes_a_file_or_an_editor() -> None:
    names = {item["properties"]["tool"]["const"] for item in plan_schema()["properties"]["steps"]["items"]["anyOf"]}
    assert names == {name for name, entry in REGISTRY.items() if not entry.needs_editor and not entry.from_file}
