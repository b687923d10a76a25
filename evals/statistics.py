"""Statistics of paired comparisons, with photos as clusters: several requests on one photo are not independent."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

BOOTSTRAP_DRAWS = 2000


class Interval(NamedTuple):
    """An estimate with its 95 % interval."""

    estimate: float
    low: float
    high: float


def cluster_bootstrap(values: Sequence[float], clusters: Sequence[str], *, seed: int = 0) -> Interval:
    """Mean of `values` with a percentile bootstrap interval that draws whole clusters.

    Raises:
        ValueError: if there is nothing to average.
    """
    if not values:
        raise ValueError("there are no values to average")
    groups: dict[str, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        groups.setdefault(cluster, []).append(value)
    sums = np.array([sum(group) for group in groups.values()])
    counts = np.array([len(group) for group in groups.values()])
    draws = np.random.default_rng(seed).integers(0, len(groups), (BOOTSTRAP_DRAWS, len(groups)))
    means = sums[draws].sum(axis=1) / counts[draws].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(np.mean(values)), float(low), float(high))


def paired(first: Mapping[str, float], second: Mapping[str, float], photo_of: Mapping[str, str]) -> Interval:
    """Mean difference first - second over the samples that both arms were scored on."""
    shared = sorted(first.keys() & second.keys())
    return cluster_bootstrap([first[key] - second[key] for key in shared], [photo_of[key] for key in shared])


def win_rate(first: Mapping[str, float], second: Mapping[str, float], *, tie: float = 0.05) -> float:
    """Share of shared samples on which the first arm scores higher; differences within `tie` count half."""
    shared = first.keys() & second.keys()
    outcomes = [0.5 if abs(first[k] - second[k]) <= tie else float(first[k] > second[k]) for k in shared]
    return float(np.mean(outcomes)) if outcomes else float("nan")
