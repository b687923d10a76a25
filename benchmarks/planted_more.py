"""Effects planted by more hands, which the signs were tuned on as well: painters' filters, glows and evening light.

Encoded sRGB, `(H, W, 3)` of 8 bits, to the same; see `benchmarks.planted`.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

Pixels = NDArray[np.uint8]
Real = NDArray[np.floating]


def _bytes(picture: Real) -> Pixels:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _screen(picture: Pixels, light: Real) -> Pixels:
    return _bytes(255 - (255 - picture.astype(np.float32)) * (1 - light))


def _colour(picture: Pixels, factor: float) -> Pixels:
    return np.asarray(ImageEnhance.Color(Image.fromarray(picture)).enhance(factor))


def _noise(picture: Pixels, sigma_px: float) -> Real:
    """Even noise with a spread of 1."""
    noise = np.random.default_rng(11).normal(0, 1, picture.shape[:2])
    soft = cv2.GaussianBlur(noise, (0, 0), sigma_px)
    return soft / soft.std()


def _across(picture: Pixels) -> tuple[Real, Real]:
    """Rows and columns from 0 to 1."""
    y, x = np.mgrid[0 : 1 : len(picture) * 1j, 0 : 1 : picture.shape[1] * 1j]
    return y, x


def _oil_sectors(picture: Pixels) -> Pixels:
    """Oil by a Kuwahara filter with eight sectors, more vivid."""
    whole = picture.astype(np.float32)
    y, x = np.mgrid[-4:5, -4:5]
    angle, inside = np.arctan2(y, x), np.hypot(x, y) <= 4.5
    total, weights = np.zeros_like(whole), np.zeros(picture.shape[:2], np.float32)
    for sector in range(8):
        off = np.abs((angle - sector * np.pi / 4 + np.pi) % (2 * np.pi) - np.pi)
        kernel = ((off <= np.pi / 8 + 0.01) & inside | (x == 0) & (y == 0)).astype(np.float32)
        kernel /= kernel.sum()
        mean, square = cv2.filter2D(whole, -1, kernel), cv2.filter2D(whole * whole, -1, kernel)
        even = 1 / (1 + np.abs(square - mean * mean).sum(axis=2)) ** 4
        total, weights = total + mean * even[..., None], weights + even
    return _colour(_bytes(total / weights[..., None]), 1.2)


def _oil_relief(picture: Pixels) -> Pixels:
    """Oil by an edge-preserving filter, with the relief of thick paint."""
    flat = cv2.edgePreservingFilter(picture, flags=1, sigma_s=20, sigma_r=0.35)
    grey = cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY).astype(np.float32)
    relief = cv2.filter2D(grey, -1, np.array([[-1, -1, 0], [-1, 0, 1], [0, 1, 1]], np.float32))
    return _bytes(flat + 0.25 * np.clip(relief, -60, 60)[..., None])


def _oil_strokes(picture: Pixels) -> Pixels:
    """Oil by strokes along the edges, coarse ones first (after Litwinowicz, 1997)."""
    draw, canvas = np.random.default_rng(12), cv2.blur(picture, (9, 9))
    height, width = picture.shape[:2]
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 3)
    along = np.arctan2(cv2.Sobel(grey, cv2.CV_32F, 0, 1), cv2.Sobel(grey, cv2.CV_32F, 1, 0)) + np.pi / 2
    for length, thick, share in ((9, 5, 0.06), (6, 3, 0.12), (4, 2, 0.2)):
        colours = cv2.blur(picture, (thick, thick))
        count = int(share * height * width)
        for y, x in zip(draw.integers(0, height, count), draw.integers(0, width, count), strict=True):
            step = length / 2 * np.array([np.cos(along[y, x]), np.sin(along[y, x])])
            ends = [tuple(int(v) for v in np.rint((x, y) + side * step)) for side in (-1, 1)]
            colour = np.clip(colours[y, x] + draw.normal(0, 4), 0, 255)
            cv2.line(canvas, ends[0], ends[1], colour.tolist(), thick, cv2.LINE_AA)
    return canvas


def _oil_medians(picture: Pixels) -> Pixels:
    """Oil by medians from wide to narrow, and more contrast of colour."""
    painted = Image.fromarray(picture)
    for size in (7, 5, 5):
        painted = painted.filter(ImageFilter.MedianFilter(size))
    return np.asarray(ImageEnhance.Color(painted.filter(ImageFilter.EDGE_ENHANCE)).enhance(1.25))


def _watercolor_paper(picture: Pixels) -> Pixels:
    """Watercolour by bilateral filters, light, with wet edges, on rough paper."""
    wash = picture
    for _ in range(4):
        wash = cv2.bilateralFilter(wash, 9, 50, 9)
    light = 255 * (wash / 255.0) ** 0.7
    grey = cv2.cvtColor(wash, cv2.COLOR_RGB2GRAY)
    edges = cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    paper = 1 + 0.03 * _noise(picture, 1.0)
    return _bytes(0.85 * light * paper[..., None] + 38 - 0.12 * np.clip(edges, 0, 120)[..., None])


def _watercolor_pigment(picture: Pixels) -> Pixels:
    """Watercolour by mean shift; pigment that gathers in clouds; the paper shows through the lights."""
    wash = cv2.pyrMeanShiftFiltering(picture, 8, 26) / 255.0
    clouds = 1 + 0.12 * _noise(picture, 7)
    pigment = (1 - wash) ** 1.2 * np.clip(clouds, 0.4, 1.6)[..., None]
    return _bytes(255 * (1 - 0.8 * pigment))


def _watercolor_stylized(picture: Pixels) -> Pixels:
    """Watercolour by OpenCV's stylization, brightened as tutorials do."""
    return _bytes(40 + 0.9 * cv2.stylization(picture, sigma_s=60, sigma_r=0.45).astype(np.float32))


def _pastel_chalk(picture: Pixels) -> Pixels:
    """Pastel by chalk that catches on the teeth of a pale paper: rough where it is thin."""
    teeth = cv2.filter2D(_noise(picture, 0.6), -1, np.eye(5) / 5)
    cover = np.clip(0.72 + 0.28 * teeth / teeth.std(), 0, 1)[..., None]
    chalk = cv2.medianBlur(picture, 5).astype(np.float32) * 0.8 + 45
    return _bytes(cover * chalk + (1 - cover) * np.array([232, 226, 214]))


def _pastel_soft(picture: Pixels) -> Pixels:
    """Pastel by Pillow: smoothed, blended with white, less contrast, with the grain of paper."""
    soft = Image.fromarray(picture).filter(ImageFilter.SMOOTH_MORE).filter(ImageFilter.GaussianBlur(1.5))
    pale = Image.blend(ImageEnhance.Contrast(soft).enhance(0.8), Image.new("RGB", soft.size, "white"), 0.22)
    return _bytes(np.asarray(pale) * (1 + 0.06 * _noise(picture, 0.8)[..., None]))


def _golden_sun(picture: Pixels) -> Pixels:
    """Golden hour by a warm balance and a low sun from the left that warms its surroundings."""
    y, x = _across(picture)
    sun = np.exp(-(np.hypot(x + 0.05, 1.3 * (y - 0.35)) ** 2) / 0.35)[..., None]
    return _screen(_bytes(picture * np.array([1.08, 0.98, 0.8])), 0.4 * sun * np.array([1, 0.62, 0.2]))


def _golden_map(picture: Pixels) -> Pixels:
    """Golden hour by a gradient map, brown over orange to pale gold, at two fifths."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    stops = np.array([[28, 14, 10], [150, 84, 38], [242, 178, 92], [255, 240, 200]])
    toned = np.dstack([np.interp(grey, [0, 90, 190, 255], stops[:, channel]) for channel in range(3)])
    return _bytes(0.6 * picture + 0.4 * toned)


def _golden_curves(picture: Pixels) -> Pixels:
    """Golden hour by channel curves: red up in the middle, blue down in the lights, shadows warmed."""
    level = np.arange(256)
    red = np.interp(level, [0, 128, 255], [10, 148, 255])
    green = np.interp(level, [0, 128, 255], [4, 130, 250])
    blue = np.interp(level, [0, 128, 255], [0, 108, 205])
    return cv2.LUT(picture, _bytes(np.dstack([red, green, blue])))


def _glow_orton(picture: Pixels) -> Pixels:
    """Bloom as by Orton: a screened copy, blurred, laid half over the picture."""
    bright = Image.fromarray(picture)
    bright = ImageChops.screen(bright, bright)
    blurred = bright.filter(ImageFilter.GaussianBlur(0.025 * max(bright.size)))
    return np.asarray(Image.blend(Image.fromarray(picture), ImageChops.multiply(bright, blurred), 0.55))


def _glow_bright_pass(picture: Pixels) -> Pixels:
    """Bloom as in games: what is bright, blurred at three sizes, added in linear light."""
    linear = (picture / 255.0) ** 2.2
    bright = linear * np.clip((linear.max(axis=2, keepdims=True) - 0.5) / 0.3, 0, 1)
    glow = sum(cv2.GaussianBlur(bright, (0, 0), share * max(picture.shape)) for share in (0.006, 0.015, 0.04))
    return _bytes(255 * np.clip(linear + 0.35 * glow, 0, 1) ** (1 / 2.2))


def _glow_lighten(picture: Pixels) -> Pixels:
    """Bloom by Pillow: the lighter of the picture and a blurred, brighter copy."""
    copy = ImageEnhance.Brightness(Image.fromarray(picture)).enhance(1.15)
    return np.asarray(ImageChops.lighter(Image.fromarray(picture), copy.filter(ImageFilter.GaussianBlur(4))))


def _rays_radial(picture: Pixels) -> Pixels:
    """Rays by a radial blur of what is bright, out of the top of the picture, screened."""
    height, width = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    streaks = np.clip((grey - np.percentile(grey, 80)) / 40, 0, 1)
    total = np.zeros_like(streaks)
    for step in range(40):
        matrix = cv2.getRotationMatrix2D((0.4 * width, -0.05 * height), 0, 1 + 0.05 * step)
        total += cv2.warpAffine(streaks, matrix, (width, height), borderMode=cv2.BORDER_CONSTANT) * 0.95**step
    return _screen(picture, 0.9 * np.clip(total / 10, 0, 1)[..., None] * np.array([1, 0.95, 0.8]))


MORE: dict[str, tuple[Callable[[Pixels], Pixels], ...]] = {
    "time: golden_hour": (_golden_sun, _golden_map, _golden_curves),
    "medium: oil": (_oil_sectors, _oil_relief, _oil_strokes, _oil_medians),
    "medium: watercolor": (_watercolor_paper, _watercolor_pigment, _watercolor_stylized),
    "medium: pastel": (_pastel_chalk, _pastel_soft),
    "bloom": (_glow_orton, _glow_bright_pass, _glow_lighten),
    "rays": (_rays_radial,),
}
"""By the detector that should find it."""
