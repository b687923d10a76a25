"""How far each tool moves its own attribute, and how little the others: the attribute-response matrix.

    python -m benchmarks.orthogonality PHOTO_DIR... [--out orthogonality.png]

Every tool is applied at several strengths to every photo and every attribute is measured before and after, in the two
independent ways of `benchmarks.measures` and in the plain one of `benchmarks.uncorrected`. A response is the change per
full strength (root mean square over photos and strengths), in units of the attribute's natural spread across the
photos. The share of a row's energy that lies on its own attribute is 1 for a tool that touches nothing else.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.heat_map import Matrix, heat_map
from benchmarks.measures import MEASURES
from benchmarks.zones import Zones
from tools.engine import render
from tools.picture import FORMATS, Picture, load, reduce_to
from tools.plan import Plan, Step
from tools.types import Json

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
COUPLINGS = {
    "exposure": "the display ends at white: what a longer exposure rolls off loses contrast and colour",
    "contrast": "black and white are held: the lights, which lie near white, gain less than the tones beside them",
    "split_toning": "a photo is not grey, and its tones lie unevenly about their median: two baths leave a cast",
    "clarity": "shapes of a twentieth of the picture are part of its tones, and their dark sides of its floor",
    "bloom": "lights end at white and what is beside them rises: the edge between loses, and with it what is local",
    "dehaze": "a veil takes contrast and detail, most from what is dark or far; without them it would not be seen",
}
"""Responses beside the own one that physics forces, by tool."""


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
    """Apply every trial to every photo and measure the responses in every space."""
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
        edited = [render(photo, plan).srgb for plan in plans]
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
    free = [trial.tool not in COUPLINGS for trial in TRIALS]
    lines.append(
        f"energy on the diagonal {response.share.mean():.3f} (least {response.share.min():.3f}, {worst}; "
        f"of the {sum(free)} tools without forced couplings {response.share[free].mean():.3f}); "
        f"mean off/diagonal {response.leak:.3f}"
    )
    return "\n".join(lines)


def _matrix(name: str, response: Response) -> Matrix:
    title = f"{name}: {response.share.mean():.3f} on the diagonal"
    tools = [trial.tool for trial in TRIALS]
    return Matrix(title, tools, ATTRIBUTES, response.rows / response.diagonal[:, None])


def read_photos(folders: list[Path], long_side_px: int = LONG_SIDE_PX) -> list[Picture]:
    """Every picture in the folders, reduced."""
    paths = sorted(path for folder in folders for path in folder.iterdir() if path.suffix.lower() in FORMATS)
    return [Picture(reduce_to(load(path).srgb, long_side_px)) for path in paths]


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
    print("\nForced couplings:")
    print("\n".join(f"  {tool}: {reason}" for tool, reason in COUPLINGS.items()))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(arguments.out), np.hstack([heat_map(_matrix(*each)) for each in responses.items()]))
    print(f"\nheat map: {arguments.out}")


if __name__ == "__main__":
    main()
