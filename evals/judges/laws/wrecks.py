"""Ways to wreck a picture, and ways to change it that nobody sees; encoded sRGB to encoded sRGB."""

from collections.abc import Callable

import cv2
import numpy as np

from tools.types import FloatImage


def clipped(picture: FloatImage) -> FloatImage:
    """Contrast five times as hard."""
    return (picture - 0.5) * 5 + 0.5


def posterised(picture: FloatImage) -> FloatImage:
    """Five levels a channel."""
    return np.round(np.clip(picture, 0, 1) * 4) / 4


def noisy(picture: FloatImage) -> FloatImage:
    """Gaussian noise of 33 levels."""
    return picture + np.random.default_rng(0).normal(0, 0.13, picture.shape)


def haloed(picture: FloatImage) -> FloatImage:
    """Sharpened fourfold over a radius of 1 % of the picture."""
    return picture + 4 * (picture - cv2.GaussianBlur(picture, (0, 0), 0.01 * max(picture.shape)))


def orange(picture: FloatImage) -> FloatImage:
    """Everything in one orange."""
    return 0.7 * picture.mean(axis=2, keepdims=True) * np.array([1.7, 1.0, 0.2]) + 0.3 * picture


def inverted(picture: FloatImage) -> FloatImage:
    """Its negative."""
    return 1 - picture


def crushed(picture: FloatImage) -> FloatImage:
    """All that is darker than the middle black."""
    return 2 * picture - 1


def vignetted(picture: FloatImage) -> FloatImage:
    """Black from half way to the corners on."""
    height, width = picture.shape[:2]
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return picture * np.clip(1.2 - 1.6 * (x**2 + y**2), 0, 1)[..., None]


def compressed(picture: FloatImage) -> FloatImage:
    """Through a JPEG of quality 4."""
    return _through_jpeg(picture, 4)


def reencoded(picture: FloatImage) -> FloatImage:
    """Through a JPEG of quality 85."""
    return _through_jpeg(picture, 85)


def _through_jpeg(picture: FloatImage, quality: int) -> FloatImage:
    _, data = cv2.imencode(".jpg", (picture[..., ::-1] * 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1].astype(np.float32) / 255


def shifted(picture: FloatImage) -> FloatImage:
    """One pixel to the right."""
    return np.roll(picture, 1, axis=1)


def resized(picture: FloatImage) -> FloatImage:
    """To one and a half times its size, and back."""
    height, width = picture.shape[:2]
    larger = cv2.resize(picture, (width * 3 // 2, height * 3 // 2), interpolation=cv2.INTER_CUBIC)
    return cv2.resize(larger, (width, height), interpolation=cv2.INTER_AREA)


WRECKS: tuple[Callable[[FloatImage], FloatImage], ...] = (
    clipped,
    posterised,
    noisy,
    haloed,
    orange,
    inverted,
    crushed,
    vignetted,
    compressed,
)
UNSEEN: tuple[Callable[[FloatImage], FloatImage], ...] = (reencoded, shifted, resized)
