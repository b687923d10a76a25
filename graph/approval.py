"""Asking a person about a plan: what they are shown, and what they may answer."""

import base64
from typing import Any, NamedTuple

from langgraph.config import get_stream_writer
from langgraph.types import interrupt

from graph.settings import LocalSettings
from graph.state import State
from graph.tool_session import ToolSession
from tools.declare import ToolError
from tools.plan import read_plan
from tools.types import Json

_ANSWERS: list[Json] = [
    {"decision": "accept"},
    {"decision": "edit", "plan": "..."},
    {"decision": "reject", "reason": "..."},
]
"""What a person may answer when asked to approve a plan."""


class Decision(NamedTuple):
    """What a person decided."""

    decision: str
    """accept, edit or reject."""
    plan: Json | None
    """The plan agreed on; None if it was rejected."""
    reason: str
    """Why it was rejected, if they said."""


def ask_about(proposed: Json, shown: Json) -> Decision:
    """Stop the run until a person has decided about a plan; an answer that cannot be taken is asked for again.

    Args:
        proposed: the plan.
        shown: what goes with it.
    """
    question: Json = {"question": "Accept, edit or reject this plan?", "plan": proposed, **shown, "answers": _ANSWERS}
    while True:
        answer = interrupt(question)
        try:
            return _read(answer, proposed)
        except ToolError as error:
            question = {**question, "problem": str(error)}


async def preview_of_plan(session: ToolSession, state: State, settings: LocalSettings) -> Json:
    """What the plan would make of the photo, by reference; the picture itself goes to whoever watches.

    A plan that cannot be shown brings a `warning` instead.
    """
    try:
        plan = {"image": state["image"], "plan": state["plan"], "seed": settings.seed}
        made, preview = await session.call_seeing("apply_plan", **plan)
    except ToolError as error:
        return {"preview": None, "warning": str(error)}
    pictures = {made["uri"]: base64.b64encode(preview).decode()}
    get_stream_writer()({"kind": "preview", "data": {"preview": made["uri"]}, "pictures": pictures})
    return {"preview": made["uri"]}


def _read(answer: Any, proposed: Json) -> Decision:
    given: Json = answer if isinstance(answer, dict) else {"decision": answer}
    match given.get("decision"):
        case "accept":
            return Decision("accept", proposed, "")
        case "edit":
            if not isinstance(given.get("plan"), dict | str):
                raise ToolError("the decision 'edit' brings the edited plan with it, under 'plan'")
            return Decision("edit", read_plan(given["plan"]).model_dump(), "")
        case "reject":
            return Decision("reject", None, str(given.get("reason", "")))
    raise ToolError(f"the decision {given.get('decision')!r} is not known; it is accept, edit or reject")
