"""`stylist style`: a photo and a sentence in, a styled photo out."""

import asyncio
import json
import os
import uuid
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from stylist.destinations import Destination, common_root, destinations
from stylist.errors import Mistake, explained
from tools.declare import ToolError
from tools.types import Json


@click.command()
@click.argument("photos", nargs=-1, type=click.Path(path_type=Path))
@click.argument("request")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Picture file, or folder for several photos. [default: styled/]",
)
@click.option(
    "--policy",
    type=click.Choice(["rules", "preset", "checkpoint"]),
    default="rules",
    show_default=True,
    help="Who plans.",
)
@click.option("--checkpoint", type=click.Path(path_type=Path), help="Model folder for --policy checkpoint.")
@click.option("--plan-only", is_flag=True, help="Print and write the plan; style nothing.")
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
def style(
    photos: tuple[Path, ...],
    request: str,
    out: Path | None,
    policy: str,
    checkpoint: Path | None,
    plan_only: bool,
    approve: bool,
    as_json: bool,
    seed: int,
    force: bool,
) -> None:
    """Style PHOTOS as the REQUEST says, in your own words.

    \b
    stylist style coast.jpg "a moody autumn evening, like an old film"
    stylist style *.jpg "warmer, but keep the sky as it is" -o warm/

    Writes the picture, and beside it the plan, the trace and a before/after sheet. The photos are never changed.
    """
    if not photos:
        raise Mistake(
            "a photo or the request is missing; give both, as in  stylist style photo.jpg 'warmer'  "
            f"(got only {request!r})"
        )
    if not request.strip():
        raise Mistake("the request is empty; say in words how the photo should look, such as 'a moody autumn evening'")
    from graph.settings import Settings

    planned = destinations(photos, out, force=force or plan_only)
    settings = Settings(
        policy=policy,  # type: ignore[arg-type]
        checkpoint=str(checkpoint) if checkpoint else None,
        approve=approve,
        seed=seed,
        overwrite=force,
    )
    console = Console(stderr=as_json, quiet=as_json)
    failures = asyncio.run(_style_all(planned, request, settings, console, plan_only=plan_only, as_json=as_json))
    if failures:
        raise Mistake("\n       ".join(failures))


async def _style_all(
    planned: list[Destination], request: str, settings: Any, console: Console, *, plan_only: bool, as_json: bool
) -> list[str]:
    from graph.tool_session import tool_session
    from mcp_server.settings import ServerSettings

    failures = []
    with explained():
        server = ServerSettings(root=common_root(planned))
    async with tool_session(server):
        for destination in planned:
            console.print(f"\n[bold]{destination.photo}[/]")
            try:
                state = await _run(destination, request, settings, console, plan_only=plan_only)
                report = _write_beside(destination, request, state, plan_only=plan_only)
            except ToolError as error:
                failures.append(f"{destination.photo}: {error}")
                continue
            if as_json:
                click.echo(json.dumps(report, ensure_ascii=False))
            elif plan_only:
                click.echo(json.dumps(state["plan"], indent=2, ensure_ascii=False))
            for name in ("plan_file", "trace_file", "sheet_file"):
                if name in report:
                    console.print(f"[dim]{name.removesuffix('_file'):>10}  {report[name]}[/]", highlight=False)
    return failures


async def _run(destination: Destination, request: str, settings: Any, console: Console, *, plan_only: bool) -> Json:
    """Run the graph for one photo with a SQLite checkpointer, asking the person where it stops to ask."""
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
    from langgraph.types import Command

    from graph.agent import builder
    from mcp_server.settings import default_store
    from stylist.approval import ask
    from stylist.narration import Narrator

    narrator = Narrator(console)
    root = await asyncio.to_thread(Path.resolve, destination.photo)
    destination.trace.parent.mkdir(parents=True, exist_ok=True)
    context = settings.model_copy(update={"trace_path": str(destination.trace)})
    destination.trace.unlink(missing_ok=True)
    config: Any = {"configurable": {"thread_id": uuid.uuid4().hex}}
    given: Any = {"photo": str(root), "request": request, "output": str(destination.picture.resolve())}
    database = default_store() / "runs.sqlite"
    database.parent.mkdir(parents=True, exist_ok=True)
    async with AsyncSqliteSaver.from_conn_string(os.fspath(database)) as saver:
        graph = builder.compile(checkpointer=saver)
        while given is not None:
            asked = None
            async for mode, chunk in graph.astream(
                given,
                config,
                context=context,
                stream_mode=["custom", "updates"],
                interrupt_before=["act", "approve", "assess"] if plan_only else None,
            ):
                if mode == "custom":
                    narrator.tell(chunk)
                elif chunk.get("__interrupt__") and not plan_only:
                    asked = chunk["__interrupt__"][0].value
            given = Command(resume=ask(asked, console)) if asked else None
        values: Json = (await graph.aget_state(config)).values
        return values


def _write_beside(destination: Destination, request: str, state: Json, *, plan_only: bool) -> Json:
    from stylist.sheet import write_sheet
    from tools.picture import write_atomically

    report: Json = {
        "photo": str(destination.photo),
        "request": request,
        "context": state["context"],
        "reading": state["reading"],
        "plan": state["plan"],
        "assessment": state.get("assessment"),
        "message": state.get("message", ""),
        "trace_file": str(destination.trace),
    }
    rejected = (state.get("decision") or {}).get("decision") == "reject"
    if rejected:
        return report
    text = json.dumps(state["plan"], indent=2, ensure_ascii=False) + "\n"
    write_atomically(destination.plan, text.encode())
    report["plan_file"] = str(destination.plan)
    if state["plan"]["steps"] and not plan_only:
        write_sheet(destination.photo, destination.picture, request, state["plan"], destination.sheet)
        report |= {"picture_file": str(destination.picture), "sheet_file": str(destination.sheet)}
    return report
