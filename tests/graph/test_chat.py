"""The chat policy against a real HTTP endpoint: what it sends, what it makes of every way to answer, what it keeps."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from graph.agent import builder
from graph.messages import jpeg_url, render_context, render_plan, render_prompt
from graph.policies import Attempt, Policy, Progress, make_policy
from graph.policies.chat import ChatPolicy
from graph.settings import LocalSettings
from graph.tool_session import ToolSession
from graph.trace import read_trace
from tests.graph.chat_server import ChatServer, serve
from tests.graph.conftest import thread
from tools.context import Context, measure_context
from tools.declare import ToolError
from tools.picture import Picture
from tools.plan import Plan, Step, plan_schema
from tools.quality import assess
from tools.request import parse_request

KEY = "sk-of-this-test-0123456789abcdef"
WARMER = Plan(summary="Warmer.", steps=[Step(reasoning="It is cold.", tool="temperature", args={"warmer": 40})])
JPEG = b"\xff\xd8 the bytes of a preview \xff\xd9"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield from serve()


@pytest.fixture(scope="module")
def context(meadow: Picture) -> Context:
    return measure_context(meadow)


def _policy(server: ChatServer, model: str = "answers", **settings: Any) -> Policy:
    given = {"policy": "chat", "endpoint": server.url, "model": model, "timeout_s": 20, **settings}
    return make_policy(LocalSettings(**given))


def test_context_picture_and_schema_are_sent_by_the_one_renderer(server: ChatServer, context: Context) -> None:
    server.answers = [render_plan(WARMER)]
    assert _policy(server).plan(context, "warmer", JPEG, []) == WARMER
    (asked,) = server.asked
    system, user = render_prompt(context, "warmer")
    assert asked["messages"][0] == system
    assert asked["messages"][1]["content"] == [
        {"type": "image_url", "image_url": {"url": jpeg_url(JPEG)}},
        user["content"][1],
    ]
    assert render_context(context) in user["content"][1]["text"]
    assert asked["response_format"]["json_schema"]["schema"] == plan_schema()
    assert server.keys == [f"Bearer {KEY}"]


def test_unconstrained_it_asks_for_no_format(server: ChatServer, context: Context) -> None:
    server.answers = [render_plan(WARMER)]
    assert _policy(server, constrained=False).plan(context, "warmer", JPEG, []) == WARMER
    assert "response_format" not in server.asked[0]


@pytest.mark.parametrize(
    "written", ["<think>It is cold {...}.</think>\n{}", "```json\n{}\n```", "<think></think>```\n{}\n```"]
)
def test_thoughts_and_fences_are_no_part_of_a_plan(server: ChatServer, context: Context, written: str) -> None:
    server.answers = [written.replace("{}", render_plan(WARMER))]
    assert _policy(server, constrained=False).plan(context, "warmer", JPEG, []) == WARMER
    assert len(server.asked) == 1


def test_what_came_of_earlier_plans_is_told(server: ChatServer, context: Context, meadow: Picture) -> None:
    judged = assess(meadow, meadow, parse_request("warmer"))
    step = {"tool": "temperature", "change": {"warmth": 0.4}, "error": None}
    server.answers = [render_plan(WARMER)]
    _policy(server).plan(context, "warmer", JPEG, [Attempt(WARMER, b"result", judged, [step])])
    *_, planned, told = server.asked[0]["messages"]
    assert planned["content"][0]["text"] == render_plan(WARMER)
    assert told["content"][0]["image_url"]["url"] == jpeg_url(b"result")
    assert "temperature changed warmth +0.4" in told["content"][1]["text"]
    assert "warmth up: missed" in told["content"][1]["text"]


def test_it_looks_again_after_a_step(server: ChatServer, context: Context) -> None:
    server.answers = [render_plan(Plan())]
    policy = _policy(server)
    assert isinstance(policy, ChatPolicy)
    assert not policy.plan_on(context, "warmer", JPEG, [], Progress(WARMER.steps, [], context, b"now")).steps
    told = server.asked[0]["messages"][-1]["content"]
    assert told[0]["image_url"]["url"] == jpeg_url(b"now")
    assert "steps still to take" in told[1]["text"]


def test_a_plan_that_is_not_valid_is_mended_once(server: ChatServer, context: Context) -> None:
    wrong = render_plan(WARMER).replace("warmer", "wormer", 1)
    server.answers = [wrong, render_plan(WARMER)]
    assert _policy(server).plan(context, "warmer", JPEG, []) == WARMER
    *_, written, told = server.asked[1]["messages"]
    assert written["content"][0]["text"] == wrong
    assert "did you mean 'warmer'?" in told["content"][0]["text"]
    server.answers = [wrong, '{"steps": [{"tool": "exposur"}]}', render_plan(WARMER)]
    with pytest.raises(ToolError, match=r"'answers' wrote no valid plan, nor when told why: .*'exposure'"):
        _policy(server).plan(context, "warmer", JPEG, [])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('{"steps": [{"tool": "summon_dragon"}]}', "no tool is called 'summon_dragon'"),
        ('{"plan": {"steps": []}}', "plan: Extra inputs are not permitted"),
        ('{"steps": {"tool": "exposure"}}', "steps: Input should be a valid list"),
        ("[" * 5_000, "not JSON"),
        ('{"steps": [{"tool": "exposure", "args": {"stops": ' + "9" * 5000 + "}}]}", "not JSON: Exceeds the limit"),
        ('{"summary": "\\ud800", "steps": []}', "not JSON: .*surrogates not allowed"),
        ('{"summary": "' + "warm " * 5_000 + '", "steps": []}', "25028 bytes long; at most 20000 are read"),
        ("I would rather not.", "not JSON"),
    ],
)
def test_json_of_another_kind_is_no_plan(server: ChatServer, context: Context, written: str, said: str) -> None:
    server.answers = [written, written]
    with pytest.raises(ToolError, match=f"wrote no valid plan, nor when told why: .*{said}"):
        _policy(server).plan(context, "warmer", JPEG, [])
    assert len(server.asked) == 2
    assert len(json.dumps(server.asked[1])) < 60_000


def test_tools_that_need_an_editor_are_offered_where_there_is_one(server: ChatServer, context: Context) -> None:
    moved = Plan(steps=[Step(tool="location_setting", args={"location": "beach"})])
    server.answers = [render_plan(moved)] * 2
    for renderer in ("local", "editor"):
        assert _policy(server, renderer=renderer).plan(context, "to the beach", JPEG, []) == moved
    offered = [
        [
            "location_setting(location beach|forest" in asked["messages"][0]["content"][0]["text"],
            "location_setting" in json.dumps(asked["response_format"]),
        ]
        for asked in server.asked
    ]
    assert offered == [[False, False], [True, True]]


def test_a_server_error_is_tried_again(server: ChatServer, context: Context) -> None:
    server.answers = [render_plan(WARMER)]
    assert _policy(server, "fails-first").plan(context, "warmer", JPEG, []) == WARMER
    assert len(server.asked) == 2


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize(
    ("model", "said", "limit_s"),
    [
        ("fails", r"answers 500: .*out of memory", 20),
        ("refuses", r"answers 401: .*wrong key Bearer \[secret\]", 20),
        ("sleeps", r"did not finish its answer within 1 s", 1),
        ("drips", r"did not finish its answer within 1 s", 1),
        ("rubbish", "answers what is no chat completion", 20),
        ("rubbish-events", "answers what is no chat completion", 20),
        ("wrong-events", "answers what is no chat completion", 20),
        ("breaks-off", "fails: peer closed connection", 20),
        ("endless", "goes on after 4,000,000 bytes", 20),
    ],
)
def test_an_endpoint_that_misbehaves_is_a_clear_error_in_time(
    server: ChatServer, context: Context, model: str, said: str, limit_s: float
) -> None:
    started = time.perf_counter()
    with pytest.raises(ToolError, match=said) as failure:
        _policy(server, model, timeout_s=limit_s).plan(context, "warmer", JPEG, [])
    assert time.perf_counter() - started < limit_s + 2
    assert server.url in str(failure.value)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"endpoint": None}, "set OPENAI_BASE_URL"),
        ({"endpoint": "file:///etc/passwd"}, "no http:// or https:// address"),
        ({"endpoint": "http://127.0.0.1:9/v1", "model": None}, "needs `model`"),
    ],
)
def test_what_is_missing_is_said(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ToolError, match=said):
        make_policy(LocalSettings(**{"policy": "chat", "model": "any", **settings}))


async def test_a_run_streams_tokens_counts_them_and_keeps_no_secret(
    server: ChatServer, session: ToolSession, folder: Path
) -> None:
    server.answers = ["{", render_plan(WARMER)]
    trace = folder / "trace.jsonl"
    settings = LocalSettings(policy="chat", endpoint=server.url, model="answers", trace_path=str(trace), revisions=0)
    async with AsyncSqliteSaver.from_conn_string(str(folder / "runs.sqlite")) as saver:
        agent = builder.compile(checkpointer=saver)
        given: Any = {"photo": "meadow.jpg", "request": "warmer"}
        streamed = ""
        async for message, about in agent.astream(given, thread("chat"), context=settings, stream_mode="messages"):
            if about["langgraph_node"] == "plan":
                streamed += message.text
        refused = settings.model_copy(update={"model": "refuses"})
        with pytest.raises(ToolError, match="answers 401"):
            await agent.ainvoke(given, thread("refused"), context=refused)
    assert streamed == "{" + render_plan(WARMER)
    (planned,) = (event.data for event in read_trace(trace) if event.kind == "plan")
    assert planned["plan"] == json.loads(WARMER.model_dump_json())
    assert planned["model"] == "answers"
    assert planned["input_tokens"] == 200
    assert planned["output_tokens"] == len(streamed)
    for file in folder.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file
