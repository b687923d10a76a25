"""The way back: train, export, serve by vLLM, plan in the graph with an image; `make test-serving`.

It needs vLLM in .venv-serve, takes minutes, and so runs only when it is asked for.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evals.tasks import read_tasks
from graph.agent import graph
from graph.settings import LocalSettings
from graph.tool_session import tool_session
from graph.trace import read_trace
from mcp_server.settings import ServerSettings
from rl.record import record
from rl.trajectories import rows_of, write_parquet

ROOT = Path(__file__).parent.parent.parent
PHOTO = ROOT / "photos" / "meadow.jpg"
REQUESTS = 4
STARTS_WITHIN_S = 500

pytestmark = pytest.mark.skipif(not os.environ.get("STYLIST_SERVING"), reason="run by make test-serving")


def run(*words: str) -> None:
    subprocess.run([sys.executable, "-m", *words], check=True, cwd=ROOT)


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny checkpoint that has learned a few plans by heart, exported."""
    folder = tmp_path_factory.mktemp("serving")
    tasks = read_tasks(ROOT / "datasets" / "loop" / "tasks.jsonl")[:REQUESTS]
    assert asyncio.run(record([PHOTO], tasks, ["rules"], folder / "traces", seed=0)) == []
    rows = [row for trace in sorted((folder / "traces").iterdir()) for row in rows_of(read_trace(trace))]
    write_parquet([{**row, "split": "train"} for row in rows], folder / "rows.parquet")
    run("rl.tiny", str(folder / "rows.parquet"), "--out", str(folder / "tiny"))
    run(
        *["rl.train", "--config", "runs/loop.yaml", "--trajectories", str(folder / "rows.parquet"), "--method", "sft"],
        *["--model_name_or_path", str(folder / "tiny"), "--output_dir", str(folder / "run")],
        *["--max_steps", "60", "--per_device_train_batch_size", str(REQUESTS), "--disable_tqdm", "true"],
    )
    run("rl.export", str(folder / "run"), "--out", str(folder / "planner"))
    return folder / "planner"


@pytest.fixture(scope="module")
def endpoint(planner: Path) -> Iterator[str]:
    """The planner behind vLLM, started by `stylist serve-policy`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["stylist", "serve-policy", str(planner), "--port", str(port)]
    with (planner.parent / "vllm.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
    deadline = time.monotonic() + STARTS_WITHIN_S
    while not answers(f"http://127.0.0.1:{port}/health"):
        assert server.poll() is None, (planner.parent / "vllm.log").read_text()[-3000:]
        assert time.monotonic() < deadline, "vLLM did not start"
        time.sleep(1)
    yield f"http://127.0.0.1:{port}/v1"
    os.killpg(server.pid, 15)
    server.wait(60)


def answers(url: str) -> bool:
    try:
        return bool(urllib.request.urlopen(url, timeout=2).status == 200)
    except (urllib.error.URLError, OSError):
        return False


async def planned(settings: LocalSettings, requests: list[str]) -> list[Any]:
    """The plans of the graph for the photo."""
    async with tool_session(ServerSettings(root=PHOTO.parent)):
        states = [
            await graph.ainvoke(
                {"photo": str(PHOTO), "request": request},  # type: ignore[arg-type]
                {"configurable": {"thread_id": request}},
                context=settings,
            )
            for request in requests
        ]
    return [state["plan"] for state in states]


def test_the_served_planner_plans_as_the_one_in_process(planner: Path, endpoint: str) -> None:
    tasks = read_tasks(ROOT / "datasets" / "loop" / "tasks.jsonl")[:REQUESTS]
    requests = [task.text for task in tasks]
    common: Any = {"revisions": 0}
    served = LocalSettings(policy="chat", endpoint=endpoint, model="planner", **common)
    inside = LocalSettings(policy="checkpoint", checkpoint=str(planner), **common)
    here = asyncio.run(planned(inside, requests))
    there = asyncio.run(planned(served, requests))
    assert here == there
    assert any(plan["steps"] for plan in here)
    assert len({str(plan) for plan in here}) > 1
