"""Secrets stay out of traces and checkpoints: keys come from the environment alone and are blotted out elsewhere."""

import os
import re
from typing import Any

BLOT = "[secret]"
_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIALS")
"""Endings of the names of environment variables that hold secrets."""
_LEAST = 8
"""Characters of the shortest secret that is looked for; shorter values are also ordinary words."""
_SHAPES = re.compile(
    r"(?P<url>\b[a-z][a-z0-9+.-]*://)[^\s/@]+@"  # a user or a password in a URL
    r"|(?P<bearer>\bbearer\s+)[\w.~+/=-]{8,}"
    r"|(?P<named>\b(?:api[_-]?key|access[_-]?token|password)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;]+"
    r"|\b(?:sk|pk|hf|ghp|lsv2)[-_][\w-]{16,}",
    re.IGNORECASE,
)


def without_secrets(value: Any) -> Any:
    """A JSON value in whose texts the secrets of the environment, and what has the shape of one, are blotted out."""
    return _blotted(value, _of_environment())


def _of_environment() -> list[str]:
    found = {os.environ[name] for name in os.environ if name.upper().endswith(_NAMES)}  # decoding all values is slow
    return sorted((value for value in found if len(value) >= _LEAST), key=len, reverse=True)


def _blotted(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, BLOT)
        return _SHAPES.sub(_shape, value)
    if isinstance(value, dict):
        return {name: _blotted(entry, secrets) for name, entry in value.items()}
    if isinstance(value, list):
        return [_blotted(entry, secrets) for entry in value]
    return value


def _shape(found: re.Match[str]) -> str:
    if found["url"]:
        return f"{found['url']}{BLOT}@"
    return f"{found['bearer'] or found['named'] or ''}{BLOT}"
