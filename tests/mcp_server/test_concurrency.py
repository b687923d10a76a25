"""Many clients at once, clients that die, a server that dies."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
from mcp import Client
from PIL import Image

from mcp_server.store import Store

STEP = {"tool": "exposure", "args": {"stops": 0.5}}


async def test_eight_clients_with_eight_calls_each_of_which_one_dies(serve: Any) -> None:
    found: list[str] = []

    async def style(client: Client, number: int) -> None:
        step = {"tool": "exposure", "args": {"stops": number / 100}}
        found.append(
            (await client.call_tool("apply_step", {"image": "coast.jpg", "step": step})).structured_content["uri"]
        )

    async def work(url: str, scope: anyio.CancelScope) -> None:
        with scope:
            async with Client(url) as client, anyio.create_task_group() as calls:
                for number in range(8):
                    calls.start_soon(style, client, number)

    with serve() as (url, _):
        async with anyio.create_task_group() as clients:
            dying, *living = [anyio.CancelScope() for _ in range(8)]
            dying.deadline = anyio.current_time() + 0.5
            for scope in (dying, *living):
                clients.start_soon(work, url, scope)
        async with Client(url) as client:
            assert not (await client.call_tool("list_photos", {})).is_error
    assert len(found) >= 56
    assert len(set(found)) == 8


def test_a_server_killed_at_work_leaves_a_store_that_opens(root: Path, serve: Any) -> None:
    for number in range(40):
        Image.effect_noise((300, 200), 40 + number).save(root / f"{number}.png")

    async def open_all(url: str) -> None:
        async with Client(url) as client, anyio.create_task_group() as calls:
            for number in range(40):
                calls.start_soon(client.call_tool, "apply_step", {"image": f"{number}.png", "step": STEP})

    with serve() as (url, process), ThreadPoolExecutor() as pool:
        done = pool.submit(anyio.run, open_all, url)
        while len(list((root.parent / "store").glob("edits/*.json"))) < 10:
            time.sleep(0.01)
        process.kill()
        assert done.exception()
    store = Store(root.parent / "store", 10**9)
    manifests = list((root.parent / "store" / "edits").glob("*.json"))
    assert len(manifests) >= 10
    for manifest in manifests:
        edit = store.get(f"image://sha256/{manifest.stem}")
        assert store.photo(edit.source.sha256)
        assert store.history(edit)[-1] == edit
