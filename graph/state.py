"""What the graph keeps: plain JSON-able data, references to pictures, never pixels."""

from typing import Annotated

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages
from pydantic import Field

# Before Python 3.12 pydantic makes no schema of the TypedDict of typing.
from typing_extensions import NotRequired, TypedDict  # noqa: UP035

from tools.types import Json


class Input(TypedDict):
    """What a person gives."""

    photo: NotRequired[
        Annotated[
            str,
            Field(
                description="Path of a photo under the root, or an image://sha256/... reference; a thread that has a "
                "result goes on from it without one."
            ),
        ]
    ]
    request: NotRequired[
        Annotated[str, Field(description="What is wanted, in your own words: 'a moody autumn evening'.")]
    ]
    messages: NotRequired[
        Annotated[
            list[AnyMessage],
            Field(
                description="A conversation, instead of `photo` and `request`: 'coast.jpg, a foggy morning', then "
                "'warmer, and less grain'."
            ),
            add_messages,
        ]
    ]
    goals: NotRequired[
        Annotated[Json | None, Field(description="True goals of the request, if known; only the judge sees them.")]
    ]
    output: NotRequired[
        Annotated[str | None, Field(description="Path under the root for the full-size result; none by default.")]
    ]


class Output(TypedDict):
    """What a person gets."""

    image: str
    """Reference of the photo as opened."""
    result: str
    """Reference of the styled picture."""
    plan: Json
    assessment: Json
    message: str
    """What happened, in one line."""
    messages: NotRequired[Annotated[list[AnyMessage], add_messages]]
    """The conversation so far."""


class State(Input, Output, total=False):
    """Everything between the two."""

    heard: str
    """Identifies the message of the conversation that is being answered."""
    context: Json
    """Measured context of the photo (`tools.context.Context`)."""
    reading: Json
    """How the embedded parser reads the request (`tools.goals.Request`)."""
    current: str
    """Reference of the picture after the steps so far."""
    position: int
    """Index of the step that acts next."""
    observed: list[Json]
    """What each step of the current plan was seen to change (`graph.trace.StepRecord`)."""
    history: list[Json]
    """Earlier attempts: plan, assessment and what was observed."""
    best: Json | None
    """The best attempt so far (`graph.attempts.judged_attempt`), the untouched photo among them."""
    decision: Json | None
    """What a person said when asked to approve."""
    goto: str
    """Node that the last one decided to go on with; a fork that changes the state after it goes the same way."""
    events: list[Json]
    """What the last node wrote down (`graph.trace.Event` without pictures); the history of the thread has them all."""
