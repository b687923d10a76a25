"""A search against the judge: `python -m benchmarks.attack photos/*.jpg --request "golden hour" -o out/attack`.

For each photo a thousand plans are drawn at random from the whole library, bred (the best crossed and mutated), and
the amounts of the best few refined by evolution of their covariance, with the judge's picture score as the only aim.
The winners go onto a contact sheet beside the rules' result: if they are bad photographs, the judge is wrong. The
independent judge, which the search never sees, is asked about them too.
"""

import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from evals.judges.independent.judge import IndependentJudge
from graph.policies.rules import RulesPolicy
from tools.context import measure_context
from tools.declare import REGISTRY, Tool, ToolError, plannable
from tools.engine import render
from tools.goals import Request
from tools.maps import Maps
from tools.picture import Picture, encode, load, reduce_to, to_uint8
from tools.plan import Plan, Step
from tools.quality import Assessment, assess
from tools.request import parse_request

LONG_SIDE_PX = 288
FIRST, BRED = 0.25, 0.4
"""Shares of the candidates that are drawn at random and bred; the amounts of the best are refined with the rest."""
PARENTS, REFINED = 16, 3
_TILE_PX = 280


class Scored(NamedTuple):
    """A plan with what it made and what the judge said."""

    score: float
    plan: Plan
    after: Picture
    assessment: Assessment


class Attack:
    """A search on one photo for one request."""

    def __init__(self, path: Path, request: str, seed: int = 0) -> None:
        self.name = path.stem
        self.photo = Picture(reduce_to(load(path).srgb, LONG_SIDE_PX))
        self.maps = Maps(self.photo.srgb)
        self.request: Request = parse_request(request)
        self._random, self._normal = random.Random(seed), np.random.default_rng(seed)
        self._tools = plannable()

    def score(self, plan: Plan) -> Scored | None:
        """Run and judge a plan; None where it does not suit the photo."""
        try:
            after = render(self.photo, plan, maps=self.maps)
        except ToolError:
            return None
        assessment = assess(self.photo, after, self.request, maps=self.maps)
        return Scored(assessment.scores["picture"], plan, after, assessment)

    def rules(self) -> Scored | None:
        """What the rules make of it."""
        context, preview = measure_context(self.photo, self.maps), encode(self.photo, "JPEG")
        return self.score(RulesPolicy().plan(context, self.request.text, preview, []))

    def winner(self, candidates: int) -> Scored:
        """The best of so many candidates."""
        drawn, bred = int(FIRST * candidates), int(BRED * candidates)
        scored = self._best(self._drawn() for _ in range(drawn))
        for _ in range(bred):
            scored = self._best([self._child([each.plan for each in scored[:PARENTS]])], scored)
        each_budget = (candidates - drawn - bred) // REFINED
        return max((self._refined(each, each_budget) for each in scored[:REFINED]), key=lambda each: each.score)

    def _best(self, plans: Iterable[Plan], known: Sequence[Scored] = ()) -> list[Scored]:
        judged = [scored for scored in map(self.score, plans) if scored is not None]
        return sorted([*known, *judged], key=lambda each: -each.score)[: 4 * PARENTS]

    def _refined(self, start: Scored, candidates: int, generation: int = 12) -> Scored:
        """The best plan with other amounts: a normal distribution moves and turns towards the better third of a draw.

        This is the rank-mu update of CMA-ES (Hansen, 2016) at a fixed rate, without control of the step.
        """
        mean, best = np.array(_amounts(start.plan)), start
        covariance = 0.1**2 * np.eye(len(mean))
        for _ in range(candidates // generation if len(mean) else 0):
            drawn = np.clip(self._normal.multivariate_normal(mean, covariance, generation), 0, 1)
            made = [
                (scored, amounts) for amounts in drawn if (scored := self.score(_with_amounts(start.plan, amounts)))
            ]
            made.sort(key=lambda pair: -pair[0].score)
            if not made:
                break
            best = max(best, made[0][0], key=lambda scored: scored.score)
            steps = np.array([amounts for _, amounts in made[: generation // 3]]) - mean
            covariance = 0.7 * covariance + 0.3 * steps.T @ steps / len(steps)
            mean = mean + steps.mean(axis=0)
        return best

    def _drawn(self) -> Plan:
        return Plan(steps=[self._step() for _ in range(self._random.randint(1, 5))])

    def _step(self) -> Step:
        tool = self._random.choice(self._tools)
        region = self._random.choice(["everywhere"] * 6 + ["highlights", "shadows", "background", "centre", "top"])
        return Step(tool=tool.name, args=self._arguments(tool), region=region)

    def _arguments(self, tool: Tool) -> dict[str, Any]:
        return {name: self._value(each) for name, each in tool.schema()["properties"].items()}

    def _value(self, schema: dict[str, Any]) -> Any:
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        if schema["type"] == "boolean":
            return self._random.random() < 0.5
        drawn = self._random.uniform(schema["minimum"], schema["maximum"])
        return round(drawn) if schema["type"] == "integer" else round(drawn, 2)

    def _child(self, parents: Sequence[Plan]) -> Plan:
        """A parent, or the beginning of one and the end of another, mutated."""
        steps = list(self._random.choice(parents).steps)
        if self._random.random() < 0.25:
            other = self._random.choice(parents).steps
            steps = [*steps[: self._random.randint(1, len(steps))], *other[self._random.randrange(len(other)) :]][:6]
        match self._random.random():
            case roll if roll < 0.2 and len(steps) < 6:
                steps.insert(self._random.randint(0, len(steps)), self._step())
            case roll if roll < 0.35 and len(steps) > 1:
                steps.pop(self._random.randrange(len(steps)))
            case roll if roll < 0.45:
                steps[self._random.randrange(len(steps))] = self._step()
            case _:
                index = self._random.randrange(len(steps))
                steps[index] = self._nudged(steps[index])
        return Plan(steps=steps)

    def _nudged(self, step: Step) -> Step:
        schema, args = REGISTRY[step.tool].schema()["properties"], dict(step.args)
        name = self._random.choice(list(args))
        if "minimum" in schema[name]:
            low, high = schema[name]["minimum"], schema[name]["maximum"]
            value = min(max(args[name] + self._random.gauss(0, 0.15) * (high - low), low), high)
            args[name] = round(value) if schema[name]["type"] == "integer" else round(value, 2)
        else:
            args[name] = self._value(schema[name])
        return Step(tool=step.tool, args=args, region=step.region)


def _amounts(plan: Plan) -> list[float]:
    """The numbers of a plan as shares of their ranges, in its order."""
    return [
        (step.args[name] - low) / (high - low) for step in plan.steps for name, (low, high) in _ranges(step).items()
    ]


def _with_amounts(plan: Plan, amounts: Iterable[float]) -> Plan:
    """The plan with other numbers, given as by `_amounts`."""
    left, steps = iter(amounts), []
    for step in plan.steps:
        args = dict(step.args)
        for name, (low, high) in _ranges(step).items():
            value = low + float(next(left)) * (high - low)
            args[name] = round(value) if isinstance(args[name], int) else round(value, 3)
        steps.append(Step(tool=step.tool, args=args, region=step.region))
    return Plan(steps=steps)


def _ranges(step: Step) -> dict[str, tuple[float, float]]:
    schema = REGISTRY[step.tool].schema()["properties"]
    return {name: (each["minimum"], each["maximum"]) for name, each in schema.items() if "minimum" in each}


def _caption(scored: Scored) -> str:
    parts = " ".join(f"{name[:5]} {score:.1f}" for name, score in scored.assessment.scores.items())
    steps = [
        f"{step.tool} {' '.join(str(value) for value in step.args.values())} {step.region}"
        for step in scored.plan.steps
    ]
    return "\n".join([parts, *(step[:52] for step in steps)])


def write_sheet(rows: Sequence[tuple[Attack, Scored | None, Scored]], path: Path) -> None:
    """Draw photo, the rules' result and the winner of each search, with scores and plans."""
    font, row_px = ImageFont.load_default(11), _TILE_PX * 3 // 4 + 112
    sheet = Image.new("RGB", (3 * _TILE_PX, row_px * len(rows)), "white")
    draw = ImageDraw.Draw(sheet)
    for row, (attack, rules, winner) in enumerate(rows):
        columns = [(attack.photo, f"{attack.name}: {attack.request.text}")]
        columns += [(scored.after, _caption(scored)) if scored else (attack.photo, "") for scored in (rules, winner)]
        for column, (picture, text) in enumerate(columns):
            tile = Image.fromarray(to_uint8(picture.srgb))
            tile.thumbnail((_TILE_PX - 6, _TILE_PX * 3 // 4))
            sheet.paste(tile, (column * _TILE_PX + 3, row * row_px))
            draw.multiline_text((column * _TILE_PX + 5, row * row_px + _TILE_PX * 3 // 4 + 2), text, "black", font)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("photos", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--request", "requests", multiple=True, required=True, help="May be given several times; photos take turns."
)
@click.option("--candidates", type=click.IntRange(min=10), default=1000, show_default=True)
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("out/attack"), show_default=True)
def main(photos: tuple[Path, ...], requests: tuple[str, ...], candidates: int, out: Path) -> None:
    """Search for plans that please the judge on PHOTOS, one request a photo, and show the winners."""
    independent, rows = IndependentJudge(), []
    for number, path in enumerate(photos):
        attack = Attack(path, requests[number % len(requests)], seed=number)
        rules, winner = attack.rules(), attack.winner(candidates)
        rows.append((attack, rules, winner))
        opinions = [
            (independent.judge(attack.photo, each.after, attack.request, "parsed").scores or {})["picture"]
            for each in (rules, winner)
            if each
        ]
        told = " and ".join(f"{opinion:.2f}" for opinion in opinions)
        scores = f"rules {rules.score if rules else 0:.2f}, winner {winner.score:.2f}"
        click.echo(f"{attack.name}, {attack.request.text!r}: {scores}; the independent judge gives {told}")
        write_sheet(rows, out / "winners.png")
    click.echo(f"Sheet: {out / 'winners.png'}")


if __name__ == "__main__":
    main()
