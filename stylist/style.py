"""`stylist style`: a photo and a sentence in, a styled photo out."""

import asyncio
from pathlib import Path
from typing import Any, get_args

import click

from graph.secrets import without_secrets
from graph.settings import LocalSettings, PolicyName, RendererName, Settings
from stylist.destinations import check_free, destinations
from stylist.errors import Mistake, Stopped, explained, raise_failures, shown
from stylist.resume import begun_run, ended_run, is_done
from stylist.words import check_words


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
    check_words(photos, request)
    request = without_secrets(request)
    if approve and closed_loop:
        raise Mistake("--approve and --closed-loop exclude each other: a plan that was approved is not planned anew")
    if like and resume:
        raise Mistake("--like and --resume exclude each other; leave --resume out to start anew")
    if like and not like.is_file():
        raise Mistake(f"there is no file {shown(like)} whose look could be taken over")
    planned = destinations(photos, out)
    from stylist.styling import Task, forget, style_all  # the graph takes a moment to import: after the mistakes

    if resume:
        done = [item for item in planned if is_done(item, request)]
        for item in done:
            click.echo(f"{shown(item.photo)} is done already", err=True)
        if done:
            asyncio.run(forget([ended_run(item) for item in done]))
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
    task = Task(request, settings, like, plan_only, as_json, resume)
    try:
        with explained():
            failures = asyncio.run(style_all(planned, task)) if planned else []
    except (KeyboardInterrupt, click.Abort):
        raise Stopped from None
    raise_failures(failures)
