"""`stylist apply`: a saved plan on other photos."""

import asyncio
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from stylist.destinations import Destination, check_free, check_photo, common_root, destinations
from stylist.errors import Stopped, about, explained, raise_failures, shown
from tools.declare import ToolError
from tools.picture import FORMATS
from tools.types import Json


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
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
def apply(plan: Path, photos: tuple[Path, ...], out: Path | None, seed: int, force: bool, explain: bool) -> None:
    """Run the PLAN of an earlier run on other PHOTOS.

    \b
    stylist apply styled/coast.plan.json *.jpg -o evening/
    """
    with explained(shown(plan)):
        steps = _read(plan)
    if explain:
        raise_failures(_explain_all(steps, photos, seed))
        return
    planned = destinations(photos, out)
    check_free(planned, force=force, beside=False)
    try:
        failures = asyncio.run(_apply_all(steps, planned, seed, force))
    except KeyboardInterrupt:
        raise Stopped from None
    raise_failures(failures)


def _read(path: Path) -> Json:
    from tools.plan import read_plan

    if not path.is_file():
        raise ToolError("there is no such plan file; `stylist style` writes one beside each picture")
    if path.suffix.lower() in FORMATS:
        raise ToolError("this is a photo, not a plan; the plan comes first, as in  stylist apply coast.plan.json *.jpg")
    try:
        plan = read_plan(path)
    except OSError as error:
        raise ToolError(f"the plan cannot be read: {error.strerror}") from None
    if not plan.steps:
        raise ToolError("the plan has no steps, so there is nothing to apply")
    return plan.model_dump()


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


async def _apply_all(plan: Json, planned: list[Destination], seed: int, force: bool) -> list[str]:
    from graph.tool_session import tool_session
    from mcp_server.settings import ServerSettings

    console = Console(stderr=True)
    failures = []
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("applying", total=len(planned))
        async with tool_session(ServerSettings(root=common_root(planned))) as session:
            for item in planned:
                bar.update(task, description=escape(shown(item.photo)))
                try:
                    check_photo(item.photo)
                    opened = await session.call("open_image", path=str(item.photo.resolve()))
                    edit = await session.call("apply_plan", image=opened["uri"], plan=plan, seed=seed)
                    target = str(item.picture.resolve())
                    await session.call("export_image", image=edit["uri"], path=target, overwrite=force)
                    done = escape(f"{shown(item.photo)} -> {shown(item.picture)}")
                    console.print(done, highlight=False, soft_wrap=True)
                except ToolError as error:
                    failures.append(about(item.photo, error))
                bar.advance(task)
    return failures
