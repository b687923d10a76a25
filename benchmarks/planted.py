"""Effects planted by other hands: plain OpenCV and NumPy versions that share no code with the library.

They show whether a detector knows the effect, or only the library's way of making it. The signs of effects were tuned
on them; `benchmarks.planted_unseen` has others. Encoded sRGB, `(H, W, 3)` of 8 bits, to the same.
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


def _kuwahara(picture: Pixels) -> Pixels:
    """The mean of whichever quarter of each pixel's surroundings is most even (Kuwahara et al., 1976)."""
    whole, reach = picture.astype(np.float32), 4
    mean, square = (cv2.blur(each, (reach + 1, reach + 1)) for each in (whole, whole * whole))
    spread, shift = (square - mean * mean).sum(axis=2), reach // 2
    moves = [(y, x) for y in (-shift, shift) for x in (-shift, shift)]
    even = np.argmin([np.roll(spread, move, (0, 1)) for move in moves], axis=0)
    return np.choose(even[..., None], [np.roll(mean, move, (0, 1)) for move in moves]).astype(np.uint8)


def _watercolor(picture: Pixels) -> Pixels:
    wash = cv2.stylization(picture, sigma_s=40, sigma_r=0.5)
    return _mixed(wash, 255, np.full(picture.shape[:2], 0.3))


def _pastel(picture: Pixels) -> Pixels:
    chalk = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 26, picture.shape[:2]), (0, 0), 0.7)
    soft = _mixed(cv2.bilateralFilter(picture, 9, 60, 9), 190, np.full(picture.shape[:2], 0.3))
    return np.clip(soft + 2 * chalk[..., None], 0, 255).astype(np.uint8)


def _channels_swapped(picture: Pixels) -> Pixels:
    """Autumn by the channel mixer: where green leads, red takes its place."""
    red, green, blue = cv2.split(picture.astype(np.float32))
    leads = np.clip((green - np.maximum(0.85 * red, blue)) / 25, 0, 1)
    red = red + leads * (1.15 * green + 15 - red)
    green = green * (1 - 0.3 * leads)
    return np.clip(cv2.merge([red, green, blue * (1 - 0.25 * leads)]), 0, 255).astype(np.uint8)


def _snowed_in(picture: Pixels) -> Pixels:
    """Winter as snow on what is green or earthen and faces the sky, under cold light."""
    hsv, grey = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV), _grey(picture).astype(np.float32)
    ground = (hsv[..., 0] > 12) & (hsv[..., 0] < 85) & (hsv[..., 1] > 30)
    facing = cv2.Sobel(cv2.GaussianBlur(grey, (0, 0), 1.5), cv2.CV_32F, 0, 1) < 4
    snow = cv2.GaussianBlur((ground & facing).astype(np.float32), (0, 0), 1.2)
    return _mixed(_scaled(picture, 1.0, (0.94, 0.98, 1.05)), 240, 0.85 * snow)


def _cold(picture: Pixels) -> Pixels:
    """Winter as a grade: half the colour, cold, a little lighter."""
    return _scaled(_mixed_grey(picture, 0.55), 0.88, (0.92, 0.99, 1.1))


def _mixed_grey(picture: Pixels, share: float) -> Pixels:
    return (share * _grey(picture)[..., None] + (1 - share) * picture).astype(np.uint8)


def _lush(picture: Pixels) -> Pixels:
    """Summer as a grade: warm light and full greens."""
    return _scaled(_leaves(picture, None, 1.3, 0.0), 0.97, (1.06, 1.02, 0.86))


def _fresh(picture: Pixels) -> Pixels:
    """Spring: leaves of a lighter, yellower green."""
    return _leaves(picture, 36, 1.3, 0.18)


def _drear(picture: Pixels) -> Pixels:
    """A grey day: flat and dull."""
    return _mixed(_mixed_grey(picture, 0.5), 150, np.full(picture.shape[:2], 0.2))


def _tempest(picture: Pixels) -> Pixels:
    """A storm: dark, grey and hard."""
    hard = cv2.createCLAHE(2.5, (4, 4))
    lab = cv2.cvtColor(_mixed_grey(picture, 0.5), cv2.COLOR_RGB2LAB)
    lab[..., 0] = hard.apply(lab[..., 0])
    return _scaled(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 1.35, (0.7, 0.74, 0.8))


def _clear(picture: Pixels) -> Pixels:
    """Clear air: levels to the ends, local contrast, colour."""
    low, high = np.percentile(picture, (1, 99))
    hsv = cv2.cvtColor(np.clip((picture - low) * 255.0 / (high - low), 0, 255).astype(np.uint8), cv2.COLOR_RGB2HSV)
    hsv[..., 1] = np.clip(hsv[..., 1] * 1.25, 0, 255).astype(np.uint8)
    crisp = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.float32)
    return np.clip(1.4 * crisp - 0.4 * cv2.GaussianBlur(crisp, (0, 0), 8), 0, 255).astype(np.uint8)


def _faded(picture: Pixels) -> Pixels:
    return (35 + picture * (1 - 35 / 255)).astype(np.uint8)


PLANTED: dict[str, Callable[[Pixels], Pixels]] = {
    "time: dawn": lambda picture: _mixed(
        _scaled(picture, 0.85, (1.04, 0.92, 1.0)), 190, np.full(picture.shape[:2], 0.2)
    ),
    "time: golden_hour": lambda picture: _scaled(picture, 0.95, (1.12, 1.0, 0.72)),
    "time: noon": lambda picture: cv2.detailEnhance(_scaled(picture, 0.95, (1.0, 1.0, 1.0)), sigma_s=8, sigma_r=0.12),
    "time: dusk": lambda picture: _scaled(picture, 1.25, (0.78, 0.6, 0.82)),
    "time: blue_hour": lambda picture: _scaled(picture, 1.3, (0.55, 0.72, 1.05)),
    "time: night": lambda picture: _scaled(picture, 1.6, (0.35, 0.42, 0.6)),
    "season: spring": _fresh,
    "season: summer": lambda picture: _leaves(picture, None, 1.35, 0.0),
    "season: autumn": lambda picture: _leaves(picture, 14, 1.0, 0.0),
    "season: winter": lambda picture: _leaves(picture, None, 0.12, 0.6),
    "weather: fog": _fog,
    "weather: snow": _snow,
    "weather: rain": _rain,
    "weather: storm": _tempest,
    "weather: clear": _clear,
    "weather: overcast": _drear,
    "medium: oil": lambda picture: cv2.xphoto.oilPainting(picture, 5, 1),
    "medium: watercolor": _watercolor,
    "medium: pencil": _pencil,
    "medium: ink": _ink,
    "medium: comic": _comic,
    "medium: pastel": _pastel,
    "medium: halftone": _halftone,
    "medium: pixel": _pixel,
    "grain": _grain,
    "vignette": _vignette,
    "bloom": _glow,
    "leak": _leak,
    "monochrome": _sepia,
    "fade": _faded,
}
"""By the detector that should find it."""
THIRD: dict[str, Callable[[Pixels], Pixels]] = {
    "season: summer": _lush,
    "season: autumn": _channels_swapped,
    "season: winter": _snowed_in,
    "medium: oil": _kuwahara,
}
FOURTH: dict[str, Callable[[Pixels], Pixels]] = {"season: winter": _cold}
HANDS: dict[str, dict[str, Callable[[Pixels], Pixels]]] = {"other": PLANTED, "third": THIRD, "fourth": FOURTH}
"""Each hand with what it plants."""
