"""Effects count by what shows in the pixels, and excuse what belongs to them."""

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from benchmarks.planted import PLANTED, Pixels
from benchmarks.planted_more import MORE
from tests.conftest import PHOTOS
from tools.engine import render
from tools.goals import EFFECT_TOOLS, Effect, EffectKind, Goal, Keep, Request
from tools.maps import Maps
from tools.picture import Picture, load, to_uint8
from tools.plan import Plan, Step
from tools.quality import Comparison, assess, presence
from tools.request import parse_request


@pytest.fixture(scope="module")
def small(meadow: Picture) -> Picture:
    return Picture(meadow.reduced(320))


@pytest.fixture(scope="module")
def maps(small: Picture) -> Maps:
    return Maps(small.srgb)


def seen(small: Picture, after: Picture, maps: Maps, kind: str, value: str) -> float:
    effect = Effect.model_validate({"kind": kind, "value": value})
    return presence(Comparison(small.srgb, after.srgb, maps), effect) or 0.0


@pytest.mark.parametrize(
    ("kind", "value"),
    [("weather", "fog"), ("weather", "snow"), ("weather", "rain"), ("time", "night"), ("medium", "halftone")],
)
def test_an_effect_is_seen_whoever_made_it_and_not_at_strength_zero(
    small: Picture, maps: Maps, kind: EffectKind, value: str
) -> None:
    def made(strength: float) -> Picture:
        step = Step(tool=EFFECT_TOOLS[kind][0], args={kind: value, "strength": strength})
        return render(small, Plan(steps=[step]), maps=maps)

    other_hand = Picture(PLANTED[f"{kind}: {value}"](to_uint8(small.srgb)))
    assert seen(small, made(76), maps, kind, value) > 0.5
    assert seen(small, other_hand, maps, kind, value) > 0.5
    assert seen(small, made(0), maps, kind, value) == 0


def test_plain_edits_are_no_effects(small: Picture, maps: Maps) -> None:
    darker = render(small, Plan(steps=[Step(tool="exposure", args={"stops": -0.7})]), maps=maps)
    assert all(seen(small, darker, maps, "weather", value) < 0.5 for value in ("fog", "rain", "snow"))
    assert seen(small, darker, maps, "time", "night") < 0.5


def test_snow_is_noise_only_where_nobody_asked_for_it(small: Picture) -> None:
    flakes = Picture(PLANTED["weather: snow"](to_uint8(small.srgb)))
    snow = Request(text="snow", effects=[Effect(kind="weather", value="snow")])
    brighter = Request(text="brighter", goals=[Goal(attribute="brightness", direction=1)])
    assert assess(small, flakes, snow).scores["technical"] > assess(small, flakes, brighter).scores["technical"] + 1


@pytest.mark.parametrize("stops", [-0.8, -0.4])
def test_a_wish_for_a_place_should_not_show_elsewhere(stops: float, small: Picture) -> None:
    wish = Request(text="darker top", goals=[Goal(attribute="brightness", direction=-1, region="top")])
    darker = {"stops": stops}
    there = render(small, Plan(steps=[Step(tool="exposure", args=darker, region="top")]))
    everywhere = render(small, Plan(steps=[Step(tool="exposure", args=darker)]))
    assert assess(small, there, wish).scores["picture"] > assess(small, everywhere, wish).scores["picture"] + 0.5


def test_missing_a_keep_costs(small: Picture) -> None:
    wish = Request(
        text="warmer but keep the brightness",
        goals=[Goal(attribute="warmth", direction=1)],
        keeps=[Keep(attribute="brightness")],
    )
    warmer = Step(tool="temperature", args={"warmer": 40})
    kept, missed = (
        render(small, Plan(steps=steps)) for steps in ([warmer], [warmer, Step(tool="exposure", args={"stops": 0.8})])
    )
    assert assess(small, kept, wish).scores["picture"] > assess(small, missed, wish).scores["picture"] + 1


def test_more_of_a_good_thing_turns_bad(small: Picture) -> None:
    wish = Request(text="warmer", goals=[Goal(attribute="warmth", direction=1)])

    def warmed(times: int) -> float:
        steps = [Step(tool="temperature", args={"warmer": 45}) for _ in range(times)]
        return assess(small, render(small, Plan(steps=steps)), wish).scores["picture"]

    assert warmed(1) > warmed(3) > warmed(6)


OLD_FILM = Step(tool="color_grading", args={"look": "old_film", "strength": 76})
DARKER = Step(tool="exposure", args={"stops": -0.8})


def test_a_look_is_the_same_in_less_light_and_in_another_season(small: Picture, maps: Maps) -> None:
    request = Request(
        text="an autumn evening, like an old film",
        effects=[Effect(kind="season", value="autumn"), Effect(kind="look", value="old_film")],
    )
    autumn = Step(tool="season", args={"season": "autumn", "strength": 60})

    def shown(*steps: Step) -> float:
        after = render(small, Plan(steps=list(steps)), maps=maps)
        return presence(Comparison(small.srgb, after.srgb, maps), request.effects[1], request) or 0.0

    alone = shown(OLD_FILM)
    assert alone > 0.7
    assert shown(OLD_FILM, DARKER) == pytest.approx(alone, abs=0.15)
    assert shown(autumn, OLD_FILM, DARKER) == pytest.approx(alone, abs=0.2)
    assert shown(autumn) < 0.2
    assert shown(DARKER) < 0.2


def test_what_a_look_names_outweighs_what_a_mood_implies(small: Picture) -> None:
    film = render(small, Plan(steps=[OLD_FILM]))
    contrast = Goal(attribute="contrast", direction=1, strength=0.4, relative=False, words="moody")
    look = Effect(kind="look", value="old_film")
    implied, wished = (
        assess(small, film, Request(text="", goals=[goal], effects=[look])).results[0]
        for goal in (contrast, contrast.model_copy(update={"relative": True}))
    )
    assert implied.status != "reversed"
    assert wished.status == "reversed"


def test_a_photo_in_golden_light_needs_no_golden_hour(small: Picture) -> None:
    amber = render(small, Plan(steps=[Step(tool="temperature", args={"warmer": 90})] * 3))
    wish = Request(text="golden hour", effects=[Effect(kind="time", value="golden_hour")])
    assert assess(amber, amber, wish).results[0].status == "met"
    assert assess(small, small, wish).results[0].status == "missed"


def test_a_blur_is_no_oil_painting(small: Picture, maps: Maps) -> None:
    blurred = Picture(cv2.GaussianBlur(small.srgb, (0, 0), 2))
    assert seen(small, blurred, maps, "medium", "oil") < 0.5


def test_turned_hues_are_a_fault(small: Picture) -> None:
    turned = render(small, Plan(steps=[Step(tool="hue_shift", args={"degrees": 150})]))
    wish = Request(text="brighter", goals=[Goal(attribute="brightness", direction=1)])
    assert any("hues were turned" in remark for remark in assess(small, turned, wish).remarks)


def test_what_is_known_of_a_photo_goes_with_it(small: Picture) -> None:
    maps = Maps(small.srgb)
    request = Request(text="", effects=[Effect(kind="weather", value="fog"), Effect(kind="look", value="noir")])
    assess(small, Picture(0.8 * small.srgb), request, maps=maps)
    gone = weakref.ref(maps)
    del maps
    gc.collect()
    assert gone() is None


def test_an_autumn_is_leaves_that_turned_and_no_warm_light(small: Picture, maps: Maps) -> None:
    turned = Picture(PLANTED["season: autumn"](to_uint8(small.srgb)))
    warm = render(small, Plan(steps=[Step(tool="temperature", args={"warmer": 90})]), maps=maps)
    assert seen(small, turned, maps, "season", "autumn") > 0.5
    assert seen(small, warm, maps, "season", "autumn") < 0.3


def test_a_sky_of_another_colour_is_a_fault_whatever_hour_was_asked_for(photo_path: Path) -> None:
    lake = Picture(load(photo_path.with_name("lake.jpg")).reduced(320))
    steps = [
        Step(tool="hue_shift", args={"degrees": 174}, region="background"),
        Step(tool="temperature", args={"warmer": 34}),
    ]
    golden = Step(tool="time_of_day", args={"time": "golden_hour", "strength": 76})
    wish = Request(text="golden hour", effects=[Effect(kind="time", value="golden_hour")])
    brown, evening = (assess(lake, render(lake, Plan(steps=plan)), wish) for plan in (steps, [golden]))
    assert brown.scores["picture"] < evening.scores["picture"] - 1
    assert any("hues were turned" in remark for remark in brown.remarks)


def test_pale_colours_turned_to_their_contrary_are_no_evening_light(photo_path: Path) -> None:
    lake = Picture(load(photo_path.with_name("lake.jpg")).reduced(320))
    rusty = [Step(tool="saturation", args={"amount": -50}), Step(tool="hue_shift", args={"degrees": 154})]
    wish = Request(text="golden hour", effects=[Effect(kind="time", value="golden_hour")])
    assessment = assess(lake, render(lake, Plan(steps=rusty)), wish)
    assert assessment.scores["technical"] < 4
    assert any("hues were turned" in remark for remark in assessment.remarks)


def test_a_winter_that_takes_colour_explains_no_contrary_colours(photo_path: Path) -> None:
    portrait = Picture(load(photo_path.with_name("portrait.jpg")).reduced(320))
    green = [Step(tool="saturation", args={"amount": -55}), Step(tool="hue_shift", args={"degrees": -180})]
    wish = Request(text="winter", effects=[Effect(kind="season", value="winter")])
    assert assess(portrait, render(portrait, Plan(steps=green)), wish).scores["technical"] < 3


def test_what_a_look_hardly_does_is_not_asked_of_it(small: Picture) -> None:
    """The meadow's contrast hardly moves under a cinematic grade, which people call contrasty."""
    look = Effect(kind="look", value="cinematic", words="cinematic")
    spelt_out = Goal(attribute="contrast", direction=1, words="cinematic")
    graded = render(small, Plan(steps=[Step(tool="color_grading", args={"look": "cinematic", "strength": 100})]))
    alone, named = (
        assess(small, graded, Request(text="cinematic", goals=goals, effects=[look])).scores["instruction"]
        for goals in ([], [spelt_out])
    )
    assert named > alone - 0.2


def test_a_white_winter_is_not_overdone(photo_path: Path) -> None:
    moose = Picture(load(photo_path.with_name("moose.jpg")).reduced(320))
    snowy = render(moose, Plan(steps=[Step(tool="season", args={"season": "winter", "strength": 60})]))
    winter = Request(text="winter", effects=[Effect(kind="season", value="winter")])
    assert assess(moose, snowy, winter).scores["instruction"] > 4.8


def test_a_veil_on_near_and_far_alike_is_at_most_half_a_fog(small: Picture, maps: Maps) -> None:
    deep = render(small, Plan(steps=[Step(tool="weather", args={"weather": "fog", "strength": 60})]), maps=maps)
    even = Picture(0.55 * small.srgb + small.srgb.dtype.type(0.4))
    assert seen(small, deep, maps, "weather", "fog") > 0.8
    assert 0.4 < seen(small, even, maps, "weather", "fog") < 0.7


def test_a_darker_day_is_no_night(small: Picture, maps: Maps) -> None:
    darkened = [Step(tool="exposure", args={"stops": -1.0}), Step(tool="temperature", args={"warmer": -35})]
    assert seen(small, render(small, Plan(steps=darkened), maps=maps), maps, "time", "night") < 0.25


def test_a_violet_cast_is_no_winter(photo_path: Path) -> None:
    moose = Picture(load(photo_path.with_name("moose.jpg")).reduced(320))
    steps = [Step(tool="saturation", args={"amount": -45}), Step(tool="temperature", args={"warmer": -35})]
    pale = [*steps, Step(tool="exposure", args={"stops": 0.6})]
    violet = [*pale, Step(tool="tint", args={"amount": 100})]
    maps = Maps(moose.srgb)
    cool, cold, purple = (
        seen(moose, render(moose, Plan(steps=plan), maps=maps), maps, "season", "winter")
        for plan in (steps, pale, violet)
    )
    assert cool < 0.6 < cold
    assert purple < 0.25


def test_highlights_painted_orange_are_no_evening_light(photo_path: Path) -> None:
    stream = Picture(load(photo_path.with_name("stream.jpg")).reduced(320))
    painted = [
        Step(tool="temperature", args={"warmer": 100}, region="highlights"),
        Step(tool="saturation", args={"amount": 60}, region="highlights"),
    ]
    wish = Request(text="warmer", goals=[Goal(attribute="warmth", direction=1)])
    remarks = assess(stream, render(stream, Plan(steps=painted)), wish).remarks
    assert any("tinted by themselves" in remark for remark in remarks)


@pytest.mark.parametrize(
    ("value", "plant"),
    [
        ("oil", MORE["medium: oil"][0]),
        ("oil", MORE["medium: oil"][1]),
        ("watercolor", PLANTED["medium: watercolor"]),
        ("pastel", MORE["medium: pastel"][0]),
    ],
)
def test_a_painting_is_seen_whoever_painted_it(
    small: Picture, maps: Maps, value: str, plant: Callable[[Pixels], Pixels]
) -> None:
    assert seen(small, Picture(plant(to_uint8(small.srgb))), maps, "medium", value) > 0.5


def test_a_glow_is_light_beside_the_lights_and_no_blur(small: Picture, maps: Maps) -> None:
    glow = MORE["bloom"][1](to_uint8(small.srgb))
    blurred = cv2.GaussianBlur(small.srgb, (0, 0), 2)
    assert Comparison(small.srgb, Picture(glow).srgb, maps).change("bloom") > 0.5
    assert Comparison(small.srgb, blurred, maps).change("bloom") < 0.2


def test_dark_corners_are_no_rays_and_no_blurred_background(small: Picture, maps: Maps) -> None:
    dark = Comparison(small.srgb, Picture(PLANTED["vignette"](to_uint8(small.srgb))).srgb, maps)
    assert dark.change("vignette") > 0.5
    assert dark.change("rays") < 0.5
    assert abs(dark.change("bokeh")) < 0.5


OIL = Step(tool="artistic_medium", args={"medium": "oil", "strength": 80})
FEW_LIGHT_TONES = Step(tool="posterize", args={"amount": 76, "levels": 4}, region="highlights")
NO_PAINTINGS = {
    "blurred here and sharp there": [Step(tool="tilt_shift", args={"amount": 75, "position": 85, "width": 30})],
    "blurred, with lights of few tones": [Step(tool="soften", args={"amount": 60}), FEW_LIGHT_TONES],
    "smooth fur": [Step(tool="texture", args={"amount": -98})],
}


@pytest.mark.parametrize("steps", NO_PAINTINGS.values(), ids=NO_PAINTINGS)
@pytest.mark.parametrize("name", ["interior", "moose"])
def test_a_photo_that_was_not_redrawn_is_no_painting(name: str, steps: list[Step]) -> None:
    photo = Picture(load(PHOTOS / f"{name}.jpg").reduced(288))
    maps = Maps(photo.srgb)
    assert seen(photo, render(photo, Plan(steps=[OIL]), maps=maps), maps, "medium", "oil") > 0.8
    assert seen(photo, render(photo, Plan(steps=steps), maps=maps), maps, "medium", "oil") < 0.5


def test_a_bleached_photo_with_rain_is_no_pencil_drawing() -> None:
    photo = Picture(load(PHOTOS / "portrait.jpg").reduced(288))
    maps = Maps(photo.srgb)
    bleached = [
        Step(tool="exposure", args={"stops": 2}),
        Step(tool="monochrome", args={"amount": 100}),
        Step(tool="weather", args={"weather": "rain", "strength": 90}, region="top"),
    ]
    assert seen(photo, render(photo, Plan(steps=bleached), maps=maps), maps, "medium", "pencil") < 0.3


def test_a_dark_photo_without_colour_is_no_ink_drawing(small: Picture, maps: Maps) -> None:
    dark = [Step(tool="monochrome", args={"amount": 100}), Step(tool="exposure", args={"stops": -3})]
    assert seen(small, render(small, Plan(steps=dark), maps=maps), maps, "medium", "ink") < 0.3


def test_a_dark_speck_that_a_fog_covers_is_no_flake() -> None:
    photo = Picture(load(PHOTOS / "meadow.jpg").reduced(256))
    specked = photo.srgb.copy()
    specked[10:120:12, 10:240:12] *= 0.3
    comparison = Comparison(specked, 0.3 * specked + 0.6, Maps(specked))
    assert abs(comparison.change("flakes")) < 0.1


def test_a_grey_picture_is_hardly_worth_more_than_nothing_where_fog_was_asked_for(small: Picture) -> None:
    request = parse_request("a foggy morning")
    grey = render(small, Plan(steps=[Step(tool="saturation", args={"amount": -40})]))
    outcome = assess(small, grey, request)
    assert max(each.satisfied or 0 for each in outcome.results) <= 0.25
    assert outcome.scores["picture"] < assess(small, small, request).scores["picture"] + 0.5
