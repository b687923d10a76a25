"""The page that clients with MCP Apps show, as served and in a real browser."""

import base64
import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.extension import advertise
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID

from mcp_server.server import build_server

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
URI = "ui://stylist/comparison.html"
PLAN = {
    "steps": [
        {"reasoning": "The light is <b>flat</b>.", "tool": "exposure", "args": {"stops": 0.6}},
        {"tool": "temperature", "args": {"warmer": 40}, "region": "sky"},
    ]
}


async def styled(settings: Any, *extensions: Any, path: str = "coast.jpg", plan: Any = PLAN) -> tuple[str, Any]:
    """The page and the answer to a plan, for a client with these extensions."""
    async with Client(build_server(settings), extensions=extensions) as client:
        page = (await client.read_resource(URI)).contents[0]
        assert page.mime_type == APP_MIME_TYPE
        result = await client.call_tool("apply_plan", {"image": path, "plan": plan})
        return page.text, result  # type: ignore[union-attr]


async def with_view(settings: Any, **more: Any) -> tuple[str, Any]:
    return await styled(settings, advertise(EXTENSION_ID, {"mimeTypes": [APP_MIME_TYPE]}), **more)


async def test_tools_that_compare_name_the_page(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        tools = (await caller.client.list_tools()).tools
    named = {tool.name for tool in tools if tool.meta and tool.meta["ui"]["resourceUri"] == URI}
    assert named == {"apply_plan", "apply_style", "compare"}


async def test_pictures_go_only_to_clients_that_show_the_page(settings: Any) -> None:
    _, shown = await with_view(settings)
    _, plain = await styled(settings)
    comparison = shown.meta["stylist/comparison"]
    assert [step["tool"] for step in comparison["steps"]] == ["exposure", "temperature"]
    assert base64.b64decode(comparison["before"]) != base64.b64decode(comparison["after"])
    assert comparison["after"] == shown.content[1].data
    assert "stylist/comparison" not in (plain.meta or {})
    assert plain.content == shown.content
    assert plain.structured_content == shown.structured_content


async def test_the_page_loads_nothing(settings: Any) -> None:
    page, _ = await styled(settings)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page.replace("// An MCP Apps view", ""))
    assert len(page) < 20_000


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_page_shows_both_pictures_and_the_steps(settings: Any, tmp_path: Path, theme: str) -> None:
    page, result = await with_view(settings)
    host = hosting(page, result, theme)
    (tmp_path / "host.html").write_text(host)
    for _ in range(5):  # a browser without a screen draws when it likes; once drawn, the page tells its size
        state = shown(tmp_path / "host.html")
        if "ui/notifications/size-changed" in state["heard"]:
            break
    assert state["heard"][0] == "ui/initialize"
    assert {"ui/notifications/initialized", "ui/notifications/size-changed", "answer 7"} <= set(state["heard"])
    assert state["images"] == [240, 240]
    assert state["at"] == "30%"
    for words in ("coast.jpg", "240 × 160 px", "exposure", "stops 0.6", "The light is <b>flat</b>.", "in sky"):
        assert words in state["text"]


def hosting(page: str, result: Any, theme: str) -> str:
    """The host's page with what it is to show."""
    given = {"page": page, "result": result.model_dump(mode="json", by_alias=True), "theme": theme}
    literal = json.dumps(json.dumps(given)).replace("</", "<\\/").replace("<!--", "<\\!--")
    return (Path(__file__).parent / "host.html").read_text().replace("GIVEN", literal)


def shown(page: Path) -> Any:
    """What the host's page has heard and shows."""
    heard = re.search(r'id="heard">(.*?)</pre>', dumped(page), re.S)
    assert heard
    return json.loads(html.unescape(heard[1]))


def dumped(page: Path) -> str:
    assert BROWSER is not None
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    done = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=90, check=True)
    return done.stdout
