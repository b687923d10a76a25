"""Effects planted by other hands: what the detectors are worth on somebody else's pictures.

Those of seasons were looked at while the signs of leaves and of summer were tuned, the others were not.

Recipes that tutorials and other programs use: Pillow's filters, Lab channels, colour statistics, screens of noise.
Encoded sRGB, `(H, W, 3)` of 8 bits, to the same.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter

Pixels = NDArray[np.uint8]
Real = NDArray[np.floating]


def _bytes(picture: Real) -> Pixels:
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def _lab(picture: Pixels) -> Real:
    """CIELAB; L from 0 to 100."""
    return cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)


def _rgb(lab: Real) -> Pixels:
    return _bytes(255 * cv2.cvtColor(lab.astype(np.float32), cv2.COLOR_LAB2RGB))


def _greens(lab: Real) -> Real:
    """How green each pixel is, 0 to 1, by Lab a below 0 and b above 0."""
    return np.clip(-lab[..., 1] / 10, 0, 1) * np.clip(lab[..., 2] / 8, 0, 1)


def _gains(picture: Pixels, *gains: float) -> Pixels:
    return _bytes(picture * np.array(gains))


def _curve(picture: Pixels, points: dict[int, int]) -> Pixels:
    return cv2.LUT(picture, _bytes(np.interp(np.arange(256), list(points), list(points.values()))))


def _colour(picture: Pixels, factor: float) -> Pixels:
    return np.asarray(ImageEnhance.Color(Image.fromarray(picture)).enhance(factor))


def _screen(picture: Pixels, light: Real) -> Pixels:
    return _bytes(255 - (255 - picture.astype(np.float32)) * (1 - light))


def _inverted_a(picture: Pixels) -> Pixels:
    """Autumn by the Lab trick: channel a upside down where leaves are green."""
    lab = _lab(picture)
    lab[..., 1] *= 1 - 2 * _greens(lab)
    return _rgb(lab)


def _palette(picture: Pixels) -> Pixels:
    """Autumn by colour statistics: green places take the mean and spread of fallen leaves (Reinhard et al., 2001)."""
    lab = _lab(picture)
    weight = _greens(lab)[..., None]
    mean = (lab * weight).sum(axis=(0, 1)) / (weight.sum() + 1e-6)
    spread = np.sqrt(((lab - mean) ** 2 * weight).sum(axis=(0, 1)) / (weight.sum() + 1e-6)) + 1e-3
    wanted = (lab - mean) / spread * np.array([spread[0], 7, 9]) + np.array([mean[0] + 3, 24, 38])
    return _rgb(lab + weight * (wanted - lab))


def _hue_sliders(picture: Pixels) -> Pixels:
    """Autumn by hue sliders: yellows to orange, greens to yellow-orange, softly, under a warmer balance."""
    hsv = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
    shift = np.interp(hsv[..., 0], [40, 60, 90, 130, 165], [0, -22, -52, -75, 0])
    hsv[..., 0] = (hsv[..., 0] + shift) % 360
    return _gains(_bytes(255 * cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)), 1.04, 1.0, 0.94)


def _channel_snow(picture: Pixels) -> Pixels:
    """Winter by the channel mixer: a grey that is bright where leaves are, laid over in lighten mode; colder."""
    snow = _bytes(picture @ np.array([-0.6, 2.2, -0.5]))[..., None]
    return _gains(np.maximum(_colour(picture, 0.7), _bytes(0.92 * snow)), 0.97, 1.0, 1.06)


def _snow_on_tops(picture: Pixels) -> Pixels:
    """Winter as snow on all that is brighter than what lies below it, in the lower two thirds."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    tops = np.clip((grey - np.roll(cv2.GaussianBlur(grey, (0, 0), 3), -4, axis=0) + 12) / 18, 0, 1)
    low = np.clip(np.linspace(-0.6, 1.6, len(picture)), 0, 1)[:, None]
    weight = (0.9 * tops * low * (grey > 40))[..., None]
    return _gains(_bytes(picture * (1 - weight) + 242 * weight), 0.95, 0.98, 1.03)


def _winter_grade(picture: Pixels) -> Pixels:
    """Winter as a preset: muted, blue in the shadows, whites up."""
    muted = _curve(_colour(picture, 0.45), {0: 12, 128: 146, 255: 255})
    return _bytes(muted + (1 - muted / 255.0) * np.array([-10, 0, 18]) + np.array([-4, 0, 5]))


def _summer_vibrance(picture: Pixels) -> Pixels:
    """Summer by Lab: greens greener, everything a little more yellow and more vivid."""
    lab = _lab(picture)
    lab[..., 1] -= 7 * _greens(lab)
    lab[..., 2] = lab[..., 2] * 1.15 + 5
    return _rgb(lab)


def _summer_preset(picture: Pixels) -> Pixels:
    """Summer as a preset: warm balance, brighter, 30 % more colour."""
    return _colour(_gains(_curve(picture, {0: 0, 128: 138, 255: 255}), 1.06, 1.02, 0.9), 1.3)


def _spring_preset(picture: Pixels) -> Pixels:
    """Spring by Lab: greens lighter and yellower, a soft lift."""
    lab = _lab(picture)
    greens = _greens(lab)
    lab[..., 0] += 8 * greens + 3
    lab[..., 2] += 14 * greens
    lab[..., 1:] *= 1.1
    return _rgb(lab)


def _fog_bank(picture: Pixels) -> Pixels:
    """Fog by an even veil with clouds of noise in it."""
    draw = np.random.default_rng(3).random((5, 7)).astype(np.float32)
    bank = 0.5 + 0.3 * cv2.resize(draw, picture.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return _bytes(picture * (1 - bank[..., None]) + 205 * bank[..., None])


def _snowfall(picture: Pixels) -> Pixels:
    """Snow by screening sparse, softened noise of two sizes."""
    draw, light = np.random.default_rng(4), np.zeros(picture.shape[:2], np.float32)
    for share, sigma in ((0.006, 0.8), (0.0015, 1.8)):
        points = (draw.random(picture.shape[:2]) < share).astype(np.float32)
        light += np.clip(cv2.GaussianBlur(points, (0, 0), sigma) * 2 * np.pi * sigma**2 * 1.3, 0, 1)
    return _screen(_curve(_colour(picture, 0.7), {0: 20, 255: 245}), 0.95 * np.clip(light, 0, 1)[..., None])


def _rainfall(picture: Pixels) -> Pixels:
    """Rain by screening motion-blurred noise over a dull picture."""
    noise = (np.random.default_rng(5).random(picture.shape[:2]) < 0.02).astype(np.float32)
    kernel = np.zeros((25, 25), np.float32)
    cv2.line(kernel, (8, 0), (16, 24), 1, 1)
    streaks = np.clip(cv2.filter2D(noise, -1, kernel / kernel.sum()) * 6, 0, 0.5)
    return _screen(_gains(_colour(picture, 0.55), 0.8, 0.84, 0.9), streaks[..., None])


def _thunder(picture: Pixels) -> Pixels:
    """A storm by a dark curve, little colour and a sky that darkens upwards."""
    sky = np.linspace(0.6, 1, len(picture))[:, None, None]
    sharp = np.asarray(Image.fromarray(_colour(picture, 0.5)).filter(ImageFilter.UnsharpMask(12, 60, 0)))
    return _gains(_bytes(sharp * sky), 0.74, 0.78, 0.84)


def _blue_sky_day(picture: Pixels) -> Pixels:
    """Clear weather by Pillow's contrast, colour and a wide unsharp mask."""
    crisp = Image.fromarray(_curve(picture, {0: 0, 40: 24, 255: 255})).filter(ImageFilter.UnsharpMask(20, 35, 0))
    return np.asarray(ImageEnhance.Color(ImageEnhance.Contrast(crisp).enhance(1.08)).enhance(1.25))


def _overcast_preset(picture: Pixels) -> Pixels:
    """A grey day by Pillow: less colour, less contrast, highlights down."""
    flat = ImageEnhance.Contrast(Image.fromarray(_colour(picture, 0.45))).enhance(0.72)
    return _curve(np.asarray(flat), {0: 0, 160: 155, 255: 222})


def _oil_modes(picture: Pixels) -> Pixels:
    """Oil by the commonest value around each pixel, with relief."""
    painted = Image.fromarray(picture).filter(ImageFilter.ModeFilter(7))
    return np.asarray(painted.filter(ImageFilter.UnsharpMask(2, 120, 0)))


def _oil_shift(picture: Pixels) -> Pixels:
    """Oil by mean shift: patches of one colour."""
    return cv2.pyrMeanShiftFiltering(picture, 7, 22)


def _watercolor_wash(picture: Pixels) -> Pixels:
    """Watercolour by medians, washed out on white paper, darker at the edges of each wash."""
    wash = cv2.medianBlur(cv2.edgePreservingFilter(picture, flags=1, sigma_s=30, sigma_r=0.4), 5)
    edges = cv2.Laplacian(cv2.GaussianBlur(cv2.cvtColor(wash, cv2.COLOR_RGB2GRAY), (0, 0), 1.5), cv2.CV_32F)
    return _bytes(70 + wash * (185 / 255) - 3 * np.clip(edges, 0, 10)[..., None])


def _pencil_sketch(picture: Pixels) -> Pixels:
    grey, _ = cv2.pencilSketch(picture, sigma_s=40, sigma_r=0.07, shade_factor=0.1)
    return np.repeat(grey[..., None], 3, axis=2)


def _ink_xdog(picture: Pixels) -> Pixels:
    """Ink by a difference of Gaussians cut hard (Winnemoeller et al., 2012)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    sharp = 20 * cv2.GaussianBlur(grey, (0, 0), 0.9) - 19 * cv2.GaussianBlur(grey, (0, 0), 1.5)
    return _bytes(255 * np.repeat(np.clip(1 + np.tanh(12 * (sharp - 0.3)), 0, 1)[..., None], 3, axis=2))


def _comic_canny(picture: Pixels) -> Pixels:
    """Comic by mean shift, levels and Canny's edges in black."""
    flat = cv2.pyrMeanShiftFiltering(picture, 10, 30) // 48 * 48 + 7
    lines = cv2.dilate(cv2.Canny(cv2.GaussianBlur(picture, (0, 0), 1.2), 60, 150), np.ones((2, 2), np.uint8))
    return np.where(lines[..., None] > 0, np.uint8(15), flat.astype(np.uint8))


def _pastel_strokes(picture: Pixels) -> Pixels:
    """Pastel by short strokes of noise over softened, lightened colour."""
    noise = np.random.default_rng(6).normal(0, 1, picture.shape[:2]).astype(np.float32)
    strokes = cv2.filter2D(noise, -1, np.fliplr(np.eye(5, dtype=np.float32)) / np.sqrt(5))
    soft = _curve(cv2.GaussianBlur(picture, (0, 0), 1.2), {0: 50, 255: 240})
    return _bytes(soft + 14 * strokes[..., None])


def _halftone_colour(picture: Pixels) -> Pixels:
    """A coloured print: each channel as round dots at its own angle."""
    y, x = np.mgrid[: len(picture), : picture.shape[1]]
    screens = []
    for degrees in (15, 75, 45):
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        waves = np.cos(2 * np.pi * (c * x + s * y) / 6) + np.cos(2 * np.pi * (c * y - s * x) / 6)
        screens.append(0.5 + waves / 4)
    return _bytes(255 * np.clip(4 * (picture / 255 - np.dstack(screens)) + 0.5, 0, 1))


def _pixel_art(picture: Pixels) -> Pixels:
    """Pixel art by Pillow: nearest neighbour and 24 colours."""
    height, width = picture.shape[:2]
    small = Image.fromarray(picture).resize((width // 6, height // 6), Image.Resampling.BOX).quantize(24)
    return np.asarray(small.convert("RGB").resize((width, height), Image.Resampling.NEAREST))


def _golden_overlay(picture: Pixels) -> Pixels:
    """Golden hour by a photo filter: orange in soft light, shadows a little lifted."""
    amber = np.array([255, 176, 80]) / 255
    base = picture / 255.0
    soft = (1 - 2 * amber) * base**2 + 2 * amber * base
    return _bytes(255 * (0.45 * base + 0.55 * soft) + 6)


def _dawn_gradient(picture: Pixels) -> Pixels:
    """Dawn by a pink to lilac gradient in screen mode."""
    rise = np.linspace(0, 1, len(picture))[:, None, None]
    tint = (1 - rise) * np.array([0.24, 0.15, 0.3]) + rise * np.array([0.34, 0.18, 0.2])
    return _screen(_bytes(picture * 0.9), tint)


def _noon_curve(picture: Pixels) -> Pixels:
    """Noon by an S-curve, a wide unsharp mask and clean air."""
    hard = _curve(picture, {0: 0, 64: 50, 192: 206, 255: 255})
    return np.asarray(Image.fromarray(hard).filter(ImageFilter.UnsharpMask(10, 40, 0)))


def _dusk_split(picture: Pixels) -> Pixels:
    """Dusk by split toning: violet shadows, rosy lights, less light."""
    base = picture / 255.0 * 0.68
    light = base.mean(axis=2, keepdims=True)
    return _bytes(
        255 * (base + 0.09 * light * np.array([1, -0.3, 0.2]) + 0.06 * (1 - light) * np.array([0.5, -0.4, 1]))
    )


def _blue_grade(picture: Pixels) -> Pixels:
    """Blue hour by Lab: darker, b far down."""
    lab = _lab(_colour(picture, 0.7))
    lab[..., 0] *= 0.72
    lab[..., 2] -= 24
    return _rgb(lab)


def _day_for_night(picture: Pixels) -> Pixels:
    """Night as in the cinema: two and a half stops down, little colour, blue."""
    linear = (_colour(picture, 0.5) / 255.0) ** 2.2 * 2**-2.6 * np.array([0.7, 0.85, 1.3])
    return _bytes(255 * np.clip(linear, 0, 1) ** (1 / 2.2))


def _orton(picture: Pixels) -> Pixels:
    """Bloom by Orton: the picture screened with a blur of its lights."""
    lights = np.clip((cv2.GaussianBlur(picture, (0, 0), 7).astype(np.float32) - 150) / 105, 0, 1)
    return _screen(picture, 0.6 * lights)


def _coarse_grain(picture: Pixels) -> Pixels:
    noise = cv2.GaussianBlur(np.random.default_rng(7).normal(0, 30, picture.shape[:2]), (0, 0), 0.7)
    return _bytes(picture + noise[..., None] * (1 - 0.5 * picture / 255.0))


def _corner_leak(picture: Pixels) -> Pixels:
    y, x = np.mgrid[0 : 1 : len(picture) * 1j, 0 : 1 : picture.shape[1] * 1j]
    fall = np.exp(-((np.hypot(x - 1, y) / 0.45) ** 2))[..., None]
    return _screen(picture, fall * np.array([0.85, 0.45, 0.1]))


def _oval_vignette(picture: Pixels) -> Pixels:
    y, x = np.mgrid[-1 : 1 : len(picture) * 1j, -1 : 1 : picture.shape[1] * 1j]
    return _bytes(picture * (1 - 0.65 * np.clip(np.hypot(x, y) - 0.5, 0, 1))[..., None])


def _grey_pillow(picture: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(picture).convert("L").convert("RGB"))


def _matte(picture: Pixels) -> Pixels:
    return _curve(picture, {0: 38, 60: 72, 255: 246})


UNSEEN: dict[str, tuple[Callable[[Pixels], Pixels], ...]] = {
    "time: dawn": (_dawn_gradient,),
    "time: golden_hour": (_golden_overlay,),
    "time: noon": (_noon_curve,),
    "time: dusk": (_dusk_split,),
    "time: blue_hour": (_blue_grade,),
    "time: night": (_day_for_night,),
    "season: spring": (_spring_preset,),
    "season: summer": (_summer_vibrance, _summer_preset),
    "season: autumn": (_inverted_a, _palette, _hue_sliders),
    "season: winter": (_channel_snow, _snow_on_tops, _winter_grade),
    "weather: fog": (_fog_bank,),
    "weather: snow": (_snowfall,),
    "weather: rain": (_rainfall,),
    "weather: storm": (_thunder,),
    "weather: clear": (_blue_sky_day,),
    "weather: overcast": (_overcast_preset,),
    "medium: oil": (_oil_modes, _oil_shift),
    "medium: watercolor": (_watercolor_wash,),
    "medium: pencil": (_pencil_sketch,),
    "medium: ink": (_ink_xdog,),
    "medium: comic": (_comic_canny,),
    "medium: pastel": (_pastel_strokes,),
    "medium: halftone": (_halftone_colour,),
    "medium: pixel": (_pixel_art,),
    "grain": (_coarse_grain,),
    "vignette": (_oval_vignette,),
    "bloom": (_orton,),
    "leak": (_corner_leak,),
    "monochrome": (_grey_pillow,),
    "fade": (_matte,),
}
"""By the detector that should find it."""
