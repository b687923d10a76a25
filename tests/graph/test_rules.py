"""The rules plan for the photo that they see, and hold still what is to be kept."""

from pathlib import Path

import numpy as np

from graph.policies import Progress
from graph.policies.rules import RulesPolicy
from graph.policies.sketch import with_argument
from tools.context import measure_context
from tools.engine import render
from tools.goals import Effect
from tools.maps import Maps
from tools.picture import Picture, encode, load, reduce_to
from tools.plan import Plan, Step
from tools.quality import Comparison, assess, presence
from tools.request import parse_request

PHOTOS = Path(__file__).parents[2] / "photos"


def small(name: str, gain: float = 1.0) -> Picture:
    return Picture(np.clip(reduce_to(load(PHOTOS / f"{name}.jpg").srgb, 320) * gain, 0, 1).astype(np.float32))


def planned(picture: Picture, request: str) -> tuple[Plan, Comparison]:
    """The plan, and what it does to the picture."""
    maps = Maps(picture.srgb)
    plan = RulesPolicy().plan(measure_context(picture, maps), request, encode(picture, "JPEG"), [])
    return plan, Comparison(picture.srgb, render(picture, plan, maps=maps).srgb, maps)


def test_what_is_to_be_kept_is_brought_back() -> None:
    """Darkening the light takes chroma along; where saturation is to stay, a step returns it."""
    _, alone = planned(small("lake"), "much darker")
    plan, kept = planned(small("lake"), "much darker, but keep the saturation as it is")
    assert [step.tool for step in plan.steps] == ["exposure", "saturation"]
    assert kept.change("brightness") < -0.5
    assert abs(kept.change("saturation")) < 0.3 < abs(alone.change("saturation"))


def test_a_dark_and_a_bright_photo_get_other_amounts() -> None:
    (dark,), (bright,) = (planned(small("lake", gain), "brighter")[0].steps for gain in (0.35, 1.3))
    assert dark.tool == bright.tool == "exposure"
    assert abs(float(dark.args["stops"]) - float(bright.args["stops"])) > 0.1


def test_grain_shows_alike_on_smooth_and_rough_photos() -> None:
    for name in ("dune", "spices"):
        assert 1 < planned(small(name), "add film grain")[1].change("grain") < 1.7


def test_grain_is_found_after_a_step_that_only_an_image_editor_can_do() -> None:
    photo = small("lake")
    context, preview = measure_context(photo, Maps(photo.srgb)), encode(photo, "JPEG")
    done = Progress([Step(tool="location_setting", args={"location": "beach"})], [], context, preview)
    (step,) = RulesPolicy().plan_on(context, "add film grain", preview, [], done).steps
    assert step.tool == "grain"


def test_what_the_photo_is_already_is_not_done_again() -> None:
    plan, _ = planned(small("night", 0.5), "a dark picture")
    assert not plan.steps
    assert "already" in plan.summary


def test_a_kept_place_is_left_alone() -> None:
    plan, after = planned(small("lake"), "warmer, but keep the sky as it is")
    assert all("not sky" in step.region for step in plan.steps)
    assert after.change("warmth", "sky") < 0.3 * after.change("warmth", "not sky")


def test_a_mood_leaves_the_weather_its_air() -> None:
    """A mystery is dark and has deep shadows, a fog has neither."""
    request = "mysterious fog between the trees"
    plan, foggy = planned(small("stream"), request)
    fog = Effect(kind="weather", value="fog", strength=0.6)
    seen = presence(foggy, fog, parse_request(request))
    assert seen is not None
    assert seen > 0.6
    assert not {"exposure", "shadows", "contrast"} & {step.tool for step in plan.steps}


def test_no_amount_of_a_plan_is_better_turned_up_or_down() -> None:
    """Every amount is at the judge's optimum nearby."""
    picture, request = small("meadow"), "dark and moody"
    plan, comparison = planned(picture, request)

    def score(turned: Plan) -> float:
        after = render(picture, turned, maps=comparison.maps)
        return assess(picture, after, parse_request(request), maps=comparison.maps).scores["picture"]

    assert len(plan.steps) > 1
    for step in plan.steps:
        (argument,) = step.args
        for factor in (0.8, 1.25):
            turned = with_argument(step, argument, factor * float(step.args[argument]))
            assert score(plan) > score(Plan(steps=[turned if other is step else other for other in plan.steps])) - 0.02


def test_a_background_may_be_black_and_white() -> None:
    picture, request = small("portrait"), "black and white background"
    plan, comparison = planned(picture, request)
    after = render(picture, plan, maps=comparison.maps)
    assert assess(picture, after, parse_request(request), maps=comparison.maps).scores["picture"] > 4.5
