"""The paper's baseline: no plan; the sentence goes to the generative editor as it is."""

from graph.policies import Attempt, Policy
from graph.settings import LocalSettings
from tools.context import Context
from tools.declare import ToolError
from tools.goals import Request
from tools.plan import Plan


class EditOnlyPolicy:
    """Plans no step."""

    name = "edit_only"

    def plan(self, context: Context, request: str, image: bytes, history: list[Attempt]) -> Plan:
        """Leave it to the editor; see `graph.policies.Policy.plan`."""
        return Plan(summary="The request goes to the image editor as it is.")


def make(settings: LocalSettings, goals: Request | None) -> Policy:
    """The policy of a run.

    Raises:
        ToolError: if the run has no editor.
    """
    if settings.renderer != "editor":
        raise ToolError("policy 'edit_only' leaves everything to the image editor; it needs renderer 'editor'")
    return EditOnlyPolicy()
