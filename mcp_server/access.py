"""Who may use the server over HTTP: whoever holds the token, and without a token only this computer."""

import hmac
import re
from pathlib import Path

from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings

from tools.declare import ToolError

MIN_TOKEN = 16
"""Characters of the shortest token that is taken."""
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


class BearerToken:
    """Accepts one token."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    async def verify_token(self, token: str) -> AccessToken | None:
        """The access that a token gives, or None; takes the same time for every wrong token."""
        if not hmac.compare_digest(token.encode(), self._token):
            return None
        return AccessToken(token=token, client_id="token-file", scopes=[])


def read_token(path: Path) -> str:
    """Read the token from a file.

    Raises:
        ToolError: if it cannot be read or is too short to be safe.
    """
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise ToolError(f"the token file {path} cannot be read; it holds one line of ASCII text") from None
    if not re.fullmatch(rf"[\x21-\x7e]{{{MIN_TOKEN},}}", token):
        raise ToolError(f"the token in {path} is not right; it has at least {MIN_TOKEN} characters and no spaces")
    return token


def auth_settings(host: str, port: int) -> AuthSettings:
    """What the server tells clients that come without the token."""
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{port}"
    return AuthSettings.model_validate(
        {"issuer_url": url, "resource_server_url": f"{url}/mcp", "validate_token_resource": False}
    )


def check_host(host: str, token: str | None) -> None:
    """Refuse to serve other computers without a token.

    Raises:
        ToolError: saying how to do it.
    """
    if token is None and host not in LOCAL_HOSTS:
        raise ToolError(f"--host {host} would let other computers in; give a --token-file, or use 127.0.0.1")
