"""One seeded order of rows, whatever the method keeps of them.

A row's place in an epoch depends on the seed, the epoch and the row, not on which other rows are there: two methods
that keep different rows meet those they share in the same order.
"""

import hashlib
from collections.abc import Iterator, Sequence


class SeededOrder:
    """A sampler for `torch.utils.data.DataLoader`: row indices sorted by a hash of (seed, epoch, key)."""

    def __init__(self, keys: Sequence[str], seed: int) -> None:
        self.keys = keys
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch; the trainer calls it, also when it resumes."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(range(len(self.keys)), key=self._place))

    def _place(self, index: int) -> str:
        return hashlib.sha256(f"{self.seed}:{self.epoch}:{self.keys[index]}".encode()).hexdigest()
