"""The drawing is true: its edges are the transitions that runs take, every one of them and no other."""

import itertools
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from graph.agent import builder, graph
from graph.messages import render_plan
from graph.settings import LocalSettings
from graph.tool_session import ToolSession
from tests.graph.chat_server import ChatServer, serve
from tests.graph.conftest import plan, thread
from tools.plan import read_plan

WEAK = plan({"tool": "exposure", "args": {"stops": 0.1}})
NONE = plan()


@pytest.fixture
def server() -> Iterator[ChatServer]:
    yield from serve()


async def _nodes(agent: Any, given: Any, settings: LocalSettings) -> AsyncIterator[str]:
    async for update in agent.astream(given, thread("walk"), context=settings, stream_mode="updates"):
        for node in update:
            if node != "__interrupt__":
                yield node


async def _walk(settings: LocalSettings, request: str, answer: Any = None) -> set[tuple[str, str]]:
    """The transitions of one run, from start to end."""
    agent = builder.compile(checkpointer=InMemorySaver())
    given: Any = {"photo": "meadow.jpg", "request": request}
    way = ["__start__", *[node async for node in _nodes(agent, given, settings)]]
    if answer is not None:
        way += [node async for node in _nodes(agent, Command(resume=answer), settings)]
    way.append("__end__")
    return set(itertools.pairwise(way))


async def test_runs_take_every_edge_of_the_drawing_and_no_other(session: ToolSession, server: ChatServer) -> None:
    rules, asking = LocalSettings(), LocalSettings(approve=True)
    chat = LocalSettings(policy="chat", model="answers", endpoint=server.url)
    taken = await _walk(rules, "warmer and darker")
    taken |= await _walk(rules, "it's perfect as it is")
    taken |= await _walk(LocalSettings(closed_loop=True), "warmer")
    for answer in ("accept", {"decision": "edit", "plan": NONE}, {"decision": "reject"}):
        taken |= await _walk(asking, "warmer", answer)
    server.answers = [render_plan(read_plan(WEAK))] * 2
    taken |= await _walk(chat, "brighter")
    assert taken == {(edge.source, edge.target) for edge in graph.get_graph().edges}
