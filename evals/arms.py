"""Arms: who plans and who carries out, as a person names it.

    rules   preset   search   oracle_search   checkpoint:DIR   chat:MODEL   edit_only
    rules@editor   chat:MODEL@editor          the image editor carries out the plan

`chat` asks the endpoint that OPENAI_BASE_URL names, the editor is the one that STYLIST_EDITOR_URL names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from graph.settings import LocalSettings, PolicyName
from tools.declare import ToolError

_NEEDS = {"checkpoint": "DIR", "chat": "MODEL"}
"""What stands after the colon, where something does."""
_EDITOR = "@editor"


@dataclass(frozen=True)
class Arm:
    """One of the things compared."""

    label: str
    """What tables call it; no two arms share it."""
    settings: LocalSettings


def read_arms(names: Sequence[str], *, seed: int, root: str) -> list[Arm]:
    """The arms of these names.

    Raises:
        ToolError: if a name is no arm, or is given twice.
    """
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ToolError(f"the arm {twice!r} is given twice; each is compared once")
    short = [_short(name) for name in names]
    return [
        Arm(label if short.count(label) == 1 else name, _settings(name, seed, root))
        for name, label in zip(names, short, strict=True)
    ]


def _short(name: str) -> str:
    """The name with only the last part of a path."""
    who, renderer = name.removesuffix(_EDITOR), _EDITOR if name.endswith(_EDITOR) else ""
    policy, colon, what = who.partition(":")
    return f"{policy}{colon}{Path(what).name}{renderer}"


def _settings(name: str, seed: int, root: str) -> LocalSettings:
    policy, _, what = name.removesuffix(_EDITOR).partition(":")
    if policy not in get_args(PolicyName):
        raise ToolError(f"no policy is called {policy!r}; known are {', '.join(map(_written, get_args(PolicyName)))}")
    if bool(what) != (policy in _NEEDS):
        raise ToolError(f"there is no arm {name!r}; write {_written(policy)}")
    return LocalSettings(
        policy=policy,
        renderer="editor" if name.endswith(_EDITOR) or policy == "edit_only" else "local",
        **{"checkpoint": {"checkpoint": what}, "chat": {"model": what}}.get(policy, {}),
        seed=seed,
        root=root,
        revisions=0,
    )


def _written(policy: str) -> str:
    return f"{policy}:{_NEEDS[policy]}" if policy in _NEEDS else policy
