"""Styling photos one after the other: a run of the graph for each, and what belongs beside the picture."""

import json
import math
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from graph.settings import LocalSettings
from graph.tool_session import tool_session
from mcp_server.settings import ServerSettings
from stylist.destinations import Destination, check_photo, common_root
from stylist.errors import about, shown
from stylist.look import take_over
from stylist.results import report_of, write_beside
from stylist.resume import begun_run, check_same
from stylist.run import Runs, open_runs
from tools.declare import ToolError
from tools.picture import MAX_BYTES
from tools.types import Json


@dataclass(frozen=True)
class Task:
    """What is to be done with each photo."""

    request: str
    settings: LocalSettings
    like: Path | None
    """File whose look the photo is given before the request is followed."""
    plan_only: bool
    as_json: bool
    resume: bool

    @cached_property
    def console(self) -> Console:
        """Where the story is told: beside the data when there is data on standard output."""
        return Console(stderr=self.plan_only, quiet=self.as_json)


async def forget(threads: list[str]) -> None:
    """Delete what is kept of runs that are over."""
    async with open_runs() as runs:
        for thread in threads:
            await runs.forget(thread)


async def style_all(planned: list[Destination], task: Task) -> list[str]:
    """Style each photo and say what came of it; return what failed, in words."""
    failures = []
    settings = ServerSettings(root=common_root(planned, task.like), timeout_s=math.inf, max_bytes=MAX_BYTES)
    async with tool_session(settings), open_runs() as runs:
        for destination in planned:
            task.console.print(f"\n[bold]{escape(shown(destination.photo))}[/]", highlight=False, soft_wrap=True)
            try:
                report = await _style_one(destination, task, runs)
            except ToolError as error:
                failures.append(about(destination.photo, error))
                report = {"photo": shown(destination.photo), "request": task.request, "error": failures[-1]}
            _tell(report, task)
    return failures


async def _style_one(destination: Destination, task: Task, runs: Runs) -> Json:
    """Run the graph for one photo and write what belongs beside the picture; a run that fails leaves nothing."""
    check_photo(destination.photo)
    look = await take_over(destination.photo, task.like) if task.like else None
    given = {
        "photo": look.image if look else str(destination.photo.resolve()),
        "request": task.request,
        "output": str(destination.picture.resolve()),
    }
    trace = destination.running_trace
    thread = uuid.uuid4().hex
    if not task.plan_only:
        thread = await _thread(destination, task, runs) or thread
    made_folder = not trace.parent.exists()
    try:
        if task.plan_only:
            state = await runs.run(thread, given, task.settings, task.console, plan_only=True)
            _refuse_unserved(state)
            return report_of(destination, look.before(state) if look else state)
        settings = task.settings.model_copy(update={"trace_path": str(trace)})
        state = await runs.run(thread, given, settings, task.console)
        _refuse_unserved(state)
        if look:
            if state["result"] == state["image"]:
                await look.export(destination, overwrite=task.settings.overwrite)
            state = look.before(state)
        return report_of(destination, state) | write_beside(destination, state, replace=task.settings.overwrite)
    finally:
        if not task.plan_only:
            trace.unlink(missing_ok=True)
        await runs.forget(thread)
        if made_folder and trace.parent.is_dir() and not any(trace.parent.iterdir()):
            trace.parent.rmdir()


async def _thread(destination: Destination, task: Task, runs: Runs) -> str | None:
    """The thread that is to go on, if there is one; what a killed run has left is removed otherwise."""
    thread = begun_run(destination)
    if thread is not None and task.resume:
        check_same(destination, task.request, task.settings)
        return thread
    if thread is not None:
        await runs.forget(thread)
    destination.running_trace.unlink(missing_ok=True)
    return None


def _refuse_unserved(state: Json) -> None:
    """Fail where something was asked for and nothing of it could be done.

    Raises:
        ToolError: with the plan's own words.
    """
    reading, plan = state["reading"], state["plan"]
    understood = reading["nothing_asked"] or reading["goals"] or reading["effects"]
    tried = any(step["error"] for step in state["observed"])
    unchanged = state.get("result", state["image"]) == state["image"]
    if not plan["steps"] and unchanged and (tried or not understood):
        raise ToolError(plan["summary"] or "no word of the request could be followed; say how the photo should look")


def _tell(report: Json, task: Task) -> None:
    """Print what came of a photo: JSON, the plan, or the names of the files."""
    if task.as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    elif task.plan_only and "plan" in report:
        click.echo(json.dumps(report["plan"], indent=2, ensure_ascii=False))
    for label in ("picture", "plan", "sheet", "trace"):
        if f"{label}_file" in report:
            file = escape(report[f"{label}_file"])
            task.console.print(f"[bold]{label:>12}[/]  {file}", highlight=False, soft_wrap=True)
