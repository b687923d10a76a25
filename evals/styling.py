"""The inspect_ai task: photos and requests go through the graph under one policy; the measured judge scores them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, solver

from graph.agent import graph
from graph.settings import Settings
from tools.declare import ToolError
from tools.goals import Request
from tools.quality import WEIGHTS

SCORES = ("picture", *WEIGHTS)


def styling_task(arm: str, settings: Settings, photos: Sequence[Path], requests: Sequence[Request]) -> Task:
    """One arm's task: every photo with every request."""
    samples = [
        Sample(
            id=f"{photo.stem}-{number}",
            input=request.text,
            metadata={"photo": photo.stem, "path": str(photo.resolve()), "goals": request.model_dump()},
        )
        for photo in photos
        for number, request in enumerate(requests)
    ]
    return Task(
        name=arm, dataset=MemoryDataset(samples), solver=style(settings), scorer=measured(), metadata={"arm": arm}
    )


@solver
def style(settings: Settings) -> Solver:
    """Run the graph; what it made goes into the sample's store."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        run: Any = {"configurable": {"thread_id": str(state.uuid)}}
        given: Any = {"photo": state.metadata["path"], "request": state.input_text, "goals": state.metadata["goals"]}
        try:
            made = await graph.ainvoke(given, run, context=settings)
        except ToolError as error:
            state.store.set("error", str(error))
            return state
        state.output.completion = made["plan"]["summary"]
        for name in ("plan", "assessment", "image", "result"):
            state.store.set(name, made[name])
        return state

    return solve


@scorer(metrics={"*": [mean(), stderr(cluster="photo")]})
def measured() -> Scorer:
    """Scores of the measured judge (1 to 5) against the task's own goals; unscored where no picture was made."""

    async def score(state: TaskState, target: Target) -> Score | None:
        assessment = state.store.get("assessment")
        if assessment is None:
            return None
        values = {name: assessment["scores"][name] for name in SCORES}
        return Score(value=values, explanation="; ".join(assessment["remarks"]), metadata={"assessment": assessment})

    return score
