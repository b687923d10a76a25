"""`stylist apply`: a saved plan on other photos."""

import asyncio
import math
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from stylist.destinations import Destination, check_free, check_photo, common_root, destinations
from stylist.errors import Mistake, Stopped, about, explained, raise_failures, shown
from tools.declare import ToolError, lookup
from tools.picture import FORMATS
from tools.types import Json

if TYPE_CHECKING:
    from mcp_server.settings import ServerSettings
    from mcp_server.studio import Studio
    from tools.plan import Step


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("photos", nargs=-1, type=click.Path(path_type=Path, readable=False))
@click.option(
    "--like",
    type=click.Path(path_type=Path),
    help="A photo whose tones and colours are taken over, or a .cube table; no PLAN then.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Picture file, or folder for several photos. [default: styled/]",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="Fixes grain, rain and every other random pattern.",
)
@click.option("--force", is_flag=True, help="Replace results that exist already.")
@click.option("--explain", is_flag=True, help="Say how the plan runs: passes, cost, memory. Nothing is written.")
def apply(
    plan: Path, photos: tuple[Path, ...], like: Path | None, out: Path | None, seed: int, force: bool, explain: bool
) -> None:
    """Run the PLAN of an earlier run on other PHOTOS, or give them the look of a file.

    \b
    stylist apply styled/coast.plan.json *.jpg -o evening/
    stylist apply --like dune.jpg *.jpg -o dune/
    """
    if like is not None:
        photos, plan = (plan, *photos), like
    elif not photos:
        raise Mistake("the photos are missing, there is only the plan; as in  stylist apply coast.plan.json *.jpg")
    with explained("" if like else shown(plan)):
        steps = _read_look(plan) if like else _read(plan)
    if explain:
        raise_failures(_explain_all(steps, photos, seed))
        return
    planned = destinations(photos, out)
    check_free(planned, force=force, beside=False)
    try:
        failures = _apply_all(steps, planned, like, seed, force)
    except KeyboardInterrupt:
        raise Stopped from None
    raise_failures(failures)


def _read(path: Path) -> Json:
    from tools.plan import read_plan

    if not path.is_file():
        raise ToolError("there is no such plan file; `stylist style` writes one beside each picture")
    if path.suffix.lower() in FORMATS:
        raise ToolError("this is a photo, not a plan; the plan comes first, as in  stylist apply coast.plan.json *.jpg")
    if path.suffix.lower() == ".cube":
        raise ToolError(f"this is a table of colours, not a plan; it is given as in  stylist apply --like {path} *.jpg")
    try:
        plan = read_plan(path)
    except OSError as error:
        raise ToolError(f"the plan cannot be read: {error.strerror}") from None
    if not plan.steps:
        raise ToolError("the plan has no steps, so there is nothing to apply")
    return plan.model_dump()


def _read_look(path: Path) -> Json:
    """The plan that gives a photo the look of a file."""
    from tools.brought import look_from_file
    from tools.plan import Plan

    if not path.is_file():
        raise ToolError(f"there is no file {shown(path)} whose look could be taken over")
    return Plan(summary=f"the look of {path.name}", steps=[look_from_file(path)]).model_dump()


def _explain_all(plan: Json, photos: tuple[Path, ...], seed: int) -> list[str]:
    from tools.explain import explain
    from tools.picture import load
    from tools.plan import read_plan

    failures = []
    for photo in photos:
        try:
            check_photo(photo)
            click.echo(shown(photo))
            for line in explain(load(photo), read_plan(plan), seed=seed):
                click.echo(f"  {line}")
        except ToolError as error:
            failures.append(about(photo, error))
    return failures


def _apply_all(plan: Json, planned: list[Destination], like: Path | None, seed: int, force: bool) -> list[str]:
    from mcp_server.settings import ServerSettings
    from mcp_server.studio import Studio
    from tools.picture import MAX_BYTES
    from tools.plan import read_plan

    console = Console(stderr=True)
    failures = []
    settings = ServerSettings(root=common_root(planned, like), timeout_s=math.inf, max_bytes=MAX_BYTES)
    studio, steps = Studio(settings), read_plan(plan).steps
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("applying", total=len(planned))
        for item in planned:
            bar.update(task, description=escape(shown(item.photo)))
            try:
                check_photo(item.photo)
                if studio.has_editor and any(lookup(step.tool).needs_editor for step in steps):
                    asyncio.run(_apply_with_editor(settings, plan, item, seed, force))
                else:
                    _apply_on_tools(studio, like or steps, item, seed, force)
                done = escape(f"{shown(item.photo)} -> {shown(item.picture)}")
                console.print(done, highlight=False, soft_wrap=True)
            except ToolError as error:
                failures.append(about(item.photo, error))
            except MemoryError:
                failures.append(f"{shown(item.photo)}: there is not enough memory for a picture of this size")
            bar.advance(task)
    return failures


def _apply_on_tools(studio: "Studio", wanted: "Path | list[Step]", item: Destination, seed: int, force: bool) -> None:
    """Write a picture without the MCP library and without measuring, which takes 70 MB less."""
    start = studio.open(str(item.photo.resolve()))
    steps = studio.style(str(wanted.resolve()), 1.0) if isinstance(wanted, Path) else wanted
    edit = studio.take_steps(start, steps, seed, _unheard)
    studio.export(edit, str(item.picture.resolve()), overwrite=force, progress=_unheard)


def _unheard(done: int, total: int) -> None:
    """Nobody asks how far it has come."""


async def _apply_with_editor(settings: "ServerSettings", plan: Json, item: Destination, seed: int, force: bool) -> None:
    """Write a picture by steps of which an image editor takes some."""
    from graph.tool_session import tool_session

    async with tool_session(settings) as session:
        opened = await session.call("open_image", path=str(item.photo.resolve()))
        edit = await session.call("apply_plan", image=opened["uri"], plan=plan, seed=seed)
        await session.call("export_image", image=edit["uri"], path=str(item.picture.resolve()), overwrite=force)
