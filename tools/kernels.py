"""Loops over pixels: transfer functions, Oklab, the gamut, curves of profiles.

Powers are found without a division, from a guess `y` of x^(-1/n) at the bits of the float: x y is x^(1 - 1/n) but for a
power of 1 - r, where r = 1 - x y^n is small, and that is a polynomial. They are exact to some 3e-7.
"""

from typing import Any

import numpy as np

from tools.compiled import Pixels, Real, compiled, inlined

_F = np.float32
_I = np.int32
_U = np.uint64
GROUP = 16
"""Pixels of which it is asked at once whether one lies outside the gamut."""
AT_HAND = 2048
"""Pixels on which short loops run one after the other, since three in a row keep a long one from vectors."""


@compiled
def cube_root(x: Real) -> Real:
    """Cube root of x >= 0; what is smaller than 1e-30 counts as 0."""
    size = x if x > _F(1e-30) else _F(1e-30)
    guess = _I(_F(_F(size).view(_I)) * _F(-1 / 3) + _F(1419900529)).view(_F)
    root = size * guess * guess
    r = _F(1) - root * guess
    power = _F(0.49380524) + r * (_F(0.45956002) + r * _F(0.42855555))
    root *= _F(1) + r * (_F(0.66666667) + r * (_F(0.55552527) + r * power))  # (1 - r)^(-2/3)
    return root if x > _F(1e-30) else _F(0)


@compiled
def cube_roots(numbers: Pixels) -> None:
    """Replace each number by its cube root, those below 0 by 0."""
    for k in range(numbers.size):
        numbers[k] = cube_root(numbers[k])


@compiled
def _encoded(light: Real) -> Real:
    """Apply the sRGB transfer function; x^(1/2.4) is x^(1/3) x^(1/12)."""
    magnitude = abs(light)
    root = cube_root(magnitude)
    curve = _F(1.055) * root * np.sqrt(np.sqrt(root)) - _F(0.055)
    coded = curve if magnitude > _F(0.0031308) else magnitude * _F(12.92)
    return -coded if light < _F(0) else coded


@compiled
def decoded(coded: Real) -> Real:
    """Undo the sRGB transfer function; x^2.4 is (x^(4/5))^3."""
    magnitude = abs(coded)
    base = magnitude * _F(1 / 1.055) + _F(0.055 / 1.055)
    guess = _I(_F(_F(base).view(_I)) * _F(-1 / 5) + _F(1277903765)).view(_F)
    root, square = base * guess, guess * guess
    r = _F(1) - root * (square * square)
    power = _F(0.41581479) + r * (_F(0.37419855) + r * (_F(0.35848212) + r * _F(0.33571569)))
    curve = root * root * root * (_F(1) + r * (_F(0.60000062) + r * (_F(0.48000075) + r * power)))  # (1 - r)^(-3/5)
    light = curve if magnitude > _F(0.04045) else magnitude * _F(1 / 12.92)
    return -light if coded < _F(0) else light


@compiled
def _signed_cube_root(x: Real) -> Real:
    root = cube_root(abs(x))
    return -root if x < _F(0) else root


@compiled
def _unit(x: Real) -> Real:
    """Hold x in [0, 1]."""
    positive = x if x > _F(0) else _F(0)
    return positive if positive < _F(1) else _F(1)


@compiled
def smooth_steps(numbers: Pixels, low: float, span: float) -> None:
    """Replace each number by the smooth step from 0 at `low` to 1 a `span`, which may be negative, further on."""
    start, slope = _F(low), _F(1) / _F(span)
    for k in range(numbers.size):
        t = _unit((numbers[k] - start) * slope)
        numbers[k] = t * t * (_F(3) - _F(2) * t)


@compiled
def _room(light: Real, grey: Real) -> Real:
    """Share of the way from `grey`, in [0, 1], to `light` that lies in [0, 1]."""
    outside = (light > _F(1)) | (light < _F(0))
    edge = _F(1) if light > _F(1) else _F(0)
    share = (edge - grey) / (light - grey if outside else _F(1))
    return share if outside else _F(1)


@compiled
def drawn_in(red: Real, green: Real, blue: Real, weights: Pixels) -> Real:
    """Draw a colour of linear light towards the grey of its luminance until it lies in the gamut."""
    grey = _unit(weights[0] * red + weights[1] * green + weights[2] * blue)
    room_r, room_g, room_b = _room(red, grey), _room(green, grey), _room(blue, grey)
    share = room_r if room_r < room_g else room_g
    share = share if share < room_b else room_b
    return (
        _unit(grey + (red - grey) * share),
        _unit(grey + (green - grey) * share),
        _unit(grey + (blue - grey) * share),
    )


@compiled
def decode(pixels: Pixels) -> None:
    """Encoded sRGB to linear light."""
    for k in range(pixels.size):
        pixels[k] = decoded(pixels[k])


@compiled
def encode(pixels: Pixels) -> None:
    """Linear light to encoded sRGB."""
    for k in range(pixels.size):
        pixels[k] = _encoded(pixels[k])


@inlined
def oklab_of(red: Real, green: Real, blue: Real) -> Real:
    """Oklab of linear light, as three numbers."""
    long = _signed_cube_root(_F(0.4122214708) * red + _F(0.5363325363) * green + _F(0.0514459929) * blue)
    medium = _signed_cube_root(_F(0.2119034982) * red + _F(0.6806995451) * green + _F(0.1073969566) * blue)
    short = _signed_cube_root(_F(0.0883024619) * red + _F(0.2817188376) * green + _F(0.6299787005) * blue)
    return (
        _F(0.2104542553) * long + _F(0.7936177850) * medium - _F(0.0040720468) * short,
        _F(1.9779984951) * long - _F(2.4285922050) * medium + _F(0.4505937099) * short,
        _F(0.0259040371) * long + _F(0.7827717662) * medium - _F(0.8086757660) * short,
    )


@compiled
def angle_degrees(y: Real, x: Real) -> Real:
    """Angle of (x, y) in [0, 360), right to some 1e-4: a polynomial of the lesser over the greater, folded out."""
    up, along = abs(y), abs(x)
    least, most = min(up, along), max(up, along)
    t = least / (most if most > _F(1e-30) else _F(1e-30))
    u = t * t
    power = _F(-3.401484251022339) + u * (_F(1.3846206665039062) + u * _F(-0.26750099658966064))
    power = _F(11.441529273986816) + u * (_F(-8.030911445617676) + u * (_F(5.675775527954102) + u * power))
    angle = t * (_F(57.295772552490234) + u * (_F(-19.097806930541992) + u * power))
    angle = _F(90) - angle if up > along else angle
    angle = _F(180) - angle if x < _F(0) else angle
    return _F(360) - angle if y < _F(0) else angle


@compiled
def hues(oklab: Pixels, degrees: Pixels) -> None:
    """Hue angle of Oklab, `(3 N,)` to `(N,)`."""
    for k in range(degrees.size):
        degrees[k] = angle_degrees(oklab[3 * k + 2], oklab[3 * k + 1])


@compiled
def to_oklab(pixels: Pixels) -> None:
    """Linear light to Oklab."""
    for k in range(pixels.size // 3):
        j = 3 * k
        pixels[j], pixels[j + 1], pixels[j + 2] = oklab_of(pixels[j], pixels[j + 1], pixels[j + 2])


@compiled
def from_oklab(pixels: Pixels) -> None:
    """Oklab to linear light."""
    for k in range(pixels.size // 3):
        j = 3 * k
        lightness, a, b = pixels[j], pixels[j + 1], pixels[j + 2]
        long = lightness + _F(0.3963377774) * a + _F(0.2158037573) * b
        medium = lightness - _F(0.1055613458) * a - _F(0.0638541728) * b
        short = lightness - _F(0.0894841775) * a - _F(1.2914855480) * b
        long, medium, short = long * long * long, medium * medium * medium, short * short * short
        pixels[j] = _F(4.0767416621) * long - _F(3.3077115913) * medium + _F(0.2309699292) * short
        pixels[j + 1] = _F(-1.2684380046) * long + _F(2.6097574011) * medium - _F(0.3413193965) * short
        pixels[j + 2] = _F(-0.0041960863) * long - _F(0.7034186147) * medium + _F(1.7076147010) * short


@compiled
def draw_light_in(pixels: Pixels, weights: Pixels) -> None:
    """Draw the linear light of every pixel into the gamut of primaries that have these weights in luminance."""
    for k in range(pixels.size // 3):
        j = 3 * k
        pixels[j], pixels[j + 1], pixels[j + 2] = drawn_in(pixels[j], pixels[j + 1], pixels[j + 2], weights)


@compiled
def room_for(pixels: int) -> Any:
    """Room for colours outside the gamut: their places, red, green and blue."""
    return np.empty(pixels, np.int64), np.empty(pixels, _F), np.empty(pixels, _F), np.empty(pixels, _F)


@compiled
def _draw_codes_in(red: Pixels, green: Pixels, blue: Pixels, weights: Pixels) -> None:
    for channel in (red, green, blue):
        decode(channel)
    for k in range(red.size):
        red[k], green[k], blue[k] = drawn_in(red[k], green[k], blue[k], weights)
    for channel in (red, green, blue):
        encode(channel)


@compiled
def _listed(pixels: Pixels, j: Any, at: Any, red: Pixels, green: Pixels, blue: Pixels, count: int) -> int:
    """Write a colour down, for the next to write over where it lies inside the gamut; return how many stay."""
    end, r, g, b = _U(count), pixels[j], pixels[j + _U(1)], pixels[j + _U(2)]
    at[end], red[end], green[end], blue[end] = j, r, g, b
    return count + (1 if (min(r, g, b) < _F(0)) | (max(r, g, b) > _F(1)) else 0)


@compiled
def _list_outside(pixels: Pixels, at: Any, red: Pixels, green: Pixels, blue: Pixels) -> int:
    """List the colours outside the gamut; return how many there are. Most groups have none."""
    count, groups = 0, pixels.size // (3 * GROUP)
    for group in range(groups):
        first, outside = _U(3 * GROUP * group), 0
        for k in range(3 * GROUP):
            number = pixels[first + _U(k)]
            outside |= (1 if number < _F(0) else 0) | (1 if number > _F(1) else 0)
        if outside:
            for k in range(GROUP):
                count = _listed(pixels, first + _U(3 * k), at, red, green, blue, count)
    for k in range(GROUP * groups, pixels.size // 3):
        count = _listed(pixels, _U(3 * k), at, red, green, blue, count)
    return count


@compiled
def draw_code_in(pixels: Pixels, weights: Pixels) -> None:
    """Draw encoded sRGB into the gamut; colours inside stay to the bit.

    Colours outside are listed and handled some at a time, which keeps those loops free of branches.
    """
    at, red, green, blue = room_for(AT_HAND)
    for start in range(0, pixels.size, 3 * AT_HAND):
        part = pixels[start : start + 3 * AT_HAND]
        count = _list_outside(part, at, red, green, blue)
        _draw_codes_in(red[:count], green[:count], blue[:count], weights)
        for k in range(count):
            j = _U(at[k])
            part[j], part[j + _U(1)], part[j + _U(2)] = red[k], green[k], blue[k]


@compiled
def scale(pixels: Pixels, gains: Pixels, result: Pixels) -> None:
    """Multiply every pixel by a number of its own."""
    for k in range(gains.size):
        j, gain = 3 * k, gains[k]
        result[j], result[j + 1], result[j + 2] = pixels[j] * gain, pixels[j + 1] * gain, pixels[j + 2] * gain


@compiled
def mix(pixels: Pixels, matrix: Pixels) -> None:
    """Multiply every pixel by a matrix, `(3, 3)`."""
    for k in range(pixels.size // 3):
        j = 3 * k
        r, g, b = pixels[j], pixels[j + 1], pixels[j + 2]
        pixels[j] = matrix[0, 0] * r + matrix[0, 1] * g + matrix[0, 2] * b
        pixels[j + 1] = matrix[1, 0] * r + matrix[1, 1] * g + matrix[1, 2] * b
        pixels[j + 2] = matrix[2, 0] * r + matrix[2, 1] * g + matrix[2, 2] * b


@compiled
def code_light(light: Pixels, codes: Any, weights: Pixels, curves: Any) -> None:
    """Draw light into the gamut and write it as 8-bit codes.

    Args:
        light: of the primaries of a profile.
        codes: as many `uint8`, filled.
        weights: of the primaries in luminance.
        curves: `(3, N) uint8`: codes at evenly spaced square roots of light from 0 to 1.
    """
    last = _F(curves.shape[1] - 1)
    for k in range(light.size // 3):
        j = 3 * k
        r, g, b = light[j], light[j + 1], light[j + 2]
        if min(r, g, b) < _F(0) or max(r, g, b) > _F(1):
            r, g, b = drawn_in(r, g, b, weights)
        codes[j] = curves[0, int(np.sqrt(r) * last + _F(0.5))]
        codes[j + 1] = curves[1, int(np.sqrt(g) * last + _F(0.5))]
        codes[j + 2] = curves[2, int(np.sqrt(b) * last + _F(0.5))]


@compiled
def _between(nodes: Pixels, position: Real) -> Real:
    """Interpolate between nodes 0, 1, 2, ...; the last cell goes on in a straight line."""
    cell = int(position if position > _F(0) else _F(0))
    cell = cell if cell < nodes.size - 2 else nodes.size - 2
    return nodes[cell] + (nodes[cell + 1] - nodes[cell]) * (position - _F(cell))


@compiled
def along_curve(pixels: Pixels, curves: Pixels) -> None:
    """Replace x by what its channel's curve, `(3, N)` over [0, 1], has at x; negative x are mirrored."""
    last = _F(curves.shape[1] - 1)
    for k in range(pixels.size):
        x = pixels[k]
        y = _between(curves[k % 3], abs(x) * last)
        pixels[k] = -y if x < _F(0) else y


@compiled
def along_root_curve(pixels: Pixels, curves: Pixels) -> None:
    """Replace x by what its channel's curve has at the square root of x; negative x are mirrored."""
    last = _F(curves.shape[1] - 1)
    for k in range(pixels.size):
        x = pixels[k]
        y = _between(curves[k % 3], np.sqrt(abs(x)) * last)
        pixels[k] = -y if x < _F(0) else y
