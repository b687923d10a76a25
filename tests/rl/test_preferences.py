"""What a person decided in real runs comes back as preference pairs and labels that `datasets` loads."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

import datasets
from graph.agent import builder
from graph.messages import render_plan
from graph.settings import LocalSettings
from graph.tool_session import tool_session
from graph.trace import read_trace
from mcp_server import ServerSettings
from rl.methods import MethodArguments
from rl.preferences import main
from rl.trajectories import rows_of
from tools.plan import read_plan
from tools.types import Json

PHOTOS = Path(__file__).parents[2] / "photos"
MINE: Json = {"summary": "mine", "steps": [{"tool": "exposure", "args": {"stops": -1}}]}
ANSWERS: dict[str, Json] = {
    "accepts": {"decision": "accept"},
    "edits": {"decision": "edit", "plan": MINE},
    "rejects": {"decision": "reject", "reason": "too warm"},
}


@pytest.fixture
async def traces(tmp_path: Path) -> Path:
    """The traces of three runs: a plan accepted, one edited, one rejected."""
    agent = builder.compile(checkpointer=InMemorySaver())
    async with tool_session(ServerSettings(root=PHOTOS, store=tmp_path / "store")):
        for name, answer in ANSWERS.items():
            settings = LocalSettings(approve=True, trace_path=str(tmp_path / "traces" / f"{name}.trace.jsonl"))
            thread: Any = {"configurable": {"thread_id": name}}
            given: Any = {"photo": "meadow.jpg", "request": "warmer"}
            await agent.ainvoke(given, thread, context=settings)
            await agent.ainvoke(Command(resume=answer), thread, context=settings)
    return tmp_path / "traces"


def _written(traces: Path, kind: str) -> Any:
    out = traces.parent / f"{kind}.parquet"
    done = CliRunner().invoke(main, [str(traces), "-o", str(out), "--format", kind])
    assert done.exit_code == 0, done.output
    return datasets.load_dataset("parquet", data_files=str(out), cache_dir=str(traces.parent / "cache"))["train"]


async def test_decisions_become_pairs_and_labels(traces: Path) -> None:
    (pair,) = _written(traces, "dpo")
    assert pair["chosen"][0]["content"] == render_plan(read_plan(MINE))
    assert '"temperature"' in pair["rejected"][0]["content"]
    assert pair["images"][0].size[0] > 100
    labels = _written(traces, "kto")
    assert sorted((row["run"], row["label"], row["reason"]) for row in labels) == [
        ("accepts", True, ""),
        ("edits", False, ""),
        ("edits", True, ""),
        ("rejects", False, "too warm"),
    ]
    assert {row["prompt"][1]["content"] for row in labels} == {pair["prompt"][1]["content"]}
    policies = {
        name: [row["policy"] for row in rows_of(read_trace(traces / f"{name}.trace.jsonl"))] for name in ANSWERS
    }
    assert policies == {"accepts": ["rules"], "edits": ["rules+person"], "rejects": []}


async def test_an_edited_plan_trains_a_planner_to_prefer_it(traces: Path, trainer_for: Any) -> None:
    pair = _written(traces, "dpo")
    dpo = MethodArguments(trajectories="", method="dpo")
    trainer = trainer_for(dpo, pair, max_steps=12, learning_rate=3e-3, logging_steps=1)
    trainer.train()
    told = [entry["rewards/margins"] for entry in trainer.state.log_history if "rewards/margins" in entry]
    assert told[0] == pytest.approx(0, abs=1e-4)
    assert told[-1] > 0.5


def test_no_decision_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.trace.jsonl").touch()
    done = CliRunner().invoke(main, [str(tmp_path)])
    assert done.exit_code == 1
    assert "in none of 1 traces has a person edited a plan" in done.output
