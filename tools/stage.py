"""A picture between two steps of a plan, on which the next one may be tried many times with other amounts.

    stage = Stage(linear)
    for strength in (40, 60, 80):     # the repainted picture is made once, and blended three times
        advance(stage, oil(strength), seed=0, index=0, maps=maps)

All that is kept of a picture belongs to its stage and goes with it.
"""

from collections.abc import Callable
from functools import lru_cache

from tools import colour
from tools.attributes import Attributes
from tools.colour import Space
from tools.rows import Rows
from tools.scene import Kept
from tools.statistics import Statistics
from tools.types import FloatImage

_TOOLS = 4
"""Tools, each in a place and with a seed, of which a stage keeps what does not depend on their amounts."""


class Stage:
    """Linear light of proxy size, `(H, W, 3)`, that nobody writes to, and what tools found in it."""

    def __init__(self, linear: FloatImage) -> None:
        """Take the picture."""
        self.linear = linear
        self._spaces: dict[Space, FloatImage] = {"linear": linear}
        self._kept: Callable[[str, str, int], Kept] = lru_cache(_TOOLS)(lambda tool, region, seed: {})
        self._statistics: dict[str, Statistics] = {}

    @staticmethod
    def of(photo: Attributes) -> "Stage":
        """That of a photo as it was opened, from which many plans begin."""
        return photo.once("stage", lambda: Stage(photo.linear))

    def pixels(self, space: Space) -> FloatImage:
        """The picture in a space."""
        if space not in self._spaces:
            self._spaces[space] = colour.between(self.linear, "linear", space)
        return self._spaces[space]

    def statistics(self, region: str, mask: Rows | None) -> Statistics:
        """Statistics of the picture in a region; of the one that was asked for last they are kept."""
        if region not in self._statistics:
            self._statistics = {region: Statistics(None, self.linear, mask)}
        return self._statistics[region]

    def kept(self, tool: str, region: str, seed: int) -> Kept:
        """Where a tool finds what it has kept of this picture; see `Scene.once`."""
        return self._kept(tool, region, seed)
