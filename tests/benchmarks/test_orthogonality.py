"""The tools stay as orthogonal as they are: what the attribute-response matrix reaches on small copies, less a bit."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.orthogonality import ATTRIBUTES, TRIALS, Response, read_photos, respond

PHOTOS = Path(__file__).parent.parent.parent / "photos"
LEAST_SHARE = {"Oklab": 0.88, "CIELAB": 0.82, "YCbCr": 0.62}
MOST_LEAK = {"Oklab": 0.07, "CIELAB": 0.10, "YCbCr": 0.23}
NOT_MOST = {("YCbCr", "dehaze")}
"""The dark channel falls with colours and brightness, which `dehaze` leaves alone."""


@pytest.fixture(scope="module")
def responses() -> dict[str, Response]:
    return respond(read_photos([PHOTOS], 288))


@pytest.mark.parametrize("name", LEAST_SHARE)
def test_most_energy_lies_on_the_diagonal(name: str, responses: dict[str, Response]) -> None:
    assert responses[name].share.mean() >= LEAST_SHARE[name]
    assert responses[name].leak <= MOST_LEAK[name]


@pytest.mark.parametrize("name", LEAST_SHARE)
def test_every_tool_moves_its_own_attribute_most(name: str, responses: dict[str, Response]) -> None:
    for trial, row in zip(TRIALS, responses[name].rows, strict=True):
        if (name, trial.tool) not in NOT_MOST:
            assert ATTRIBUTES[int(np.argmax(row))] == trial.attribute, trial.tool
