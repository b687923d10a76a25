"""Plans for a small fixed dev set, written without constraint and judged, at every evaluation of a run.

`eval_valid_share` is the share of answers that are valid plans, `eval_score` the mean picture score (1 to 5) of what
they make of the photos against the true goals. An answer that is no plan leaves the photo as it was, and that is
judged: a model that rarely answers cannot win by answering well.
"""

import hashlib
from collections.abc import Sequence
from statistics import fmean
from typing import Any, NamedTuple

from transformers import TrainerCallback

from graph.messages import Inputs
from rl.answers import Question, plan_in, write_answers
from tools.context import Context
from tools.declare import ToolError
from tools.engine import render
from tools.goals import Request
from tools.picture import Picture, decode
from tools.plan import Plan
from tools.quality import assess

DEV_METRICS = ("eval_score", "eval_valid_share")
"""What an evaluation adds to the held-out loss."""


class DevCase(NamedTuple):
    """A photo of the dev split with a request, and its true goals."""

    question: Question
    goals: Request


class DevFindings(NamedTuple):
    """What became of the answers."""

    valid_share: float
    """0 to 1."""
    score: float
    """Mean picture score, 1 to 5."""


def choose_cases(trajectories: Any, count: int) -> list[DevCase]:
    """The first `count` pairs of dev photo and request with true goals, in an order that depends on them alone."""
    from datasets import Image as ImageFeature
    from datasets import List

    if "goals" not in trajectories.column_names:
        return []
    firsts: dict[str, int] = {}
    columns = (trajectories[name] for name in ("split", "photo", "request", "goals"))
    for index, (split, photo, request, goals) in enumerate(zip(*columns, strict=True)):
        if split == "dev" and goals:
            firsts.setdefault(hashlib.sha256(f"{photo}\0{request}".encode()).hexdigest(), index)
    chosen = trajectories.select([firsts[key] for key in sorted(firsts)[:count]])
    return [
        DevCase(
            Question(Context.model_validate_json(row["context"]), row["request"], row["images"][0]["bytes"]),
            Request.model_validate_json(row["goals"]),
        )
        for row in chosen.cast_column("images", List(ImageFeature(decode=False)))
    ]


def judge_plans(answers: Sequence[str], cases: Sequence[DevCase]) -> DevFindings:
    """Carry the plans out on the photos' previews and judge the pictures against the true goals."""
    plans = [plan_in(answer) for answer in answers]
    scores = []
    for plan, case in zip(plans, cases, strict=True):
        before = decode(case.question.image)
        judged = assess(before, _carried_out(before, plan), case.goals, source="truth")
        scores.append(judged.scores["picture"])
    return DevFindings(fmean(plan is not None for plan in plans), fmean(scores))


def _carried_out(before: Picture, plan: Plan | None) -> Picture:
    """The styled picture; the photo itself where there is no plan or it names a region that is not there."""
    try:
        return before if plan is None else render(before, plan)
    except ToolError:
        return before


class DevPlans(TrainerCallback):  # type: ignore[misc]
    """Plans and judges at every evaluation; `eval_score` can choose the best checkpoint."""

    def __init__(self, trainer: Any, cases: Sequence[DevCase], inputs: Inputs) -> None:
        self.trainer = trainer
        self.cases = cases
        self.inputs = inputs

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, float], **_: Any) -> None:
        """Add what was found to the metrics of the evaluation, and log it.

        Under FSDP every process writes the same plans together, since none has all weights.
        """
        trainer = self.trainer
        with trainer.accelerator.autocast():
            questions = [case.question for case in self.cases]
            answers = write_answers(
                trainer.model, trainer.processing_class, questions, self.inputs, args.per_device_eval_batch_size
            )
        found = judge_plans(answers, self.cases)
        scores = dict(zip(DEV_METRICS, (found.score, found.valid_share), strict=True))
        metrics.update(scores)
        trainer.log(dict(scores))
