"""How far the measured and the independent judge agree, by kind of request; and where they disagree most.

    python -m evals.judges.agreement photos/*.jpg -o out/agreement

Each context of the laws gets seven candidates of spread quality, from the rules' plan to its contrary. Agreement is
Spearman's rank correlation of the two judges' picture scores over the candidates of one context, averaged over the
contexts of a kind. The largest disagreements, by difference of ranks over all candidates, go onto a contact sheet.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from evals.command import Command
from evals.judges.independent.judge import IndependentJudge
from evals.judges.laws.contexts import CONTRARY, MILD, STRONG, Context, contexts
from evals.judges.measured import MeasuredJudge
from evals.judges.verdict import Verdict
from tools.goals import Request
from tools.picture import Picture, to_uint8
from tools.types import FloatPlane

SHOWN = 10
_TILE_PX = 260


class Candidate(NamedTuple):
    """One result with both verdicts."""

    context: str
    made_by: str
    kind: str
    before: Picture
    after: Picture
    measured: Verdict
    independent: Verdict

    @property
    def scores(self) -> tuple[float, float]:
        """Picture scores, measured and independent."""
        first, second = self.measured.scores, self.independent.scores
        return (first or {})["picture"], (second or {})["picture"]


def kind_of(request: Request) -> str:
    """The kind of a request: by its first effect, else whether it moves tone, colour or something else."""
    if request.keeps:
        return "with a keep"
    if request.effects:
        return request.effects[0].kind
    attributes = {goal.attribute for goal in request.goals}
    if attributes & {"warmth", "tint", "saturation", "colour", "hue", "monochrome"}:
        return "colour"
    return "tone" if attributes & {"brightness", "contrast", "highlights", "shadows"} else "other"


def candidates(context: Context) -> Iterator[Candidate]:
    """Seven results of spread quality, judged by both."""
    measured, independent = MeasuredJudge(), IndependentJudge()
    made = {
        "rules": context.result,
        "half": context.rendered(context.scaled(0.5)),
        "twice": context.rendered(context.scaled(2.0)),
        "perturbed mildly": context.rendered(context.perturbed(MILD)),
        "perturbed strongly": context.rendered(context.perturbed(STRONG)),
        "contrary": context.rendered(context.plan_for(CONTRARY[context.words])),
        "untouched": context.photo,
    }
    for name, after in made.items():
        verdicts = [judge.judge(context.photo, after, context.request, "parsed") for judge in (measured, independent)]
        yield Candidate(context.name, name, kind_of(context.request), context.photo, after, *verdicts)


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's rank correlation; equal values share their mean rank."""
    one, other = (_ranks(np.asarray(values)) for values in (first, second))
    if min(np.std(one), np.std(other)) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: FloatPlane) -> FloatPlane:
    """Mean ranks of `(N,)` values."""
    return np.array([(values < value).sum() + ((values == value).sum() - 1) / 2 for value in values])


def disagreements(judged: Sequence[Candidate]) -> list[tuple[float, Candidate]]:
    """Candidates by difference of their ranks, measured less independent, as shares of all; largest first."""
    first, second = (_ranks(np.array([c.scores[side] for c in judged])) / len(judged) for side in (0, 1))
    gaps = list(zip((first - second).tolist(), judged, strict=True))
    return sorted(gaps, key=lambda gap: -abs(gap[0]))


def write_sheet(gaps: Sequence[tuple[float, Candidate]], path: Path) -> None:
    """Draw before and after of each disagreement with both scores."""
    row_px = _TILE_PX * 3 // 4 + 42
    sheet = Image.new("RGB", (2 * _TILE_PX + 470, len(gaps) * row_px + 6), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for row, (gap, candidate) in enumerate(gaps):
        top = row * row_px + 4
        for column, picture in enumerate((candidate.before, candidate.after)):
            tile = Image.fromarray(to_uint8(picture.srgb))
            tile.thumbnail((_TILE_PX - 6, row_px - 44))
            sheet.paste(tile, (column * _TILE_PX + 4, top))
        measured, independent = candidate.scores
        lines = [
            f"{candidate.context} - {candidate.made_by}",
            f"measured {measured:.2f}  independent {independent:.2f}",
        ]
        for verdict in (candidate.measured, candidate.independent):
            parts = [f"{name[:5]} {score:.1f}" for name, score in (verdict.scores or {}).items() if name != "picture"]
            lines += [f"{verdict.judge}: {', '.join(parts)}", *(f"  {remark}"[:76] for remark in verdict.remarks[:4])]
        lines.append(f"rank difference {gap:+.2f}")
        draw.multiline_text((2 * _TILE_PX + 8, top), "\n".join(lines), fill="black", font=font, spacing=3)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


@click.command(cls=Command)
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("out/agreement"), show_default=True)
def main(photos: tuple[Path, ...], out: Path) -> None:
    """Compare the two measured judges on contexts made of PHOTOS."""
    tried = (context for context in contexts(photos, MeasuredJudge()) if not context.is_trivial)
    judged = [candidate for context in tried for candidate in candidates(context)]
    by_context: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for candidate in judged:
        by_context[candidate.kind, candidate.context].append(candidate)
    by_kind: dict[str, list[float]] = defaultdict(list)
    for (kind, _), group in by_context.items():
        by_kind[kind].append(rank_correlation(*zip(*(candidate.scores for candidate in group), strict=True)))
    click.echo("| kind of request | contexts | mean rank correlation |\n|---|---|---|")
    for kind, values in sorted(by_kind.items()):
        click.echo(f"| {kind} | {len(values)} | {np.mean(values):.2f} |")
    pooled = rank_correlation(*zip(*(candidate.scores for candidate in judged), strict=True))
    click.echo(f"| all candidates together | {len(by_context)} | {pooled:.2f} |")
    gaps = disagreements(judged)[:SHOWN]
    for gap, candidate in gaps:
        first, second = candidate.scores
        click.echo(
            f"{gap:+.2f}  measured {first:.2f} independent {second:.2f}  {candidate.context} - {candidate.made_by}"
        )
    write_sheet(gaps, out / "disagreements.png")
    click.echo(f"Sheet: {out / 'disagreements.png'}")


if __name__ == "__main__":
    main()
