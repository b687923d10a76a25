"""What it is to bring a place out."""

import pytest

from tests.tools.request.conftest import signs
from tools.request import parse_request


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bring out the clouds.", "contrast+@sky clarity+@sky brightness-@sky"),
        ("bring out the trees more", "saturation+@foliage clarity+@foliage"),
        ("emphasise her face", "brightness+@skin clarity+@skin"),
        ("bring out the blue in the sky", "sat:blue+@sky"),
        ("bring out the shadows", "shadows+"),
    ],
)
def test_each_place_is_brought_out_in_its_own_way(text: str, expected: str) -> None:
    assert signs(parse_request(text)) == set(expected.split())
