"""Policies: who plans. Each is one file, named as `graph.settings.PolicyName` names it, that ends in `make`."""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast, runtime_checkable

from graph.settings import LocalSettings
from tools.context import Context
from tools.declare import ToolError
from tools.goals import Request
from tools.plan import Plan, Step
from tools.quality import Assessment
from tools.types import Json


@dataclass(frozen=True)
class Attempt:
    """An earlier plan for the same photo and request, and how it went."""

    plan: Plan
    image: bytes
    """Preview of the result."""
    assessment: Assessment
    observed: list[Json]
    """What each step changed (`graph.trace.StepRecord`)."""


@dataclass(frozen=True)
class Progress:
    """How far a plan has come, as it is seen after a step."""

    steps: list[Step]
    """The steps taken."""
    observed: list[Json]
    """What each step changed, those that could not be done among them (`graph.trace.StepRecord`)."""
    context: Context
    """What is measured in the picture now."""
    image: bytes
    """Preview of the picture now."""


class Policy(Protocol):
    """Writes a plan for a photo and a request."""

    name: str

    def plan(self, context: Context, request: str, image: bytes, history: list[Attempt]) -> Plan:
        """Plan.

        Args:
            context: what was measured in the photo.
            request: the person's words.
            image: the photo's preview, a JPEG of at most 512 px.
            history: earlier attempts, oldest first; empty at first.

        Raises:
            ToolError: if the policy cannot plan, saying why.
        """
        ...


@runtime_checkable
class ClosedLoopPolicy(Policy, Protocol):
    """A policy that can look again after each step."""

    def plan_on(self, context: Context, request: str, image: bytes, history: list[Attempt], progress: Progress) -> Plan:
        """Plan the rest: the steps still to take from where `progress` stands; none when it is done.

        Args:
            context: as in `plan`, of the photo.
            request: as in `plan`.
            image: as in `plan`, the photo.
            history: as in `plan`.
            progress: what was done since, and what came of it.

        Raises:
            ToolError: as in `plan`.
        """
        ...


def looking_again(policy: Policy) -> ClosedLoopPolicy:
    """The policy as one that looks again.

    Raises:
        ToolError: if it cannot.
    """
    if isinstance(policy, ClosedLoopPolicy):
        return policy
    raise ToolError(f"policy {policy.name!r} plans once and cannot look again; leave closed_loop off")


def make_policy(settings: LocalSettings, goals: Request | None = None) -> Policy:
    """Build the policy that the settings name; imports only what that policy needs.

    Args:
        settings: of the run.
        goals: the request's true goals where they are known; only `oracle_search` looks at them.

    Raises:
        ToolError: if the policy lacks something, saying what.
    """
    return cast(Policy, import_module(f"graph.policies.{settings.policy}").make(settings, goals))
