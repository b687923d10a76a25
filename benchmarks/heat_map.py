"""Matrices drawn as heat maps."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

CELL_PX, LEFT_PX, TOP_PX = 46, 120, 112


class Matrix(NamedTuple):
    """What a heat map shows."""

    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: NDArray[np.float64]
    """A value a row and column; 0 is drawn dark, 1 and more bright."""


def heat_map(matrix: Matrix) -> NDArray[np.uint8]:
    """Draw a matrix with its names and values, `(H, W, 3)` 8-bit BGR."""
    down, across = matrix.values.shape
    body = slice(TOP_PX, TOP_PX + CELL_PX * down), slice(LEFT_PX, LEFT_PX + CELL_PX * across)
    canvas = np.full((TOP_PX + CELL_PX * down + 30, LEFT_PX + CELL_PX * across + 12, 3), 255, np.uint8)
    shades = (255 * np.clip(matrix.values, 0, 1) ** 0.7).astype(np.uint8)
    colours = cv2.applyColorMap(shades, cv2.COLORMAP_VIRIDIS)
    canvas[body] = cv2.resize(colours, None, fx=CELL_PX, fy=CELL_PX, interpolation=cv2.INTER_NEAREST)
    for row, values in enumerate(matrix.values):
        line = TOP_PX + CELL_PX * row + 28
        _write(canvas, matrix.rows[row], (6, line), 0.42)
        for column, value in enumerate(values):
            _write(canvas, f"{value:.2f}", (LEFT_PX + CELL_PX * column + 8, line), 0.38, 0 if value > 0.55 else 255)
    names = np.full((CELL_PX * across, TOP_PX - 28, 3), 255, np.uint8)
    for column, name in enumerate(matrix.columns):
        _write(names, name[:12], (2, CELL_PX * column + 28), 0.42)
    canvas[28:TOP_PX, body[1]] = cv2.rotate(names, cv2.ROTATE_90_COUNTERCLOCKWISE)
    _write(canvas, matrix.title, (6, 18), 0.5)
    return canvas


def _write(canvas: NDArray[np.uint8], text: str, place: tuple[int, int], size: float, shade: int = 0) -> None:
    cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, (shade,) * 3, 1, cv2.LINE_AA)
