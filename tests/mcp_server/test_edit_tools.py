import json
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tools import tables
from tools.engine import render
from tools.picture import load, to_uint8
from tools.plan import Plan, read_plan

BRIGHTER = {"reasoning": "It is dull.", "tool": "exposure", "args": {"stops": 0.5}}
WARMER = {"tool": "temperature", "args": {"warmer": 30}, "region": "not highlights"}
GRAIN = {"tool": "grain", "args": {"amount": 40}}


async def opened(caller: Any, path: str = "coast.jpg") -> str:
    uri: str = (await caller.ok("open_image", path=path))["uri"]
    return uri


async def test_a_step_gives_a_new_picture_and_leaves_the_old(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        photo = await opened(caller)
        done = await caller.ok("apply_step", image=photo, step=BRIGHTER)
        assert (done["parent"], done["steps"], done["width"], done["height"]) == (photo, 1, 240, 160)
        assert done["changes"]["brightness"] > 2
        assert any(remark.startswith("brightness") for remark in done["words"])
        assert (await caller.ok("apply_step", image=photo, step=BRIGHTER))["uri"] == done["uri"]


async def test_a_plan_is_its_steps_taken_one_by_one(connect: Any, settings: Any, root: Path) -> None:
    async with connect(settings) as caller:
        stepwise = await opened(caller)
        for step in (BRIGHTER, WARMER, GRAIN):
            stepwise = (await caller.ok("apply_step", image=stepwise, step=step))["uri"]
        at_once = await caller.ok("apply_plan", image="coast.jpg", plan={"steps": [BRIGHTER, WARMER, GRAIN]})
        await caller.ok("export_image", image=stepwise, path="a.png")
        await caller.ok("export_image", image=at_once["uri"], path="b.png")
    assert (root / "a.png").read_bytes() == (root / "b.png").read_bytes()


async def test_export_is_the_engine_on_the_photo(connect: Any, settings: Any, root: Path) -> None:
    plan = Plan.model_validate({"steps": [BRIGHTER, GRAIN]})
    async with connect(settings) as caller:
        edit = await caller.ok("apply_plan", image="coast.jpg", plan=plan.model_dump(), seed=7)
        written = await caller.ok("export_image", image=edit["uri"], path="out/styled.png")
    expected = to_uint8(render(load(root / "coast.jpg"), plan, seed=7).srgb)
    assert written["path"] == "out/styled.png"
    assert (written["width"], written["height"], written["format"]) == (240, 160, "PNG")
    np.testing.assert_array_equal(np.asarray(Image.open(root / "out" / "styled.png")), expected)


async def test_the_seed_is_kept_by_further_steps_and_changes_grain(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        seeded = await caller.ok("apply_step", image="coast.jpg", step=GRAIN, seed=3)
        further = await caller.ok("apply_step", image=seeded["uri"], step=BRIGHTER)
        assert (await caller.ok("history", image=further["uri"]))["seed"] == 3
        other = await caller.call("apply_step", image="coast.jpg", step=GRAIN, seed=4)
        same = await caller.call("apply_step", image="coast.jpg", step=GRAIN, seed=3)
    assert other.content[1] != same.content[1]


async def test_undo_and_history_follow_the_edits_back(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        photo = await opened(caller)
        first = await caller.ok("apply_step", image=photo, step=BRIGHTER)
        second = await caller.ok("apply_plan", image=first["uri"], plan={"steps": [WARMER, GRAIN]})
        branch = await caller.ok("apply_step", image=first["uri"], step=GRAIN)
        history = await caller.ok("history", image=second["uri"])
        assert [entry["uri"] for entry in history["entries"]] == [photo, first["uri"], second["uri"]]
        assert [len(entry["added"]) for entry in history["entries"]] == [0, 1, 2]
        assert history["entries"][1]["added"][0]["reasoning"] == "It is dull."
        back = await caller.ok("undo", image=second["uri"])
        assert back["uri"] == first["uri"] == branch["parent"]
        assert back["changes"]["warmth"] < 0
        assert "nothing to undo" in await caller.error("undo", image=photo)


async def test_a_branch_goes_on_from_an_earlier_step(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        photo = await opened(caller)
        first = await caller.ok("apply_step", image=photo, step=BRIGHTER)
        done = await caller.ok("apply_plan", image=first["uri"], plan={"steps": [WARMER, GRAIN]})
        assert (await caller.ok("branch", image=done["uri"], steps=0))["uri"] == photo
        assert (await caller.ok("branch", image=done["uri"], steps=1))["uri"] == first["uri"]
        assert (await caller.ok("branch", image=done["uri"], steps=3))["uri"] == done["uri"]
        within = await caller.ok("branch", image=done["uri"], steps=2)
        assert (within["steps"], within["parent"]) == (2, first["uri"])
        other_grain = await caller.ok("branch", image=done["uri"], steps=3, seed=9)
        assert (await caller.ok("history", image=other_grain["uri"]))["seed"] == 9
        assert "the picture has 3 steps" in await caller.error("branch", image=done["uri"], steps=4)


async def test_edits_outlive_the_server(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        done = await caller.ok("apply_step", image="coast.jpg", step=BRIGHTER)
    async with connect(settings) as caller:
        assert (await caller.ok("undo", image=done["uri"]))["uri"] == done["parent"]


async def test_styles_scale_with_their_strength(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        none = await caller.ok("apply_style", image="coast.jpg", style="dark_and_moody", strength=0)
        half = await caller.ok("apply_style", image="coast.jpg", style="dark_and_moody", strength=0.5)
        full = await caller.ok("apply_style", image="coast.jpg", style="dark_and_moody")
        near = await caller.error("apply_style", image="coast.jpg", style="dark_and_mody")
    assert none["changes"] == {}
    assert full["changes"]["brightness"] < half["changes"]["brightness"] < 0
    assert "did you mean 'dark_and_moody'?" in near


async def test_a_picture_lends_its_look(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        dark = await caller.ok("apply_step", image="trip/hill.png", step={"tool": "exposure", "args": {"stops": -2}})
        for reference in ("trip/hill.png", dark["uri"]):
            full = await caller.ok("apply_style", image="coast.jpg", style=reference)
            half = await caller.ok("apply_style", image="coast.jpg", style=reference, strength=0.5)
            assert full["steps"] == half["steps"] == 1
            assert full["uri"] != half["uri"]
        assert full["changes"]["brightness"] < half["changes"]["brightness"] < 0
        recipe = await caller.ok("export_recipe", image=full["uri"])
        assert (await caller.ok("apply_plan", image="coast.jpg", plan=recipe["plan"]))["uri"] == full["uri"]
        assert "no file" in await caller.error("apply_style", image="coast.jpg", style="gone.jpg")
        assert "not inside" in await caller.error("apply_style", image="coast.jpg", style="../other.jpg")


async def test_a_table_is_kept_with_the_edit_that_looks_it_up(
    connect: Any, settings: Any, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect(settings) as caller:
        graded = await caller.ok("apply_step", image="coast.jpg", step=BRIGHTER)
        await caller.ok("export_recipe", image=graded["uri"], path="brighter.cube")
        done = await caller.ok("apply_style", image="coast.jpg", style="brighter.cube")
        assert done["changes"]["brightness"] == pytest.approx(graded["changes"]["brightness"], abs=0.1)
        recipe = (await caller.ok("export_recipe", image=done["uri"]))["plan"]
    table = (root / "brighter.cube").read_bytes()
    (root / "brighter.cube").write_bytes(b"LUT_3D_SIZE 2\n0 0\n")
    monkeypatch.setattr(tables, "_known", OrderedDict())
    async with connect(settings) as caller:
        await caller.ok("export_image", image=done["uri"], path="later.png")
        await caller.ok("apply_plan", image="trip/hill.png", plan=recipe)
        assert "line 2: '0 0' is not" in await caller.error("apply_style", image="coast.jpg", style="brighter.cube")
    (root / "brighter.cube").write_bytes(table)
    monkeypatch.setattr(tables, "_known", OrderedDict())
    async with connect(replace(settings, store=root.parent / "elsewhere")) as caller:
        await caller.ok("apply_plan", image="coast.jpg", plan=recipe)
        (root / "brighter.cube").write_bytes(table.replace(b"0.5", b"0.6"))
        other = {"steps": [{"tool": "lut", "args": {"file": "brighter.cube", "sha256": "0" * 64}}]}
        assert "no longer the table" in await caller.error("apply_plan", image="coast.jpg", plan=other)
        strange = {"steps": [{"tool": "lut", "args": {"file": "x", "sha256": "../../../etc/passwd"}}]}
        assert "text that matches" in await caller.error("apply_plan", image="coast.jpg", plan=strange)


async def test_a_recipe_goes_to_other_photos(connect: Any, settings: Any, root: Path) -> None:
    async with connect(settings) as caller:
        edit = await caller.ok("apply_plan", image="coast.jpg", plan={"steps": [BRIGHTER, WARMER]}, seed=5)
        recipe = await caller.ok("export_recipe", image=edit["uri"], path="evening.json")
        assert (recipe["seed"], recipe["path"]) == (5, "evening.json")
        other = await caller.ok("apply_plan", image="trip/hill.png", plan=recipe["plan"])
        assert other["steps"] == 2
    assert [step.tool for step in read_plan(root / "evening.json").steps] == ["exposure", "temperature"]


async def test_a_recipe_of_colours_is_a_cube(connect: Any, settings: Any, root: Path) -> None:
    (root / "precious.cube").write_text("nothing of ours")
    async with connect(settings) as caller:
        edit = await caller.ok("apply_step", image="coast.jpg", step=BRIGHTER)
        for overwrite in (False, True):
            await caller.ok("export_recipe", image=edit["uri"], path="evening.cube", overwrite=overwrite)
        assert "not a recipe" in await caller.error(
            "export_recipe", image=edit["uri"], path="precious.cube", overwrite=True
        )
        foggy = await caller.ok("apply_step", image="coast.jpg", step={"tool": "fog", "args": {"density": 40}})
        assert "'fog density=40" in await caller.error("export_recipe", image=foggy["uri"], path="fog.cube")
    assert "LUT_3D_SIZE 33" in (root / "evening.cube").read_text()
    assert not (root / "fog.cube").exists()


async def test_exports_replace_nothing_unasked_and_originals_never(connect: Any, settings: Any, root: Path) -> None:
    (root / "package.json").write_text(json.dumps({"name": "precious"}))
    original = (root / "coast.jpg").read_bytes()
    async with connect(settings) as caller:
        edit = (await caller.ok("apply_step", image="coast.jpg", step=BRIGHTER))["uri"]
        await caller.ok("export_image", image=edit, path="new.jpg")
        assert "exists already" in await caller.error("export_image", image=edit, path="new.jpg", quality=50)
        await caller.ok("export_image", image=edit, path="new.jpg", overwrite=True, quality=50)
        refused = await caller.error("export_image", image=edit, path="coast.jpg", overwrite=True)
        assert "original photo" in refused
        assert "known are" in await caller.error("export_image", image=edit, path="new.xyz")
        assert "is a folder" in await caller.error("export_image", image=edit, path="trip", overwrite=True)
        assert "not a recipe" in await caller.error("export_recipe", image=edit, path="package.json", overwrite=True)
        assert "does not end in .json" in await caller.error("export_recipe", image=edit, path="new.jpg")
    assert (root / "coast.jpg").read_bytes() == original


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff", "avif"])
async def test_every_format_is_written(connect: Any, settings: Any, root: Path, suffix: str) -> None:
    async with connect(settings) as caller:
        edit = (await caller.ok("apply_step", image="trip/hill.png", step=BRIGHTER))["uri"]
        await caller.ok("export_image", image=edit, path=f"hill.{suffix}")
        written = (root / f"hill.{suffix}").stat()
        await caller.ok("export_image", image=edit, path=f"hill.{suffix}")
    assert (root / f"hill.{suffix}").stat().st_mtime_ns == written.st_mtime_ns, (
        "the same export once more, as after a crash, changes nothing"
    )
    with Image.open(root / f"hill.{suffix}") as picture:
        assert picture.size == (150, 200)


async def test_an_edit_has_a_last_step(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        image = "coast.jpg"
        for _ in range(4):
            image = (await caller.ok("apply_plan", image=image, plan={"steps": [BRIGHTER] * 8}))["uri"]
        assert "at most 32" in await caller.error("apply_step", image=image, step=BRIGHTER)
        assert "holds at most 8" in await caller.error("export_recipe", image=image)


async def test_long_work_tells_how_far_it_is(connect: Any, settings: Any) -> None:
    told: list[tuple[float, float | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total))

    async with connect(settings) as caller:
        plan = {"steps": [BRIGHTER, WARMER]}
        await caller.client.call_tool("apply_plan", {"image": "coast.jpg", "plan": plan}, progress_callback=hear)
    assert told == [(1, 2), (2, 2)]
