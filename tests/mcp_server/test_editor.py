"""The generative editor: a real endpoint edits, a bad one is explained, and nothing secret is repeated."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mcp.types import CallToolResult
from PIL import Image

from mcp_server import ServerSettings
from mcp_server import editor as editor_module
from mcp_server.editor import KEY, EditorSettings
from tests.mcp_server.conftest import Connect, pictures
from tests.mcp_server.editor_server import EditorServer
from tools.declare import ToolError

BEACH = {"tool": "location_setting", "args": {"location": "beach"}}
WARMER = {"tool": "temperature", "args": {"warmer": 40}}


@pytest.fixture
def with_editor(settings: ServerSettings, endpoint: EditorServer) -> ServerSettings:
    endpoint.requests.clear()
    return replace(settings, editor=EditorSettings(f"{endpoint.url}/v1", model="tiny"))


async def test_an_instruction_is_carried_out(
    connect: Connect, with_editor: ServerSettings, endpoint: EditorServer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "a-secret-of-mine")
    async with connect(with_editor) as caller:
        photo = await caller.ok("open_image", path="coast.jpg")
        call: dict[str, Any] = {"image": "coast.jpg", "instruction": "make it blue", "seed": 3}
        result: CallToolResult = await caller.call("apply_instruction", **call)
        assert len(pictures(result)) == 1
        made = await caller.ok("apply_instruction", **call)
        assert result.structured_content == made
        assert (made["width"], made["height"], made["parent"]) == (240, 160, photo["uri"])
        assert made["source_sha256"] == photo["source_sha256"]
        assert made["notes"] == ["made by an image editor, tiny, at 240 x 160 px"]
        assert (await caller.ok("undo", image=made["uri"]))["uri"] == photo["uri"]
        await caller.ok("compare", before=photo["uri"], after=made["uri"])
        await caller.ok("assess_edit", before=photo["uri"], after=made["uri"], request="bluer")
        assert "no recipe can do again" in await caller.error("export_recipe", image=made["uri"])
        for _ in range(2):
            await caller.ok("export_image", image=made["uri"], path="made.png", overwrite=True)
    assert Image.open(root / "made.png").size == (240, 160)
    sent = endpoint.requests[0]
    assert (sent["prompt"], sent["seed"], sent["size"], sent["model"]) == ("make it blue", "3", "240x160", "tiny")
    assert sent["authorization"] == "Bearer a-secret-of-mine"


async def test_steps_that_need_the_editor_stand_among_others(
    connect: Connect, with_editor: ServerSettings, endpoint: EditorServer
) -> None:
    async with connect(with_editor) as caller:
        names = [tool.name for tool in (await caller.client.list_tools()).tools]
        assert {"apply_instruction", "location_setting", "architecture_style", "time_period"} <= set(names)
        described = await caller.ok("describe_library", axis="scene")
        assert {"location_setting", "season"} <= {entry["name"] for entry in described["tools"]}
        mixed = await caller.ok("apply_plan", image="coast.jpg", plan={"steps": [WARMER, BEACH, WARMER]})
        step = await caller.ok("apply_step", image="coast.jpg", step=BEACH)
        named = await caller.ok("location_setting", image="coast.jpg", location="beach")
        chain = (await caller.ok("history", image=mixed["uri"]))["entries"]
    assert len({mixed["uri"], step["uri"], named["uri"]}) == 2
    assert len(chain) == 4
    assert all(request["prompt"].count("this place: beach") == 1 for request in endpoint.requests)


async def test_a_large_photo_is_sent_small(
    connect: Connect, with_editor: ServerSettings, endpoint: EditorServer, root: Path
) -> None:
    Image.new("RGB", (2400, 1500), "teal").save(root / "large.jpg")
    async with connect(with_editor) as caller:
        made = await caller.ok("apply_instruction", image="large.jpg", instruction="make it blue")
    assert endpoint.requests[0]["photo_px"] == (1296, 816)
    assert (made["width"], made["height"]) == (1295, 810)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("slow", "gave no answer within 0.5 s"),
        ("endless", "gave no answer within 0.5 s"),
        ("broken", "answered 500: out of memory"),
        ("rubbish", "has no picture in data[0].b64_json; it begins '<html>welcome</html>'"),
        ("nopicture", "did not answer with a picture that can be used: it is none"),
        ("square", "answered with another format: 64 x 64 px instead of 240 x 160"),
        ("key", "answered 401: the key [secret] is not known"),
        ("nowhere", "answered 404: Not Found"),
    ],
)
async def test_a_bad_endpoint_is_explained(
    connect: Connect,
    settings: ServerSettings,
    endpoint: EditorServer,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    said: str,
) -> None:
    monkeypatch.setenv(KEY, "a-secret-of-mine")
    bad = replace(settings, editor=EditorSettings(f"{endpoint.url}/{kind}/v1", timeout_s=0.5))
    async with connect(bad) as caller:
        assert said in await caller.error("apply_instruction", image="coast.jpg", instruction="make it blue")


async def test_an_answer_without_end_is_cut_off(
    connect: Connect, settings: ServerSettings, endpoint: EditorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editor_module, "MAX_ANSWER_BYTES", 20_000)
    bad = replace(settings, editor=EditorSettings(f"{endpoint.url}/endless/v1"))
    async with connect(bad) as caller:
        said = await caller.error("apply_instruction", image="coast.jpg", instruction="make it blue")
    assert "sends more than 0.02 MB" in said


async def test_an_endpoint_that_is_not_there_is_named(connect: Connect, settings: ServerSettings) -> None:
    gone = replace(settings, editor=EditorSettings("http://127.0.0.1:9/v1"))
    async with connect(gone) as caller:
        said = await caller.error("apply_step", image="coast.jpg", step=BEACH)
    assert "the image editor at http://127.0.0.1:9/v1 cannot be reached" in said


async def test_without_an_editor_nothing_is_offered(connect: Connect, settings: ServerSettings) -> None:
    async with connect(settings) as caller:
        names = [tool.name for tool in (await caller.client.list_tools()).tools]
        assert not {"apply_instruction", "location_setting"} & set(names)
        assert "needs a generative image editor" in await caller.error("apply_step", image="coast.jpg", step=BEACH)


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://example.org", "http://me:pw@example.org/v1", "http://a/?key=b"]
)
def test_an_address_that_is_not_right_is_refused(url: str) -> None:
    with pytest.raises(ToolError, match="STYLIST_EDITOR_"):
        EditorSettings(url)


def test_the_environment_names_the_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STYLIST_EDITOR_URL", raising=False)
    assert ServerSettings().editor is None
    monkeypatch.setenv("STYLIST_EDITOR_URL", "http://localhost:8000/v1")
    assert ServerSettings().editor == EditorSettings("http://localhost:8000/v1")
