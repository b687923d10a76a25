"""Array types, named by what they hold."""

from typing import Any

from numpy.typing import NDArray

FloatImage = NDArray[Any]
"""`(H, W, 3) float32`; the colour space is said where it is used."""

FloatPlane = NDArray[Any]
"""`(H, W) float32`, one value a pixel; masks are in [0, 1]."""

Codes = NDArray[Any]
"""`(H, W, 3)` or `(H, W)`: codes of a picture as `uint8`, `uint16` or `float32` in [0, 1]."""

Json = dict[str, Any]
"""A JSON object."""
