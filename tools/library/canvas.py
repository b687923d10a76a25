"""The sheet on which pictures are painted and drawn: its fixed size, its tooth, and the directions a hand would follow.

Artistic filters work at one fixed size, so strokes are as large beside the motif on the proxy as on the full picture,
and a 45 MP picture costs little more than a preview.
"""

from typing import NamedTuple

import cv2
import numpy as np

from tools.rows import SHARP, Changed, Enlarged, Rows, averaged, whole
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

WORKING_PX = 1024
"""Long side of the sheet."""


class Flow(NamedTuple):
    """Direction along the forms of a picture: a unit vector at each pixel of the sheet."""

    x: FloatPlane
    y: FloatPlane


def sheet_of(srgb: Rows) -> FloatImage:
    """The photo at the size of the sheet, `(h, w, 3)` sRGB.

    The sides are multiples of 16 px: copies of a photo whose sides were rounded apart then get the same sheet, and with
    it the same strokes. Sides of the usual formats lie well inside a step.
    """
    height, width = srgb.shape[:2]
    scale = WORKING_PX / max(height, width)
    rows, columns = (16 * max(1, (round(side * scale) + 2) // 16) for side in (height, width))
    if rows <= height and columns <= width:
        return averaged(srgb, rows, columns)
    return np.clip(cv2.resize(whole(srgb), (columns, rows), interpolation=cv2.INTER_CUBIC), 0, 1)


def to_picture(sheet: FloatImage, scene: Scene) -> Rows:
    """Scale a finished sheet to the size of the picture."""
    if max(sheet.shape[:2]) > max(scene.height, scene.width):
        return np.clip(cv2.resize(sheet, (scene.width, scene.height), interpolation=cv2.INTER_AREA), 0, 1)
    large = Enlarged(sheet.astype(np.float32), scene.height, scene.width, cubic=SHARP)
    return Changed(lambda strip: np.clip(strip, 0, 1), large)


def flow_along(plane: FloatPlane, sigma: float) -> Flow:
    """Directions along edges, from the smoothed structure tensor (Kang, Lee and Chui, 2007; Kyprianidis, 2008)."""
    rows, columns = plane.shape
    factor = max(1, min(int(sigma / 2.5), rows, columns))
    small = cv2.resize(_tensor(plane), (-(-columns // factor), -(-rows // factor)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma / factor)
    xx, xy, yy = np.moveaxis(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR), -1, 0)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.float32(np.pi / 2)
    return Flow(np.cos(angle), np.sin(angle))


def _tensor(plane: FloatPlane) -> FloatImage:
    """How a plane slopes at each pixel: `dx * dx`, `dx * dy` and `dy * dy`, `(h, w, 3)`."""
    dx, dy = cv2.Sobel(plane, cv2.CV_32F, 1, 0), cv2.Sobel(plane, cv2.CV_32F, 0, 1)
    return np.dstack([dx * dx, dx * dy, dy * dy])


def smear(texture: FloatPlane, flow: Flow, length: int) -> FloatPlane:
    """Average a texture along the flow, `length` px both ways: line integral convolution (Cabral and Leedom, 1993)."""
    rows, columns = texture.shape
    home_x, home_y = _places(rows, columns)
    total: FloatPlane = texture.astype(np.float32)
    weight = 1.0
    for sign in (1.0, -1.0):
        x, y = home_x.copy(), home_y.copy()
        step_x: FloatPlane = np.float32(sign) * flow.x
        step_y: FloatPlane = np.float32(sign) * flow.y
        for _ in range(length):
            x += step_x
            y += step_y
            total = total + cv2.remap(texture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            weight += 1
            next_x = cv2.remap(flow.x, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
            next_y = cv2.remap(flow.y, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
            turn = np.sign(next_x * step_x + next_y * step_y + np.float32(1e-6))
            step_x, step_y = turn * next_x, turn * next_y
    return total / np.float32(weight)


def noise_on(shape: tuple[int, ...], cell: float, random: np.random.Generator) -> FloatPlane:
    """Smooth noise on the sheet, mean 0 and deviation 1, with cells of so many px."""
    rows, columns = shape[:2]
    grid = random.standard_normal((max(2, round(rows / cell)), max(2, round(columns / cell))), np.float32)
    plane = cv2.resize(grid, (columns, rows), interpolation=cv2.INTER_CUBIC)
    return (plane - plane.mean()) / max(float(plane.std()), 1e-3)


def tooth(shape: tuple[int, ...], random: np.random.Generator, coarse: float = 2.6) -> FloatPlane:
    """Height of rough paper, mean 0 and deviation about 1."""
    fine = noise_on(shape, 0.5 * coarse, random)
    return 0.65 * noise_on(shape, coarse, random) + 0.45 * fine + 0.35 * noise_on(shape, 2.5 * coarse, random)


def wobbled(image: FloatImage, cell: float, reach: float, random: np.random.Generator) -> FloatImage:
    """Shift every place by a smooth random offset of about `reach` px, as a hand or wet paper does."""
    rows, columns = image.shape[:2]
    x, y = _places(rows, columns)
    x += np.float32(reach) * noise_on(image.shape, cell, random)
    y += np.float32(reach) * noise_on(image.shape, cell, random)
    return cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def lines_of(lightness: FloatPlane, *, sigma: float, sharpness: float, threshold: float) -> FloatPlane:
    """Ink lines of a picture, 0 line to 1 paper, smooth along the forms.

    XDoG: Winnemoeller, Kyprianidis and Olsen, "XDoG: An eXtended difference-of-Gaussians compendium" (2012).
    """
    narrow = cv2.GaussianBlur(lightness, (0, 0), sigma)
    wide = cv2.GaussianBlur(lightness, (0, 0), 1.6 * sigma)
    edges = smear(narrow - np.float32(0.985) * wide, flow_along(narrow, 2.2 * sigma), 5)
    offset = edges - np.float32(threshold)
    return np.where(offset >= 0, 1, 1 + np.tanh(np.float32(sharpness) * offset)).astype(np.float32)


def lightness_of(srgb: FloatImage) -> FloatPlane:
    """Luma of encoded sRGB, which is near enough to perceived lightness for drawing."""
    return cv2.cvtColor(srgb.astype(np.float32), cv2.COLOR_RGB2GRAY)


def simplified(srgb: FloatImage, passes: int = 2, spread: float = 0.10) -> FloatImage:
    """Flat colours inside, edges kept: repeated bilateral filter (Winnemoeller, Olsen and Gooch, 2006)."""
    result: FloatImage = srgb.astype(np.float32)
    for _ in range(passes):
        result = cv2.bilateralFilter(result, 9, spread, 4.0)
    return result


def _places(rows: int, columns: int) -> tuple[FloatPlane, FloatPlane]:
    """Coordinates x and y of every pixel of a sheet."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    return x, y
