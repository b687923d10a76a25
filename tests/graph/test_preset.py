"""The baseline policy: the nearest named style, always the same, blind to the photo."""

import pytest

from graph.policies import make_policy
from graph.settings import LocalSettings
from tools.context import measure_context
from tools.picture import Picture
from tools.plan import Plan
from tools.styles import STYLES


@pytest.fixture
def preset_plan(meadow: Picture) -> "Plan":
    policy = make_policy(LocalSettings(policy="preset"))
    return policy.plan(measure_context(meadow), "like a noir film, black and white, hard contrast", b"", [])


def test_it_takes_a_named_style_as_it_is_written(preset_plan: Plan) -> None:
    assert preset_plan in [style.plan for style in STYLES.values()]


def test_the_plan_is_a_copy(preset_plan: Plan) -> None:
    preset_plan.steps.clear()
    assert all(style.plan.steps for style in STYLES.values())


@pytest.mark.parametrize("request_text", ["", "😀", "zzz", "请"])
def test_words_that_name_nothing_still_give_a_plan(meadow: Picture, request_text: str) -> None:
    policy = make_policy(LocalSettings(policy="preset"))
    assert policy.plan(measure_context(meadow), request_text, b"", []).steps
