"""The small verbs: help, tools, assess, mcp."""

import json
from pathlib import Path

import pytest

from tests.stylist.conftest import Cli
from tools.declare import AXES, REGISTRY


def test_help_names_every_verb(cli: Cli) -> None:
    text = cli("--help").stdout
    assert all(f"\n  {verb} " in text for verb in ("style", "apply", "tools", "assess", "mcp"))


@pytest.mark.parametrize("verb", ["style", "apply", "tools", "assess", "mcp"])
def test_every_verb_has_help(cli: Cli, verb: str) -> None:
    result = cli(verb, "--help")
    assert result.exit_code == 0
    assert f"stylist {verb}" in result.stdout or f"main {verb}" in result.stdout


def test_tools_lists_the_library_by_axis(cli: Cli) -> None:
    text = cli("tools").stdout
    assert all(name in text for name in REGISTRY)
    places = [text.index(f"{axis}") for axis in AXES]
    assert len(places) == len(AXES)


def test_tools_shows_one_tool_with_its_arguments(cli: Cli) -> None:
    text = cli("tools", "exposure").stdout
    assert "stops" in text
    assert "from -3 to 3 EV" in text


def test_tools_as_json_are_schemas(cli: Cli) -> None:
    described = json.loads(cli("tools", "--json").stdout)
    assert {entry["name"] for entry in described} == set(REGISTRY)
    assert all(entry["arguments"]["additionalProperties"] is False for entry in described)


def test_assess_explains_its_scores(desk: Path, cli: Cli) -> None:
    cli("style", "meadow.jpg", "warmer", "-o", "x.jpg")
    text = cli("assess", "meadow.jpg", "x.jpg", "--request", "warmer").stdout
    assert "warmth up: met" in text
    assert "picture" in text
    scores = json.loads(cli("assess", "meadow.jpg", "x.jpg", "--request", "cooler", "--json").stdout)["scores"]
    assert scores["picture"] < 3


def test_assess_without_a_request_judges_only_the_cost(desk: Path, cli: Cli) -> None:
    scores = json.loads(cli("assess", "meadow.jpg", "meadow.jpg", "--json").stdout)["scores"]
    assert set(scores) == {"preservation", "technical", "coherence"}
    assert min(scores.values()) > 4.5


def test_assess_reads_true_goals(desk: Path, cli: Cli) -> None:
    goals = {"text": "warmer", "goals": [{"attribute": "warmth", "direction": 1}]}
    (desk / "goals.json").write_text(json.dumps(goals))
    judged = json.loads(cli("assess", "meadow.jpg", "meadow.jpg", "--goals", "goals.json", "--json").stdout)
    assert judged["goals_source"] == "truth"
    assert judged["results"][0]["status"] == "missed"


def test_assess_asks_another_judge(desk: Path, cli: Cli) -> None:
    cli("style", "meadow.jpg", "much warmer", "-o", "x.jpg")
    words = ("assess", "meadow.jpg", "x.jpg", "--judge", "independent")
    right, wrong = (
        json.loads(cli(*words, "--request", wish, "--json").stdout) for wish in ("much warmer", "much cooler")
    )
    assert right["judge"] == "independent"
    assert right["scores"]["picture"] > wrong["scores"]["picture"] + 1
    assert "picture" in cli(*words, "--request", "much warmer").stdout
    assert "needs --request or --goals" in cli(*words).stderr


def test_assess_says_what_a_vlm_judge_needs(desk: Path, cli: Cli) -> None:
    result = cli("assess", "meadow.jpg", "meadow.jpg", "--request", "warmer", "--judge", "vlm")
    assert result.exit_code == 2
    assert "needs --model and OPENAI_BASE_URL" in result.stderr
