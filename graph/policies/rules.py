"""The embedded policy: goals read from the sentence, turned into steps for this photo. No weights, no network."""

from graph.policies import Attempt, Policy, Progress
from graph.policies.planning import Planning
from graph.policies.sketch import Sketch
from graph.settings import LocalSettings
from tools.context import Context
from tools.goals import Request
from tools.plan import Plan
from tools.request import parse_request


class RulesPolicy:
    """Plans by rules; `seed` is the seed with which the plan will be rendered."""

    name = "rules"

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def plan(self, context: Context, request: str, image: bytes, history: list[Attempt]) -> Plan:
        """Plan for one photo; see `graph.policies.Policy.plan`."""
        return self._planned(context, request, image, history, None)

    def plan_on(self, context: Context, request: str, image: bytes, history: list[Attempt], progress: Progress) -> Plan:
        """Plan the rest; see `graph.policies.ClosedLoopPolicy.plan_on`."""
        return self._planned(context, request, image, history, progress)

    def _planned(
        self, context: Context, request: str, image: bytes, history: list[Attempt], progress: Progress | None
    ) -> Plan:
        sketch = Sketch(image, context.regions, self.seed)
        planning = Planning(context, parse_request(request), sketch, history, progress)
        planning.draft()
        planning.refine()
        return planning.plan()


def make(settings: LocalSettings, goals: Request | None) -> Policy:
    """The policy of a run."""
    return RulesPolicy(seed=settings.seed)
