"""Search: the best of many plans by measured quality, for the goals that the request parser read.

The rules' plan comes first. Then plans are varied, one change at a time (amounts turned up or down, a step left out, a
missed goal given another step, another tool for the same goal), and judged by `tools.quality` on the preview; a
variation that is judged better is the one varied next. So search is never judged worse than rules.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from graph.policies import Attempt, Policy, Progress
from graph.policies.moves import ALTERNATIVES, MOVES
from graph.policies.planning import Planning, Purpose
from graph.policies.sketch import Sketch, with_argument
from graph.settings import LocalSettings
from tools.context import Context
from tools.goals import Goal, Request
from tools.plan import MAX_STEPS, Plan, Step
from tools.request import parse_request

_PERFECT = 5.0
_SPREAD = 0.4
"""Standard deviation of the logarithm by which an amount is turned."""


class _Candidate(NamedTuple):
    """A plan that was judged."""

    score: float
    """Picture score, 1 to 5."""
    steps: tuple[Step, ...]
    purposes: tuple[Purpose | None, ...]


class SearchPolicy:
    """Plans by search for the goals it reads itself; with `goals`, for those."""

    name = "search"

    def __init__(self, seed: int, candidates: int, goals: Request | None = None) -> None:
        """Search among `candidates` plans; `seed` fixes which, and how they are rendered."""
        self.seed = seed
        self.candidates = candidates
        self.goals = goals

    def plan(self, context: Context, request: str, image: bytes, history: list[Attempt]) -> Plan:
        """Plan for one photo; see `graph.policies.Policy.plan`."""
        return self._searched(context, request, image, history, None)

    def plan_on(self, context: Context, request: str, image: bytes, history: list[Attempt], progress: Progress) -> Plan:
        """Plan the rest; see `graph.policies.ClosedLoopPolicy.plan_on`."""
        return self._searched(context, request, image, history, progress)

    def _searched(
        self, context: Context, request: str, image: bytes, history: list[Attempt], progress: Progress | None
    ) -> Plan:
        goals = self.goals or parse_request(request)
        planning = Planning(context, goals, Sketch(image, context.regions, self.seed), history, progress)
        planning.draft()
        planning.refine()
        search = _Search(planning, np.random.default_rng([self.seed, len(history)]))
        search.climb(self.candidates)
        return planning.plan()


class _Search:
    """A climb from the plan that stands in `planning`."""

    def __init__(self, planning: Planning, random: np.random.Generator) -> None:
        self.planning = planning
        self.random = random
        self.taken = planning.purposes.count(None)

    def climb(self, candidates: int) -> None:
        """Make the best of so many plans the one that stands."""
        best = self._judged()
        for _ in range(candidates - 1):
            if best.score >= _PERFECT:
                break
            self._vary(best)
            best = max(best, self._judged(), key=lambda candidate: candidate.score)
        self._stand(list(best.steps), list(best.purposes))

    def _judged(self) -> _Candidate:
        sketch = self.planning.sketch
        score = sketch.assess(self.planning.request).scores["picture"]
        return _Candidate(score, tuple(sketch.steps), tuple(self.planning.purposes))

    def _stand(self, steps: list[Step], purposes: list[Purpose | None]) -> None:
        self.planning.sketch.restart(steps)
        self.planning.purposes = purposes

    def _vary(self, candidate: _Candidate) -> None:
        """Change a plan at random: turn one amount or all, leave a step out, add or exchange one."""
        steps, purposes = list(candidate.steps), list(candidate.purposes)
        open_steps = range(self.taken, len(steps))
        change = self.random.choice(["turn", "turn", "turn", "turn all", "leave out", "add", "exchange"])
        if change == "add" or not open_steps:
            self._add(steps, purposes, len(steps), self._random(self.planning.goals))
        else:
            index = self._random(open_steps)
            match change:
                case "turn":
                    self._turn(steps, purposes, [index])
                case "turn all":
                    self._turn(steps, purposes, open_steps)
                case _:
                    purpose = purposes.pop(index)
                    del steps[index]
                    if change == "exchange" and purpose and isinstance(purpose.wish, Goal):
                        self._add(steps, purposes, index, purpose.wish)
        self._stand(steps, purposes)

    def _turn(self, steps: list[Step], purposes: list[Purpose | None], indices: Iterable[int]) -> None:
        """Turn the dials of some steps by one factor."""
        factor = float(np.exp(self.random.normal(0, _SPREAD)))
        for index in indices:
            purpose = purposes[index]
            if purpose and purpose.dial:
                argument = purpose.dial.argument
                amount = purpose.dial.clamped(float(steps[index].args[argument]) * factor)
                steps[index] = with_argument(steps[index], argument, amount)

    def _add(self, steps: list[Step], purposes: list[Purpose | None], index: int, goal: Goal | None) -> None:
        """Put in a step for a goal, by any tool that moves its attribute."""
        key = (goal.attribute, goal.direction) if goal else None
        if goal is None or key not in MOVES or len(steps) >= MAX_STEPS:
            return
        move = self._random([MOVES[key], *ALTERNATIVES.get(key, ())])
        dial = self.planning.dial(goal, move)
        assert dial is not None
        args = {**move.fixed, move.argument: dial.clamped(move.limit * self.random.uniform(0.2, 1))}
        step = Step(tool=move.tool, args=args, region=self.planning.region(goal.region))
        steps.insert(index, step)
        purposes.insert(index, Purpose(goal, dial))

    def _random(self, among: Sequence[Any]) -> Any:
        """One of several at random; None of none."""
        return among[int(self.random.integers(len(among)))] if among else None


def make(settings: LocalSettings, goals: Request | None) -> Policy:
    """The policy of a run; true goals are not for it."""
    return SearchPolicy(settings.seed, settings.candidates)
