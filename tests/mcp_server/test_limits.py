import io
import threading
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import jsonschema  # noqa: F401  (the client imports it on its first call, which would count as blocking)
import numpy as np
import pytest
from blockbuster import blockbuster_ctx
from PIL import Image

from mcp_server import ServerSettings
from mcp_server.cache import SizedCache
from mcp_server.darkroom import Progress
from mcp_server.headers import refuse_excess
from mcp_server.interruption import Interrupted, Interruptible
from mcp_server.workers import Workers
from tools.declare import ToolError
from tools.strips import in_strips


async def test_large_pictures_are_refused_before_they_are_decoded(connect: Any, settings: Any) -> None:
    async with connect(replace(settings, max_pixels=10_000)) as caller:
        said = await caller.error("open_image", path="coast.jpg")
        assert "240 x 160 px" in said
        assert "at most 0.01" in said
    async with connect(replace(settings, max_bytes=1000)) as caller:
        assert "reads at most 0.001" in await caller.error("open_image", path="coast.jpg")


async def test_a_decompression_bomb_is_refused(connect: Any, settings: Any, root: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(root / "bomb.png")
    async with connect(settings) as caller:
        started = time.perf_counter()
        assert "megapixels" in await caller.error("open_image", path="bomb.png")
        assert time.perf_counter() - started < 1


@pytest.mark.parametrize("suffix", ["tif", "gif", "webp", "png"])
async def test_endless_animations_are_refused(connect: Any, settings: Any, root: Path, suffix: str) -> None:
    frames = [Image.new("L", (8, 8), 20 * shade) for shade in range(12)]
    lossless = {"lossless": True} if suffix == "webp" else {}
    frames[0].save(root / f"long.{suffix}", save_all=True, append_images=frames[1:], **lossless)
    async with connect(replace(settings, max_frames=11)) as caller:
        assert "has more than 11 frames" in await caller.error("open_image", path=f"long.{suffix}")
    async with connect(replace(settings, max_frames=12)) as caller:
        assert (await caller.ok("open_image", path=f"long.{suffix}"))["notes"]


async def test_a_jpeg_of_countless_scans_is_refused(connect: Any, settings: Any, root: Path) -> None:
    Image.linear_gradient("L").save(root / "scans.jpg", progressive=True)
    data = (root / "scans.jpg").read_bytes()
    last = data.rindex(b"\xff\xda")
    (root / "scans.jpg").write_bytes(data[:last] + data[last:-2] * 200 + data[-2:])
    async with connect(settings) as caller:
        assert "scans; at most 100" in await caller.error("open_image", path="scans.jpg")


async def test_the_larger_a_jpeg_the_fewer_scans_it_may_have(settings: Any) -> None:
    stream = io.BytesIO()
    Image.new("L", (5000, 5000)).save(stream, "JPEG", progressive=True)
    data = stream.getvalue()
    refuse_excess(data, "large.jpg", settings)
    last = data.rindex(b"\xff\xda")
    with pytest.raises(ToolError, match="scans; at most 60 are decoded"):
        refuse_excess(data[:last] + data[last:-2] * 61 + data[-2:], "large.jpg", settings)


async def test_what_would_be_too_large_is_not_written(connect: Any, settings: Any, root: Path) -> None:
    async with connect(replace(settings, max_bytes=60_000)) as caller:
        photo = (await caller.ok("open_image", path="coast.jpg"))["uri"]
        assert "writes at most 0.06 MB" in await caller.error("export_image", image=photo, path="x.tif")
        await caller.ok("export_image", image=photo, path="x.jpg", quality=50)
        long = {"tool": "exposure", "args": {"stops": 0.5}, "reasoning": "because " * 20_000}
        assert "Give shorter reasons" in await caller.error("apply_step", image=photo, step=long)
    assert not (root / "x.tif").exists()


@pytest.mark.parametrize("name", ["coast.jpg", "trip/hill.png"])
async def test_malformed_pictures_are_explained(connect: Any, settings: Any, root: Path, name: str) -> None:
    cut_off = root / f"cut{Path(name).suffix}"
    async with connect(settings) as caller:
        for kept in (0, 2, 10, 200, 3000):
            cut_off.write_bytes((root / name).read_bytes()[:kept])
            assert (await caller.error("open_image", path=cut_off.name)).startswith("cut.")
    assert not list((settings.store / "photos").iterdir())


async def test_what_is_no_picture_is_said(connect: Any, settings: Any, root: Path) -> None:
    (root / "page.jpg").write_text("<html>" * 100)
    async with connect(settings) as caller:
        assert "is not a picture" in await caller.error("open_image", path="page.jpg")
        assert "is not a picture" in await caller.error("open_image", path="notes.txt")
        (root / "page.ppm").write_bytes(b"P6\n4\xff 4\n255\n" + bytes(48))
        said = await caller.error("open_image", path="page.ppm")
        assert said == "page.ppm is damaged or cut off: it has no number where one should be"


def test_limits_are_positive() -> None:
    with pytest.raises(ToolError, match="timeout_s = 0 is not right"):
        ServerSettings(timeout_s=0)


def endless(progress: Progress) -> None:
    picture = np.zeros((1000, 1000), np.float32)
    while True:
        in_strips(np.sqrt, picture)


async def test_slow_work_is_given_up_and_stops() -> None:
    stopped = threading.Event()

    def work(progress: Progress) -> None:
        try:
            endless(progress)
        finally:
            stopped.set()

    started = time.perf_counter()
    with pytest.raises(ToolError, match=r"longer than the 0\.1 s"):
        await Workers(1, 0.1).heavy(work)
    assert time.perf_counter() - started < 1
    assert stopped.wait(1)


async def test_work_that_is_given_up_makes_place_for_others() -> None:
    workers = Workers(1, 30)
    for _ in range(3):
        with anyio.move_on_after(0.1):
            await workers.heavy(endless)
    started = time.perf_counter()
    assert await workers.heavy(lambda progress: "done") == "done"
    assert time.perf_counter() - started < 1


def test_an_interruption_hits_its_own_work_and_nothing_after() -> None:
    picture = np.ones((1000, 1000), np.float32)
    for late in range(20):
        call = Interruptible()
        stopper = threading.Timer(late / 1e3, call.stop)
        stopper.start()
        with suppress(Interrupted):
            call.run(lambda: in_strips(np.sqrt, picture))
        stopper.join()
        assert in_strips(np.sqrt, picture).all()
        with pytest.raises(Interrupted):
            call.run(lambda: None)


async def test_no_more_pictures_are_worked_on_than_allowed() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work(progress: Progress) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1

    workers = Workers(2, 5)
    async with anyio.create_task_group() as tasks:
        for _ in range(12):
            tasks.start_soon(workers.heavy, work)
    assert most == 2


async def test_a_picture_too_large_for_memory_is_an_answer() -> None:
    def work(progress: Progress) -> None:
        raise MemoryError

    with pytest.raises(ToolError, match="not enough memory"):
        await Workers(1, 5).heavy(work)


async def test_nothing_blocks_the_event_loop(connect: Any, settings: Any, root: Path) -> None:
    with blockbuster_ctx():
        async with connect(settings) as caller:
            photo = (await caller.ok("open_image", path="coast.jpg"))["uri"]
            styled = (await caller.ok("apply_style", image=photo, style="portra"))["uri"]
            await caller.ok("measure_image", image=styled)
            await caller.ok("history", image=styled)
            await caller.ok("list_photos")
            await caller.ok("export_image", image=styled, path="styled.jpg")
            await caller.client.read_resource(styled)
    assert (root / "styled.jpg").exists()  # whatever blocks would have raised


async def test_calls_at_once_agree(connect: Any, settings: Any) -> None:
    found: list[str] = []

    async with connect(settings) as caller:

        async def style() -> None:
            found.append((await caller.ok("apply_style", image="coast.jpg", style="portra"))["uri"])

        async with anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(style)
    assert len(set(found)) == 1


def test_the_cache_stays_within_its_size() -> None:
    cache = SizedCache[bytes](100, len)
    for number in range(10):
        cache.put(str(number), bytes(30))
    assert [number for number in range(10) if cache.get(str(number)) is not None] == [7, 8, 9]
    cache.get("7")
    cache.put("new", bytes(30))
    assert cache.get("7") is not None
    assert cache.get("8") is None
    assert cache.put("huge", bytes(1000)) == bytes(1000)
    assert cache.get("huge") is None
