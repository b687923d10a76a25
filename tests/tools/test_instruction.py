"""A plan in words: every tool has a phrase, and no word of a step is lost."""

import pytest

from tools.declare import REGISTRY
from tools.instruction import _phrases, instruction
from tools.plan import Step


def _wish(tool: str, region: str = "everywhere", **args: object) -> str:
    said = instruction([Step(tool=tool, args=args, region=region)])
    return said.removeprefix("Edit this photograph: ").partition(". Keep the composition")[0]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (_wish("exposure", stops=-0.3), "darken it very slightly"),
        (_wish("temperature", "sky", warmer=50), "in the sky, make the light warmer"),
        (_wish("saturation", "not (sky | skin)", amount=-100), "everywhere but in the sky and in the skin, make the"),
        (_wish("time_of_day", time="golden_hour"), "relight the scene strongly as at golden hour"),
        (_wish("location_setting", location="beach"), "move the subject to this place: beach, strongly"),
        (_wish("monochrome", amount=60), "turn it to black and white, with no filter and no toning"),
        (
            _wish("colour_band", band="blue", saturation=30, lightness=-90),
            "make blue slightly stronger and darken blue",
        ),
        (_wish("exposure", stops=0), ""),
    ],
)
def test_steps_in_words(wish: str, said: str) -> None:
    assert wish.startswith(said)


def test_steps_come_in_their_order() -> None:
    steps = [Step(tool="exposure", args={"stops": 1}), Step(tool="grain", args={"amount": 40})]
    said = instruction(steps)
    assert said == (
        "Edit this photograph: brighten it slightly; then add film grain slightly. "
        "Keep the composition, the people and everything that is not mentioned as they are."
    )


@pytest.mark.parametrize("name", REGISTRY)
def test_every_tool_has_a_phrase_for_both_ends_of_its_parameters(name: str) -> None:
    entry = REGISTRY[name]
    for parameter in _phrases()[name]:
        schema = entry.schema()["properties"][parameter]
        for value in (schema["minimum"], schema["maximum"]):
            if value != schema["neutral"]:
                assert _wish(name, **{parameter: value})


def test_phrases_are_of_tools_that_exist() -> None:
    assert set(_phrases()) == set(REGISTRY)
