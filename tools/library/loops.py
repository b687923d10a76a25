"""Loops over pixels that tools share: exposure that rolls off into white, lightness that takes chroma along, glow.

They take flat, C-contiguous arrays; see `tools.compiled`.
"""

import numpy as np

from tools.compiled import Pixels, Real, compiled
from tools.kernels import AT_HAND, cube_root, from_oklab, oklab_of

_F = np.float32
KNEE = 0.4
"""Linear light above which brightened tones roll off into white."""
_KNEE, _ABOVE = _F(KNEE), _F(1 - KNEE)
FAINT = _F(0.2)
"""Oklab lightness below which colours hardly grow with light that is added: they are mostly noise."""


@compiled
def _larger(a: Real, b: Real) -> Real:
    return a if a > b else b


@compiled
def _smaller(a: Real, b: Real) -> Real:
    return a if a < b else b


@compiled
def _smooth_step(x: Real, low: Real, high: Real) -> Real:
    t = _larger(_smaller((x - low) * (_F(1) / (high - low)), _F(1)), _F(0))
    return t * t * (_F(3) - _F(2) * t)


@compiled
def _two_to_the(x: Real) -> Real:
    """2^x for |x| < 100: the whole part goes into the exponent, the rest through a polynomial exact to 2e-7."""
    whole = np.floor(x + _F(0.5))
    y = (x - whole) * _F(0.6931471805599453)
    power = _F(1) + y * (
        _F(1) + y * (_F(1 / 2) + y * (_F(1 / 6) + y * (_F(1 / 24) + y * (_F(1 / 120) + y * _F(1 / 720)))))
    )
    return power * np.int32((np.int32(whole) + np.int32(127)) << np.int32(23)).view(_F)


@compiled
def _rolled_off(light: Real, gain: Real) -> Real:
    """What a gain of at least 1 has made of light, drawn below white: with one division, which costs most."""
    beyond, rise = _larger(light - _KNEE, _F(0)), _ABOVE * (gain - _KNEE)
    return _smaller(light, _KNEE) + beyond * rise / (rise + (gain - _F(1)) * beyond)


@compiled
def _exposed(r: Real, g: Real, b: Real, gain: Real) -> Real:
    """See `tools.library.light.expose`."""
    r, g, b = r * gain, g * gain, b * gain
    over = _larger(gain, _F(1))
    low, high = _smaller(_smaller(r, g), b), _larger(_larger(r, g), b)
    low_end, high_end = _rolled_off(low, over), _rolled_off(high, over)
    stretch = (high_end - low_end) / _larger(high - low, _F(1e-9))
    stretch = stretch if gain > _F(1) else _F(1)
    low_end = low_end if gain > _F(1) else low
    return low_end + (r - low) * stretch, low_end + (g - low) * stretch, low_end + (b - low) * stretch


@compiled
def expose(light: Pixels, gains: Pixels, result: Pixels) -> None:
    """Multiply linear light by a gain for each pixel, or one for all; see `tools.library.light.expose`."""
    step = 1 if gains.size > 1 else 0
    for k in range(light.size // 3):
        j = 3 * k
        exposed = _exposed(light[j], light[j + 1], light[j + 2], gains[k * step])
        result[j], result[j + 1], result[j + 2] = exposed


@compiled
def shade(light: Pixels, stops: Pixels, weights: Pixels, result: Pixels) -> None:
    """Light each pixel by its own stops; where that darkens, near whites are spared half of it.

    Args:
        light: linear.
        stops: one a pixel.
        weights: of the primaries in luminance.
        result: as `light`, filled.
    """
    for k in range(stops.size):
        j = 3 * k
        r, g, b = light[j], light[j + 1], light[j + 2]
        bright = _smooth_step(weights[0] * r + weights[1] * g + weights[2] * b, _F(0.7), _F(1))
        share = _F(1) - (_F(0.5) * bright if stops[k] < _F(0) else _F(0))
        result[j], result[j + 1], result[j + 2] = _exposed(r, g, b, _two_to_the(stops[k] * share))


@compiled
def vignette(light: Pixels, x: Pixels, y: Pixels, fall: Pixels, weights: Pixels, result: Pixels) -> None:
    """Light each pixel by stops that depend on its distance from the centre; see `shade`.

    Args:
        light: linear, `(H, 3 W)`.
        x: `(W,)`, of the columns, from the centre.
        y: `(H,)`, of the rows.
        fall: distances at which it begins and ends; stops before that, and those that are added after it.
        weights: of the primaries in luminance.
        result: as `light`, filled.
    """
    start, end, lift, gain = fall
    stops = np.empty(x.size, _F)
    for row in range(y.size):
        for column in range(x.size):
            distance = np.sqrt(x[column] * x[column] + y[row] * y[row])
            stops[column] = lift + gain * _smooth_step(distance, start, end)
        shade(light[row], stops, weights, result[row])


@compiled
def lighten(oklab: Pixels, change: Pixels, result: Pixels) -> None:
    """Add to lightness; chroma follows in part, by the ratio of the new lightness to the old, both a little lifted."""
    for k in range(change.size):
        j = 3 * k
        before = _larger(oklab[j], _F(0)) + _F(0.05)
        ratio = _larger(_smaller((before + change[k]) / before, _F(2)), _F(0.5))
        result[j], result[j + 1], result[j + 2] = oklab[j] + change[k], oklab[j + 1] * ratio, oklab[j + 2] * ratio


@compiled
def _parted(tone: Real, pivot: Real, strength: Real) -> Real:
    """Move a tone away from a pivot, black and white held."""
    offset = tone - pivot
    inside = _smaller(abs(offset) / (_F(1) - pivot if offset > _F(0) else pivot), _F(1))
    return tone + strength * offset * (_F(1) - inside) * (_F(1.3) - _F(0.3) * inside)


@compiled
def part_tones(lightness: Pixels, pivot: float, strength: float, result: Pixels) -> None:
    """Move tones away from a pivot; see `tools.library.light.parted`."""
    centre, slope = _F(pivot), _F(strength)
    for k in range(lightness.size):
        result[k] = _parted(lightness[k], centre, slope)


@compiled
def drifts(tones: Pixels, pivots: Pixels, strength: float, result: Pixels) -> None:
    """How far the mean of some tones moves when they are moved away from each of some pivots."""
    for k in range(pivots.size):
        total = _F(0)
        for tone in tones:
            total += _parted(tone, pivots[k], _F(strength)) - tone
        result[k] = total / _F(tones.size)


@compiled
def tone(oklab: Pixels, lightness: Pixels, result: Pixels) -> None:
    """Replace lightness; see `tools.library.light.toned`."""
    for k in range(lightness.size):
        j, before, after = 3 * k, oklab[3 * k], lightness[k]
        gain = (after + _F(0.02)) / (_larger(before, _F(0)) + _F(0.02))
        lift = _larger(_smaller((after - before) * _F(10), _F(1)), _F(0))
        pale = _F(1) - lift * (_F(1) - _smooth_step(before, _F(0), _F(0.2)))
        share = _larger(_smaller(gain, _F(2.5)), _F(0.2)) * pale
        result[j], result[j + 1], result[j + 2] = after, oklab[j + 1] * share, oklab[j + 2] * share


@compiled
def split_tones(oklab: Pixels, pivot: float, shadow: Pixels, highlight: Pixels, result: Pixels) -> None:
    """Add one a and b to the tones below a pivot and another above; see `tools.library.colours.split_toned`."""
    low, high = _F(pivot) - _F(0.3), _F(pivot) + _F(0.3)
    for k in range(oklab.size // 3):
        j, tone = 3 * k, oklab[3 * k]
        bright = _smooth_step(tone, low, high)
        body = _smooth_step(tone, _F(-0.15), _F(0.55)) * (_F(1) - _F(0.5) * _smooth_step(tone, _F(0.8), _F(1.05)))
        below, above = body * (_F(1) - bright), body * bright
        result[j] = tone
        result[j + 1] = oklab[j + 1] + below * shadow[0] + above * highlight[0]
        result[j + 2] = oklab[j + 2] + below * shadow[1] + above * highlight[1]


@compiled
def lines(guide: Pixels, squares: Pixels, plane: Pixels, products: Pixels, even: float, result: Pixels) -> None:
    """Slope and offset of the line in a guide that is nearest to a plane in a window; see `tools.library.guided`.

    Args:
        guide: mean of the guide in the window around each pixel.
        squares: mean of its square.
        plane: mean of the plane.
        products: mean of both multiplied.
        even: variance of the guide that counts as even.
        result: slope and offset of each pixel in turn, filled.
    """
    flat_enough = _F(even)
    for k in range(guide.size):
        variance = _larger(squares[k] - guide[k] * guide[k], _F(0))
        slope = (products[k] - guide[k] * plane[k]) / (variance + flat_enough)
        result[2 * k], result[2 * k + 1] = slope, plane[k] - slope * guide[k]


@compiled
def on_lines(guide: Pixels, lines: Pixels, result: Pixels) -> None:
    """What lines, slope and offset of each pixel in turn, have at a guide."""
    for k in range(guide.size):
        result[k] = lines[2 * k] * guide[k] + lines[2 * k + 1]


@compiled
def belonging(light: Pixels, weights: Pixels, low: float, high: float, result: Pixels) -> None:
    """How much each pixel belongs to the lights: a smooth step of its luminance from `low` to `high`."""
    start, end = _F(low), _F(high)
    for k in range(result.size):
        j = 3 * k
        luminance = weights[0] * light[j] + weights[1] * light[j + 1] + weights[2] * light[j + 2]
        result[k] = _smooth_step(luminance, start, end)


@compiled
def lights(light: Pixels, weights: Pixels, low: float, high: float, result: Pixels) -> None:
    """What glows, four numbers a pixel: its light, as far as it belongs to the lights, and the room around it.

    For the first see `belonging`. The room is how far the largest channel lies below white, in squares of lightness.
    """
    start, end = _F(low), _F(high)
    for k in range(light.size // 3):
        i, j = 4 * k, 3 * k
        r, g, b = light[j], light[j + 1], light[j + 2]
        share = _smooth_step(weights[0] * r + weights[1] * g + weights[2] * b, start, end)
        root = cube_root(_smaller(_larger(_larger(r, g), b), _F(1)))
        result[i], result[i + 1], result[i + 2], result[i + 3] = r * share, g * share, b * share, _F(1) - root * root


@compiled
def spread_lights(lights: Pixels, weights: Pixels, result: Pixels) -> None:
    """Oklab and luminance of what glows, and the room around it, five numbers a pixel; see `lights`."""
    for k in range(lights.size // 4):
        i, j = 5 * k, 4 * k
        r, g, b = lights[j], lights[j + 1], lights[j + 2]
        result[i], result[i + 1], result[i + 2] = oklab_of(_larger(r, _F(0)), _larger(g, _F(0)), _larger(b, _F(0)))
        result[i + 3], result[i + 4] = weights[0] * r + weights[1] * g + weights[2] * b, lights[j + 3]


@compiled
def relief(lightness: Pixels, base: Pixels, strength: float, result: Pixels) -> None:
    """What stands out from a base layer, most in the middle tones; see `tools.library.detail.clarity`."""
    amount = _F(strength)
    for k in range(lightness.size):
        tone = lightness[k]
        middle = _larger(_smaller(_F(4) * tone * (_F(1) - tone), _F(1)), _F(0))
        result[k] = amount * middle * (tone - base[k])


@compiled
def glow(light: Pixels, halo: Pixels, strength: float, result: Pixels) -> None:
    """Add a halo to linear light, as far as the largest channel leaves room below 1."""
    amount = _F(strength)
    for k in range(light.size // 3):
        j = 3 * k
        r, g, b = light[j], light[j + 1], light[j + 2]
        largest = _larger(_larger(r, g), b)
        room = amount * (_F(1) - _larger(_smaller(largest, _F(1)), _F(0)))
        result[j] = r + room * halo[j]
        result[j + 1] = g + room * halo[j + 1]
        result[j + 2] = b + room * halo[j + 2]


@compiled
def _glowed(lightness: Real, largest: Real, luminance: Real, room: Real, strength: Real) -> Real:
    """Lightness that a glow adds: see `tools.library.optics.bloom`."""
    light = _larger(_smaller(luminance, _F(1)), _F(0))
    left = _F(1) - cube_root(_larger(_smaller(largest, _F(1)), _F(0)))
    veil = strength * light / (light + _F(0.2)) * (_F(1) - light) * _larger(room, _F(0))
    added = np.sqrt(lightness * lightness + veil) - lightness
    return added * left / _larger(np.sqrt(left * left + added * added), _F(1e-6))


@compiled
def lit(light: Pixels, halo: Pixels, strength: float, result: Pixels) -> None:
    """Lightness of each pixel without a glow and with it, two numbers a pixel."""
    for k in range(light.size // 3):
        i, j = 5 * k, 3 * k
        r, g, b = _larger(light[j], _F(0)), _larger(light[j + 1], _F(0)), _larger(light[j + 2], _F(0))
        lightness, _, _ = oklab_of(r, g, b)
        added = _glowed(lightness, _larger(_larger(r, g), b), halo[i + 3], halo[i + 4], _F(strength))
        result[2 * k], result[2 * k + 1] = lightness, lightness + added


@compiled
def bloom(light: Pixels, halo: Pixels, numbers: Pixels, weights: Pixels, result: Pixels) -> None:
    """Add a glow, and bring what is no light back to the mean and the spread of lightness that it had.

    Args:
        light: linear.
        halo: see `spread_lights`.
        numbers: strength; luminances from which on a pixel is a light, a little and wholly; mean lightness before and
            with the glow, and the factor that gives the spread back.
        weights: of the primaries in luminance.
        result: as `light`, filled.
    """
    for start in range(0, light.size // 3, AT_HAND):
        own, part = slice(3 * start, 3 * (start + AT_HAND)), slice(5 * start, 5 * (start + AT_HAND))
        _bloom(light[own], halo[part], numbers, weights, result[own])
        from_oklab(result[own])


@compiled
def _bloom(light: Pixels, halo: Pixels, numbers: Pixels, weights: Pixels, result: Pixels) -> None:
    """The same in Oklab."""
    strength, low, high, mean, mean_lit, gain = numbers
    for k in range(light.size // 3):
        i, j = 5 * k, 3 * k
        r, g, b = _larger(light[j], _F(0)), _larger(light[j + 1], _F(0)), _larger(light[j + 2], _F(0))
        lightness, colour_a, colour_b = oklab_of(r, g, b)
        halo_lightness, halo_a, halo_b = halo[i], halo[i + 1], halo[i + 2]
        added = _glowed(lightness, _larger(_larger(r, g), b), halo[i + 3], halo[i + 4], strength)
        lit = lightness + added
        rest = _larger(mean + gain * (lit - mean_lit), _F(0.3) * lightness)
        own = weights[0] * light[j] + weights[1] * light[j + 1] + weights[2] * light[j + 2]
        new = rest + _smooth_step(own, low, high) * (lit - rest)
        follow = (new + FAINT) / (lightness + FAINT)
        share = added / _larger(halo_lightness, _F(0.02))
        result[j] = new
        result[j + 1] = colour_a * follow + halo_a * share
        result[j + 2] = colour_b * follow + halo_b * share
