"""Recording runs: `python -m rl.record PHOTO... --tasks FILE -o traces/` runs the graph and keeps its traces.

Each photo meets each request, under each policy named. Runs whose trace is there already are skipped, so a stopped
recording goes on where it was.
"""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
from rich.progress import Progress

from evals.arms import read_arms
from evals.command import Command, Mistake
from evals.tasks import check_names, read_tasks
from graph.agent import graph
from graph.policies import make_policy
from graph.settings import LocalSettings
from graph.tool_session import tool_session
from graph.trace import read_trace
from mcp_server.settings import ServerSettings
from tools.declare import ToolError
from tools.goals import Request


async def record(
    photos: Sequence[Path], tasks: Sequence[Request], policies: Sequence[str], out: Path, seed: int
) -> list[str]:
    """Run every photo with every request and policy; return what failed, in words.

    Raises:
        ToolError: if photos share a name, or a policy is not known or lacks something; nothing has run then.
    """
    failures = []
    check_names(photos)
    root = Path(os.path.commonpath([photo.resolve().parent for photo in photos]))
    arms = read_arms(policies, seed=seed, root=str(root))
    for arm in arms:
        make_policy(arm.settings, tasks[0])
    async with tool_session(ServerSettings(root=root)):
        with Progress() as bar:
            task = bar.add_task("recording", total=len(photos) * len(tasks) * len(arms))
            for photo in photos:
                for request in tasks:
                    for arm in arms:
                        trace = out / f"{photo.stem}-{quote(arm.label, safe='')}-{_short(request.text)}.trace.jsonl"
                        if not _is_complete(trace):
                            trace.unlink(missing_ok=True)
                            try:
                                await _run(photo, request, arm.settings, trace)
                            except ToolError as error:
                                failures.append(f"{photo.name}, {arm.label}, {request.text!r}: {error}")
                        bar.advance(task)
    return failures


async def _run(photo: Path, task: Request, settings: LocalSettings, trace: Path) -> None:
    context = settings.model_copy(update={"trace_path": str(trace)})
    run: Any = {"configurable": {"thread_id": trace.name.removesuffix(".trace.jsonl")}}
    await graph.ainvoke(
        {"photo": str(photo.resolve()), "request": task.text, "goals": task.model_dump()}, run, context=context
    )


def _is_complete(trace: Path) -> bool:
    return trace.exists() and any(event.kind == "finish" for event in read_trace(trace))


def _short(request: str) -> str:
    return hashlib.sha256(request.encode()).hexdigest()[:10]


@click.command(cls=Command)
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--tasks",
    "tasks_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSONL of requests with true goals.",
)
@click.option(
    "--policy",
    "policies",
    multiple=True,
    default=("rules",),
    show_default=True,
    help="Who plans, as in `python -m evals`: rules, search, checkpoint:DIR, ...; can be repeated.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("traces"), show_default=True)
def main(photos: tuple[Path, ...], tasks_file: Path, policies: tuple[str, ...], seed: int, out: Path) -> None:
    """Run the graph for PHOTOS with every task of a file, and keep the traces."""
    tasks = read_tasks(tasks_file)
    failures = asyncio.run(record(photos, tasks, policies, out, seed))
    click.echo(f"{len(list(out.glob('*.trace.jsonl')))} traces in {out}")
    if failures:
        raise Mistake("\n  ".join([f"{len(failures)} runs failed:", *failures]))


if __name__ == "__main__":
    main()
