"""The independent judge: a second opinion by other formulas, never used by search, filtering or selection.

It was written from the definition of the five dimensions, without reading the judge that the planner optimises. Its
picture score is the weighted *harmonic* mean of the dimensions, so the worst of them counts most.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from evals.judges.independent.effects import presence
from evals.judges.independent.measures import View, change, delta_e
from evals.judges.verdict import Verdict
from tools.declare import ToolError
from tools.goals import Keep, Request, Source
from tools.maps import Maps
from tools.picture import PROXY_PX, Picture
from tools.types import FloatPlane

VERSION = "independent-2"
WEIGHTS = {"instruction": 0.4, "preservation": 0.2, "technical": 0.2, "strength": 0.1, "coherence": 0.1}
_REDRAWN = {"medium"}
_WATCHED = ("brightness", "contrast", "warmth", "tint", "saturation", "haze", "vignette")
"""What a person would notice if it changed unasked."""


class IndependentJudge:
    """Scores by CIELAB statistics, 1 to 5."""

    name = "independent"

    def judge(self, before: Picture, after: Picture, request: Request, source: Source = "truth") -> Verdict:
        """Score one edit.

        Raises:
            ToolError: if the pictures have different shapes.
        """
        was, now = (View(picture.reduced(PROXY_PX)) for picture in (before, after))
        if was.srgb.shape != now.srgb.shape:
            raise ToolError("the pictures have different shapes; judge an edit of the same photo")
        maps = Maps(was.srgb)
        remarks: list[str] = []
        scores = {
            "instruction": _instruction(was, now, request, maps, remarks),
            "preservation": _preservation(was, now, request, maps, remarks),
            "technical": _technical(was, now, request, remarks),
            "strength": _strength(was, now, request),
            "coherence": _coherence(was, now, request),
        }
        picture = 1 / sum(weight / scores[name] for name, weight in WEIGHTS.items())
        return Verdict(
            judge=self.name,
            version=VERSION,
            scores={"picture": picture, **scores},
            remarks=remarks,
            goals_source=source,
        )


def _instruction(was: View, now: View, request: Request, maps: Maps, remarks: list[str]) -> float:
    """2 for nothing done, up to 5 for everything reached, down to 1 for the contrary."""
    earned = []
    for goal in request.goals:
        mask = _mask(maps, goal.region)
        if mask is None:
            continue
        moved = goal.direction * change(was, now, goal.attribute, mask, goal.colour, goal.to_colour)
        earned.append(float(np.interp(moved / goal.strength, [-1, 0, 1, 3.5, 8], [-1, 0, 1, 1, -0.5])))
        remarks.append(f"{goal.words or goal.attribute}: moved {moved:+.2f} of {goal.strength:.1f} wanted")
    for effect in request.effects:
        mask = _mask(maps, effect.region)
        if mask is not None:
            seen = presence(effect, was, now, mask)
            earned.append(float(np.interp(seen, [-1, 0, effect.strength], [-1, 0, 1])))
            remarks.append(f"{effect.words or effect.value}: {seen:.0%} present")
    if not earned:
        return 5.0
    credit = float(np.mean(earned))
    return 2 + 3 * credit if credit >= 0 else 2 + credit


def _preservation(was: View, now: View, request: Request, maps: Maps, remarks: list[str]) -> float:
    """Whether the drawing of the picture stands, and what should stay stayed."""
    coarse = [cv2.GaussianBlur(view.gradient, (0, 0), max(view.gradient.shape) / 200) for view in (was, now)]
    likeness = float(np.corrcoef(coarse[0].ravel(), coarse[1].ravel())[0, 1]) if min(map(np.std, coarse)) > 0 else 0.0
    if np.array_equal(was.srgb, now.srgb):
        likeness = 1.0
    least = 0.2 if any(effect.kind in _REDRAWN for effect in request.effects) else 0.55
    score = 1 + 4 * float(np.clip((likeness - least) / (0.95 - least), 0, 1))
    for keep in request.keeps:
        lost = _lost(was, now, keep, maps)
        if lost > 0:
            score -= 2.5 * lost
            remarks.append(f"{keep.words or keep.region or keep.attribute} was to stay and changed")
    return max(score, 1.0)


def _lost(was: View, now: View, keep: Keep, maps: Maps) -> float:
    """How far something kept has changed: 0 unseen, 1 plainly."""
    mask = _mask(maps, keep.region or "everywhere")
    if mask is None:
        return 0.0
    if keep.attribute is not None:
        return float(np.clip(abs(change(was, now, keep.attribute, mask)) - 0.3, 0, 1))
    if keep.region is None:
        return 0.0
    return float(np.clip(((delta_e(was, now) * mask).sum() / mask.sum() - 2) / 6, 0, 1))


def _technical(was: View, now: View, request: Request, remarks: list[str]) -> float:
    """What an editor would send back: lost ends, bands, noise, halos, colours out of hand."""
    asked = {goal.attribute for goal in request.goals} | {effect.kind for effect in request.effects}
    faults = dict(_faults(was, now))
    if asked & {"grain", "weather", "medium", "look"}:
        faults["noise"] = 0.0
    if "medium" in asked:
        faults["bands"] = faults["halos"] = 0.0
    remarks += [name for name, fault in faults.items() if fault > 0.25]
    return 1 + 4 * float(np.prod([1 - 0.9 * fault for fault in faults.values()]))


def _faults(was: View, now: View) -> Iterator[tuple[str, float]]:
    """Name and weight, 0 to 1, of each technical fault that the edit added."""

    def added(of: str) -> float:
        before, after = (float(_FAULT[of](view).mean()) for view in (was, now))
        return max(after - before, 0.0)

    yield "clipping", float(np.clip(added("ends") / 0.2, 0, 1))
    yield "colours out of hand", float(np.clip(added("garish") / 0.25, 0, 1))
    whole = np.ones_like(was.lightness)
    yield "noise", float(np.clip(change(was, now, "noise", whole) / 4 - 0.15, 0, 1))
    filled = [len(np.unique((view.lightness * 4).astype(int))) for view in (was, now)]
    yield "bands", float(np.clip(1 - filled[1] / max(filled[0], 1) - 0.5, 0, 0.5) * 2)
    yield "halos", float(np.clip((_overshoot(was, now) - 3) / 10, 0, 1))


_FAULT = {
    "ends": lambda view: (view.hsv[..., 2] >= 0.998) & (view.hsv[..., 1] < 0.98) | (view.lightness < 0.6),
    "garish": lambda view: view.chroma > 75,
}


def _overshoot(was: View, now: View) -> float:
    """Change of L* beside strong edges against the change further out, in L*: a halo."""
    edges = (was.gradient > np.percentile(was.gradient, 92)).astype(np.uint8)
    near = cv2.dilate(edges, np.ones((9, 9), np.uint8)).astype(bool) & ~edges.astype(bool)
    far = ~cv2.dilate(edges, np.ones((25, 25), np.uint8)).astype(bool)
    moved = np.abs(now.band(0.004, 0.02) - was.band(0.004, 0.02))
    return float(moved[near].mean() - moved[far].mean()) if near.any() and far.any() else 0.0


def _strength(was: View, now: View, request: Request) -> float:
    """Whether the eye sees a change, and not more of it than was asked for; by the mean CIE76 difference."""
    seen = float(delta_e(was, now).mean())
    if request.is_empty:
        return float(np.interp(seen, [1, 12], [5, 1]))
    most = 45.0 if request.effects else 30.0
    return float(np.interp(seen, [0.3, 3, most, 2 * most], [1, 5, 5, 1]))


def _coherence(was: View, now: View, request: Request) -> float:
    """Whether it is still one light and one colour: nothing turned unasked, no colour floods everything."""
    asked = {goal.attribute for goal in request.goals}
    whole = np.ones_like(was.lightness)
    drift = 0.0
    if not request.effects:
        strays = [abs(change(was, now, name, whole)) for name in _WATCHED if name not in asked]  # type: ignore[arg-type]
        drift = float(np.clip((np.sqrt(np.mean(np.square(strays))) - 0.4) / 2, 0, 1))
    flood = max(_flood(now) - max(_flood(was), 2.0), 0.0) if "monochrome" not in asked else 0.0
    return 1 + 4 * (1 - drift) * float(np.clip(1 - flood / 4, 0, 1))


def _flood(view: View) -> float:
    """Mean of (a*, b*) against their scatter: large where one cast covers everything."""
    mean, scatter = cv2.meanStdDev(view.lab[..., 1:].reshape(-1, 1, 2))
    return float(np.linalg.norm(mean) / (np.linalg.norm(scatter) + 4))


def _mask(maps: Maps, region: str) -> FloatPlane | None:
    """Mask of a region, None where the photo does not have it."""
    try:
        return maps.mask(region)
    except ToolError:
        return None
