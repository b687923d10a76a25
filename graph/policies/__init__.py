"""Policies: who plans. Each is one file with one class; `make_policy` knows them by name."""

from dataclasses import dataclass
from typing import Protocol

from graph.settings import Settings
from tools.context import Context
from tools.plan import Plan
from tools.quality import Assessment
from tools.types import Json


@dataclass(frozen=True)
class Attempt:
    """An earlier plan for the same photo and request, and how it went."""

    plan: Plan
    assessment: Assessment
    observed: list[Json]
    """What each step changed (`graph.trace.StepRecord`)."""


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


def make_policy(settings: Settings) -> Policy:
    """Build the policy that the settings name; imports only what that policy needs."""
    match settings.policy:
        case "rules":
            from graph.policies.rules import RulesPolicy

            return RulesPolicy(seed=settings.seed)
        case "preset":
            from graph.policies.preset import PresetPolicy

            return PresetPolicy()
        case "checkpoint":
            from graph.policies.checkpoint import load_checkpoint_policy

            return load_checkpoint_policy(settings.checkpoint, constrained=settings.constrained)
