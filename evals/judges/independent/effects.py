"""How the independent judge sees an effect: by what changed, never by the tool that was called.

An effect is a table of attributes that should move, in plain changes, and marks that should show. It is present to the
extent that they do; the weakest counts double, so that one obvious part alone does not carry it.
"""

import cv2
import numpy as np

from evals.judges.independent.measures import View, change
from tools.goals import Effect
from tools.plan import Plan, Step
from tools.styles import STYLES
from tools.types import FloatPlane

_MOVES: dict[tuple[str, str], dict[str, float]] = {
    ("time", "dawn"): {"warmth": 0.4, "contrast": -0.4},
    ("time", "golden_hour"): {"warmth": 1.0},
    ("time", "noon"): {"brightness": 0.4, "contrast": 0.2},
    ("time", "dusk"): {"brightness": -0.8, "saturation": 0.2},
    ("time", "blue_hour"): {"warmth": -1.5, "brightness": -0.8},
    ("time", "night"): {"brightness": -2.5, "highlights": -1.0},
    ("season", "spring"): {"brightness": 0.2, "saturation": 0.2},
    ("season", "summer"): {"saturation": 0.3, "warmth": 0.2},
    ("season", "autumn"): {"warmth": 0.4},
    ("season", "winter"): {"saturation": -0.5, "brightness": 0.4},
    ("weather", "fog"): {"haze": 0.8, "contrast": -0.7, "clarity": -0.3},
    ("weather", "rain"): {"saturation": -0.3, "brightness": -0.1},
    ("weather", "snow"): {"saturation": -0.2},
    ("weather", "storm"): {"brightness": -0.8, "saturation": -0.3},
    ("weather", "clear"): {"haze": -0.3, "saturation": 0.3},
    ("weather", "overcast"): {"contrast": -0.2, "saturation": -0.4},
    ("medium", "pencil"): {"monochrome": 0.8, "brightness": 1.0},
    ("medium", "ink"): {"monochrome": 0.8, "contrast": 0.3},
}
"""What moves with each effect."""


def presence(effect: Effect, before: View, after: View, mask: FloatPlane) -> float:
    """How plainly an effect was added, 0 (not at all) to 1; below 0 where the picture went the other way."""
    if effect.kind == "look":
        return _towards_look(effect.value, before, after)
    wanted = _MOVES.get((effect.kind, effect.value), {})
    parts = [change(before, after, name, mask) / amount for name, amount in wanted.items()]  # type: ignore[arg-type]
    parts += _marks(effect, before, after, mask)
    if not parts:
        return 0.0
    seen = np.clip(parts, -1, 1)
    return float((seen.sum() + seen.min()) / (len(seen) + 1))


def _marks(effect: Effect, before: View, after: View, mask: FloatPlane) -> list[float]:
    """Marks that attributes do not show."""
    match effect.kind, effect.value:
        case "season", "autumn":
            return [_greens_gone(before, after, mask) / 0.4]
        case "season", "winter":
            return [_share_gain(before.lightness > 75, after.lightness > 75, before, after, mask) / 0.1]
        case "weather", "snow":
            return [_flecks(before, after) / 0.01]
        case "weather", "rain":
            return [_streaks(before, after) / 0.4]
        case "medium", "oil":
            return [_brushed(before, after, mask) / 0.25]
        case "medium", "watercolor" | "pastel":
            return [_smoothed(before, after, mask) / 0.35]
        case "medium", "comic":
            return [_smoothed(before, after, mask) / 0.35, _share_gain(*_dark_lines(before, after), mask=mask) / 0.02]
        case "medium", "halftone":
            return [_period(before, after) / 1.0]
        case "medium", "pixel":
            return [_blocks(before, after) / 0.5]
        case _:
            return []


def _greens_gone(before: View, after: View, mask: FloatPlane) -> float:
    green = before.of_colour("green") * mask
    left = after.of_colour("green")
    return float(((green - left) * green).sum() / max(float((green * green).sum()), 1.0))


def _share_gain(
    was: FloatPlane,
    now: FloatPlane,
    before: View | None = None,
    after: View | None = None,
    mask: FloatPlane | float = 1,
) -> float:
    """Share of the picture for which something became true, among the pale greys where views are given."""
    if before is not None and after is not None:
        was, now = was & (before.chroma < 12), now & (after.chroma < 12)
    return float(((now.astype(np.float32) - was) * mask).mean())


def _dark_lines(before: View, after: View) -> tuple[FloatPlane, FloatPlane]:
    """Where thin dark strokes are: a black-hat of L*."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    was, now = (cv2.morphologyEx(view.lightness, cv2.MORPH_BLACKHAT, kernel) > 30 for view in (before, after))
    return was, now


def _flecks(before: View, after: View) -> float:
    """Gain of the share of small pale spots: a top-hat of L*."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    share = [
        float(((cv2.morphologyEx(view.lightness, cv2.MORPH_TOPHAT, kernel) > 12) & (view.chroma < 15)).mean())
        for view in (before, after)
    ]
    return share[1] - share[0]


def _streaks(before: View, after: View) -> float:
    """Gain of upright fine structure: logarithmic ratio of horizontal over vertical gradients of what was added."""
    added = after.band(0.002, 0.01) - before.band(0.002, 0.01)
    across, along = np.abs(cv2.Sobel(added, -1, 1, 0)).mean(), np.abs(cv2.Sobel(added, -1, 0, 1)).mean()
    return float(np.log((across + 0.05) / (along + 0.05)))


def _smoothed(before: View, after: View, mask: FloatPlane) -> float:
    """Share of the fine texture that is gone away from edges, while the strong edges stand."""
    edges = before.gradient > np.percentile(before.gradient, 85)
    plain = mask * ~cv2.dilate(edges.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    gone = 1 - (after.laplacian * plain).sum() / max(float((before.laplacian * plain).sum()), 1e-6)
    kept = (after.gradient * edges).sum() / max(float((before.gradient * edges).sum()), 1e-6)
    return float(gone * np.clip(kept / 0.5, 0, 1))


def _brushed(before: View, after: View, mask: FloatPlane) -> float:
    """Strength of the texture that the photo's own does not explain, against the photo's; none where all is blurred."""
    was, now = (view.band(0.004, 0.02) * mask for view in (before, after))
    gain = max(0.0, float((was * now).sum() / max(float((was * was).sum()), 1e-6)))
    left = (after.laplacian * mask).sum() / max(float((before.laplacian * mask).sum()), 1e-6)
    return float((now - gain * was).std() / (was.std() + 0.5) * np.clip(2.5 * left - 0.75, 0, 1))


def _period(before: View, after: View) -> float:
    """Gain of the strongest peak of the spectrum over its neighbourhood, in decades: a printed screen repeats."""

    def peak(view: View) -> float:
        side = min(256, *view.lightness.shape)
        window = np.hanning(side)[:, None] * np.hanning(side)
        power = np.log10(np.abs(np.fft.rfft2(view.lightness[:side, :side] * window)) + 1).astype(np.float32)
        rows, columns = np.abs(np.fft.fftfreq(side))[:, None], np.fft.rfftfreq(side)
        rises = power - cv2.medianBlur(power, 5)
        return float(np.percentile(rises[np.hypot(rows, columns) > 0.06], 99.9))

    return peak(after) - peak(before)


def _blocks(before: View, after: View) -> float:
    """Gain of the share of pixels that equal their right neighbour, where the photo has texture."""
    share = [float((np.abs(np.diff(view.lightness, axis=1)) < 0.2).mean()) for view in (before, after)]
    return share[1] - share[0]


def _towards_look(name: str, before: View, after: View) -> float:
    """Share of the way from the photo's colours to those of the named look, by mean and deviation of L*, a*, b*."""
    from tools.engine import render
    from tools.picture import Picture

    plan = STYLES[name].plan if name in STYLES else Plan(steps=[Step(tool="color_grading", args={"look": name})])
    reference = View(render(Picture(before.srgb), plan).srgb)
    start, end, got = (np.concatenate(cv2.meanStdDev(view.lab)).ravel() for view in (before, reference, after))
    way = end - start
    along = float((got - start) @ way / max(float(way @ way), 1e-6))
    astray = float(np.linalg.norm(got - start - along * way) / max(float(np.linalg.norm(way)), 1.0))
    return min(along, 1.0) - 0.5 * astray
