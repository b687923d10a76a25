"""A model behind any OpenAI-compatible endpoint (vLLM first), asked through a LangChain chat model.

The photo and its context are sent as `graph.messages` renders them, and the answer is held to the plan's JSON schema.
An answer that is not a valid plan is sent back once, with what is wrong with it. An endpoint that fails is tried three
times; whatever it does, an answer ends within `timeout_s` and `MAX_ANSWER_BYTES`.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from graph.messages import (
    PROMPT_VERSION,
    read_completion,
    render_attempt,
    render_progress,
    render_prompt,
    render_repair,
    with_pictures,
)
from graph.policies import Attempt, Policy, Progress
from graph.record import note
from graph.secrets import without_secrets
from graph.settings import LocalSettings
from tools.context import Context
from tools.declare import ToolError
from tools.goals import Request
from tools.plan import Plan, plan_schema
from tools.types import Json

try:
    import openai
    from langchain_core.messages import AIMessageChunk
    from langchain_openai import ChatOpenAI
except ImportError:
    raise ToolError("policy 'chat' needs the chat extra: pip install 'stylist[chat]'") from None

MAX_ANSWER_BYTES = 4_000_000
"""Of one answer as it is streamed; a plan takes a tenth of it."""
MAX_ANSWER_TOKENS = 2048
MAX_REPAIRED = 6_000
"""Characters of an invalid answer that are sent back."""
_RETRIES = 2
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n\s*```\s*", re.DOTALL)
_SHOWN = 300
"""Characters of what an endpoint says about an error."""


class ChatPolicy:
    """Plans with the answer of a chat model."""

    name = "chat"

    def __init__(
        self, endpoint: str, model: str, *, timeout_s: float, constrained: bool, seed: int, editor: bool
    ) -> None:
        """Ask `model` at `endpoint`; an answer may take `timeout_s`, retries included."""
        self.endpoint = endpoint
        self.model = model
        self.timeout_s = timeout_s
        self.editor = editor
        self._chat: dict[str, Any] = {
            "base_url": endpoint,
            "model": model,
            "api_key": os.environ.get("OPENAI_API_KEY") or "none",
            "max_retries": _RETRIES,
            "max_tokens": MAX_ANSWER_TOKENS,
            "timeout": timeout_s,
            "temperature": 0,
            "seed": seed,
            "stream_usage": True,
            "extra_body": {"response_format": _format(editor)} if constrained else None,
        }

    def plan(self, context: Context, request: str, image: bytes, history: list[Attempt]) -> Plan:
        """Plan for one photo; see `graph.policies.Policy.plan`."""
        return self._ask(*self._conversation(context, request, image, history))

    def plan_on(self, context: Context, request: str, image: bytes, history: list[Attempt], progress: Progress) -> Plan:
        """Plan the rest; see `graph.policies.ClosedLoopPolicy.plan_on`."""
        messages, pictures = self._conversation(context, request, image, history)
        return self._ask([*messages, *render_progress(progress)], [*pictures, progress.image])

    def _conversation(
        self, context: Context, request: str, image: bytes, history: list[Attempt]
    ) -> tuple[list[Json], list[bytes]]:
        """The prompt, followed by what came of earlier plans; and the pictures for its slots."""
        messages, pictures = render_prompt(context, request, editor=self.editor), [image]
        for attempt in history:
            messages += render_attempt(attempt)
            pictures.append(attempt.image)
        return messages, pictures

    def _ask(self, messages: list[Json], pictures: list[bytes]) -> Plan:
        http = httpx2.AsyncClient(transport=_BoundedTransport())
        chat = ChatOpenAI(**self._chat, http_async_client=http)
        return asyncio.run(self._planned(chat, http, with_pictures(messages, pictures)))

    async def _planned(self, chat: ChatOpenAI, http: httpx2.AsyncClient, messages: list[Json]) -> Plan:
        """Ask for a plan, and once more if it is not valid."""
        async with http:
            answer = await self._answer(chat, messages)
            try:
                return read_completion(_bare(answer.text))
            except ToolError as error:
                repair = render_repair(answer.text[:MAX_REPAIRED], str(error))
            mended = await self._answer(chat, [*messages, *repair])
            note(**_used(answer, mended), repaired=True)
            try:
                return read_completion(_bare(mended.text))
            except ToolError as error:
                raise ToolError(f"the model {self.model!r} wrote no valid plan, nor when told why: {error}") from None

    async def _answer(self, chat: ChatOpenAI, messages: list[Json]) -> AIMessageChunk:
        """The whole answer.

        Raises:
            ToolError: if the endpoint fails, or there is no end to its answer.
        """
        answer = AIMessageChunk(content="")
        try:
            async with asyncio.timeout(self.timeout_s):
                async for chunk in chat.astream(messages):
                    answer += chunk
        except TimeoutError:
            raise self._failure(f"did not finish its answer within {self.timeout_s:g} s") from None
        except openai.APIStatusError as error:
            raise self._failure(f"answers {error.status_code}: {error.response.text}") from None
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise self._failure(f"fails: {_first_cause(error)}") from None
        except (ValueError, TypeError, LookupError, AttributeError) as error:  # what parsing rubbish comes to
            raise self._failure(f"answers what is no chat completion: {type(error).__name__}: {error}") from None
        note(model=self.model, prompt_version=PROMPT_VERSION, **_used(answer))
        return answer

    def _failure(self, what: str) -> ToolError:
        words = " ".join(without_secrets(what).split())
        return ToolError(f"the endpoint {self.endpoint} {words[:_SHOWN]}")


def _bare(answer: str) -> str:
    """An answer without the thoughts before it and the fence around it, which models write that no schema holds."""
    answer = _THOUGHTS.sub("", answer)
    fenced = _FENCED.fullmatch(answer)
    return fenced[1] if fenced else answer


def _format(editor: bool) -> Json:
    """The format that an answer is held to."""
    schema = plan_schema(editor=editor)
    return {"type": "json_schema", "json_schema": {"name": "plan", "strict": True, "schema": schema}}


def _first_cause(error: BaseException) -> BaseException:
    """What an error came from at last."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _used(*answers: AIMessageChunk) -> dict[str, int]:
    """Tokens read and written, where the endpoint says."""
    usages = [answer.usage_metadata for answer in answers if answer.usage_metadata]
    if not usages:
        return {}
    return {
        "input_tokens": sum(usage["input_tokens"] for usage in usages),
        "output_tokens": sum(usage["output_tokens"] for usage in usages),
    }


class _BoundedTransport(httpx2.AsyncHTTPTransport):
    """Connections whose answers end."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["Accept-Encoding"] = "identity"
        response = await super().handle_async_request(request)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise httpx2.DecodingError("it compresses its answer, which could then be of any length", request=request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _BoundedStream(response.stream)
        return response


class _BoundedStream(httpx2.AsyncByteStream):
    """A stream of at most `MAX_ANSWER_BYTES`."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_ANSWER_BYTES
        async for part in self._stream:
            left -= len(part)
            if left < 0:
                raise httpx2.ReadError(f"its answer goes on after {MAX_ANSWER_BYTES:,} bytes")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def make(settings: LocalSettings, goals: Request | None) -> Policy:
    """The policy of a run.

    Raises:
        ToolError: if it is not said where to ask whom.
    """
    if settings.endpoint is None:
        raise ToolError("policy 'chat' needs an endpoint: set OPENAI_BASE_URL, such as http://localhost:8000/v1")
    if not settings.endpoint.startswith(("http://", "https://")):
        raise ToolError(f"the endpoint {settings.endpoint!r} is no http:// or https:// address")
    if settings.model is None:
        raise ToolError("policy 'chat' needs `model`, the name of a model at its endpoint")
    return ChatPolicy(
        settings.endpoint,
        settings.model,
        timeout_s=settings.timeout_s,
        constrained=settings.constrained,
        seed=settings.seed,
        editor=settings.renderer == "editor",
    )
