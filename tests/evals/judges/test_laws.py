"""The measured judge keeps the laws in nine of ten contexts of real photos."""

from pathlib import Path

import pytest

from evals.judges.laws import LAWS, LEAST_SHARE, Context, broken, contexts
from evals.judges.measured import MeasuredJudge

PHOTOS = sorted((Path(__file__).parents[3] / "photos").glob("*.jpg"))


@pytest.fixture(scope="module")
def tried() -> list[Context]:
    """The contexts in which there is something to do."""
    chosen = [context for context in contexts(PHOTOS, MeasuredJudge()) if not context.is_trivial]
    assert len(chosen) >= 36
    return chosen


@pytest.mark.parametrize("law", LAWS)
def test_law(law: str, tried: list[Context]) -> None:
    against = broken(LAWS[law], tried)
    assert len(tried) - len(against) >= LEAST_SHARE * len(tried), against
