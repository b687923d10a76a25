"""The tools as clients see them: schemas, annotations, budgets, and what is said to wrong arguments."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError

READ_ONLY = {
    "list_photos",
    "describe_library",
    "describe_tool",
    "measure_image",
    "assess_edit",
    "compare",
    "history",
    "undo",
}
WRITING = {"export_image", "export_recipe"}
IMAGE = "image://sha256/" + "0" * 64


async def listed(connect: Any, settings: Any) -> list[dict[str, Any]]:
    async with connect(settings) as caller:
        tools = (await caller.client.list_tools()).tools
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]


def tokens(tools: list[dict[str, Any]]) -> int:
    """Tokens of the listing, rounded up: vocabularies of today take some 4.2 characters of such JSON at a time."""
    return len(json.dumps(tools, separators=(",", ":"))) // 4


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object schema with listed properties in an input schema."""
    if isinstance(schema, dict):
        if "properties" in schema and isinstance(schema["properties"], dict):
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


async def test_the_core_profile_is_small(connect: Any, settings: Any) -> None:
    tools = await listed(connect, settings)
    assert len(tools) <= 15
    assert tokens(tools) <= 5000


async def test_the_full_profile_has_every_library_tool(connect: Any, settings: Any) -> None:
    everything = await listed(connect, replace(settings, profile="all"))
    names = [tool["name"] for tool in everything]
    assert len(names) == len(set(names))
    assert {"exposure", "temperature", "grain"} <= set(names)
    assert "location_setting" not in names
    assert tokens(everything) <= 16_000


@pytest.mark.parametrize("profile", ["core", "all"])
async def test_every_argument_is_described_and_no_other_is_taken(connect: Any, settings: Any, profile: str) -> None:
    for tool in await listed(connect, replace(settings, profile=profile)):
        assert tool["description"]
        assert tool["outputSchema"]["properties"]
        for schema in objects(tool["inputSchema"]):
            assert schema["additionalProperties"] is False, tool["name"]
            for name, described in schema["properties"].items():
                plain = described.get("type") in ("array", "object") or "enum" in described
                assert described.get("description") or plain, (tool["name"], name)


async def test_annotations_are_true(connect: Any, settings: Any) -> None:
    for tool in await listed(connect, settings):
        hints = tool["annotations"]
        assert hints["readOnlyHint"] == (tool["name"] in READ_ONLY)
        assert hints["destructiveHint"] == (tool["name"] in WRITING)
        assert hints["idempotentHint"] == (tool["name"] not in WRITING)
        assert hints["openWorldHint"] is False


async def test_image_tools_share_one_result(connect: Any, settings: Any) -> None:
    tools = {tool["name"]: tool["outputSchema"] for tool in await listed(connect, settings)}
    sharing = ("open_image", "apply_step", "apply_plan", "apply_style", "compare", "undo", "branch")
    assert all(tools[name] == tools["open_image"] for name in sharing)


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("open_image", {"pth": "coast.jpg"}, "the argument 'path' is missing"),
    ("open_image", {"path": "coast.jpg", "pat": 1}, "unknown argument 'pat'; did you mean 'path'?"),
    ("open_image", {"path": 5}, "path = 5 is not right; it is a text"),
    ("list_photos", {"limit": 0}, "limit = 0 is not right; it is a whole number from 1 to 200"),
    ("list_photos", {"limit": "many"}, "limit = 'many' is not right"),
    ("describe_library", {"axis": "colr"}, "axis = 'colr' is not right; it is one of light, colour"),
    ("apply_step", {"image": IMAGE, "step": {"tool": "exposre"}}, "did you mean 'exposure'?"),
    ("apply_step", {"image": IMAGE, "step": {}}, "the argument 'step.tool' is missing; it is one of"),
    (
        "apply_step",
        {"image": IMAGE, "step": {"tool": "exposure", "args": {"stop": 1}}},
        "unknown argument 'stop'; did you mean 'stops'?",
    ),
    (
        "apply_step",
        {"image": IMAGE, "step": {"tool": "exposure", "args": {"stops": 4}}},
        "stops = 4 is not right; it is a number from -3 to 3 EV",
    ),
    (
        "apply_step",
        {"image": IMAGE, "step": {"tool": "exposure", "regoin": "sky"}},
        "unknown argument 'step.regoin'; did you mean 'region'?",
    ),
    ("apply_step", {"image": IMAGE, "step": {"tool": "exposure", "region": "skie"}}, "'skie' is not a region"),
    ("apply_step", {"image": IMAGE, "step": {"tool": "exposure"}, "seed": -1}, "seed = -1 is not right"),
    ("apply_plan", {"image": IMAGE, "plan": {"steps": [{"tool": "tint"}] * 9}}, "has 9 items; at most 8"),
    ("apply_plan", {"image": IMAGE, "plan": {"steps": [{"tool": "no"}]}}, "plan.steps.0: no tool is called"),
    ("apply_style", {"image": IMAGE, "style": "portra", "strength": 1.5}, "from 0 to 1"),
    ("measure_image", {"image": IMAGE}, "no edit is known as"),
    ("measure_image", {"image": "coast.jpg"}, "open_image gives one"),
    ("measure_image", {"image": "image://sha256/XYZ"}, "is not an image reference"),
    ("export_image", {"image": IMAGE, "path": "x.jpg", "quality": 101}, "whole number from 1 to 100"),
    ("branch", {"image": IMAGE, "steps": 10**5000}, "steps = a number of thousands of digits is not right"),
    ("describe_tool", {"tool": "x" * 10**6}, "x...; `stylist tools` lists the library"),
    ("apply_style", {"image": IMAGE, "style": "x" * 10**6}, "x...; known are golden_evening"),
    ("apply_step", {"image": IMAGE, "step": {"tool": "tint", "args": {"x" * 10**6: 1}}}, "x...; its arguments are"),
]


async def test_wrong_arguments_are_explained(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        for tool, arguments, said in WRONG:
            answer = await caller.error(tool, **arguments)
            assert said in answer
            assert "pydantic" not in answer
            assert "Traceback" not in answer


async def test_objects_may_come_as_json_text(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        step = json.dumps({"tool": "exposure", "args": {"stops": 0.5}})
        assert (await caller.ok("apply_step", image="coast.jpg", step=step))["steps"] == 1


async def test_unknown_tools_and_prompts_are_explained(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        assert "did you mean 'open_image'?" in await caller.error("open_imag")
        with pytest.raises(MCPError, match="no prompt is called 'style_this'; did you mean 'style_this_photo'"):
            await caller.client.get_prompt("style_this")
        with pytest.raises(MCPError, match="the argument 'wish' is missing; it is how it should look"):
            await caller.client.get_prompt("style_this_photo", {"photo": "coast.jpg"})


async def test_a_region_that_is_not_there_is_refused(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        step = {"tool": "exposure", "args": {"stops": 1}, "region": "magenta & skin"}
        assert "is not found in this photo" in await caller.error("apply_step", image="coast.jpg", step=step)


async def test_an_editor_tool_is_refused_in_words(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        said = await caller.error("apply_step", image="coast.jpg", step={"tool": "location_setting"})
        assert "generative image editor" in said


async def test_a_library_tool_is_called_by_its_name(connect: Any, settings: Any) -> None:
    async with connect(replace(settings, profile="all")) as caller:
        by_name = await caller.ok("exposure", image="coast.jpg", stops=0.5, region="shadows")
        step = {"tool": "exposure", "args": {"stops": 0.5}, "region": "shadows"}
        assert (await caller.ok("apply_step", image="coast.jpg", step=step))["uri"] == by_name["uri"]
        said = await caller.error("exposure", image="coast.jpg", stops=9)
        assert said.startswith("stops = 9 is not right; it is a number from -3 to 3 EV")
        assert "did you mean 'stops'?" in await caller.error("exposure", image="coast.jpg", stop=1)
        said = await caller.error("exposure", image="coast.jpg", stops=1, region="skye")
        assert said == "region 'skye': 'skye' is not a region; did you mean 'sky'?"
