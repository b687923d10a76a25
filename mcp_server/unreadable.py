"""Answers to requests that cannot be read, so that no client waits for one in vain.

JSON that a client may well write is refused by parsers: half of a character (`"\\ud83d"`, where a text was cut off),
whole numbers of thousands of digits, lists in lists in lists.
"""

import re

from mcp.types import INVALID_REQUEST, PARSE_ERROR, ErrorData, JSONRPCError, RequestId, jsonrpc_message_adapter
from pydantic import ValidationError

from mcp_server.settings import MAX_MESSAGE_BYTES

_ID = rb'"id"\s*:\s*(?:"([^"\\]+)"|(\d{1,18})(?!\d))'
_FIRST, _LAST = re.compile(rb"\s*\{[^{}]*?" + _ID), re.compile(_ID + rb"[^{}]*\}\s*\Z")
"""The `id` of a request before or after its parameters; in neither place is it one of theirs."""


def problem(line: bytes) -> ErrorData | None:
    """What keeps a line from being a message of the protocol; None if nothing does."""
    try:
        jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if first["type"] == "json_invalid":
            return ErrorData(code=PARSE_ERROR, message=f"the request cannot be read: {first['msg']}")
        return ErrorData(code=INVALID_REQUEST, message="this is no request of JSON-RPC 2.0")
    return None


TOO_LONG = ErrorData(
    code=INVALID_REQUEST,
    message=f"the request has more than {MAX_MESSAGE_BYTES:,} bytes; pictures are named by path or reference, not sent",
)


def refusal(line: bytes, error: ErrorData) -> str | None:
    """The answer to a request, as a line; None for what does not say whom to answer."""
    found = _FIRST.match(line) or _LAST.search(line)
    if found is None:
        return None
    text, number = found.groups()
    name: RequestId = text.decode(errors="replace") if text else int(number)
    return JSONRPCError(jsonrpc="2.0", id=name, error=error).model_dump_json(by_alias=True, exclude_unset=True) + "\n"
