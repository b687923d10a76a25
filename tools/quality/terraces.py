"""Terraces: gentle slopes of tone that fall into level places with steps between, as in a picture of few tones.

The outlines of a posterised sky run along its tones; the level parts of a painting, and flakes, lie anywhere.
"""

import numpy as np

from tools import mark_kernels
from tools.quality.comparison import Comparison
from tools.quality.ways import thumbnail, thumbnails

_PLACE_PX = 16
"""Side of the places of a thumbnail of 96 px that are looked at by themselves."""
_WORST = 5
"""What counts is the worst of so many parts of the places."""


def terraces(comparison: Comparison) -> float:
    """Share of the gentle slopes of tone that became level, as far as steps stand beside them, where there is most."""
    photo, after = thumbnails(comparison).photo, thumbnail(comparison.after)
    places = mark_kernels.terraces(photo.lightness, after.lightness, _PLACE_PX)
    return float(np.sort(places)[-max(1, places.size // _WORST) :].mean())
