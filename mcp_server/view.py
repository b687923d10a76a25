"""What clients with MCP Apps show beside an answer: before and after under a slider, with the steps between them.

The page is one file that loads nothing. Its pictures travel in the result's `_meta`, which models do not see, and only
to clients that said they show such pages; all others get the preview.
"""

import base64
from importlib.resources import files
from itertools import takewhile
from typing import Any

from mcp.server.apps import Apps, client_supports_apps
from mcp.server.mcpserver import Context

from mcp_server.darkroom import Darkroom
from mcp_server.edits import Edit
from mcp_server.previews import preview
from tools.types import Json

URI = "ui://stylist/comparison.html"
TOOL_META: dict[str, Any] = {"ui": {"resourceUri": URI}}
"""Marks a tool whose answers the page shows."""
RESULT_KEY = "stylist/comparison"
_PAGE = files("mcp_server").joinpath("comparison.html").read_text(encoding="utf-8")


def view() -> Apps:
    """The extension that serves the page."""
    apps = Apps()
    apps.add_html_resource(
        URI,
        _PAGE,
        name="comparison",
        title="Before and after",
        description="A slider between two pictures, with the steps beside it",
        prefers_border=True,
    )
    return apps


def comparison(ctx: Context[None, Any], before: Edit, after: Edit, darkroom: Darkroom) -> Json | None:
    """What the page shows of two pictures, as `_meta` of the answer; None for clients that do not show it."""
    if not client_supports_apps(ctx):
        return None
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(before.steps, after.steps, strict=False))))
    pictures = {name: preview(darkroom.proxy(edit)) for name, edit in (("before", before), ("after", after))}
    return {
        RESULT_KEY: {name: base64.b64encode(jpeg).decode() for name, jpeg in pictures.items()}
        | {"steps": [step.model_dump(mode="json") for step in after.steps[shared:]]}
    }
