"""The main job: a photo and a sentence in, a styled photo with its plan, trace and sheet out."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from graph.trace import read_trace
from tests.stylist.conftest import PHOTOS, Cli, files, run_cli, small
from tools.picture import load
from tools.plan import read_plan

REQUESTS = {
    "bee": "sepia",
    "dune": "a blue, cold night",
    "interior": "brighter, with less noise",
    "lake": "warmer, but keep the sky as it is",
    "meadow": "a foggy morning",
    "moose": "like an old film",
    "night": "cooler and sharper",
    "portrait": "softer, with muted colours",
    "spices": "more vivid",
    "stream": "black and white",
    "street": "darker sky",
    "tourist": "make it autumn",
}


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Result]]:
    """Every bundled photo, reduced, styled as one request of its own."""
    folder = tmp_path_factory.mktemp("styled")
    runs = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setenv("COLUMNS", "80")
        for name, request in REQUESTS.items():
            photo = folder / f"{name}.jpg"
            small(f"{name}.jpg", 160).save(photo, quality=92)
            runs[name] = photo, run_cli("style", photo, request, "-o", folder / "out" / f"{name}.png")
    return runs


def test_all_photos_have_a_request() -> None:
    assert {path.stem for path in PHOTOS.glob("*.jpg")} == set(REQUESTS)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_photo_is_styled(styled: dict[str, tuple[Path, Result]], name: str) -> None:
    photo, result = styled[name]
    assert result.exit_code == 0, result.output
    picture = photo.parent / "out" / f"{name}.png"
    before, after = load(photo), load(picture)
    assert after.size == before.size
    assert np.abs(after.srgb - before.srgb).mean() > 0.002
    plan = read_plan(picture.with_suffix(".plan.json"))
    assert 1 <= len(plan.steps) <= 8
    assert all(step.reasoning for step in plan.steps)
    kinds = [event.kind for event in read_trace(picture.with_suffix(".trace.jsonl"))]
    assert kinds[:3] == ["start", "perceive", "plan"]
    assert "assess" in kinds
    assert kinds[-1] == "finish"
    with Image.open(picture.with_suffix(".sheet.png")) as sheet:
        assert sheet.width > before.size[0]


@pytest.mark.parametrize("name", REQUESTS)
def test_the_story_fits_the_terminal_and_tells_everything(styled: dict[str, tuple[Path, Result]], name: str) -> None:
    story = styled[name][1].stdout
    lines = story.splitlines()
    labels = [line[:12].strip() for line in lines if line[:12].strip() and line[12:14] == "  "]
    for label in ("saw", "understood", "plan", "step 1", "why", "changed", "score", "picture", "sheet", "trace"):
        assert label in labels
    assert "self-assessment" in story
    paths = ("picture", "plan", "sheet", "trace")
    prose = [line for line in lines if line[:12].strip() not in paths and not line.startswith("/")]
    assert max(map(len, prose)) <= 80
    assert all(not line[:12].strip() or line[12:14] == "  " for line in prose if line)


def test_nothing_but_the_results_is_written(desk: Path, cli: Cli) -> None:
    original = (desk / "meadow.jpg").read_bytes()
    assert cli("style", "meadow.jpg", "warmer").exit_code == 0
    made = {f"styled/meadow{suffix}" for suffix in (".jpg", ".plan.json", ".trace.jsonl", ".sheet.png")}
    assert files(desk) == {"meadow.jpg", "styled"} | made
    assert (desk / "meadow.jpg").read_bytes() == original


def test_the_same_run_twice_gives_the_same_picture(desk: Path, cli: Cli) -> None:
    for out in ("a.png", "b.png"):
        assert cli("style", "meadow.jpg", "warmer, with film grain", "-o", out, "--seed", "5").exit_code == 0
    assert (desk / "a.png").read_bytes() == (desk / "b.png").read_bytes()


def test_force_replaces_and_nothing_else_does(desk: Path, cli: Cli) -> None:
    cli("style", "meadow.jpg", "warmer", "-o", "x.jpg")
    first = {name: (desk / name).read_bytes() for name in files(desk)}
    refused = cli("style", "meadow.jpg", "darker", "-o", "x.jpg")
    assert refused.exit_code == 2
    assert "x.jpg exists already; add --force" in refused.stderr
    assert {name: (desk / name).read_bytes() for name in files(desk)} == first
    assert cli("style", "meadow.jpg", "darker", "-o", "x.jpg", "--force").exit_code == 0
    assert all((desk / name).read_bytes() != data for name, data in first.items() if name != "meadow.jpg")
    assert [event.kind for event in read_trace(desk / "x.trace.jsonl")].count("start") == 1


def test_a_plan_that_was_edited_by_hand_is_not_replaced(desk: Path, cli: Cli) -> None:
    (desk / "x.plan.json").write_text("{}")
    result = cli("style", "meadow.jpg", "warmer", "-o", "x.jpg")
    assert result.exit_code == 2
    assert "x.plan.json exists already" in result.stderr


def test_plan_only_prints_a_plan_that_apply_takes_and_writes_nothing(desk: Path, cli: Cli) -> None:
    result = cli("style", "meadow.jpg", "warmer", "--plan-only")
    assert result.exit_code == 0
    assert files(desk) == {"meadow.jpg"}
    assert "understood  warmer" in result.stderr
    (desk / "plan.json").write_text(result.stdout)
    assert cli("apply", "plan.json", "meadow.jpg", "-o", "x.jpg").exit_code == 0


def test_json_is_one_object_a_photo_and_nothing_else(desk: Path, cli: Cli) -> None:
    (desk / "cut.jpg").write_bytes((desk / "meadow.jpg").read_bytes()[:3000])
    result = cli("style", "cut.jpg", "meadow.jpg", "warmer", "--json")
    failed, done = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 2
    assert "damaged or cut off" in failed["error"]
    assert done["plan"]["steps"]
    assert done["assessment"]["goals_source"] == "parsed"
    assert all((desk / done[f"{name}_file"]).is_file() for name in ("picture", "plan", "sheet", "trace"))


def test_one_broken_photo_does_not_stop_the_others(desk: Path, cli: Cli) -> None:
    (desk / "empty.jpg").touch()
    small("bee.jpg").save(desk / "bee.jpg")
    result = cli("style", "meadow.jpg", "empty.jpg", "nowhere.jpg", "bee.jpg", "warmer")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "Error: empty.jpg is empty (0 bytes)",
        "       there is no photo nowhere.jpg; check the name and the folder",
    ]
    assert {"styled/meadow.jpg", "styled/bee.jpg"} <= files(desk)
    assert not any("empty" in name for name in files(desk / "styled"))


def test_where_nothing_was_asked_nothing_is_made_and_all_is_well(desk: Path, cli: Cli) -> None:
    result = cli("style", "meadow.jpg", "it's perfect as it is")
    assert result.exit_code == 0
    assert "the request asks for no change" in result.stdout
    assert "score" not in result.stdout
    assert files(desk) == {"meadow.jpg", "styled", "styled/meadow.trace.jsonl"}


def test_a_trace_is_added_to_until_a_picture_is_made(desk: Path, cli: Cli) -> None:
    cli("style", "meadow.jpg", "it's perfect as it is")
    assert cli("style", "meadow.jpg", "warmer").exit_code == 0
    kinds = [event.kind for event in read_trace(desk / "styled" / "meadow.trace.jsonl")]
    assert kinds.count("start") == kinds.count("finish") == 2


def test_a_part_that_cannot_be_done_is_said_and_the_rest_is_done(desk: Path, cli: Cli) -> None:
    result = cli("style", "meadow.jpg", "remove the man and make it warmer, zorkily")
    assert result.exit_code == 0
    assert "needs editor  remove the man" in result.stdout
    assert "not used  zorkily" in result.stdout
    assert (desk / "styled" / "meadow.jpg").exists()


def test_ten_thousand_words_are_read(desk: Path, cli: Cli) -> None:
    request = "much warmer, please. " + "and so on about nothing in particular " * 1500
    result = cli("style", "meadow.jpg", request)
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_another_language_is_read_or_said_not_to_be(desk: Path, cli: Cli) -> None:
    assert cli("style", "meadow.jpg", "更暖", "-o", "zh.jpg").exit_code == 0
    result = cli("style", "meadow.jpg", "お願いします", "-o", "ja.jpg")
    assert result.exit_code == 2
    assert "no word of the request says how the photo should look" in result.stderr


def test_the_preset_policy_styles_too(desk: Path, cli: Cli) -> None:
    assert cli("style", "meadow.jpg", "black and white noir", "--policy", "preset").exit_code == 0


def test_a_request_goes_on_from_the_look_of_a_file(desk: Path, cli: Cli) -> None:
    small("night.jpg").save(desk / "night.jpg")
    assert cli("style", "meadow.jpg", "with film grain", "--like", "night.jpg", "-o", "x.png").exit_code == 0
    steps = json.loads((desk / "x.plan.json").read_text())["steps"]
    assert [step["tool"] for step in steps] == ["match_colours", "grain"]
    assert cli("apply", "x.plan.json", "meadow.jpg", "-o", "again.png").exit_code == 0
    assert (desk / "x.png").read_bytes() == (desk / "again.png").read_bytes()
