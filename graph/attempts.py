"""Judging what a run has made, so that the best of it is kept.

The judge that chooses reads the goals from the request, as the policy does. Where a task's true goals are given, they
judge what is recorded, and never what is chosen: no policy gains from them.
"""

from graph.state import State
from graph.tool_session import ToolSession
from tools.types import Json


async def judged_attempt(session: ToolSession, state: State, result: str, plan: Json, observed: list[Json]) -> Json:
    """An attempt: its `plan`, what was `observed`, the `result`, its `assessment`, and the `score` that counts."""
    pictures = {"before": state["image"], "after": result, "request": state["request"]}
    own = (await session.call("assess_edit", **pictures))["assessment"]
    goals = state.get("goals")
    assessment = (await session.call("assess_edit", **pictures, goals=goals))["assessment"] if goals else own
    return {
        "plan": plan,
        "observed": observed,
        "result": result,
        "assessment": assessment,
        "score": own["scores"]["picture"],
        "measured": any(goal["satisfied"] is not None for goal in own["results"]),
    }


def can_compare(attempt: Json) -> bool:
    """Whether the score says anything: where no goal was read that can be measured, any change would count as worse."""
    return bool(attempt["measured"])
