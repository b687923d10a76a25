"""The picture score after each step, from the preview that the trace keeps."""

import io

import numpy as np
import pytest
from PIL import Image

from rl.credit import step_scores
from tools.plan import Plan, Step
from tools.request import parse_request

WARMER = Step(tool="temperature", args={"warmer": 40})
COOLER = Step(tool="temperature", args={"warmer": -40})


@pytest.fixture(scope="module")
def preview() -> bytes:
    pixels = np.random.default_rng(0).uniform(80, 170, (96, 96, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def scores(preview: bytes, *steps: Step, done: list[bool] | None = None, reward: float = 4.5) -> list[float]:
    carried_out = done or [True] * len(steps)
    return step_scores(preview, Plan(steps=list(steps)), carried_out, parse_request("warmer"), reward)


def test_a_step_that_does_what_was_asked_earns_what_it_adds(preview: bytes) -> None:
    untouched, warmed, _ = scores(preview, WARMER, Step(tool="exposure", args={"stops": 0.1}))
    assert warmed > untouched + 1


def test_a_bad_step_costs_and_the_one_that_mends_it_earns(preview: bytes) -> None:
    """Judged by the last score, the recorded reward, two steps that undo each other add up to what the plan earned."""
    untouched, warmed, spoiled, mended = scores(preview, WARMER, COOLER, WARMER, reward=4.5)
    assert warmed > spoiled
    assert mended == 4.5 > spoiled
    assert sum(np.diff([untouched, warmed, spoiled, mended])) == pytest.approx(4.5 - untouched)


def test_a_step_that_could_not_be_done_changes_nothing(preview: bytes) -> None:
    untouched, warmed, failed = scores(preview, WARMER, COOLER, done=[True, False])
    assert warmed == failed == 4.5
    assert untouched < warmed


def test_a_plan_that_does_nothing_has_one_score(preview: bytes) -> None:
    assert scores(preview, reward=1.0) == [1.0]
    assert scores(preview, WARMER, done=[False], reward=1.0) == [1.0, 1.0]
