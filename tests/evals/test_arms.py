"""Arms by name: each policy runs with its renderer and is judged; what cannot run is said before anything has."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from evals.__main__ import compare
from evals.arms import read_arms
from evals.tasks import read_tasks
from graph.messages import render_plan
from tests.graph.chat_server import ChatServer, serve
from tests.graph.conftest import small
from tests.mcp_server.editor_server import EditorServer
from tools.declare import ToolError
from tools.plan import Plan, Step

TASKS = Path(__file__).parents[2] / "datasets" / "loop" / "tasks.jsonl"
PLANNED = Plan(summary="Warmer.", steps=[Step(reasoning="It is cold.", tool="temperature", args={"warmer": 40})])


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    for server in serve():
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


async def test_a_model_and_the_editor_are_arms(
    chat: ChatServer, endpoint: EditorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STYLIST_EDITOR_URL", f"{endpoint.url}/v1")
    chat.answers = [render_plan(PLANNED)] * 2
    endpoint.requests.clear()
    task = read_tasks(TASKS)[0]
    names = ["rules", "chat:answers", "chat:answers@editor", "edit_only"]
    arms = await compare(names, [small("meadow.jpg", tmp_path)], [task], tmp_path / "out")
    assert [arm.name for arm in arms] == names
    assert [arm.errors for arm in arms] == [{}] * 4
    assert all(1 <= score <= 5 for arm in arms for score in arm.scores["picture"].values())
    assert [step["tool"] for plan in arms[1].plans.values() for step in plan["steps"]] == ["temperature"]
    assert [request["prompt"] == task.text for request in endpoint.requests] == [False, True]
    report = (tmp_path / "out" / "report.md").read_text()
    assert all(f"| {name} | 1 | 0 |" in report for name in names)
    assert arms[0].images == arms[3].images
    with Image.open(tmp_path / "out" / "sheet.png") as sheet:
        assert sheet.width // 240 == 1 + len(names)  # the photo, then each arm


def test_two_models_have_two_labels() -> None:
    names = ["checkpoint:a/model", "checkpoint:b/model", "chat:org/planner@editor"]
    arms = read_arms(names, seed=0, root=".")
    assert [arm.label for arm in arms] == ["checkpoint:a/model", "checkpoint:b/model", "chat:planner@editor"]
    assert arms[2].settings.model == "org/planner"
    assert [arm.settings.renderer for arm in arms] == ["local", "local", "editor"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["rule"], "no policy is called 'rule'; known are rules, search, .*chat:MODEL, checkpoint:DIR"),
        (["chat"], "there is no arm 'chat'; write chat:MODEL"),
        (["rules:fast"], "there is no arm 'rules:fast'; write rules"),
        (["rules", "preset", "rules"], "'rules' is given twice"),
        (["rules", "chat:any"], "set OPENAI_BASE_URL"),
        (["rules", "rules@editor"], "set STYLIST_EDITOR_URL"),
    ],
)
async def test_what_cannot_run_is_said_before_anything_has(names: list[str], said: str, tmp_path: Path) -> None:
    photo = small("meadow.jpg", tmp_path)
    with pytest.raises(ToolError, match=said):
        await compare(names, [photo], read_tasks(TASKS)[:1], tmp_path / "out")
    assert not (tmp_path / "out").exists()
