"""Means of planes under a weight."""

import numpy as np
import pytest

from tools.weight import Weight, everywhere


def test_means_and_deviations_are_those_of_numpy() -> None:
    generator = np.random.default_rng(0)
    plane, mask = (generator.random((40, 30), np.float32) for _ in range(2))
    mean = np.average(plane, weights=mask)
    assert Weight(mask).mean(plane) == pytest.approx(mean, abs=1e-5)
    assert Weight(mask).deviation(plane) == pytest.approx(
        np.sqrt(np.average((plane - mean) ** 2, weights=mask)), abs=1e-5
    )
    assert everywhere(40, 30).deviation(plane) == pytest.approx(plane.std(), abs=1e-5)
    assert Weight(mask).share(plane > 0.3) == pytest.approx(np.average(plane > 0.3, weights=mask), abs=1e-5)
    assert everywhere(40, 30).share(plane > 0.3) == (plane > 0.3).mean()


def test_nothing_weighs_nothing() -> None:
    nothing = Weight(np.zeros((4, 4), np.float32))
    assert nothing.mean(np.ones((4, 4), np.float32)) == 0
    assert everywhere(4, 4).within(nothing).total == 0
