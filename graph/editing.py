"""The renderer `editor`: a whole plan as one instruction, carried out by a generative image editor."""

from typing import Any

from graph.record import Record
from graph.settings import LocalSettings
from graph.state import State
from graph.thumbnails import thumbnail
from graph.tool_session import ToolSession
from tools.declare import ToolError
from tools.instruction import instruction
from tools.plan import Plan
from tools.types import Json

TOOL = "apply_instruction"
"""What the tool server offers where an editor is set up."""


async def check_editor(session: ToolSession) -> None:
    """Check that the tool server has an editor.

    Raises:
        ToolError: if it has none.
    """
    if TOOL not in await session.offered():
        raise ToolError(
            "renderer 'editor' needs an images/edits endpoint; set STYLIST_EDITOR_URL, such as http://localhost:8000/v1"
        )


async def edit_whole(state: State, settings: LocalSettings, session: ToolSession, record: Record) -> Json:
    """Let the editor carry out the plan, or under `edit_only` the request as it is; return what changes in the state.

    Raises:
        ToolError: if the editor fails.
    """
    words = state["request"]
    if settings.policy != "edit_only":
        words = instruction(Plan.model_validate(state["plan"]).steps)
    call: dict[str, Any] = {"image": state["current"], "instruction": words, "seed": settings.seed}
    made, preview = await session.call_seeing(TOOL, **call)
    result = made["uri"]
    told = {**call, "result": result, "change": made["changes"], "notes": made["notes"]}
    await record.write("edit", told, {result: thumbnail(preview)})
    return {"current": result, "position": len(state["plan"]["steps"])}
