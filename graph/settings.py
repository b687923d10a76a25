"""Runtime settings of a run; LangGraph Studio shows `Settings` as a form.

A client of a server sends `Settings`, which have no word for where files lie. That is for whoever runs the process to
say: `LocalSettings`, given by code that runs the graph itself, or taken from the environment.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from langgraph.runtime import Runtime

PolicyName = Literal["rules", "search", "oracle_search", "preset", "chat", "checkpoint", "edit_only"]
RendererName = Literal["local", "editor"]


def _setting(*nodes: str, default: Any, description: str, **limits: Any) -> Any:
    """A field of the form, shown at the nodes that use it."""
    return Field(default, description=description, json_schema_extra={"langgraph_nodes": list(nodes)}, **limits)


class Settings(BaseModel):
    """How a run is done; the defaults are the recommended values."""

    model_config = ConfigDict(extra="forbid")

    policy: PolicyName = _setting(
        "plan",
        default="rules",
        description="Who plans. rules: embedded, no weights. search: the best of many plans by measured quality. "
        "oracle_search: the same for the task's true goals (a teacher, never a contestant). preset: the named style "
        "nearest to the sentence, blind to the photo (baseline). chat: a model behind the server's "
        "OpenAI-compatible endpoint. checkpoint: the server's trained Qwen3-VL model. edit_only: nobody; the sentence "
        "goes to the image editor as it is (baseline, with renderer editor).",
    )
    renderer: RendererName = _setting(
        "act",
        default="local",
        description="Who carries out the plan. local: the tools, step by step, at full size. editor: the server's "
        "generative image editor, as one instruction, at about a megapixel.",
    )
    model: str | None = _setting(
        "plan", default=None, description="Name of the model that `chat` asks, as its endpoint calls it."
    )
    timeout_s: float = _setting(
        "plan", default=120, gt=0, le=3600, description="Seconds within which `chat` wants an answer, retries included."
    )
    candidates: int = _setting(
        "plan",
        default=48,
        ge=1,
        le=1000,
        description="How many plans `search` and `oracle_search` judge before they choose.",
    )
    constrained: bool = _setting(
        "plan", default=True, description="Let a model write only what the plan's JSON schema allows."
    )
    closed_loop: bool = _setting(
        "plan",
        "act",
        default=False,
        description="Look again after each step and plan the rest anew; for rules, search, oracle_search and chat.",
    )
    approve: bool = _setting(
        "approve", default=False, description="Show the plan and wait for a person to accept, edit or reject it."
    )
    revisions: int = _setting(
        "assess",
        "revise",
        default=1,
        ge=0,
        le=3,
        description="How often the policy may plan again after looking at the result.",
    )
    seed: int = _setting(
        "plan", "act", default=0, ge=0, le=2**31 - 1, description="Fixes grain, rain and every other random choice."
    )
    overwrite: bool = _setting("finish", default=False, description="Whether an existing output file may be replaced.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.approve and self.closed_loop:
            raise ValueError("approve and closed_loop exclude each other: a plan that was approved is not planned anew")
        return self


def _environment(name: str) -> Callable[[], str | None]:
    return lambda: os.environ.get(name) or None


class LocalSettings(Settings):
    """`Settings` and what only the process itself decides; what is not given is taken from the environment."""

    root: str | None = Field(
        default_factory=_environment("STYLIST_ROOT"),
        description="STYLIST_ROOT: folder that holds the photos; by default the working folder.",
    )
    trace_path: str | None = Field(None, description="File to append the trace to, one JSON event a line.")
    traces: str | None = Field(
        default_factory=_environment("STYLIST_TRACES"),
        description="STYLIST_TRACES: folder in which each thread without a `trace_path` gets a trace of its own.",
    )
    checkpoint: str | None = Field(
        default_factory=_environment("STYLIST_CHECKPOINT"),
        description="STYLIST_CHECKPOINT: folder of the Qwen3-VL checkpoint or LoRA adapter that `checkpoint` loads.",
    )
    endpoint: str | None = Field(
        default_factory=_environment("OPENAI_BASE_URL"),
        description="OPENAI_BASE_URL: the OpenAI-compatible endpoint that `chat` asks, such as "
        "http://localhost:8000/v1. Its key is OPENAI_API_KEY, which is read from the environment alone.",
    )


def settings_of(runtime: "Runtime[Settings]") -> LocalSettings:
    """The settings of a run in this process; LangGraph passes None when a caller gives no context."""
    given = runtime.context or Settings()
    return given if isinstance(given, LocalSettings) else LocalSettings(**given.model_dump())
