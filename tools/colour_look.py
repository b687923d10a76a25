"""The look of a picture in fourteen numbers: its tones, the colour of its light, and how far its colours spread.

    wanted = measure_look(colour.srgb_to_oklab(reference))
    Step(tool="match_colours", args=wanted._asdict())

They say nothing of what the picture shows, so another picture can take them over; see `tools/library/matching.py`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tools.types import FloatImage

Values = NDArray[np.float64]

_MUTED = 0.08
"""Oklab chroma above which a colour tells more of the thing than of the light that falls on it."""
_FEW = 0.01
"""Share of the pixels that counts as grey beside those that are measured, lest a few colours speak for the light."""

_GREY = 0.3
"""Share of the pixels that are taken for grey."""
_TELLING = 16
"""Fewest pixels by which the light is known."""


class ColourLook(NamedTuple):
    """Oklab L, a and b times 100, as people read them; `correlation` is of a and b."""

    darkest: float
    dark: float
    middle: float
    bright: float
    brightest: float
    """Lightness below which 1, 10, 50, 90 and 99 % of the pixels lie."""
    shadows_a: float
    shadows_b: float
    midtones_a: float
    midtones_b: float
    highlights_a: float
    highlights_b: float
    """Mean of the muted colours in each third of the tones."""
    spread_a: float
    spread_b: float
    correlation: float
    """Standard deviations about those means."""

    @property
    def tones(self) -> Values:
        """Lightness at 1, 10, 50, 90 and 99 %, `(5,)` in [0, 1]."""
        return np.array(self[:5]) / 100

    @property
    def casts(self) -> Values:
        """Oklab a and b of shadows, midtones and highlights, `(3, 2)`."""
        return np.array(self[5:11]).reshape(3, 2) / 100

    @property
    def covariance(self) -> Values:
        """Of Oklab a and b about the casts, `(2, 2)`."""
        a, b = self.spread_a / 100, self.spread_b / 100
        return np.array([[a * a, a * b * self.correlation], [a * b * self.correlation, b * b]])


def measure_look(oklab: FloatImage) -> ColourLook:
    """Measure `(H, W, 3)` Oklab."""
    lightness, colours = oklab[..., 0].ravel(), oklab[..., 1:].reshape(-1, 2)
    tones = np.percentile(lightness, (1, 10, 50, 90, 99))
    low, high = np.percentile(lightness, (33, 67))
    muted = np.exp(-((np.linalg.norm(colours, axis=1) / _MUTED) ** 2))
    thirds = (lightness <= low, (lightness >= low) & (lightness <= high), lightness >= high)
    casts = np.array([_mean(colours[third], muted[third]) for third in thirds])
    apart = colours - casts_at(lightness, tones, casts)
    (a, covariance), (_, b) = np.cov(apart.T, bias=True)
    correlation = covariance / np.sqrt(max(a * b, 1e-12))
    hundredths = [round(100 * float(number), 1) for number in (*tones, *casts.ravel(), np.sqrt(a), np.sqrt(b))]
    return ColourLook._make([*hundredths, round(float(correlation), 2)])


def casts_at(lightness: Values, tones: Values, casts: Values) -> Values:
    """The cast at each lightness, between those of shadows, midtones and highlights; an axis of two more."""
    knots = np.maximum.accumulate(tones[1:4])
    return np.stack([np.interp(lightness, knots, casts[:, part]) for part in (0, 1)], axis=-1)


def light_colour(oklab: FloatImage) -> tuple[float, float]:
    """Oklab a and b of a white in the light of a picture: (0, 0) where what should be grey is.

    The least colourful pixels are taken for grey things, as far as one knows without recognising them (after Qian et
    al., "On Finding Gray Pixels", CVPR 2019); what is nearly black or blown out tells nothing of the light.

    Args:
        oklab: `(N, 3)`.
    """
    lit = oklab[(oklab[:, 0] > 0.15) & (oklab[:, 0] < 0.97)]
    if len(lit) < _TELLING:
        return 0.0, 0.0
    colours = lit[:, 1:] / lit[:, :1]
    chroma = np.hypot(colours[:, 0], colours[:, 1])
    a, b = colours[chroma <= np.quantile(chroma, _GREY)].mean(axis=0)
    return float(a), float(b)


def _mean(colours: Values, weights: Values) -> Values:
    total: Values = (weights[:, None] * colours).sum(axis=0)
    return total / (weights.sum() + _FEW * len(weights))
