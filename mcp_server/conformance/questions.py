"""Tools that ask the client while they run, as the 2025 revision has it."""

from typing import Annotated, Literal

from mcp.shared.exceptions import MCPError
from mcp.types import MISSING_REQUIRED_CLIENT_CAPABILITY, SamplingMessage, TextContent
from pydantic import BaseModel, Field

from mcp_server.conformance.fixture import Ctx, fixture


@fixture
async def test_sampling(prompt: str, ctx: Ctx) -> str:
    """Ask the client's model, and answer with what it said."""
    message = SamplingMessage(role="user", content=TextContent(text=prompt))
    answer = await ctx.session.create_message([message], max_tokens=100)
    return f"LLM response: {answer.content}"


class Person(BaseModel):
    """What the person is asked."""

    username: str = Field(description="User's response")
    email: str = Field(description="User's email address")


@fixture
async def test_elicitation(message: str, ctx: Ctx) -> str:
    """Ask the person for a name and an address."""
    return f"User response: {await ctx.elicit(message, Person)}"


class Defaults(BaseModel):
    """Fields of every kind, each with a default."""

    name: str = "John Doe"
    age: int = 30
    score: float = 95.5
    status: Literal["active", "inactive", "pending"] = "active"
    verified: bool = True


@fixture
async def test_elicitation_sep1034_defaults(ctx: Ctx) -> str:
    """Ask the person, with a default for every kind of field."""
    return f"Elicitation completed: {await ctx.elicit('Your details', Defaults)}"


def _titled(*names: str) -> list[dict[str, str]]:
    return [{"const": name, "title": f"Title of {name}"} for name in names]


class Enums(BaseModel):
    """Choices in every form that the protocol knows."""

    untitledSingle: Annotated[str, Field(json_schema_extra={"enum": ["option1", "option2", "option3"]})]  # noqa: N815
    titledSingle: Annotated[str, Field(json_schema_extra={"oneOf": _titled("value1", "value2", "value3")})]  # noqa: N815
    legacyEnum: Annotated[  # noqa: N815
        str, Field(json_schema_extra={"enum": ["opt1", "opt2"], "enumNames": ["Option One", "Option Two"]})
    ]
    untitledMulti: Annotated[  # noqa: N815
        list[str], Field(json_schema_extra={"items": {"type": "string", "enum": ["option1", "option2", "option3"]}})
    ]
    titledMulti: Annotated[list[str], Field(json_schema_extra={"items": {"anyOf": _titled("value1", "value2")}})]  # noqa: N815


@fixture
async def test_elicitation_sep1330_enums(ctx: Ctx) -> str:
    """Ask the person to choose, by every form of enum."""
    return f"Elicitation completed: {await ctx.elicit('Choose', Enums)}"


@fixture
def test_missing_capability(ctx: Ctx) -> str:
    """Refuse clients that cannot sample."""
    if ctx.client_capabilities is None or ctx.client_capabilities.sampling is None:
        raise MCPError(
            MISSING_REQUIRED_CLIENT_CAPABILITY, "sampling is needed", {"requiredCapabilities": {"sampling": {}}}
        )
    return "the client can sample"
