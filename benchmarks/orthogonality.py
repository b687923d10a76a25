"""How far each tool moves its own attribute, and how little the others: the attribute-response matrix.

    python -m benchmarks.orthogonality PHOTO_DIR... [--out orthogonality.png]

Every tool is applied at several strengths to every photo and every attribute is measured before and after, once in
Oklab and once, with formulas of their own, in CIELAB. A response is the change per full strength (root mean square over
photos and strengths), in units of the attribute's natural spread across the photos. The share of a row's energy that
lies on its own attribute is 1 for a tool that touches nothing else. Brightness is taken out of the other attributes
(they are relative to mean lightness), for a photo at half the exposure has half the chroma but the same colours.
"""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
    _both("exposure", "lightness", "stops", 0.7),
    _both("contrast", "contrast", "amount", 50),
    _both("temperature", "warmth", "warmer", 40),
    _both("tint", "tint", "amount", 40),
    _both("saturation", "chroma", "amount", 50),
    _both("hue_shift", "hue", "degrees", 25),
    _one("split_toning", "split", ("shadow_saturation", "highlight_saturation"), 50),
    _both("clarity", "local contrast", "amount", 50),
    _one("sharpen", "sharpness", ("amount",), 60),
    _one("grain", "noise", ("amount",), 40),
    _one("vignette", "vignette", ("amount",), -50),
    _one("bloom", "glow", ("amount",), 50),
    _both("dehaze", "haze", "amount", 30),
    _one("blur", "sharpness", ("amount",), 20),
)
ATTRIBUTES = tuple(dict.fromkeys(trial.attribute for trial in TRIALS))


class Zones:
    """Places of the photo before editing, in which both pictures are measured: edges, flats, lights, greys, corners."""

    def __init__(self, srgb: FloatImage) -> None:
        self.lightness = colour.srgb_to_oklab(srgb)[..., 0]
        self._lab = cv2.cvtColor(srgb, cv2.COLOR_RGB2LAB)
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
        """The flattest eighth, black and white left out."""
        toned = (self.lightness > 0.15) & (self.lightness < 0.97)
        relief = self.smooth(np.abs(self.lightness - self.smooth(self.lightness, 0.0025)), 0.01) + 1e3 * ~toned
        return relief <= np.quantile(relief, 0.12)

    @cached_property
    def ring(self) -> NDArray[np.bool_]:
        """Close around the brightest 3 %."""
        return self._around_lights(0.0, 0.02)

    @cached_property
    def outside_ring(self) -> NDArray[np.bool_]:
        """Farther around them."""
        return self._around_lights(0.05, 0.1)

    def _around_lights(self, inner: float, outer: float) -> NDArray[np.bool_]:
        lights = (self.lightness >= np.quantile(self.lightness, 0.97)).astype(np.uint8)
        distance = cv2.distanceTransform(1 - lights, cv2.DIST_L2, 3) / self.diagonal
        return (distance > inner) & (distance <= outer)

    @cached_property
    def pale(self) -> NDArray[np.bool_]:
        """The least colourful sixth of each tone, in CIELAB."""
        chroma = np.hypot(self._lab[..., 1], self._lab[..., 2])
        pale = np.zeros_like(self.flats)
        for tones in (self.bright, self.medium, self.dark):
            pale |= tones & (chroma <= np.quantile(chroma[tones], 0.17))
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
    def bright(self) -> NDArray[np.bool_]:
        """The brighter third."""
        return self.lightness >= np.quantile(self.lightness, 0.67)

    @cached_property
    def medium(self) -> NDArray[np.bool_]:
        """The third between them."""
        low, high = np.quantile(self.lightness, [0.3, 0.7])
        return (self.lightness >= low) & (self.lightness <= high)

    @cached_property
    def dark(self) -> NDArray[np.bool_]:
        """The darker third."""
        return self.lightness <= np.quantile(self.lightness, 0.33)


def oklab_attributes(srgb: FloatImage, before: FloatImage, zones: Zones) -> dict[str, float]:
    """All attributes of a picture, measured in Oklab; `before` is the unedited picture.

    What became of colour is read from the line z' = m z + c (z = (a + ib) / L) that fits all pixels best: c is the cast
    that a grey took on, |m| the gain of chroma, the argument of m the turn of hue.
    """
    oklab, reference = colour.srgb_to_oklab(srgb), colour.srgb_to_oklab(before)
    lightness = oklab[..., 0]
    mean = float(lightness.mean()) + 1e-4
    coarse, middle = zones.smooth(lightness, 0.03), zones.smooth(lightness, 0.005)
    spread, local = _beside_vignette(coarse, zones) + 1e-3, float(np.abs(middle - coarse).mean()) + 1e-4
    fine = np.abs(lightness - zones.smooth(lightness, 0.0025))
    own, now = ((each[..., 1] + 1j * each[..., 2]) / np.maximum(each[..., 0], 0.15) for each in (reference, oklab))
    gain, cast = _line(own, now)
    shift = now - gain * own
    toning = complex(shift[zones.bright].mean() - shift[zones.dark].mean())
    own_toning = complex(own[zones.bright].mean() - own[zones.dark].mean())
    return {
        "lightness": mean,
        "contrast": float(np.log(spread / mean)),
        "warmth": _along(complex(own.mean()) + cast, 80),
        "tint": _along(complex(own.mean()) + cast, -10),
        "chroma": float(np.log(np.abs(own).mean() + 1e-3) + np.log(abs(gain) + 1e-3)),
        "hue": float(np.degrees(np.angle(gain))),
        "split": _along(own_toning + toning, 80),
        "local contrast": float(np.log(local / spread)),
        "sharpness": float(np.log(fine[zones.edges].mean() / spread)),
        "noise": float(np.log(np.median(fine[zones.flats]) / spread + 0.01)),
        "vignette": float((lightness[zones.rim].mean() - lightness[zones.centre].mean()) / spread),
        "glow": float((lightness[zones.ring].mean() - lightness[zones.outside_ring].mean()) / spread),
        "haze": float((np.quantile(middle, 0.02) - mean) / spread),
    }


def cielab_attributes(srgb: FloatImage, before: FloatImage, zones: Zones) -> dict[str, float]:
    """The same attributes by other formulas: CIE L*a*b*, medians, percentiles, regressions and Laplacians."""
    lab, reference = (cv2.cvtColor(np.clip(each, 0, 1), cv2.COLOR_RGB2LAB) for each in (srgb, before))
    lightness = lab[..., 0]
    level = float(np.median(lightness) + lightness.mean()) / 2 + 0.1
    wide, body = cv2.blur(lightness, (25, 25)), cv2.blur(lightness, (5, 5))
    low, high = np.percentile(wide[zones.radius < 0.6], [10, 90])
    span, local = float(high - low) + 1, float(np.median(np.abs(body - wide))) + 0.05
    relative, own = (each[..., 1:] / np.maximum(each[..., 0], 10)[..., None] for each in (lab, reference))
    bright, medium, dark = (
        np.median((relative - own)[zones.pale & tones], axis=0) for tones in (zones.bright, zones.medium, zones.dark)
    )
    cast = own.mean(axis=(0, 1)) + medium
    deviation, deviation_before = (each[..., 1:] - np.median(each[..., 1:], axis=(0, 1)) for each in (lab, reference))
    angle, angle_before = (np.arctan2(each[..., 1], each[..., 0]) for each in (deviation, deviation_before))
    vivid = np.linalg.norm(deviation_before, axis=2)
    residual = np.abs(cv2.filter2D(lightness, cv2.CV_32F, np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)))
    return {
        "lightness": level,
        "contrast": float(np.log(span / level)),
        "warmth": float(cast[1]),
        "tint": float(cast[0]),
        "chroma": float(np.log(np.linalg.norm(lab[..., 1:].std(axis=(0, 1))) / level + 1e-3)),
        "hue": float(np.degrees(np.angle((np.exp(1j * (angle - angle_before)) * vivid).sum() + 1e-9))),
        "split": float(np.median(own[zones.bright, 1]) - np.median(own[zones.dark, 1]) + bright[1] - dark[1]),
        "local contrast": float(np.log(local / span)),
        "sharpness": float(np.log(residual[zones.edges].mean() / span)),
        "noise": float(np.log(np.median(residual[zones.flats]) / span + 0.05)),
        "vignette": float(np.polyfit(zones.radius.ravel() ** 2, lightness.ravel(), 1)[0] / span),
        "glow": float((np.median(lightness[zones.ring]) - np.median(lightness[zones.outside_ring])) / span),
        "haze": float((np.quantile(wide, 0.02) - level) / span),
    }


def _line(before: NDArray[np.complexfloating], after: NDArray[np.complexfloating]) -> tuple[complex, complex]:
    """Slope and intercept of the complex line that takes the colours before to those after."""
    centre, centre_after = before.mean(), after.mean()
    offset = before - centre
    slope = ((after - centre_after) * offset.conj()).sum() / ((np.abs(offset) ** 2).sum() + 1e-6)
    return complex(slope), complex(centre_after - slope * centre)


def _beside_vignette(coarse: FloatPlane, zones: Zones) -> float:
    """Deviation of the large shapes from their fall towards the corners."""
    fall = zones.radius**2 - (zones.radius**2).mean()
    offset = coarse - coarse.mean()
    return float((offset - fall * ((offset * fall).mean() / (fall**2).mean())).std())


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
    with ThreadPoolExecutor() as pool:
        measured = list(pool.map(_changes, photos))
    responses = {}
    for name in MEASURES:
        base = np.array([photo[name][0] for photo in measured])
        changes = [np.concatenate([photo[name][1][row] for photo in measured]) for row in range(len(TRIALS))]
        rows = np.array([np.sqrt((change**2).mean(axis=0)) for change in changes])
        responses[name] = Response(rows / _spread(base))
    return responses


Values = NDArray[np.float64]


def _changes(photo: Picture) -> dict[str, tuple[Values, list[Values]]]:
    """For each space, a photo's attributes and, a trial, their changes: a row a strength, per full strength."""
    zones = Zones(photo.srgb)
    base = {name: _values(measure(photo.srgb, photo.srgb, zones)) for name, measure in MEASURES.items()}
    changes: dict[str, list[Values]] = {name: [] for name in MEASURES}
    for trial in TRIALS:
        plans = [Plan(steps=[Step(tool=trial.tool, args=arguments)]) for _, arguments in trial.strengths]
        edited = [to_uint8(render(photo, plan).srgb).astype(np.float32) / 255 for plan in plans]
        shares = np.array([share for share, _ in trial.strengths])[:, None]
        for name, measure in MEASURES.items():
            values = np.array([_values(measure(after, photo.srgb, zones)) for after in edited])
            changes[name].append((values - base[name]) / shares)
    return {name: (base[name], changes[name]) for name in MEASURES}


def _values(attributes: dict[str, float]) -> Values:
    return np.array([attributes[name] for name in ATTRIBUTES])


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard deviation of each attribute across photos."""
    spread = values.std(axis=0)
    spread[ATTRIBUTES.index("hue")] = HUE_SPREAD
    return np.maximum(spread, 1e-6)


def report(name: str, response: Response) -> str:
    """The matrix relative to each tool's own response, and its summary, as text."""
    lines = [f"{name}: response relative to the tool's own attribute"]
    lines.append(" " * 13 + "".join(f"{attribute[:8]:>9}" for attribute in ATTRIBUTES) + "    share")
    for trial, row, own, share in zip(TRIALS, response.rows, response.diagonal, response.share, strict=True):
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
        canvas[28:top, left : left + cell * len(ATTRIBUTES)] = cv2.rotate(names, cv2.ROTATE_90_COUNTERCLOCKWISE)
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
