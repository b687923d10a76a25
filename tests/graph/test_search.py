"""Search: judged at least as good as the rules, the same for the same seed, within its budget; the oracle beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest

from graph.policies import make_policy
from graph.policies.rules import RulesPolicy
from graph.policies.search import SearchPolicy
from graph.policies.sketch import Sketch
from graph.settings import LocalSettings
from tools.context import Context, measure_context
from tools.declare import ToolError
from tools.goals import Goal, Request
from tools.picture import Picture, encode, reduce_to
from tools.plan import Plan
from tools.request import parse_request

REQUEST = "a moody evening, softer"


@pytest.fixture(scope="module")
def context(meadow: Picture) -> Context:
    return measure_context(meadow)


@pytest.fixture(scope="module")
def preview(meadow: Picture) -> bytes:
    return encode(meadow.with_pixels(reduce_to(meadow.srgb, 256)), "JPEG", quality=90)


@contextmanager
def _judgements() -> Iterator[list[float]]:
    """The scores of all plans that are judged in the block."""
    scores: list[float] = []
    judge = Sketch.assess

    def counted(sketch: Sketch, request: Request) -> object:
        assessment = judge(sketch, request)
        scores.append(assessment.scores["picture"])
        return assessment

    with patch.object(Sketch, "assess", counted):
        yield scores


def _score(plan: Plan, context: Context, preview: bytes, request: Request) -> float:
    sketch = Sketch(preview, context.regions, 0, 512)
    sketch.restart(plan.steps)
    return sketch.assess(request).scores["picture"]


def test_it_is_judged_better_than_the_rules_within_its_budget(context: Context, preview: bytes) -> None:
    request = parse_request(REQUEST)
    with _judgements() as tuned:
        rules = RulesPolicy().plan(context, REQUEST, preview, [])
    with _judgements() as scores:
        found = SearchPolicy(0, 12).plan(context, REQUEST, preview, [])
    assert len(scores) <= len(tuned) + 12
    assert _score(found, context, preview, request) > _score(rules, context, preview, request)
    assert found == SearchPolicy(0, 12).plan(context, REQUEST, preview, [])


def test_a_budget_of_one_is_the_rules_plan(context: Context, preview: bytes) -> None:
    assert SearchPolicy(0, 1).plan(context, "warmer", preview, []) == RulesPolicy().plan(context, "warmer", preview, [])


def test_the_oracle_plans_for_the_true_goals_not_the_words(context: Context, preview: bytes) -> None:
    goals = Request(text="warmer", goals=[Goal(attribute="brightness", direction=-1)])
    settings = LocalSettings(policy="oracle_search", candidates=2)
    plan = make_policy(settings, goals).plan(context, "warmer", preview, [])
    assert [step.tool for step in plan.steps] == ["exposure"]
    with pytest.raises(ToolError, match="give them as `goals`"):
        make_policy(settings)


def test_search_never_sees_the_true_goals(context: Context, preview: bytes) -> None:
    goals = Request(text="warmer", goals=[Goal(attribute="brightness", direction=-1)])
    settings = LocalSettings(policy="search", candidates=2)
    plan = make_policy(settings, goals).plan(context, "warmer", preview, [])
    assert [step.tool for step in plan.steps] == ["temperature"]
