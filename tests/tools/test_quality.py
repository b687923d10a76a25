"""The measured judge: what was asked pays, wrecks and disobedience cost."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tools.context import measure_context
from tools.declare import ToolError
from tools.engine import render
from tools.goals import Effect, Goal, Keep, Request
from tools.picture import Picture, load, reduce_to
from tools.plan import Plan, Step
from tools.quality import assess
from tools.request import parse_request

PHOTOS = Path(__file__).parents[2] / "photos"
WARMER = Request(text="warmer", goals=[Goal(attribute="warmth", direction=1, words="warmer")])


def warmed(photo: Picture, mired: float) -> Picture:
    return render(photo, Plan(steps=[Step(tool="temperature", args={"warmer": mired})]))


def test_doing_what_was_asked_beats_nothing_beats_the_contrary(meadow: Picture) -> None:
    asked, untouched, contrary = (
        assess(meadow, after, WARMER) for after in (warmed(meadow, 35), meadow, warmed(meadow, -35))
    )
    assert asked.scores["picture"] > untouched.scores["picture"] >= contrary.scores["picture"]
    assert asked.results[0].status == "met"
    assert contrary.results[0].status == "reversed"


def test_a_wreck_that_reaches_the_goal_loses(meadow: Picture) -> None:
    wreck = meadow.with_pixels(np.clip((meadow.srgb - 0.5) * 12 + 0.5, 0, 1) * np.array([1, 0.8, 0.3], np.float32))
    assert (
        assess(meadow, wreck, WARMER).scores["picture"]
        < assess(meadow, warmed(meadow, 35), WARMER).scores["picture"] - 1
    )


def test_a_kept_region_must_stay(meadow: Picture) -> None:
    request = WARMER.model_copy(update={"keeps": [Keep(region="top", words="keep the top")]})
    everywhere = assess(meadow, warmed(meadow, 60), request)
    below = render(meadow, Plan(steps=[Step(tool="temperature", args={"warmer": 60}, region="not top")]))
    assert assess(meadow, below, request).scores["preservation"] > everywhere.scores["preservation"]
    assert any("top" in remark for remark in everywhere.remarks)


def test_a_wish_is_for_all_that_is_not_to_be_kept(meadow: Picture) -> None:
    """Black and white but for the yellow flowers: their colour does not make the rest less grey."""
    grey = Goal(attribute="monochrome", direction=1, words="black and white")
    request = Request(text="", goals=[grey], keeps=[Keep(region="yellow", words="keep the yellow")])
    after = render(meadow, Plan(steps=[Step(tool="monochrome", args={"amount": 100}, region="not yellow")]))
    kept, demanded = (assess(meadow, after, asked) for asked in (request, request.model_copy(update={"keeps": []})))
    assert kept.results[0].observed > demanded.results[0].observed
    assert kept.scores["picture"] > demanded.scores["picture"]


def test_nothing_asked_and_nothing_done_is_perfect(meadow: Picture) -> None:
    assert assess(meadow, meadow, Request(text="leave it")).scores["picture"] == 5


def test_different_shapes_are_refused(meadow: Picture) -> None:
    with pytest.raises(ToolError, match="different shapes"):
        assess(meadow, Picture(np.zeros((50, 50, 3), np.float32)), WARMER)


def test_a_smaller_result_is_judged_at_its_own_size(meadow: Picture) -> None:
    """Neither squares nor lost detail are seen in what is merely smaller."""
    result = warmed(meadow, 35)
    small = Picture(result.reduced(max(result.size) * 2 // 3))
    whole, reduced = (assess(meadow, after, WARMER) for after in (result, small))
    assert abs(whole.scores["picture"] - reduced.scores["picture"]) < 0.3
    assert reduced.remarks == whole.remarks


def test_far_too_much_is_overdone_and_not_reversed(meadow: Picture) -> None:
    darker = Request(text="darker", goals=[Goal(attribute="brightness", direction=-1, words="darker")])
    black = assess(meadow, meadow.with_pixels(meadow.srgb * 0), darker)
    assert black.results[0].status == "overdone"
    assert any("further than was asked" in remark for remark in black.remarks)


def test_the_context_says_what_a_photographer_sees(meadow: Picture) -> None:
    dark = render(meadow, Plan(steps=[Step(tool="exposure", args={"stops": -2.5})]))
    grey = render(meadow, Plan(steps=[Step(tool="saturation", args={"amount": -100})]))
    assert "low key" in " ".join(measure_context(dark).words())
    assert "black and white" in " ".join(measure_context(grey).words())
    assert measure_context(meadow).orientation == "landscape"


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (2, 300)])
def test_hostile_pictures_are_measured(level: float, shape: tuple[int, int]) -> None:
    picture = Picture(np.full((*shape, 3), level, np.float32))
    context = measure_context(picture)
    assert all(np.isfinite(value) for value in context.attributes.values())
    for request in (WARMER, parse_request("a foggy autumn morning like an old film")):
        assert np.isfinite(assess(picture, picture, request).scores["picture"])


def test_what_became_transparent_is_lost(meadow: Picture) -> None:
    warm = warmed(meadow, 35)
    cover = np.ones(warm.srgb.shape[:2], np.float32)
    cover[:, : cover.shape[1] // 2] = 0
    cut = replace(warm, alpha=cover)
    assert assess(meadow, cut, WARMER).scores["picture"] < assess(meadow, meadow, WARMER).scores["picture"]
    both = assess(replace(meadow, alpha=cover), cut, WARMER).scores
    assert both == assess(meadow, warm, WARMER).scores


@pytest.mark.parametrize("name", ["bee", "moose", "spices"])
def test_black_and_white_takes_all_colour(name: str) -> None:
    photo = Picture(reduce_to(load(PHOTOS / f"{name}.jpg").srgb, 240))
    vivid = render(photo, Plan(steps=[Step(tool="saturation", args={"amount": 100})]))
    grey = render(vivid, Plan(steps=[Step(tool="monochrome", args={"amount": 100})]))
    wish = Request(text="black and white", goals=[Goal(attribute="monochrome", direction=1)])
    assert assess(vivid, grey, wish).scores["coherence"] > 4.5


def test_a_background_may_be_blurred_as_far_as_any_lens_does() -> None:
    photo = Picture(reduce_to(load(PHOTOS / "portrait.jpg").srgb, 512))
    request = parse_request("blurred background")
    scores = [
        assess(photo, render(photo, Plan(steps=[Step(tool="background_blur", args={"amount": amount})])), request)
        for amount in (0, 30, 60, 85)
    ]
    nothing, *blurred = (assessment.scores["picture"] for assessment in scores)
    assert min(blurred) > 4 > nothing


@pytest.mark.parametrize("medium", ["pencil", "watercolor", "oil"])
def test_a_drawing_is_not_blamed_for_the_photo_that_it_hides(medium: str) -> None:
    photo = Picture(reduce_to(load(PHOTOS / "lake.jpg").srgb, 512))
    request = Request(text="", effects=[Effect(kind="medium", value=medium)])
    half, whole = (
        assess(photo, render(photo, Plan(steps=[step])), request).scores["picture"]
        for strength in (20, 80)
        for step in [Step(tool="artistic_medium", args={"medium": medium, "strength": strength})]
    )
    assert whole > half
    assert whole > 4.5
