"""Clauses that only ask to put right what was told before."""

import pytest

from tests.tools.request.conftest import signs
from tools.request import parse_request


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("greenish. fix.", "tint+"),
        ("Very orange, make it natural", "warmth- sat:orange-"),
        ("Muito laranja, deixa natural.", "warmth- sat:orange-"),
        ("The ceiling reads pink on my monitor. Should be white.", "tint-"),
        ("dark. fix", "brightness+"),
    ],
)
def test_what_should_be_put_right_is_complained_of(text: str, expected: str) -> None:
    assert signs(parse_request(text)) == set(expected.split())


@pytest.mark.parametrize("text", ["warm and bright, natural please", "warm and bright. make it natural"])
def test_a_wish_may_be_natural(text: str) -> None:
    assert signs(parse_request(text)) == {"warmth+", "brightness+"}
