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


def is_for_editor(state: State, settings: LocalSettings) -> bool:
    """Whether the editor has to do what no step says: what no tool can do, or under `edit_only` the whole request."""
    return settings.renderer == "editor" and (settings.policy == "edit_only" or bool(_wishes(state)))


def _wishes(state: State) -> list[str]:
    """The words of the request that ask for what no tool can do."""
    return list(state["reading"]["needs_editor"])


async def edit_whole(state: State, settings: LocalSettings, session: ToolSession, record: Record) -> Json:
    """Let the editor carry out the plan and what no tool can do, or under `edit_only` the request as it is.

    Returns:
        What changes in the state.

    Raises:
        ToolError: if the editor fails.
    """
    words = state["request"]
    if settings.policy != "edit_only":
        words = instruction(Plan.model_validate(state["plan"]).steps, _wishes(state))
    call: dict[str, Any] = {"image": state["current"], "instruction": words, "seed": settings.seed}
    made, preview = await session.call_seeing(TOOL, **call)
    result = made["uri"]
    told = {**call, "result": result, "change": made["changes"], "notes": made["notes"]}
    await record.write("edit", told, {result: thumbnail(preview)})
    done = {"current": result, "position": len(state["plan"]["steps"])}
    if not state["plan"]["steps"]:
        done["plan"] = {"summary": f"The image editor was asked: {words}", "steps": []}
    return done
