"""A plan that was made once runs on other photos."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.stylist.conftest import Cli, files, small
from tools.picture import load

if TYPE_CHECKING:
    from tests.mcp_server.editor_server import EditorServer


def test_the_same_plan_on_the_same_photo_gives_the_same_picture(desk: Path, cli: Cli) -> None:
    cli("style", "meadow.jpg", "warmer, with film grain", "-o", "first.png")
    assert cli("apply", "first.plan.json", "meadow.jpg", "-o", "second.png").exit_code == 0
    assert (desk / "first.png").read_bytes() == (desk / "second.png").read_bytes()


def test_other_photos_are_done_though_one_is_broken(desk: Path, cli: Cli) -> None:
    (desk / "plan.json").write_text('{"steps": [{"tool": "exposure", "args": {"stops": -1}}]}')
    (desk / "cut.jpg").write_bytes((desk / "meadow.jpg").read_bytes()[:3000])
    small("bee.jpg").save(desk / "bee.jpg")
    result = cli("apply", "plan.json", "meadow.jpg", "cut.jpg", "bee.jpg", "-o", "out")
    assert result.exit_code == 2
    assert "cut.jpg is damaged or cut off" in result.stderr
    assert "bee.jpg -> out/bee.jpg" in result.stderr
    assert files(desk / "out") == {"bee.jpg", "meadow.jpg"}
    assert load(desk / "out" / "bee.jpg").srgb.mean() < load(desk / "bee.jpg").srgb.mean()


def test_a_region_that_a_photo_lacks_is_said(desk: Path, cli: Cli) -> None:
    step = '{"tool": "exposure", "args": {"stops": 1}, "region": "skin"}'
    (desk / "plan.json").write_text(f'{{"steps": [{step}]}}')
    result = cli("apply", "plan.json", "meadow.jpg")
    assert result.exit_code == 2
    assert "skin" in result.stderr
    assert not (desk / "styled" / "meadow.jpg").exists()


def test_force_replaces(desk: Path, cli: Cli) -> None:
    (desk / "plan.json").write_text('{"steps": [{"tool": "exposure", "args": {"stops": -1}}]}')
    (desk / "x.jpg").write_bytes(b"old")
    assert cli("apply", "plan.json", "meadow.jpg", "-o", "x.jpg").exit_code == 2
    assert (desk / "x.jpg").read_bytes() == b"old"
    assert cli("apply", "plan.json", "meadow.jpg", "-o", "x.jpg", "--force").exit_code == 0
    assert load(desk / "x.jpg").size == load(desk / "meadow.jpg").size


def test_explain_says_how_a_plan_runs_and_writes_nothing(desk: Path, cli: Cli) -> None:
    steps = '{"tool": "exposure", "args": {"stops": 0.3}}, {"tool": "bloom", "args": {"amount": 20}}'
    (desk / "evening.json").write_text(f'{{"steps": [{steps}]}}')
    small("meadow.jpg", 900).save(desk / "large.jpg")
    before = files(desk)
    run = cli("apply", "--explain", "evening.json", "large.jpg")
    assert run.exit_code == 0, run.output
    for part in ("over pixels: exposure", "spatial: bloom", "the whole render, which takes"):
        assert part in run.stdout
    assert files(desk) == before
    assert cli("apply", "--explain", "evening.json", "none.jpg").exit_code == 2


def test_photos_take_over_the_look_of_a_file(desk: Path, cli: Cli) -> None:
    small("night.jpg").save(desk / "night.jpg")
    assert cli("apply", "--like", "night.jpg", "meadow.jpg", "-o", "x.png").exit_code == 0
    assert load(desk / "x.png").srgb.mean() < 0.8 * load(desk / "meadow.jpg").srgb.mean()
    assert "match_colours" in cli("apply", "--explain", "--like", "night.jpg", "meadow.jpg").stdout
    (desk / "flat.cube").write_text("LUT_1D_SIZE 2\n0.5 0.5 0.5\n0.5 0.5 0.5\n")
    assert cli("apply", "--like", "flat.cube", "meadow.jpg", "-o", "y.png").exit_code == 0
    assert load(desk / "y.png").srgb.std() < 0.01


def test_what_lends_no_look_is_explained(desk: Path, cli: Cli) -> None:
    (desk / "bad.cube").write_text("LUT_3D_SIZE 2\n0 0\n")
    for words, said in (
        (("apply", "--like", "bad.cube", "meadow.jpg"), "bad.cube, line 2: '0 0' is not 3 numbers"),
        (("apply", "--like", "gone.jpg", "meadow.jpg"), "there is no file gone.jpg"),
        (("apply", "bad.cube", "meadow.jpg"), "stylist apply --like bad.cube"),
        (("apply", "plan.json"), "the photos are missing"),
        (("style", "meadow.jpg", "warmer", "--like", "gone.jpg"), "there is no file gone.jpg"),
        (("style", "meadow.jpg", "warmer", "--like", "bad.cube"), "bad.cube, line 2"),
    ):
        result = cli(*words)
        assert result.exit_code == 2
        assert said in result.stderr
    assert not (desk / "styled").exists()


def test_a_plan_is_applied_without_the_mcp_library(desk: Path) -> None:
    (desk / "plan.json").write_text('{"steps": [{"tool": "exposure", "args": {"stops": -1}}]}')
    words = ["apply", "plan.json", "meadow.jpg", "-o", "x.jpg"]
    code = (
        f"import sys; from stylist.main import main; main({words}, standalone_mode=False); print('mcp' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False"]
    assert (desk / "x.jpg").exists()


def test_what_no_tool_can_do_is_asked_of_the_editor(
    desk: Path, cli: Cli, endpoint: "EditorServer", monkeypatch: pytest.MonkeyPatch
) -> None:
    beach = '{"tool": "location_setting", "args": {"location": "beach"}}'
    (desk / "plan.json").write_text(f'{{"steps": [{beach}, {{"tool": "exposure", "args": {{"stops": -1}}}}]}}')
    assert "editor" in cli("apply", "plan.json", "meadow.jpg").stderr
    monkeypatch.setenv("STYLIST_EDITOR_URL", f"{endpoint.url}/v1")
    assert cli("apply", "plan.json", "meadow.jpg", "-o", "x.png").exit_code == 0
    assert load(desk / "x.png").size == load(desk / "meadow.jpg").size
