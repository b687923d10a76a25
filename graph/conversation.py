"""What a run is asked, and what it says: the fields of a form, or a message of a conversation.

"coast.jpg, a foggy morning" begins one; "warmer, and less grain" goes on from the last result.
"""

import re
from typing import Any, NamedTuple

from langchain_core.messages import AIMessage, HumanMessage

from graph.secrets import without_secrets
from graph.state import State
from tools.declare import ToolError
from tools.picture import FORMATS
from tools.types import Json

MAX_REQUEST_CHARACTERS = 100_000
_PHOTO = re.compile(rf"""(?P<name>[^\s'",;]+(?:{"|".join(map(re.escape, FORMATS))}))\b[,:;]?\s*""", re.IGNORECASE)


class Asked(NamedTuple):
    """What is asked of a run."""

    photo: str
    request: str
    message: HumanMessage
    """The same, as it stands in the conversation."""


def asked(state: State) -> Asked:
    """Read what this run is asked: a new message, or else the fields of the form.

    Raises:
        ToolError: if there is no photo or no request.
    """
    messages = state.get("messages", [])
    message = messages[-1] if messages else None
    if isinstance(message, HumanMessage) and message.id != state.get("heard"):
        message = message.model_copy(update={"content": without_secrets(message.content)})
        named, words = _told(message.text)
        request = _checked(words)
    else:
        named, request = None, _checked(state.get("request"))
        message = HumanMessage(request, id=f"asked-{len(messages)}")
    photo = named or state.get("photo")
    if photo is None:
        raise ToolError("no photo is named; give `photo`, or name it in the first message: 'coast.jpg, warmer'")
    return Asked(photo, request, message)


def answer(state: State, text: str) -> AIMessage:
    """What the run says, as a message."""
    return AIMessage(text, id=f"answered-{len(state['messages'])}")


def account_of(best: Json, message: str) -> str:
    """What was done, how it went, and what came of it."""
    if not best["plan"]["steps"]:
        return message
    goals = [f"{result['goal']} {result['status']}" for result in best["assessment"]["results"]]
    return " ".join([best["plan"]["summary"], *(["Measured: " + ", ".join(goals) + "."] if goals else []), message])


def outcome_of(state: State, best: Json) -> str:
    """What came of a run that wrote no file."""
    if best["result"] != state["image"]:
        return "The styled picture is ready."
    return best["plan"]["summary"] or "Nothing to change."


def _told(text: str) -> tuple[str | None, str]:
    """The photo that a message names, if it does, and the rest of its words."""
    found = _PHOTO.search(text)
    if found is None:
        return None, text
    return found["name"], text[: found.start()] + text[found.end() :]


def _checked(request: Any) -> str:
    """The request, without space around it and without secrets.

    Raises:
        ToolError: if it is no text, or too long.
    """
    if not isinstance(request, str) or not request.strip():
        raise ToolError(
            "the request is empty; say in words how the photo should look, such as 'a moody autumn evening'"
        )
    if len(request) > MAX_REQUEST_CHARACTERS:
        raise ToolError(f"the request has {len(request)} characters; at most {MAX_REQUEST_CHARACTERS} are read")
    try:
        request.encode()
    except UnicodeEncodeError:
        raise ToolError("the request is not UTF-8 text; check the encoding of the terminal it comes from") from None
    return without_secrets(request.strip())
