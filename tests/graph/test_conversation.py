"""Chat mode: the first message names a photo, the next ones go on from the last result of the thread."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langgraph.checkpoint.memory import InMemorySaver

from graph.agent import builder
from graph.tool_session import ToolSession
from tests.graph.conftest import small, thread
from tools.declare import ToolError
from tools.types import Json


async def _say(agent: Any, *words: str) -> Json:
    made: Json = {}
    for each in words:
        made = await agent.ainvoke({"messages": [{"role": "user", "content": each}]}, thread("chat"))
    return made


@pytest.fixture
def agent() -> Any:
    return builder.compile(checkpointer=InMemorySaver())


async def test_the_second_message_goes_on_from_the_last_result(session: ToolSession, agent: Any) -> None:
    first = await _say(agent, "meadow.jpg, warmer with film grain")
    second = await _say(agent, "darker, and less grain")
    assert second["image"] == first["result"]
    assert [step["tool"] for step in second["plan"]["steps"]] == ["denoise", "exposure"]
    history = await session.call("history", image=second["result"])
    assert history["source"] == "meadow.jpg"
    tools = [step["tool"] for entry in history["entries"] for step in entry["added"]]
    assert tools == [step["tool"] for made in (first, second) for step in made["plan"]["steps"]]
    assert [message.type for message in second["messages"]] == ["human", "ai", "human", "ai"]
    assert "grain down met" in second["messages"][-1].text
    assert second["messages"][-1].text.endswith("The styled picture is ready.")


async def test_another_photo_begins_anew(session: ToolSession, folder: Path, agent: Any) -> None:
    small("bee.jpg", folder)
    first = await _say(agent, "meadow.jpg, warmer", "bee.jpg darker")
    opened = await session.call("open_image", path="bee.jpg")
    assert first["image"] == opened["uri"]


async def test_the_form_and_the_conversation_mix(session: ToolSession, agent: Any) -> None:
    first = await agent.ainvoke({"photo": "meadow.jpg", "request": "warmer"}, thread("chat"))
    second = await _say(agent, "darker")
    third = await agent.ainvoke({"request": "more contrast"}, thread("chat"))
    assert (second["image"], third["image"]) == (first["result"], second["result"])
    asked = [message.text for message in third["messages"] if isinstance(message, HumanMessage)]
    assert asked == ["warmer", "darker", "more contrast"]


async def test_a_request_that_does_nothing_leaves_the_last_result(session: ToolSession, agent: Any) -> None:
    first = await _say(agent, "meadow.jpg, warmer")
    second = await _say(agent, "it's perfect now")
    assert second["result"] == first["result"]


@pytest.mark.parametrize(("words", "said"), [("warmer", "no photo is named"), ("meadow.jpg", "the request is empty")])
async def test_what_is_missing_is_said(session: ToolSession, agent: Any, words: str, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        await _say(agent, words)
