"""`python -m evals`: compare policies on photos and tasks, and write a report."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import click

from evals.arm_result import ArmResult
from evals.arms import Arm, read_arms
from evals.command import Command
from evals.report import write_report
from evals.styling import styling_task
from evals.tasks import check_names, read_tasks
from graph.editing import check_editor
from graph.policies import make_policy
from graph.tool_session import ToolSession, tool_session
from mcp_server.settings import ServerSettings
from tools.goals import Request


async def compare(
    policies: Sequence[str], photos: Sequence[Path], requests: Sequence[Request], out: Path, *, seed: int = 0
) -> list[ArmResult]:
    """Run every arm on every photo and request; write inspect_ai logs and the report into `out`.

    Raises:
        ToolError: if photos share a name, or a policy is no arm or lacks something; nothing has run then.
    """
    from inspect_ai import eval_async

    check_names(photos)
    root = Path(os.path.commonpath([photo.resolve().parent for photo in photos]))
    arms = read_arms(policies, seed=seed, root=str(root))
    results = []
    async with tool_session(ServerSettings(root=root)) as session:
        for arm in arms:
            await _check(arm, session, requests)
        for arm in arms:
            task = styling_task(arm.label, arm.settings, photos, requests)
            [log] = await eval_async(task, model="none", log_dir=str(out / "logs"), max_samples=1)
            results.append(ArmResult.of_log(arm.label, log))
        references = {
            reference for arm in results for shown in (arm.images, arm.results) for reference in shown.values()
        }
        pictures = {reference: await session.read_picture(reference) for reference in references}
    write_report(results, pictures, out)
    return results


async def _check(arm: Arm, session: ToolSession, requests: Sequence[Request]) -> None:
    """Check that an arm has what it needs, before the first one runs."""
    make_policy(arm.settings, requests[0])
    if arm.settings.renderer == "editor":
        await check_editor(session)


@click.command(cls=Command)
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--policy",
    "policies",
    multiple=True,
    default=("rules", "preset"),
    show_default=True,
    help="rules, search, preset, checkpoint:DIR, chat:MODEL (at OPENAI_BASE_URL) or edit_only; with @editor behind it "
    "(rules@editor) the image editor carries the plan out. The first is the baseline.",
)
@click.option(
    "--tasks",
    "tasks_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSONL of requests with true goals.",
)
@click.option("--limit", type=click.IntRange(min=1), help="Use only the first N tasks.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("out/evals"), show_default=True)
def main(
    photos: tuple[Path, ...], policies: tuple[str, ...], tasks_file: Path, limit: int | None, seed: int, out: Path
) -> None:
    """Compare policies on PHOTOS; every arm is judged against the task's goals, never against its own plan."""
    asyncio.run(compare(policies, photos, read_tasks(tasks_file)[:limit], out, seed=seed))
    click.echo((out / "report.md").read_text())
    click.echo(f"Report: {out / 'report.md'}; logs for `inspect view --log-dir {out / 'logs'}`")


if __name__ == "__main__":
    main()
