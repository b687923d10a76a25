"""Search for a task's true goals: a teacher for training and an upper bound for evaluation, never a contestant."""

from graph.policies import Policy
from graph.policies.search import SearchPolicy
from graph.settings import LocalSettings
from tools.declare import ToolError
from tools.goals import Request


class OracleSearchPolicy(SearchPolicy):
    """`search` that need not read the request."""

    name = "oracle_search"


def make(settings: LocalSettings, goals: Request | None) -> Policy:
    """The policy of a run.

    Raises:
        ToolError: if the task's goals are not given.
    """
    if goals is None:
        raise ToolError("policy 'oracle_search' plans for true goals, and this run has none: give them as `goals`")
    return OracleSearchPolicy(settings.seed, settings.candidates, goals)
