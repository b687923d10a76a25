"""`python -m evals.judges.laws`: try the laws on photos."""

from pathlib import Path

import click

from evals.command import Command
from evals.judges.independent.judge import IndependentJudge
from evals.judges.laws import LAWS, broken, contexts
from evals.judges.measured import MeasuredJudge
from evals.judges.verdict import Judge


@click.command(cls=Command)
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--judge", "name", type=click.Choice(["measured", "independent"]), default="measured", show_default=True)
def main(photos: tuple[Path, ...], name: str) -> None:
    """Try every law of judging on forty contexts made of PHOTOS and print in how many it holds."""
    judge: Judge = MeasuredJudge() if name == "measured" else IndependentJudge()
    tried = [context for context in contexts(photos, judge) if not context.is_trivial]
    click.echo(f"{len(tried)} contexts; judge {name}")
    for law, holds in LAWS.items():
        against = broken(holds, tried)
        click.echo(f"{1 - len(against) / len(tried):6.1%}  {law}")
        for context in against:
            click.echo(f"          not in {context}")


if __name__ == "__main__":
    main()
