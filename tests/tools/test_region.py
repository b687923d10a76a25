"""The region grammar."""

import pytest

from tools.declare import ToolError
from tools.region import Both, Either, Named, Not, outside, parse


def test_and_binds_stronger_than_or_and_not_strongest() -> None:
    assert parse("sky | not skin & left") == Either(Named("sky"), Both(Not(Named("skin")), Named("left")))


def test_parentheses_group() -> None:
    assert parse("not (sky | skin)") == Not(Either(Named("sky"), Named("skin")))


@pytest.mark.parametrize(
    ("region", "rest"),
    [
        ("sky", "not sky"),
        ("sky | skin", "not (sky | skin)"),
        ("not sky", "sky"),
        ("not (sky | skin)", "(sky | skin)"),
        ("not sky | skin", "not (not sky | skin)"),
        ("not (sky) & (skin)", "not (not (sky) & (skin))"),
    ],
)
def test_what_a_region_leaves_out_can_be_named(region: str, rest: str) -> None:
    assert outside(region) == rest


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("skyy", "did you mean 'sky'"),
        ("", "ends early"),
        ("sky &", "ends early"),
        ("sky sky", "join regions with"),
        ("(sky", "')' is missing"),
        ("sky; rm", "did not expect ';'"),
        ("sky " * 100, "too long"),
    ],
)
def test_what_is_wrong_is_said(text: str, hint: str) -> None:
    with pytest.raises(ToolError, match=hint.replace("(", r"\(").replace(")", r"\)")):
        parse(text)
