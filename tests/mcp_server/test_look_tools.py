import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tools.context import Context
from tools.quality import Assessment


async def test_photos_are_listed_page_by_page(connect: Any, settings: Any, root: Path) -> None:
    (root / "link.jpg").symlink_to(root.parent / "outside.jpg")
    (root / "inner.jpg").symlink_to(root / "coast.jpg")
    async with connect(settings) as caller:
        everything = await caller.ok("list_photos")
        assert [photo["path"] for photo in everything["photos"]] == ["coast.jpg", "inner.jpg", "trip/hill.png"]
        assert (everything["total"], everything["next_offset"]) == (3, None)
        first = await caller.ok("list_photos", limit=2)
        rest = await caller.ok("list_photos", limit=2, offset=first["next_offset"])
        assert first["photos"] + rest["photos"] == everything["photos"]
        inside = await caller.ok("list_photos", folder="trip")
        assert [photo["path"] for photo in inside["photos"]] == ["trip/hill.png"]
        assert "no folder 'nowhere'" in await caller.error("list_photos", folder="nowhere")


async def test_a_photo_opens_to_a_reference_and_one_small_preview(connect: Any, settings: Any, root: Path) -> None:
    Image.linear_gradient("L").resize((640, 420)).save(root / "large.png")
    async with connect(settings) as caller:
        result = await caller.call("open_image", path="large.png")
    content = result.structured_content
    assert content["uri"].startswith("image://sha256/")
    assert (content["source"], content["width"], content["height"], content["steps"]) == ("large.png", 640, 420, 0)
    (preview,) = [block for block in result.content if block.type == "image"]
    assert preview.mime_type == "image/jpeg"
    with Image.open(io.BytesIO(base64.b64decode(preview.data))) as shown:
        assert shown.size == (512, 336)
    assert preview.data not in str(content)


async def test_absolute_paths_and_references_open_too(connect: Any, settings: Any, root: Path) -> None:
    async with connect(settings) as caller:
        relative = await caller.ok("open_image", path="trip/hill.png")
        assert await caller.ok("open_image", path=str(root / "trip" / "hill.png")) == relative
        assert await caller.ok("open_image", path=relative["uri"]) == relative


async def test_measuring_gives_the_typed_context(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        uri = (await caller.ok("open_image", path="coast.jpg"))["uri"]
        measured = await caller.ok("measure_image", image=uri)
    context = Context.model_validate(measured["context"])
    assert (context.width_px, context.height_px) == (240, 160)
    assert measured["words"] == context.words()


async def test_an_edit_is_assessed_against_the_wish(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        photo = await caller.ok("open_image", path="coast.jpg")
        step = {"tool": "temperature", "args": {"warmer": 50}}
        warm = await caller.ok("apply_step", image=photo["uri"], step=step)
        scores = []
        for request in ("warmer", "colder"):
            judged = await caller.ok("assess_edit", before=photo["uri"], after=warm["uri"], request=request)
            scores.append(Assessment.model_validate(judged["assessment"]).scores["picture"])
        assert scores[0] > scores[1]
        assert "1 to 100000 characters" in await caller.error(
            "assess_edit", before=photo["uri"], after=warm["uri"], request=""
        )


async def test_true_goals_take_the_place_of_the_words(connect: Any, settings: Any) -> None:
    goals = {"text": "x", "goals": [{"attribute": "brightness", "direction": 1}]}
    async with connect(settings) as caller:
        photo = await caller.ok("open_image", path="coast.jpg")
        step = {"tool": "exposure", "args": {"stops": 0.7}}
        pair = {
            "before": photo["uri"],
            "after": (await caller.ok("apply_step", image=photo["uri"], step=step))["uri"],
        }
        judged = (await caller.ok("assess_edit", **pair, request="x", goals=goals))["assessment"]
        assert (judged["goals_source"], judged["results"][0]["goal"]) == ("truth", "brightness up")
        goals["goals"][0]["direction"] = 2  # type: ignore[index]
        assert "goals: goals.0.direction" in await caller.error("assess_edit", **pair, request="x", goals=goals)


@pytest.mark.parametrize(("path", "size"), [("coast.jpg", (240, 328)), ("trip/hill.png", (308, 200))])
async def test_two_pictures_are_seen_together(connect: Any, settings: Any, path: str, size: tuple[int, int]) -> None:
    async with connect(settings) as caller:
        photo = await caller.ok("open_image", path=path)
        done = await caller.ok("apply_step", image=photo["uri"], step={"tool": "exposure", "args": {"stops": -1}})
        result = await caller.call("compare", before=photo["uri"], after=done["uri"])
        (sheet,) = [block for block in result.content if block.type == "image"]
        with Image.open(io.BytesIO(base64.b64decode(sheet.data))) as shown:
            assert shown.size == size
        assert result.structured_content["changes"] == done["changes"]
        other = await caller.ok("open_image", path="coast.jpg" if path != "coast.jpg" else "trip/hill.png")
        assert "same photo" in await caller.error("compare", before=photo["uri"], after=other["uri"])


async def test_the_library_is_described(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        everything = await caller.ok("describe_library")
        assert {"exposure", "temperature"} <= {entry["name"] for entry in everything["tools"]}
        assert "location_setting" not in {entry["name"] for entry in everything["tools"]}
        light = await caller.ok("describe_library", axis="light")
        assert {entry["axis"] for entry in light["tools"]} == {"light"}
        exposure = await caller.ok("describe_tool", tool="exposure")
        assert exposure["arguments"]["properties"]["stops"]["unit"] == "EV"
        assert exposure["example"]["args"] == {"stops": 1.0}
        assert "did you mean 'exposure'?" in await caller.error("describe_tool", tool="exposre")


async def test_every_example_step_works(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        for entry in (await caller.ok("describe_library"))["tools"]:
            example = (await caller.ok("describe_tool", tool=entry["name"]))["example"]
            assert (await caller.ok("apply_step", image="trip/hill.png", step=example))["steps"] == 1
