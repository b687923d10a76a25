"""How loops over pixels are compiled, and what they take.

Every loop works on flat, C-contiguous arrays of interleaved triples `r g b r g b ...`; this is the form that the
compiler turns into vector instructions. The loops hold no lock, so threads can share a picture by rows.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import config, njit
from numba.core.codegen import get_host_cpu_features
from numpy.typing import NDArray

Loop = TypeVar("Loop", bound=Callable[..., Any])
Pixels = NDArray[np.float32]
"""`(3 N,) float32`."""
Real = Any
"""A float32 number; NumPy's scalar types say too little about mixed arithmetic to be of use here."""

_FEATURES: str = get_host_cpu_features()  # type: ignore[no-untyped-call]
"""Of the processor. The compiler keeps to half of a vector of 512 bits by default, since the first processors that had
them slowed down; those with VBMI2 (2019 and later) do not."""
if config.CPU_FEATURES is None and "+avx512vbmi2" in _FEATURES:  # type: ignore[attr-defined]
    config.CPU_FEATURES = f"{_FEATURES},-prefer-256-bit"  # type: ignore[attr-defined]

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
"""`contract` lets a product and a sum become one instruction; nothing else is reordered, so results do not vary."""


def compiled(loop: Loop) -> Loop:
    """Compile on first use, and keep the result on disk where the place can be written."""
    try:
        return njit(loop, cache=True, **_OPTIONS)
    except RuntimeError:
        return njit(loop, **_OPTIONS)


def inlined(formula: Loop) -> Loop:
    """Write a formula out in every loop that calls it; one of several results else keeps a loop from vectors."""
    return njit(formula, inline="always", **_OPTIONS)
