"""Effects planted by hands that were set aside: written before the signs were tuned, and used for measuring only.

Encoded sRGB, `(H, W, 3)` of 8 bits, to the same; see `benchmarks.planted`.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter, ImageOps

Pixels = NDArray[np.uint8]
Real = NDArray[np.floating]


def _bytes(picture: Real) -> Pixels:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _hsv(picture: Pixels) -> Real:
    """Hue in degrees, saturation and value from 0 to 1."""
    return cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2HSV)


def _of_hsv(hsv: Real) -> Pixels:
    hsv[..., 1:] = np.clip(hsv[..., 1:], 0, 1)
    return _bytes(255 * cv2.cvtColor(hsv.astype(np.float32), cv2.COLOR_HSV2RGB))


def _grey(picture: Pixels) -> Real:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _across(picture: Pixels) -> tuple[Real, Real]:
    """Rows and columns from 0 to 1."""
    y, x = np.mgrid[0 : 1 : len(picture) * 1j, 0 : 1 : picture.shape[1] * 1j]
    return y, x


def _soft_light(base: Real, over: Real) -> Real:
    """Soft light as the W3C defines it roughly; both from 0 to 1."""
    return (1 - 2 * over) * base**2 + 2 * over * base


def _oil_bins(picture: Pixels) -> Pixels:
    """Oil as in GIMP: the mean colour of the commonest of sixteen intensities around each pixel."""
    level = (_grey(picture) / 16).astype(int)
    counts = np.stack([cv2.blur((level == each).astype(np.float32), (7, 7)) for each in range(16)])
    most = counts.argmax(axis=0)
    painted = np.zeros(picture.shape, np.float32)
    for each in range(16):
        chosen = (level == each).astype(np.float32)
        mean = cv2.blur(picture * chosen[..., None], (7, 7)) / (cv2.blur(chosen, (7, 7))[..., None] + 1e-4)
        painted[most == each] = mean[most == each]
    return _bytes(painted)


def _oil_open_close(picture: Pixels) -> Pixels:
    """Oil by opening and closing with a round brush, more vivid."""
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    painted = cv2.morphologyEx(cv2.morphologyEx(picture, cv2.MORPH_OPEN, brush), cv2.MORPH_CLOSE, brush)
    hsv = _hsv(cv2.medianBlur(painted, 3))
    hsv[..., 1] *= 1.2
    return _of_hsv(hsv)


def _oil_impasto(picture: Pixels) -> Pixels:
    """Oil by strokes of noise along the edges, pressed into a bilateral filter as thick paint."""
    flat = cv2.bilateralFilter(cv2.bilateralFilter(picture, 9, 60, 7), 9, 60, 7)
    grey = cv2.GaussianBlur(_grey(flat), (0, 0), 2.5)
    angle = np.arctan2(cv2.Sobel(grey, cv2.CV_32F, 0, 1), cv2.Sobel(grey, cv2.CV_32F, 1, 0)) + np.pi / 2
    height, width = grey.shape
    y, x = (each.astype(np.float32) for each in np.mgrid[:height, :width])
    noise = np.random.default_rng(21).normal(0, 1, grey.shape).astype(np.float32)
    places = [(x + step * np.cos(angle), y + step * np.sin(angle)) for step in range(-5, 6)]
    lines = sum(cv2.remap(noise, *place, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP) for place in places)
    return _bytes(flat + 14 * (lines / lines.std())[..., None])


def _oil_posters(picture: Pixels) -> Pixels:
    """Oil by k-means in 24 colours, then a median that rounds the patches."""
    points = cv2.medianBlur(picture, 5).reshape(-1, 3).astype(np.float32)
    cv2.setRNGSeed(3)
    ends = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    _, labels, centres = cv2.kmeans(points, 24, None, ends, 1, cv2.KMEANS_PP_CENTERS)
    return cv2.medianBlur(_bytes(centres[labels.ravel()].reshape(picture.shape)), 5)


def _watercolor_bleed(picture: Pixels) -> Pixels:
    """Watercolour with ragged washes: medians, displaced by noise, lifted by a curve, on paper of a fine grain."""
    draw, (height, width) = np.random.default_rng(22), picture.shape[:2]
    y, x = (each.astype(np.float32) for each in np.mgrid[:height, :width])
    moves = [cv2.GaussianBlur(draw.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 2) * 12 for _ in range(2)]
    ragged = x + moves[0], y + moves[1]
    wash = cv2.remap(cv2.medianBlur(picture, 7), *ragged, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    light = np.interp(wash, [0, 80, 170, 255], [55, 140, 215, 255])
    grain = cv2.GaussianBlur(draw.normal(0, 1, (height, width)), (0, 0), 0.8)
    return _bytes(light + 8 * grain[..., None])


def _watercolor_edges(picture: Pixels) -> Pixels:
    """Watercolour by Pillow: smoothed, screened with itself, its contours laid over thinly."""
    smooth = Image.fromarray(cv2.edgePreservingFilter(picture, flags=2, sigma_s=40, sigma_r=0.5))
    light = Image.blend(ImageChops.screen(smooth, smooth), Image.new("RGB", smooth.size, "white"), 0.12)
    lines = smooth.convert("L").filter(ImageFilter.CONTOUR).filter(ImageFilter.SMOOTH)
    return np.asarray(Image.blend(light, ImageChops.multiply(light, lines.convert("RGB")), 0.45))


def _pastel_on_toned_paper(picture: Pixels) -> Pixels:
    """Pastel by short strokes of the picture's colours, made lighter, over a beige paper."""
    draw, (height, width) = np.random.default_rng(23), picture.shape[:2]
    canvas = np.full(picture.shape, (205, 195, 178), np.uint8)
    pale = _bytes(0.75 * cv2.blur(picture, (3, 3)) + 58)
    count = height * width // 5
    for y, x, length in zip(
        draw.integers(0, height, count), draw.integers(0, width, count), draw.integers(3, 8, count), strict=True
    ):
        colour = np.clip(pale[y, x] + draw.normal(0, 10), 0, 255).tolist()
        cv2.line(canvas, (int(x), int(y)), (int(x + length), int(y - length)), colour, 1, cv2.LINE_AA)
    return canvas


def _pastel_grain(picture: Pixels) -> Pixels:
    """Pastel by a soft picture, flat and pale, under strong coarse grain in soft light."""
    soft = cv2.bilateralFilter(picture, 11, 70, 11) / 255.0 * 0.7 + 0.24
    grain = cv2.GaussianBlur(np.random.default_rng(24).normal(0, 1, picture.shape[:2]), (0, 0), 0.9)
    return _bytes(255 * _soft_light(soft, np.clip(0.5 + 0.28 * grain / grain.std(), 0, 1)[..., None]))


def _golden_filter(picture: Pixels) -> Pixels:
    """Golden hour by a warming filter multiplied in at constant brightness, and brighter warm lights."""
    base = picture / 255.0
    amber = base * np.array([1, 0.72, 0.36]) / 0.74
    mixed = 0.6 * base + 0.4 * amber
    lights = np.clip(_grey(picture) / 255 - 0.5, 0, 1)[..., None]
    return _bytes(255 * (mixed + 0.25 * lights * np.array([1, 0.7, 0.2])))


def _golden_linear(picture: Pixels) -> Pixels:
    """Golden hour by gains in linear light, warmer towards the sun on the right, more vivid."""
    _, x = _across(picture)
    linear = (picture / 255.0) ** 2.2
    sun = 0.5 + 0.7 * x[..., None]
    warm = linear * (1 + sun * np.array([0.35, 0.02, -0.42]))
    hsv = _hsv(_bytes(255 * np.clip(warm, 0, 1) ** (1 / 2.2)))
    hsv[..., 1] *= 1.1
    return _of_hsv(hsv)


def _golden_flare(picture: Pixels) -> Pixels:
    """Golden hour by Pillow's colorize in soft light, with a flare in the upper right corner."""
    toned = np.asarray(ImageOps.colorize(Image.fromarray(picture).convert("L"), "#3a1c0a", "#ffe2a0", mid="#d08838"))
    base = _soft_light(picture / 255.0, toned / 255.0)
    y, x = _across(picture)
    flare = 0.5 * np.exp(-(np.hypot(x - 0.95, y - 0.05) ** 2) / 0.12)[..., None] * np.array([1, 0.75, 0.35])
    return _bytes(255 * (1 - (1 - np.clip(0.4 * picture / 255.0 + 0.6 * base, 0, 1)) * (1 - flare)))


def _bloom_soft(picture: Pixels) -> Pixels:
    """Bloom by a blurred copy in soft light over itself, and its lights screened."""
    base = picture / 255.0
    blurred = cv2.GaussianBlur(base, (0, 0), 0.02 * max(picture.shape))
    lights = np.clip(blurred - 0.55, 0, 1)
    return _bytes(255 * (1 - (1 - _soft_light(base, 0.35 + 0.4 * blurred)) * (1 - 0.8 * lights)))


def _bloom_pyramid(picture: Pixels) -> Pixels:
    """Bloom by a pyramid of the lights, each level half the size, added up."""
    linear = ((picture / 255.0) ** 2.2).astype(np.float32)
    level = np.where(linear.mean(axis=2, keepdims=True) > 0.45, linear, 0).astype(np.float32)
    glow, size = np.zeros_like(linear), picture.shape[1::-1]
    for _ in range(5):
        level = cv2.pyrDown(level)
        glow += 0.22 * cv2.resize(level, size, interpolation=cv2.INTER_LINEAR)
    return _bytes(255 * np.clip(linear + glow, 0, 1) ** (1 / 2.2))


def _bloom_percentile(picture: Pixels) -> Pixels:
    """Bloom by what is brighter than nine tenths of the picture, blurred widely, screened."""
    grey = _grey(picture)
    lights = picture * np.clip((grey - np.percentile(grey, 88)) / 20, 0, 1)[..., None]
    glow = 2.5 * cv2.GaussianBlur(lights, (0, 0), 0.03 * max(picture.shape))
    return _bytes(255 - (255 - picture) * (1 - np.clip(glow, 0, 255) / 255))


def _rays_fan(picture: Pixels) -> Pixels:
    """Rays as a fan of wedges from the upper left corner, softened, screened in pale yellow."""
    draw, (height, width) = np.random.default_rng(25), picture.shape[:2]
    fan = np.zeros((height, width), np.float32)
    for angle in np.linspace(0.15, 1.4, 7):
        spread, reach = draw.uniform(0.02, 0.05), 2 * max(height, width)
        ends = [(reach * np.cos(angle + side * spread), reach * np.sin(angle + side * spread)) for side in (-1, 1)]
        cv2.fillConvexPoly(fan, np.array([(-20, -20), *ends], np.int32), float(draw.uniform(0.3, 0.55)))
    y, x = _across(picture)
    light = cv2.GaussianBlur(fan, (0, 0), 0.008 * width) * np.exp(-0.9 * np.hypot(x, y))
    return _bytes(255 - (255 - picture) * (1 - light[..., None] * np.array([1, 0.93, 0.72])))


def _leak_streak(picture: Pixels) -> Pixels:
    """A light leak as a red and yellow streak down the right border, added."""
    _, x = _across(picture)
    red, yellow = np.exp(-(((x - 1) / 0.16) ** 2)), np.exp(-(((x - 1) / 0.07) ** 2))
    return _bytes(picture + red[..., None] * np.array([190, 50, 20]) + yellow[..., None] * np.array([40, 110, 20]))


def _vignette_stops(picture: Pixels) -> Pixels:
    """A vignette as a lens makes it: light falls with the fourth power of a cosine, in linear light."""
    y, x = _across(picture)
    cosine = 1 / np.sqrt(1 + 2.2 * ((x - 0.5) ** 2 + (y - 0.5) ** 2))
    return _bytes(255 * ((picture / 255.0) ** 2.2 * cosine[..., None] ** 4) ** (1 / 2.2))


def _spring_blossom(picture: Pixels) -> Pixels:
    """Spring: greens lighter and yellower by HSV, airy mids, a touch of pink in the lights."""
    hsv = _hsv(picture)
    green = np.clip(1 - np.abs(hsv[..., 0] - 95) / 60, 0, 1) * np.clip(4 * hsv[..., 1], 0, 1)
    hsv[..., 0] -= 14 * green
    hsv[..., 1] *= 1 + 0.2 * green
    hsv[..., 2] = hsv[..., 2] ** (1 - 0.22 * green)
    airy = 255 * (_of_hsv(hsv) / 255.0) ** 0.9
    return _bytes(airy + (airy / 255) ** 2 * np.array([3, 0, 4]))


def _summer_sun(picture: Pixels) -> Pixels:
    """Summer: warm light, deep greens, blue skies, some contrast."""
    hsv = _hsv(_bytes(picture * np.array([1.07, 1.02, 0.9])))
    hsv[..., 1] *= 1.28
    base = _of_hsv(hsv) / 255.0
    return _bytes(255 * (0.75 * base + 0.25 * (3 * base**2 - 2 * base**3)))


def _autumn_mixer(picture: Pixels) -> Pixels:
    """Autumn by swapping what red and green share where there is chlorophyll: excess green becomes excess red."""
    whole = picture.astype(np.float32)
    excess = np.clip(whole[..., 1] - 0.5 * (whole[..., 0] + whole[..., 2]), 0, 255)
    leaves = np.clip(excess / 14, 0, 1)
    red = whole[..., 0] + 1.6 * excess + 14 * leaves
    green = whole[..., 1] - 0.9 * excess
    blue = whole[..., 2] - 0.5 * excess
    return _bytes(np.dstack([red, green, blue]))


def _winter_frost(picture: Pixels) -> Pixels:
    """Winter: half the colour, greens to pale frost, cold shadows, paler."""
    hsv = _hsv(picture)
    green = np.clip(1 - np.abs(hsv[..., 0] - 85) / 55, 0, 1) * np.clip(4 * hsv[..., 1], 0, 1)
    hsv[..., 1] *= 0.5 * (1 - 0.8 * green)
    hsv[..., 2] += (0.93 - hsv[..., 2]) * 0.5 * green
    return _bytes(_of_hsv(hsv) * np.array([0.95, 1.0, 1.06]) + np.array([2, 4, 12]))


def _winter_ground(picture: Pixels) -> Pixels:
    """Winter as snow on the ground: the lower half of all that is no bright sky turns white by its own texture."""
    grey = _grey(picture)
    y, _ = _across(picture)
    texture = np.clip((grey - cv2.GaussianBlur(grey, (0, 0), 9)) / 60 + 0.75, 0, 1)
    weight = (np.clip(3 * (y - 0.4), 0, 1) * texture * (grey < 215))[..., None]
    cold = (0.55 * picture + 0.45 * grey[..., None]) * np.array([0.95, 1.0, 1.07])
    return _bytes(cold * (1 - weight) + np.array([236, 240, 247]) * weight)


def _pencil_hatching(picture: Pixels) -> Pixels:
    """Pencil by strokes that hatch in one direction where it is dark, and soft contours."""
    grey = _grey(picture) / 255
    noise = np.random.default_rng(26).normal(0, 1, grey.shape).astype(np.float32)
    hatch = cv2.filter2D(noise, -1, np.fliplr(np.eye(9, dtype=np.float32)) / 3)
    tone = 0.35 + 0.65 * np.sqrt(grey) + 0.16 * hatch * (1 - grey)
    dodge = grey / (1.02 - cv2.GaussianBlur(1 - grey, (0, 0), 4))
    return np.repeat(_bytes(255 * np.clip(tone, 0, 1) * np.clip(dodge, 0, 1))[..., None], 3, axis=2)


def _ink_threshold(picture: Pixels) -> Pixels:
    """Ink: blacks by a threshold, contours by Canny, on white."""
    grey = cv2.GaussianBlur(_grey(picture), (0, 0), 1.5)
    black = grey < np.percentile(grey, 28)
    lines = cv2.dilate(cv2.Canny(grey.astype(np.uint8), 30, 80), np.ones((2, 2), np.uint8)) > 0
    return np.repeat(np.where(black | lines, 12, 250).astype(np.uint8)[..., None], 3, axis=2)


def _comic_bold(picture: Pixels) -> Pixels:
    """Comic: five levels of each channel after a bilateral filter, vivid, with bold lines."""
    flat = np.rint(cv2.bilateralFilter(picture, 9, 70, 9) / 63.75) * 63.75
    hsv = _hsv(_bytes(flat))
    hsv[..., 1] *= 1.3
    grey = _grey(picture)
    lines = cv2.GaussianBlur(grey, (0, 0), 1.0) - cv2.GaussianBlur(grey, (0, 0), 1.8) < -4.5
    return np.where(lines[..., None], np.uint8(10), _of_hsv(hsv))


ASIDE: dict[str, tuple[Callable[[Pixels], Pixels], ...]] = {
    "time: golden_hour": (_golden_filter, _golden_linear, _golden_flare),
    "season: spring": (_spring_blossom,),
    "season: summer": (_summer_sun,),
    "season: autumn": (_autumn_mixer,),
    "season: winter": (_winter_frost, _winter_ground),
    "medium: oil": (_oil_bins, _oil_open_close, _oil_impasto, _oil_posters),
    "medium: watercolor": (_watercolor_bleed, _watercolor_edges),
    "medium: pencil": (_pencil_hatching,),
    "medium: ink": (_ink_threshold,),
    "medium: comic": (_comic_bold,),
    "medium: pastel": (_pastel_on_toned_paper, _pastel_grain),
    "vignette": (_vignette_stops,),
    "bloom": (_bloom_soft, _bloom_pyramid, _bloom_percentile),
    "rays": (_rays_fan,),
    "leak": (_leak_streak,),
}
"""By the detector that should find it."""
