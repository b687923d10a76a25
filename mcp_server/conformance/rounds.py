"""Tools that ask by an incomplete result and go on when they are called again, as the 2026 revision has it."""

from mcp.types import (
    CreateMessageRequest,
    CreateMessageRequestParams,
    CreateMessageResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequest,
    InputRequiredResult,
    ListRootsRequest,
    SamplingMessage,
    TextContent,
)

from mcp_server.conformance.fixture import Ctx, fixture


def form(message: str, field: str, kind: str = "string") -> ElicitRequest:
    """A form with one field."""
    schema = {"type": "object", "properties": {field: {"type": kind}}, "required": [field]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def question(text: str) -> CreateMessageRequest:
    """A question for the client's model."""
    message = SamplingMessage(role="user", content=TextContent(text=text))
    return CreateMessageRequest(params=CreateMessageRequestParams(messages=[message], max_tokens=100))


def _answered(ctx: Ctx, **requests: InputRequest) -> bool:
    """Whether every request has an answer of its own kind."""
    answers = ctx.input_responses or {}
    kinds = {"elicitation/create": ElicitResult, "sampling/createMessage": CreateMessageResult}
    return all(
        name in answers and isinstance(answers[name], kinds.get(request.method, object))
        for name, request in requests.items()
    )


def ask(ctx: Ctx, state: str | None = None, **requests: InputRequest) -> str | InputRequiredResult:
    """Ask the client, and say so when all is answered and the state, if there is one, came back."""
    if _answered(ctx, **requests) and ctx.request_state == state:
        return "state-ok: " + ", ".join(map(str, (ctx.input_responses or {}).values()))
    return InputRequiredResult(input_requests=requests, request_state=state)


@fixture
def test_streaming_elicitation(ctx: Ctx) -> str | InputRequiredResult:
    """Ask the person in a round of its own."""
    return ask(ctx, user_name=form("What is your name?", "name"))


@fixture
def test_input_required_result_elicitation(ctx: Ctx) -> str | InputRequiredResult:
    """Ask the person, and answer in the next round."""
    return ask(ctx, user_name=form("What is your name?", "name"))


@fixture
def test_input_required_result_sampling(ctx: Ctx) -> str | InputRequiredResult:
    """Ask the client's model, and answer in the next round."""
    return ask(ctx, capital_question=question("What is the capital of France?"))


@fixture
def test_input_required_result_list_roots(ctx: Ctx) -> str | InputRequiredResult:
    """Ask for the client's roots, and answer in the next round."""
    return ask(ctx, client_roots=ListRootsRequest())


@fixture
def test_input_required_result_request_state(ctx: Ctx) -> str | InputRequiredResult:
    """Hand the client a state that it brings back."""
    return ask(ctx, state="one", confirm=form("Please confirm", "ok", "boolean"))


@fixture
def test_input_required_result_tampered_state(ctx: Ctx) -> str | InputRequiredResult:
    """Hand out a state that is refused if it was changed."""
    return ask(ctx, state="one", confirm=form("Please confirm", "ok", "boolean"))


@fixture
def test_input_required_result_multiple_inputs(ctx: Ctx) -> str | InputRequiredResult:
    """Ask for several things in one round."""
    return ask(
        ctx,
        state="one",
        user_name=form("What is your name?", "name"),
        greeting=question("Generate a greeting"),
        client_roots=ListRootsRequest(),
    )


@fixture
def test_input_required_result_multi_round(ctx: Ctx) -> str | InputRequiredResult:
    """Ask in one round after another."""
    if ctx.request_state is None:
        return ask(ctx, state="one", step1=form("Step 1: What is your name?", "name"))
    return ask(ctx, state="two", step2=form("Step 2: What is your favorite color?", "color"))


@fixture
def test_input_required_result_capabilities(ctx: Ctx) -> str | InputRequiredResult:
    """Ask only for what the client can answer."""
    client = ctx.client_capabilities
    if client and client.elicitation:
        return ask(ctx, user_name=form("What is your name?", "name"))
    return ask(ctx, greeting=question("Generate a greeting"))
