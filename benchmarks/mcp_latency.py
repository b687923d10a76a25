"""`python -m benchmarks.mcp_latency`: what the MCP server adds, over stdio on a held session, pictures by reference.

Prints medians and minima in ms: a call that does nothing, beside an empty tool of a bare SDK server; opening and
measuring a 12-megapixel photo, first and again; a pointwise tool on it and its export, beside the same work done by the
engine alone in a process of its own.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from mcp import Client, StdioServerParameters
from PIL import Image

PHOTOS = Path(__file__).parents[1] / "photos"
SIZE = (4243, 2828)
"""Twelve megapixels."""
STEP = {"tool": "exposure", "args": {"stops": 0.4}}
SDK_ALONE = """
from mcp.server.mcpserver import MCPServer
server = MCPServer("empty", log_level="WARNING")
@server.tool()
async def nothing(text: str) -> str:
    'Say it again.'
    return text
server.run("stdio")
"""
CALLS = 200
"""Calls that do nothing."""
ENGINE_ALONE = """
import json, sys, time
from pathlib import Path
from tools.engine import render
from tools.picture import encode, load
from tools.plan import Plan, Step
picture = load(Path(sys.argv[1]))
rendering, whole = [], []
for repeat in range(int(sys.argv[2]) + 1):
    started = time.perf_counter()
    changed = render(picture, Plan(steps=[Step(tool="exposure", args={"stops": 0.4 + repeat / 1000})]))
    rendering.append(1000 * (time.perf_counter() - started))
    Path(sys.argv[1]).with_name("alone.jpg").write_bytes(encode(changed, "JPEG"))
    whole.append(1000 * (time.perf_counter() - started))
print(json.dumps([rendering[1:], whole[1:]]))
"""


@click.command()
@click.option("--repeats", type=int, default=15, show_default=True)
def main(repeats: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_print_table(Path(folder), repeats))


async def _print_table(folder: Path, repeats: int) -> None:
    async with Client(StdioServerParameters(command=sys.executable, args=["-c", SDK_ALONE])) as empty:
        times_ms = await _times_ms(lambda _: empty.call_tool("nothing", {"text": "exposure"}), CALLS)
        _print_row("the SDK alone", times_ms)
    root = folder / "photos"
    root.mkdir()
    for number in range(repeats + 1):
        _photo(root / f"{number}.jpg", number)
    arguments = ["-m", "mcp_server", "--root", str(root), "--store", str(folder / "store")]
    async with Client(StdioServerParameters(command=sys.executable, args=arguments, cwd=Path.cwd())) as client:

        async def call(tool: str, /, **given: Any) -> Any:
            result = await client.call_tool(tool, given)
            assert not result.is_error, result.content
            return result.structured_content

        times_ms = await _times_ms(lambda _: call("describe_tool", tool="exposure"), CALLS)
        _print_row("a call that does nothing", times_ms)
        photo = (await call("open_image", path="0.jpg"))["uri"]
        await call("measure_image", image=photo)
        await call("apply_step", image=photo, step=STEP)
        steps = [{"tool": "exposure", "args": {"stops": 0.4 + number / 1000}} for number in range(repeats)]
        edits = [(await call("apply_step", image=photo, step=step))["uri"] for step in steps]
        await call("export_image", image=photo, path="warm.jpg")
        uris = []

        async def open_next(number: int) -> None:
            uris.append((await call("open_image", path=f"{number + 1}.jpg"))["uri"])

        rows: dict[str, Callable[[int], Awaitable[Any]]] = {
            "open": open_next,
            "measure, first": lambda number: call("measure_image", image=uris[number]),
            "measure, again": lambda number: call("measure_image", image=uris[number]),
            "a pointwise tool, new": lambda number: call("apply_step", image=uris[number], step=steps[number]),
            "a pointwise tool, again": lambda number: call("apply_step", image=uris[number], step=steps[number]),
            "its export as JPEG": lambda number: call("export_image", image=edits[number], path=f"{number}-out.jpg"),
        }
        for name, work in rows.items():
            _print_row(name, await _times_ms(work, repeats))
    alone = subprocess.run(
        [sys.executable, "-c", ENGINE_ALONE, str(root / "0.jpg"), str(repeats)],
        capture_output=True,
        text=True,
        check=True,
    )
    for name, times_ms in zip(("engine alone", "engine alone, and JPEG"), json.loads(alone.stdout), strict=True):
        _print_row(name, times_ms)


def _print_row(name: str, times_ms: list[float]) -> None:
    print(f"{name:26}{statistics.median(times_ms):9.1f}{min(times_ms):9.1f}", flush=True)


async def _times_ms(work: Callable[[int], Awaitable[Any]], repeats: int) -> list[float]:
    taken = []
    for number in range(repeats):
        started = time.perf_counter()
        await work(number)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def _photo(path: Path, number: int) -> None:
    """A bundled photo at twelve megapixels with a mark of its own, so that no two are the same file."""
    with Image.open(PHOTOS / "stream.jpg") as image:
        pixels = np.array(image.convert("RGB").resize(SIZE, Image.Resampling.BICUBIC))
    pixels[:8, :8] = number
    Image.fromarray(pixels).save(path, quality=92)


if __name__ == "__main__":
    main()
