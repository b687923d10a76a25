"""`stylist style`: a photo and a sentence in, a styled photo out."""

import asyncio
import json
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
from rich.console import Console
from rich.markup import escape

from graph.secrets import without_secrets
from graph.settings import LocalSettings, PolicyName, RendererName, Settings
from graph.trace import counting, read_trace
from stylist.destinations import Destination, check_free, check_photo, common_root, destinations
from stylist.errors import Mistake, Stopped, about, explained, raise_failures, shown
from stylist.resume import begun_run, check_same, ended_run, is_done
from tools.declare import ToolError
from tools.picture import FORMATS
from tools.types import Json

if TYPE_CHECKING:
    from stylist.run import Runs


@click.command()
@click.argument("photos", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.argument("request")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Picture file, or folder for several photos. [default: styled/]",
)
@click.option(
    "--policy",
    type=click.Choice(get_args(PolicyName)),
    default="rules",
    show_default=True,
    help="Who plans.",
)
@click.option("--checkpoint", type=click.Path(path_type=Path), help="Model folder for --policy checkpoint.")
@click.option("--model", help="Name of the model for --policy chat, as the endpoint (OPENAI_BASE_URL) calls it.")
@click.option(
    "--candidates",
    type=click.IntRange(1, 1000),
    default=Settings.model_fields["candidates"].default,
    show_default=True,
    help="How many plans --policy search judges.",
)
@click.option("--closed-loop", is_flag=True, help="Look again after each step and plan the rest anew.")
@click.option(
    "--renderer",
    type=click.Choice(get_args(RendererName)),
    default="local",
    show_default=True,
    help="Who carries out the plan: the tools, or the image editor that STYLIST_EDITOR_URL names.",
)
@click.option(
    "--like",
    type=click.Path(path_type=Path),
    help="A photo whose tones and colours are taken over first, or a .cube table; the request goes on from there.",
)
@click.option("--plan-only", is_flag=True, help="Print the plan as JSON; style and write nothing.")
@click.option("--approve", is_flag=True, help="Ask before the plan is carried out; it can be edited or rejected.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a photo instead of the story.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="Fixes grain, rain and every other random pattern.",
)
@click.option("--force", is_flag=True, help="Replace results that exist already.")
@click.option(
    "--resume", is_flag=True, help="Go on where this command was killed; photos that are done are left as they are."
)
def style(
    photos: tuple[Path, ...],
    request: str,
    out: Path | None,
    policy: Any,
    renderer: Any,
    checkpoint: Path | None,
    model: str | None,
    candidates: int,
    closed_loop: bool,
    like: Path | None,
    plan_only: bool,
    approve: bool,
    as_json: bool,
    seed: int,
    force: bool,
    resume: bool,
) -> None:
    """Style PHOTOS as the REQUEST says, in your own words.

    \b
    stylist style coast.jpg "a moody autumn evening, like an old film"
    stylist style *.jpg "warmer, but keep the sky as it is" -o warm/

    Writes the picture, and beside it the plan, the trace and a before/after sheet. The photos are never changed.
    """
    _check_words(photos, request)
    request = without_secrets(request)
    if approve and closed_loop:
        raise Mistake("--approve and --closed-loop exclude each other: a plan that was approved is not planned anew")
    if like and resume:
        raise Mistake("--like and --resume exclude each other; leave --resume out to start anew")
    if like and not like.is_file():
        raise Mistake(f"there is no file {shown(like)} whose look could be taken over")
    planned = destinations(photos, out)
    if resume:
        done = [item for item in planned if is_done(item, request)]
        for item in done:
            click.echo(f"{shown(item.photo)} is done already", err=True)
        if done:
            asyncio.run(_forget([ended_run(item) for item in done]))
        planned = [item for item in planned if item not in done]
    if not plan_only:
        begun = [item for item in planned if resume and begun_run(item)]
        check_free([item for item in planned if item not in begun], force=force)
    settings = LocalSettings(
        policy=policy,
        renderer=renderer,
        checkpoint=str(checkpoint) if checkpoint else None,
        model=model,
        candidates=candidates,
        closed_loop=closed_loop,
        approve=approve,
        seed=seed,
        overwrite=force,
    )
    task = _Task(request, settings, like, plan_only, as_json, resume)
    try:
        with explained():
            failures = asyncio.run(_style_all(planned, task)) if planned else []
    except (KeyboardInterrupt, click.Abort):
        raise Stopped from None
    raise_failures(failures)


@dataclass(frozen=True)
class _Task:
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


def _check_words(photos: tuple[Path, ...], request: str) -> None:
    """Tell apart what a person mixes up: photos and request.

    Raises:
        Mistake: if one is missing or they are swapped.
    """
    example = "give both, the request last and in quotes, as in  stylist style photo.jpg 'warmer'"
    given = [photo for photo in photos if _is_there(photo) or _is_named_as_photo(photo)]
    if not request.strip():
        raise Mistake("the request is empty; say in words how the photo should look, such as 'a moody autumn evening'")
    if _is_named_as_photo(Path(request)) or (_is_there(Path(request)) and not Path(request).is_dir()):
        if photos and not given:
            raise Mistake(
                f"{shown(photos[0])!r} is not a photo and {request!r} is not a request; the photo comes first, as in  "
                f"stylist style {request} {shown(photos[0])!r}"
            )
        raise Mistake(f"the request is missing: the last word, {request!r}, is a photo; {example}")
    if not photos:
        raise Mistake(f"the photo is missing, there is only the request {request!r}; {example}")
    if len(given) < len(photos):
        stray = next(photo for photo in photos if photo not in given)
        raise Mistake(f"{shown(stray)!r} is not a photo; if it belongs to the request, {example}")


def _is_named_as_photo(path: Path) -> bool:
    return path.suffix.lower() in FORMATS and len(path.name.split()) == 1


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


async def _forget(threads: list[str]) -> None:
    from stylist.run import open_runs

    async with open_runs() as runs:
        for thread in threads:
            await runs.forget(thread)


async def _style_all(planned: list[Destination], task: _Task) -> list[str]:
    from graph.tool_session import tool_session
    from mcp_server.settings import ServerSettings
    from stylist.run import open_runs

    failures = []
    async with tool_session(ServerSettings(root=common_root(planned, task.like))), open_runs() as runs:
        for destination in planned:
            task.console.print(f"\n[bold]{escape(shown(destination.photo))}[/]", highlight=False, soft_wrap=True)
            try:
                report = await _style_one(destination, task, runs)
            except ToolError as error:
                failures.append(about(destination.photo, error))
                report = {"photo": shown(destination.photo), "request": task.request, "error": failures[-1]}
            _print(report, task)
    return failures


async def _style_one(destination: Destination, task: _Task, runs: "Runs") -> Json:
    """Run the graph for one photo and write what belongs beside the picture; a run that fails leaves nothing."""
    from stylist.look import take_over

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
            return _report(destination, look.before(state) if look else state)
        settings = task.settings.model_copy(update={"trace_path": str(trace)})
        state = await runs.run(thread, given, settings, task.console)
        _refuse_unserved(state)
        if look:
            if state["result"] == state["image"]:
                await look.export(destination, overwrite=task.settings.overwrite)
            state = look.before(state)
        return _report(destination, state) | _write_beside(destination, state, replace=task.settings.overwrite)
    finally:
        if not task.plan_only:
            trace.unlink(missing_ok=True)
        await runs.forget(thread)
        if made_folder and trace.parent.is_dir() and not any(trace.parent.iterdir()):
            trace.parent.rmdir()


async def _thread(destination: Destination, task: _Task, runs: "Runs") -> str | None:
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


def _report(destination: Destination, state: Json) -> Json:
    return {
        "photo": shown(destination.photo),
        "request": state["request"],
        "context": state["context"],
        "reading": state["reading"],
        "plan": state["plan"],
        "decision": state.get("decision"),
        "assessment": state.get("assessment"),
        "message": state.get("message", ""),
    }


def _write_beside(destination: Destination, state: Json, *, replace: bool) -> Json:
    """Write the plan and the sheet of a picture that was made, and in any case the trace; name the files."""
    from stylist.sheet import write_sheet
    from tools.picture import write_atomically

    files: Json = {}
    rejected = (state.get("decision") or {}).get("decision") == "reject"
    made = state["result"] != state["image"] and not rejected
    if made:
        text = json.dumps(state["plan"], indent=2, ensure_ascii=False) + "\n"
        write_atomically(destination.plan, text.encode())
        write_sheet(destination.photo, destination.picture, state["request"], state["plan"], destination.sheet)
        files = {"picture_file": destination.picture, "plan_file": destination.plan, "sheet_file": destination.sheet}
    earlier = read_trace(destination.trace) if destination.trace.exists() and not (made and replace) else []
    events = counting([*earlier, *read_trace(destination.running_trace)])
    write_atomically(destination.trace, "".join(event.model_dump_json() + "\n" for event in events).encode())
    files["trace_file"] = destination.trace
    return {name: shown(file) for name, file in files.items()}


def _print(report: Json, task: _Task) -> None:
    """Print what came of a photo: JSON, the plan, or the names of the files."""
    if task.as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    elif task.plan_only and "plan" in report:
        click.echo(json.dumps(report["plan"], indent=2, ensure_ascii=False))
    for label in ("picture", "plan", "sheet", "trace"):
        if f"{label}_file" in report:
            file = escape(report[f"{label}_file"])
            task.console.print(f"[bold]{label:>12}[/]  {file}", highlight=False, soft_wrap=True)
