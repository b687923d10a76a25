"""Numbers in a request, as an editor's sliders take them."""

import pytest

from tests.tools.request.conftest import signs
from tools.request import parse_request


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shadows +30, blacks -10, highlights -40.", "shadows+ highlights-"),
        ("shadows 30 up, blacks 10 down, contrast plus 5", "shadows+ contrast+"),
        ("highlights down 30, whites up 10", "highlights-"),
        ("Clarity -15, vignette -20", "clarity- vignette+"),
        ("sharpness at 40, noise reduction at 25", "sharpness+ noise-"),
        ("contrast to 80 %, colour to 120 %", "contrast- saturation+"),
        ("saturation to 0", "saturation-"),
        ("Brightness 120%", "brightness+"),
        ("drop the blacks five points", "shadows-"),
        ("2 stops darker", "brightness-"),
        ("exposure up .5 contrast down 10 shadows up 20", "brightness+ contrast- shadows+"),
        ("Highlights: -50; shadows: +35; texture: +10", "highlights- shadows+ clarity+"),
    ],
)
def test_a_number_turns_its_dial(text: str, expected: str) -> None:
    assert signs(parse_request(text)) == set(expected.split())


@pytest.mark.parametrize(
    ("less", "more"),
    [("clarity +10", "clarity +60"), ("exposure +0.3", "exposure +1.5"), ("contrast to 110 %", "contrast to 150 %")],
)
def test_the_larger_the_number_the_stronger(less: str, more: str) -> None:
    assert parse_request(less).goals[0].strength < parse_request(more).goals[0].strength
