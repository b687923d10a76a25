"""Turning amounts: no setting is looked at twice, the best one stands, and what was rendered is not rendered again."""

from unittest.mock import patch

import pytest

from graph.policies import sketch as module
from graph.policies.balance import Dial, balance, fine_tune
from graph.policies.sketch import Sketch
from tools.picture import Picture, encode, reduce_to
from tools.plan import Step

STEPS = [
    Step(tool="weather", args={"weather": "fog", "strength": 50}),
    Step(tool="exposure", args={"stops": 0.5}),
    Step(tool="saturation", args={"amount": 80}),
]
DIALS = [Dial("strength", 20, 100), Dial("stops", 0, 2), Dial("amount", 0, 85)]


@pytest.fixture
def sketch(meadow: Picture) -> Sketch:
    sketch = Sketch(encode(meadow.with_pixels(reduce_to(meadow.srgb, 128)), "JPEG"), [], 0)
    sketch.restart(STEPS)
    return sketch


@pytest.mark.parametrize("turn", [balance, fine_tune])
def test_the_best_of_what_was_tried_stands(turn: type, sketch: Sketch) -> None:
    tried: dict[str, float] = {}

    def loss() -> float:
        amounts = [step.args[dial.argument] for step, dial in zip(sketch.steps, DIALS, strict=True)]
        tried[str(amounts)] = sum((amount / dial.limit - 0.4) ** 2 for amount, dial in zip(amounts, DIALS, strict=True))
        return tried[str(amounts)]

    turn(sketch, DIALS, loss)
    assert loss() <= min(tried.values()) + 1e-6
    assert loss() < 0.1


def test_no_setting_is_looked_at_twice(sketch: Sketch) -> None:
    tried: list[str] = []

    def loss() -> float:
        tried.append(" ".join(str(step) for step in sketch.steps))
        return 100 - float(sketch.steps[2].args["amount"])

    fine_tune(sketch, DIALS, loss)
    assert len(tried) == len(set(tried)) >= 8


def test_steps_that_were_run_are_not_run_again(sketch: Sketch) -> None:
    standing, now = sketch.standing, sketch.attributes()
    sketch.replace(1, Step(tool="exposure", args={"stops": 1}))
    with patch.object(module, "advance", side_effect=AssertionError("a step is run")):
        sketch.stand(standing)
        sketch.restart(STEPS)
        assert sketch.attributes() is now
