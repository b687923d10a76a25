"""Detail: local contrast, texture, sharpness, and noise, each in its own band of sizes.

All of them act on Oklab lightness and leave colour alone, except the colour part of `denoise`. Where they tell detail
from edges they use the self-guided filter (He et al., 2013), so that strong edges get no halos.
"""

from typing import Annotated

import cv2
import numpy as np

from tools.colour import flat
from tools.declare import number, tool
from tools.library import loops
from tools.library.guided import base_layer, lightness_of, on_line, own_line
from tools.rows import Changed, Rows, smoothly, thinned
from tools.scene import Scene
from tools.types import FloatImage, FloatPlane

_GRID = 10_000
"""Pixels among which the flattest places are found."""
_MOST_GRAIN = np.float32(0.012)
"""Mean size of grain in Oklab lightness; what varies more even in the flattest places is texture."""


@tool(axis="detail")
def clarity(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ brings out shapes in the middle tones, - softens them")] = 0.0,
) -> Rows:
    """Raise or lower local contrast of the middle tones at a wide radius, without halos at strong edges."""
    strength = amount / 100 * (1.5 if amount > 0 else 1.0)

    def shapes(lightness: FloatPlane, line: FloatImage) -> FloatPlane:
        return relief(lightness, on_line(lightness, line), strength)

    lightness = scene.spread(lightness_of(image), (0.0045, 1), interpolated=True)
    raised = smoothly(shapes, lightness, own_line(lightness, 0.05, 0.09))
    return Changed(_lightened, image, smoothly(np.subtract, raised, scene.spread(raised, (0.03, 1))))


@tool(axis="detail")
def texture(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(-100, 100, "", "+ brings out surfaces, - smooths them")] = 0.0,
) -> Rows:
    """Raise or lower the texture of surfaces at a middle radius, leaving edges and the finest grain."""
    strength = np.float32(amount / 100 * (1.2 if amount > 0 else 0.85))
    lightness = scene.spread(lightness_of(image), (0.0005, 1))

    def rougher(image: FloatImage, lightness: FloatPlane, base: FloatPlane) -> FloatImage:
        return _lightened(image, strength * (lightness - base))

    return Changed(rougher, image, lightness, base_layer(lightness, 0.01, 0.07))


@tool(axis="detail")
def sharpen(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "strength")] = 0.0,
    radius: Annotated[
        float, number(0.03, 0.3, "% of the diagonal", "size of the details that gain", neutral=None)
    ] = 0.08,
) -> Rows:
    """Sharpen fine detail by unsharp masking, held within the tones nearby so that edges do not ring."""
    spread, strength = radius / 100, np.float32(2.5 * amount / 100)
    reach = max(1, round(1.5 * spread * scene.diagonal))
    nearby = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    lightness = lightness_of(image)
    smooth = scene.spread(lightness, (spread, 1))
    busy = scene.spread(Changed(lambda lightness, smooth: np.abs(lightness - smooth), lightness, smooth), (0.003, 1))

    def sharper(image: FloatImage, smooth: FloatPlane, busy: FloatPlane) -> FloatImage:
        lightness = np.ascontiguousarray(image[..., 0])
        edges = busy * busy
        detail = (lightness - smooth) * (edges / (edges + np.float32(0.004**2)))
        dark, bright = cv2.erode(lightness, nearby), cv2.dilate(lightness, nearby)
        room = np.float32(0.12) * (bright - dark)
        return _lightened(image, np.clip(lightness + strength * detail, dark - room, bright + room) - lightness)

    return Changed(sharper, image, smooth, busy, reach=reach)


@tool(axis="detail")
def soften(
    image: Rows,
    scene: Scene,
    *,
    amount: Annotated[float, number(0, 100, "", "strength")] = 0.0,
) -> Rows:
    """Soften surfaces such as skin, keeping outlines and a trace of their fine grain."""
    strength = np.float32(0.8 * amount / 100)

    def softer(image: FloatImage, base: FloatPlane) -> FloatImage:
        return _lightened(image, strength * (base - image[..., 0]))

    return Changed(softer, image, base_layer(lightness_of(image), 0.014, 0.08))


@tool(axis="detail")
def denoise(
    image: Rows,
    scene: Scene,
    *,
    luminance: Annotated[float, number(0, 100, "", "smoothing of grain in lightness")] = 0.0,
    colour: Annotated[float, number(0, 100, "", "smoothing of blotches of colour")] = 0.0,
) -> Rows:
    """Remove noise from lightness and colour apart, keeping edges stronger than the noise."""
    fine, broad = (max(2, round(radius * scene.diagonal)) for radius in (0.002, 0.007))

    def smoother(image: FloatImage) -> FloatImage:
        result = image.copy()
        if luminance:
            result[..., 0] = _smoothed(image[..., 0], fine, 0.05 * luminance / 100)
        if colour:
            for channel in (1, 2):
                result[..., channel] = _smoothed(image[..., channel], broad, 0.05 * colour / 100)
        return result

    return Changed(smoother, image, reach=2 * (broad if colour else fine))


def grain_kept(before: Rows, after: Rows, scene: Scene) -> Rows:
    """Give blurred or veiled lightness, `(H, W)`, its grain back: grain lies on the film, behind the lens and the air.

    What varies as faintly everywhere as in the flattest tenth of the picture counts as grain.
    """
    lost = Changed(np.subtract, before, after)
    fine = Changed(np.subtract, lost, scene.spread(lost, (0.002, 1)))
    strength = scene.spread(Changed(np.abs, fine), (0.01, 1))
    grain = min(np.quantile(thinned(strength, _GRID), 0.1), _MOST_GRAIN)

    def grained(after: FloatPlane, fine: FloatPlane, strength: FloatPlane) -> FloatPlane:
        return after + fine * np.minimum(grain / np.maximum(strength, np.float32(1e-6)), 1)

    return Changed(grained, after, fine, strength)


def relief(lightness: FloatPlane, base: FloatPlane, strength: float) -> FloatPlane:
    """What stands out from a base layer, most in the middle tones, times `strength`."""
    result = np.empty(lightness.shape, np.float32)
    loops.relief(flat(lightness), flat(base), strength, result.reshape(-1))
    return result


def _lightened(oklab: FloatImage, change: FloatPlane) -> FloatImage:
    """Add to lightness; chroma follows in part, so that colours neither pale nor glow."""
    result = np.empty(oklab.shape, np.float32)
    loops.lighten(flat(oklab), flat(change), result.reshape(-1))
    return result


def _smoothed(plane: FloatPlane, radius_px: int, noise: float) -> FloatPlane:
    """Smooth away variations fainter than `noise` at full size: noise lives in the pixels, not in a reduced copy.

    Variances of less than 1e-7 are lost in rounding, and what is smaller than 0.001 nobody sees.
    """
    return cv2.ximgproc.guidedFilter(plane, plane, radius_px, max(noise, 1e-3) ** 2)
