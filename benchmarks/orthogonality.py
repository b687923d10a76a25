"""How far each tool moves its own attribute, and how little the others: the attribute-response matrix.

    python -m benchmarks.orthogonality PHOTO_DIR... [--out orthogonality.png]

Every tool is applied at several strengths to every photo and every attribute is measured before and after, once in Oklab
and once, with formulas of their own, in CIELAB. A response is the change per full strength (root mean square over
photos and strengths), in units of the attribute's natural spread across the photos. The share of a row's energy that
lies on its own attribute is 1 for a tool that touches nothing else. Brightness is taken out of the other attributes
(they are relative to mean lightness), for a photo at half the exposure has half the chroma but the same colours.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tools import colour
from tools.engine import render
from tools.picture import FORMATS, Picture, load, reduce_to, to_uint8
from tools.plan import Plan, Step
from tools.types import FloatImage, FloatPlane, Json

LONG_SIDE_PX = 384
HUE_SPREAD = 20.0
"""Degrees. A turn of hue has no natural spread across photos; half a colour band stands for it."""


@dataclass(frozen=True)
class Trial:
    """A tool, the attribute that is its own, and its strengths with the share of full strength that each is."""

    attribute: str
    tool: str
    strengths: tuple[tuple[float, Json], ...]


def _both(tool: str, attribute: str, argument: str, full: float) -> Trial:
    """Two strengths each way."""
    return Trial(attribute, tool, tuple((share, {argument: share * full}) for share in (-1.0, -0.5, 0.5, 1.0)))


def _one(tool: str, attribute: str, arguments: tuple[str, ...], full: float) -> Trial:
    """Two strengths one way."""
    return Trial(attribute, tool, tuple((share, dict.fromkeys(arguments, share * full)) for share in (0.5, 1.0)))


TRIALS = (
    _both("exposure", "lightness", "stops", 1.0),
    _both("contrast", "contrast", "amount", 50),
    _both("temperature", "warmth", "warmer", 40),
    _both("tint", "tint", "amount", 40),
    _both("saturation", "chroma", "amount", 50),
    _both("hue_shift", "hue", "degrees", 25),
    _one("split_toning", "split", ("shadow_saturation", "highlight_saturation"), 60),
    _both("clarity", "local contrast", "amount", 60),
    _one("sharpen", "sharpness", ("amount",), 60),
    _one("grain", "noise", ("amount",), 50),
    _one("vignette", "vignette", ("amount",), -60),
    _one("bloom", "glow", ("amount",), 60),
    _both("dehaze", "haze", "amount", 50),
    _one("blur", "sharpness", ("amount",), 25),
)
ATTRIBUTES = tuple(dict.fromkeys(trial.attribute for trial in TRIALS))


class Zones:
    """Places of the photo before editing, in which both pictures are measured: edges, flats, lights, greys, corners."""

    def __init__(self, srgb: FloatImage) -> None:
        self.lightness = colour.srgb_to_oklab(srgb)[..., 0]
        self._lab = cv2.cvtColor(srgb, cv2.COLOR_RGB2LAB)
        self._dark_channel = cv2.erode(srgb.min(axis=2), np.ones((9, 9), np.uint8))
        height, width = self.lightness.shape
        self.diagonal = float(np.hypot(height, width))
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
        self.radius = np.hypot(x, y) / np.sqrt(2)

    def smooth(self, plane: FloatPlane, radius: float) -> FloatPlane:
        """Gaussian mean with a deviation of `radius` of the diagonal."""
        return cv2.GaussianBlur(plane, (0, 0), radius * self.diagonal)

    @cached_property
    def slope(self) -> FloatPlane:
        """Steepness of lightness at a middle scale."""
        wide = self.smooth(self.lightness, 0.003)
        return np.hypot(cv2.Sobel(wide, cv2.CV_32F, 1, 0), cv2.Sobel(wide, cv2.CV_32F, 0, 1))

    @cached_property
    def edges(self) -> NDArray[np.bool_]:
        """The steepest tenth."""
        return self.slope >= np.quantile(self.slope, 0.9)

    @cached_property
    def flats(self) -> NDArray[np.bool_]:
        """The flattest third, black and white left out."""
        toned = (self.lightness > 0.15) & (self.lightness < 0.97)
        return toned & (self.slope <= np.quantile(self.slope[toned], 0.33)) if toned.any() else self.slope >= 0

    @cached_property
    def ring(self) -> NDArray[np.bool_]:
        """Around the brightest 3 %."""
        lights = (self.lightness >= np.quantile(self.lightness, 0.97)).astype(np.uint8)
        reach = round(0.03 * self.diagonal) | 1
        return (cv2.dilate(lights, np.ones((reach, reach), np.uint8)) - lights).astype(bool)

    @cached_property
    def pale(self) -> NDArray[np.bool_]:
        """The less colourful half of each tone, in CIELAB."""
        chroma = np.hypot(self._lab[..., 1], self._lab[..., 2])
        pale = np.zeros_like(self.flats)
        for tones in (self.bright, self.dark):
            pale |= tones & (chroma <= np.median(chroma[tones]))
        return pale

    @cached_property
    def rim(self) -> NDArray[np.bool_]:
        """The corners."""
        return self.radius > 0.75

    @cached_property
    def centre(self) -> NDArray[np.bool_]:
        """The middle."""
        return self.radius < 0.45

    @cached_property
    def hazy(self) -> NDArray[np.bool_]:
        """The third with the highest dark channel."""
        return self._dark_channel >= np.quantile(self._dark_channel, 0.67)

    @cached_property
    def clear(self) -> NDArray[np.bool_]:
        """The third with the lowest dark channel."""
        return self._dark_channel <= np.quantile(self._dark_channel, 0.33)

    def relief(self, plane: FloatPlane, place: NDArray[np.bool_]) -> float:
        """Mean strength of details of all sizes up to 3 % of the diagonal."""
        return float(np.abs(plane - self.smooth(plane, 0.03))[place].mean()) + 1e-3

    @cached_property
    def bright(self) -> NDArray[np.bool_]:
        """The brighter third."""
        return self.lightness >= np.quantile(self.lightness, 0.67)

    @cached_property
    def dark(self) -> NDArray[np.bool_]:
        """The darker third."""
        return self.lightness <= np.quantile(self.lightness, 0.33)


def oklab_attributes(srgb: FloatImage, before: FloatImage, zones: Zones) -> dict[str, float]:
    """All attributes of a picture, measured in Oklab; `before` is the unedited picture.

    What became of colour is read from the line z' = m z + c (z = a + ib) that fits all pixels best: c is the cast that a
    grey took on, |m| the gain of chroma, the argument of m the turn of hue.
    """
    oklab, reference = colour.srgb_to_oklab(srgb), colour.srgb_to_oklab(before)
    lightness = oklab[..., 0]
    mean = float(lightness.mean()) + 1e-4
    coarse, middle = zones.smooth(lightness, 0.03), zones.smooth(lightness, 0.005)
    spread, local = float(coarse.std()) + 1e-3, float(np.abs(middle - coarse).mean()) + 1e-4
    fine = np.abs(lightness - zones.smooth(lightness, 0.0025))
    own = reference[..., 1] + 1j * reference[..., 2]
    gain, cast = _line(own, oklab[..., 1] + 1j * oklab[..., 2])
    shift = (oklab[..., 1] + 1j * oklab[..., 2] - gain * own) / np.maximum(lightness, 0.15)
    toning = complex(shift[zones.bright].mean() - shift[zones.dark].mean())
    own_toning = complex((own[zones.bright].mean() - own[zones.dark].mean()) / mean)
    return {
        "lightness": mean,
        "contrast": float(np.log(spread / mean)),
        "warmth": _along((complex(own.mean()) + cast) / mean, 80),
        "tint": _along((complex(own.mean()) + cast) / mean, -10),
        "chroma": float(np.log((np.abs(own).mean() / reference[..., 0].mean()) + 1e-3) + np.log(abs(gain) + 1e-3)),
        "hue": float(np.degrees(np.angle(gain))),
        "split": _along(own_toning + toning, 80),
        "local contrast": float(np.log(local / spread)),
        "sharpness": float(np.log(fine[zones.edges].mean() / local)),
        "noise": float(np.log(np.median(fine[zones.flats]) / spread + 3e-3)),
        "vignette": float((lightness[zones.rim].mean() - lightness[zones.centre].mean()) / spread),
        "glow": float((lightness[zones.ring].mean() - lightness[~zones.ring].mean()) / spread),
        "haze": float(np.log(zones.relief(lightness, zones.clear) / zones.relief(lightness, zones.hazy))),
    }


def cielab_attributes(srgb: FloatImage, before: FloatImage, zones: Zones) -> dict[str, float]:
    """The same attributes by other formulas: CIE L*a*b*, medians, percentiles, regressions and gradients."""
    lab, reference = (cv2.cvtColor(np.clip(each, 0, 1), cv2.COLOR_RGB2LAB) for each in (srgb, before))
    lightness = lab[..., 0]
    level = float(np.median(lightness) + lightness.mean()) / 2 + 0.1
    wide, body = cv2.blur(lightness, (25, 25)), cv2.blur(lightness, (5, 5))
    low, high = np.percentile(wide, [10, 90])
    span, local = float(high - low) + 1, float(np.median(np.abs(body - wide))) + 0.05
    strength = np.hypot(reference[..., 1], reference[..., 2])
    neutral = strength <= np.quantile(strength, 0.15)
    vivid = (strength >= np.quantile(strength, 0.6)) & (strength > 8)
    change = (lab[..., 1:] - reference[..., 1:]) / np.maximum(lightness, 10)[..., None]
    own = reference[..., 1:].mean(axis=(0, 1)) / (reference[..., 0].mean() + 0.1)
    deviation = [each[..., 1:].std(axis=(0, 1)) for each in (lab, reference)]
    turn = np.arctan2(lab[..., 2], lab[..., 1]) - np.arctan2(reference[..., 2], reference[..., 1])
    cast = [float(np.median(change[neutral, channel])) for channel in (0, 1)]
    turned = np.angle(np.exp(1j * (turn[vivid] - _turn_by_cast(reference, cast, lightness)[vivid])).mean() + 1e-9)
    toning = np.median(change[zones.bright & zones.pale, 1]) - np.median(change[zones.dark & zones.pale, 1])
    residual = np.abs(cv2.filter2D(lightness, cv2.CV_32F, np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)))
    gradient = np.hypot(cv2.Scharr(lightness, cv2.CV_32F, 1, 0), cv2.Scharr(lightness, cv2.CV_32F, 0, 1))
    return {
        "lightness": level,
        "contrast": float(np.log(span / level)),
        "warmth": float(own[1]) + cast[1],
        "tint": float(own[0]) + cast[0],
        "chroma": float(np.log(np.linalg.norm(deviation[0]) / level + 1e-3)),
        "hue": float(np.degrees(turned)),
        "split": float(_step_of_b(reference, zones) + toning),
        "local contrast": float(np.log(local / span)),
        "sharpness": float(np.log(np.median(gradient[zones.edges]) / local)),
        "noise": float(np.log(np.median(residual[zones.flats]) / span + 0.02)),
        "vignette": float(np.polyfit(zones.radius.ravel() ** 2, lightness.ravel(), 1)[0] / span),
        "glow": float((np.median(lightness[zones.ring]) - np.median(lightness[~zones.ring])) / span),
        "haze": float(np.log(_interdecile(lightness[zones.clear]) / _interdecile(lightness[zones.hazy]))),
    }


def _line(before: NDArray[np.complex64], after: NDArray[np.complex64]) -> tuple[complex, complex]:
    """Slope and intercept of the complex line that takes the colours before to those after."""
    centre, centre_after = before.mean(), after.mean()
    offset = before - centre
    slope = ((after - centre_after) * offset.conj()).sum() / ((np.abs(offset) ** 2).sum() + 1e-6)
    return complex(slope), complex(centre_after - slope * centre)


def _turn_by_cast(lab: FloatImage, cast: list[float], lightness: FloatPlane) -> FloatPlane:
    """The angle by which a mere cast turns each colour."""
    level = np.maximum(lightness, 10)
    return np.arctan2(lab[..., 2] + cast[1] * level, lab[..., 1] + cast[0] * level) - np.arctan2(lab[..., 2], lab[..., 1])


def _step_of_b(lab: FloatImage, zones: Zones) -> float:
    """How much yellower the bright tones are than the dark ones."""
    relative = lab[..., 2] / np.maximum(lab[..., 0], 10)
    return float(np.median(relative[zones.bright]) - np.median(relative[zones.dark]))


def _interdecile(values: FloatPlane) -> float:
    low, high = np.percentile(values, [10, 90])
    return float(high - low) + 1


def _along(vector: complex, degrees: float) -> float:
    return float((vector * np.exp(-1j * np.radians(degrees))).real)


Measure = Callable[[FloatImage, FloatImage, Zones], dict[str, float]]
MEASURES: dict[str, Measure] = {"Oklab": oklab_attributes, "CIELAB": cielab_attributes}


@dataclass(frozen=True)
class Response:
    """An attribute-response matrix: a row a tool, a column an attribute."""

    rows: NDArray[np.float64]
    """Root-mean-square change per full strength in units of natural spread."""

    @property
    def own(self) -> NDArray[np.intp]:
        """Column of each tool's own attribute."""
        return np.array([ATTRIBUTES.index(trial.attribute) for trial in TRIALS])

    @property
    def diagonal(self) -> NDArray[np.float64]:
        """Response of each tool's own attribute."""
        return self.rows[np.arange(len(TRIALS)), self.own]

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of each row's energy that lies on its own attribute."""
        return self.diagonal**2 / (self.rows**2).sum(axis=1)

    @property
    def leak(self) -> float:
        """Mean of the other responses relative to the own one."""
        relative = self.rows / self.diagonal[:, None]
        return float((relative.sum() - len(TRIALS)) / (relative.size - len(TRIALS)))


def respond(photos: list[Picture]) -> dict[str, Response]:
    """Apply every trial to every photo and measure the responses in both spaces."""
    zones = [Zones(photo.srgb) for photo in photos]
    base = {
        name: np.array([list(measure(photo.srgb, photo.srgb, zone).values()) for photo, zone in zip(photos, zones)])
        for name, measure in MEASURES.items()
    }
    changes: dict[str, list[NDArray[np.float64]]] = {name: [] for name in MEASURES}
    for trial in TRIALS:
        found: dict[str, list[NDArray[np.float64]]] = {name: [] for name in MEASURES}
        for index, (photo, zone) in enumerate(zip(photos, zones)):
            for share, arguments in trial.strengths:
                after = render(photo, Plan(steps=[Step(tool=trial.tool, args=arguments)])).srgb
                after = to_uint8(after).astype(np.float32) / 255
                for name, measure in MEASURES.items():
                    values = np.array(list(measure(after, photo.srgb, zone).values()))
                    found[name].append((values - base[name][index]) / share)
        for name, values_found in found.items():
            changes[name].append(np.sqrt((np.array(values_found) ** 2).mean(axis=0)))
    return {name: Response(np.array(rows) / _spread(base[name])) for name, rows in changes.items()}


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard deviation of each attribute across photos."""
    spread = values.std(axis=0)
    spread[ATTRIBUTES.index("hue")] = HUE_SPREAD
    return np.maximum(spread, 1e-6)


def report(name: str, response: Response) -> str:
    """The matrix relative to each tool's own response, and its summary, as text."""
    lines = [f"{name}: response relative to the tool's own attribute"]
    lines.append(" " * 13 + "".join(f"{attribute[:8]:>9}" for attribute in ATTRIBUTES) + "    share")
    for trial, row, own, share in zip(TRIALS, response.rows, response.diagonal, response.share):
        lines.append(f"{trial.tool:13}" + "".join(f"{value / own:9.2f}" for value in row) + f"{share:9.3f}")
    worst = TRIALS[int(response.share.argmin())].tool
    lines.append(
        f"energy on the diagonal {response.share.mean():.3f} (least {response.share.min():.3f}, {worst}); "
        f"mean off/diagonal {response.leak:.3f}"
    )
    return "\n".join(lines)


def heat_map(responses: dict[str, Response], path: Path) -> None:
    """Draw the matrices side by side, darker for a stronger response, and write them as a PNG."""
    cell, left, top = 46, 120, 112
    panels = []
    for name, response in responses.items():
        relative = np.clip(response.rows / response.diagonal[:, None], 0, 1)
        height, width = top + cell * len(TRIALS) + 30, left + cell * len(ATTRIBUTES) + 12
        canvas = np.full((height, width, 3), 255, np.uint8)
        colours = cv2.applyColorMap((255 * relative**0.7).astype(np.uint8), cv2.COLORMAP_VIRIDIS)
        canvas[top : top + cell * len(TRIALS), left : left + cell * len(ATTRIBUTES)] = cv2.resize(
            colours, None, fx=cell, fy=cell, interpolation=cv2.INTER_NEAREST
        )
        for row, trial in enumerate(TRIALS):
            _write(canvas, trial.tool, (6, top + cell * row + 28), 0.42)
            for column in range(len(ATTRIBUTES)):
                shade = 0 if relative[row, column] > 0.55 else 255
                place = (left + cell * column + 8, top + cell * row + 28)
                _write(canvas, f"{relative[row, column]:.2f}", place, 0.38, shade)
        names = np.full((cell * len(ATTRIBUTES), top - 28, 3), 255, np.uint8)
        for column, attribute in enumerate(ATTRIBUTES):
            _write(names, attribute[:12], (2, cell * column + 28), 0.42)
        canvas[28:top, left : left + cell * len(ATTRIBUTES)] = cv2.rotate(names, cv2.ROTATE_90_COUNTERCLOCKWISE)[:, ::-1][
            :, ::-1
        ]
        _write(canvas, f"{name}: {response.share.mean():.3f} on the diagonal", (6, 18), 0.5)
        panels.append(canvas)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.hstack(panels))


def _write(canvas: NDArray[np.uint8], text: str, place: tuple[int, int], size: float, shade: int = 0) -> None:
    cv2.putText(canvas, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, (shade,) * 3, 1, cv2.LINE_AA)


def read_photos(folders: list[Path]) -> list[Picture]:
    """Every picture in the folders, reduced."""
    paths = sorted(path for folder in folders for path in folder.iterdir() if path.suffix.lower() in FORMATS)
    return [Picture(reduce_to(load(path).srgb, LONG_SIDE_PX)) for path in paths]


def main() -> None:
    """Measure, print the matrices, and write the heat map."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="PHOTO_DIR")
    parser.add_argument("--out", type=Path, default=Path("orthogonality.png"), help="heat map to write")
    arguments = parser.parse_args()
    photos = read_photos(arguments.folders)
    if len(photos) < 4:
        sys.exit(f"{len(photos)} photos found; at least 4 are needed to know the natural spread of an attribute")
    responses = respond(photos)
    print(f"{len(photos)} photos, {len(TRIALS)} tools")
    for name, response in responses.items():
        print("\n" + report(name, response))
    heat_map(responses, arguments.out)
    print(f"\nheat map: {arguments.out}")


if __name__ == "__main__":
    main()
