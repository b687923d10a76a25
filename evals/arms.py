"""Arms: the policies that are compared, named `rules`, `preset`, or `checkpoint:DIR`."""

from typing import get_args

from graph.settings import LocalSettings, PolicyName
from tools.declare import ToolError

_KNOWN = get_args(PolicyName)


def arm_settings(name: str, *, seed: int, root: str) -> LocalSettings:
    """The run settings of an arm.

    Raises:
        ToolError: if there is no such arm.
    """
    policy, _, folder = name.partition(":")
    if policy not in _KNOWN:
        raise ToolError(f"no policy is called {policy!r}; known are {', '.join(_KNOWN)} (checkpoint:DIR)")
    return LocalSettings(
        policy=policy,
        renderer="editor" if policy == "edit_only" else "local",
        checkpoint=folder or None,
        seed=seed,
        root=root,
        revisions=0,
    )


def arm_label(name: str) -> str:
    """A short name for tables."""
    return name.partition(":")[0]
