"""What the graph keeps: plain JSON-able data, references to pictures, never pixels."""

import operator
from typing import Annotated, NotRequired, TypedDict

from tools.types import Json


class Input(TypedDict):
    """What a person gives."""

    photo: str
    """Path of the photo under the server's root, or an `image://sha256/...` reference."""
    request: str
    """What is wanted, in the person's own words."""
    goals: NotRequired[Json | None]
    """True goals of the request (`tools.goals.Request`), where they are known: only the judge sees them."""
    output: NotRequired[str | None]
    """Path under the root to write the full-size result to; left out, the result stays an artifact."""


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


class State(Input, Output, total=False):
    """Everything between the two."""

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
    history: Annotated[list[Json], operator.add]
    """Earlier attempts: plan, assessment and what was observed."""
    best: Json | None
    """The best attempt so far: result, plan, assessment."""
    decision: Json | None
    """What a person said when asked to approve."""
