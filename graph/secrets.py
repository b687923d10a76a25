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
    r"(?P<url>\b[a-z][a-z0-9+.-]*://)[^\s/]+@"  # a user or a password in a URL
    r"|(?P<header>\bauthorization[\"']?\s*[=:]\s*[\"']?(?:[a-z]+\s+)?)[^\s\"',;]{8,}"
    r"|(?P<bearer>\bbearer\s+)[\w.~+/=-]{8,}"
    r"|(?P<named>\b(?:api[_-]?key|(?:access|auth)[_-]?token|client[_-]?secret|password)[\"']?\s*[=:]\s*[\"']?)"
    r"[^\s\"'&,;]+"
    r"|(?P<query>[?&](?:key|token|secret|sig|signature)=)[^\s\"'&]+"
    r"|\b(?:sk|pk|hf|gh[opsu]|github_pat|glpat|gsk|nvapi|r8|xox[abps]|lsv2)[-_][\w-]{16,}"
    r"|\b(?:AIza[\w-]{30,}|AKIA[A-Z\d]{16}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"  # Google, AWS, JSON web tokens
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""What keys look like, or what stands before them, which stays."""


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
    before = found[found.lastgroup] if found.lastgroup else ""
    return f"{before}{BLOT}@" if found["url"] else f"{before}{BLOT}"
