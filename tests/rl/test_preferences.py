"""What a person decided in real runs comes back as trajectories, from which every method of training learns it."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from datasets import Dataset
from graph.agent import builder
from graph.messages import render_plan
from graph.settings import LocalSettings
from graph.tool_session import tool_session
from graph.trace import read_trace
from mcp_server import ServerSettings
from rl.methods import MethodArguments, load_trajectories, pair, weigh
from rl.preferences import main
from rl.train import main as train
from rl.trajectories import rows_of
from tools.plan import read_plan
from tools.types import Json

ROOT = Path(__file__).parents[2]
MINE: Json = {"summary": "mine", "steps": [{"tool": "exposure", "args": {"stops": -1}}]}
RUNS: dict[str, tuple[str, Json]] = {
    "accepts": ("warmer", {"decision": "accept"}),
    "edits": ("warmer", {"decision": "edit", "plan": MINE}),
    "rejects": ("cooler", {"decision": "reject", "reason": "too blue"}),
}
"""A request each, and what the person answers when the plan is proposed."""


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The traces of three runs: a plan accepted, the same one edited, another rejected."""
    folder = tmp_path_factory.mktemp("decided")
    asyncio.run(decide(folder))
    return folder / "traces"


async def decide(folder: Path) -> None:
    agent = builder.compile(checkpointer=InMemorySaver())
    async with tool_session(ServerSettings(root=ROOT / "photos", store=folder / "store")):
        for name, (request, answer) in RUNS.items():
            settings = LocalSettings(approve=True, trace_path=str(folder / "traces" / f"{name}.trace.jsonl"))
            thread: Any = {"configurable": {"thread_id": name}}
            given: Any = {"photo": "meadow.jpg", "request": request}
            await agent.ainvoke(given, thread, context=settings)
            await agent.ainvoke(Command(resume=answer), thread, context=settings)


@pytest.fixture(scope="module")
def preferences(traces: Path) -> Path:
    """What they make, as the command writes it."""
    out = traces.parent / "preferences.parquet"
    done = CliRunner().invoke(main, [str(traces), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "3 plans that people decided about, 1 of them unwanted" in done.output
    return out


@pytest.fixture(scope="module")
def rows(preferences: Path) -> Dataset:
    return load_trajectories(str(preferences))


def test_decisions_become_rewards(rows: Dataset) -> None:
    """The plan proposed for "warmer" was accepted once and edited away once."""
    judged = {(row["request"], row["policy"]): row["reward"] for row in rows}
    assert judged == {("warmer", "rules"): 3.0, ("warmer", "rules+person"): 5.0, ("cooler", "rules"): 1.0}
    assert set(rows["judge"]) == set(rows["goals_source"]) == {"person"}
    assert rows[0]["images"][0].size[0] > 100


def test_an_edited_plan_and_the_one_proposed_are_a_pair(rows: Dataset) -> None:
    (found,) = pair(rows, MethodArguments("", method="dpo"))
    assert found["chosen"][0]["content"] == render_plan(read_plan(MINE))
    assert '"temperature"' in found["rejected"][0]["content"]


def test_a_rejected_plan_is_a_negative_and_weighs_nothing(rows: Dataset) -> None:
    weighed = weigh(rows, MethodArguments("", method="rw"))
    assert list(zip(weighed["policy"], weighed["weight"], strict=True)) == [("rules+person", 2.0)]
    standardised = weigh(rows, MethodArguments("", method="sw", standardise="dataset"))
    weights = dict(zip(standardised["request"], standardised["weight"], strict=True))
    assert weights["cooler"] < 0 < weights["warmer"]


def test_an_edited_plan_is_scored_by_the_judge_too_and_a_rejected_one_is_not(traces: Path) -> None:
    policies = {name: [row["policy"] for row in rows_of(read_trace(traces / f"{name}.trace.jsonl"))] for name in RUNS}
    assert policies == {"accepts": ["rules"], "edits": ["rules+person"], "rejects": []}


def test_an_edited_plan_trains_a_planner_to_prefer_it(preferences: Path, planner: Path, tmp_path: Path) -> None:
    train(
        [
            *["--config", str(ROOT / "runs" / "loop.yaml"), "--trajectories", str(preferences), "--method", "dpo"],
            *["--model_name_or_path", str(planner), "--output_dir", str(tmp_path / "run"), "--max_steps", "12"],
            *["--learning_rate", "3e-3", "--warmup_steps", "0", "--logging_steps", "1", "--disable_tqdm", "true"],
        ]
    )
    log = json.loads((tmp_path / "run" / "trainer_state.json").read_text())["log_history"]
    margins = [entry["rewards/margins"] for entry in log if "rewards/margins" in entry]
    assert margins[0] == pytest.approx(0, abs=1e-4)
    assert margins[-1] > 0.5


def test_no_decision_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.trace.jsonl").touch()
    done = CliRunner().invoke(main, [str(tmp_path)])
    assert done.exit_code == 1
    assert "in none of 1 traces has a person decided about a plan" in done.output
