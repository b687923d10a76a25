"""Effects planted by other hands: plain OpenCV and NumPy versions that share no code with the library.

They show whether a detector knows the effect, or only the library's way of making it. Encoded sRGB, `(H, W, 3)` of
8 bits, to the same.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def _grey(picture: Pixels) -> Pixels:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def _scaled(picture: Pixels, gamma: float, gains: tuple[float, float, float]) -> Pixels:
    toned = (picture / 255.0) ** gamma * np.array(gains)
    return np.clip(toned * 255, 0, 255).astype(np.uint8)


def _mixed(picture: Pixels, cover: float, amount: NDArray[np.floating]) -> Pixels:
    weight = np.broadcast_to(amount, picture.shape[:2])[..., None]
    return np.clip(picture * (1 - weight) + cover * weight, 0, 255).astype(np.uint8)


def _fog(picture: Pixels) -> Pixels:
    return _mixed(picture, 215, np.linspace(0.85, 0.3, len(picture))[:, None])


def _snow(picture: Pixels) -> Pixels:
    draw, flakes = np.random.default_rng(0), picture.astype(np.float32) * 0.85 + 30
    height, width = picture.shape[:2]
    for x, y, radius in zip(
        *(draw.integers(0, end, 900) for end in (width, height)), draw.choice([1, 1, 2, 3], 900), strict=True
    ):
        cv2.circle(flakes, (int(x), int(y)), int(radius), (245, 245, 250), -1, cv2.LINE_AA)
    return np.clip(flakes, 0, 255).astype(np.uint8)


def _rain(picture: Pixels) -> Pixels:
    draw = np.random.default_rng(0)
    height, width = picture.shape[:2]
    streaks = np.zeros((height, width), np.float32)
    for x, y, length in zip(
        *(draw.integers(0, end, 600) for end in (width, height)), draw.integers(10, 35, 600), strict=True
    ):
        cv2.line(streaks, (int(x), int(y)), (int(x + length / 5), int(y + length)), 0.45, 1, cv2.LINE_AA)
    grey = _grey(picture)[..., None]
    return _mixed((0.75 * (0.35 * grey + 0.65 * picture)).astype(np.uint8), 210, streaks)


def _halftone(picture: Pixels) -> Pixels:
    y, x = np.mgrid[: len(picture), : picture.shape[1]]
    screen = (np.sin(2 * np.pi * (x + y) / 8) * np.sin(2 * np.pi * (x - y) / 8) + 1) / 2
    return np.repeat(((_grey(picture) / 255 > 0.9 * screen + 0.05) * 255).astype(np.uint8)[..., None], 3, axis=2)


def _ink(picture: Pixels) -> Pixels:
    smooth = cv2.medianBlur(_grey(picture), 5)
    lines = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 11, 6)
    return np.repeat(lines[..., None], 3, axis=2)


def _comic(picture: Pixels) -> Pixels:
    flat = picture
    for _ in range(3):
        flat = cv2.bilateralFilter(flat, 7, 40, 7)
    return cv2.bitwise_and((flat // 32 * 32 + 16).astype(np.uint8), _ink(picture))


def _pencil(picture: Pixels) -> Pixels:
    grey = _grey(picture)
    blurred = cv2.GaussianBlur(255 - grey, (0, 0), 6)
    return np.repeat(cv2.divide(grey, 255 - blurred, scale=256)[..., None], 3, axis=2)


def _pixel(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


def _leaves(picture: Pixels, hue: float | None, saturation: float, light: float) -> Pixels:
    """Green and yellow-green pixels with another hue (0 to 180), saturation and brightness."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(np.float32)
    green = (hsv[..., 0] > 25) & (hsv[..., 0] < 85) & (hsv[..., 1] > 40)
    if hue is not None:
        hsv[green, 0] = hue
    hsv[green, 1] *= saturation
    hsv[green, 2] += light * (255 - hsv[green, 2])
    return cv2.cvtColor(np.clip(hsv, 0, 255).astype(np.uint8), cv2.COLOR_HSV2RGB)


def _grain(picture: Pixels) -> Pixels:
    noise = np.random.default_rng(0).normal(0, 13, (*picture.shape[:2], 1))
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _vignette(picture: Pixels) -> Pixels:
    y, x = np.mgrid[-1 : 1 : len(picture) * 1j, -1 : 1 : picture.shape[1] * 1j]
    return np.clip(picture * np.exp(-0.6 * (x * x + y * y))[..., None], 0, 255).astype(np.uint8)


def _glow(picture: Pixels) -> Pixels:
    light = cv2.GaussianBlur(np.where(picture > 190, picture, 0).astype(np.float32), (0, 0), 9)
    return (255 - (255 - picture) * (255 - np.clip(light, 0, 255)) / 255).astype(np.uint8)


def _leak(picture: Pixels) -> Pixels:
    fall = np.exp(-((np.linspace(0, 1, picture.shape[1]) / 0.25) ** 2))[None, :, None]
    return (255 - (255 - picture) * (1 - fall * np.array([0.9, 0.4, 0.1]))).astype(np.uint8)


def _sepia(picture: Pixels) -> Pixels:
    return np.clip(_grey(picture)[..., None] * np.array([1.07, 0.92, 0.72]), 0, 255).astype(np.uint8)


PLANTED: dict[str, Callable[[Pixels], Pixels]] = {
    "time: golden_hour": lambda picture: _scaled(picture, 0.95, (1.12, 1.0, 0.72)),
    "time: blue_hour": lambda picture: _scaled(picture, 1.3, (0.55, 0.72, 1.05)),
    "time: night": lambda picture: _scaled(picture, 1.6, (0.35, 0.42, 0.6)),
    "season: autumn": lambda picture: _leaves(picture, 14, 1.0, 0.0),
    "season: winter": lambda picture: _leaves(picture, None, 0.12, 0.6),
    "season: summer": lambda picture: _leaves(picture, None, 1.35, 0.0),
    "weather: fog": _fog,
    "weather: snow": _snow,
    "weather: rain": _rain,
    "medium: oil": lambda picture: cv2.xphoto.oilPainting(picture, 5, 1),
    "medium: pencil": _pencil,
    "medium: ink": _ink,
    "medium: comic": _comic,
    "medium: halftone": _halftone,
    "medium: pixel": _pixel,
    "grain": _grain,
    "vignette": _vignette,
    "bloom": _glow,
    "leak": _leak,
    "monochrome": _sepia,
}
"""By the detector that should find it."""
