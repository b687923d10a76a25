"""Fixtures of the public conformance suite, mounted on the real server by `--conformance`.

Most scenarios of the suite call tools, resources and prompts by names that it fixes; they exercise the protocol, not
the tools of this server. Without the flag none of this is imported. `make conformance` runs the suite.
"""

from mcp_server.conformance.server import add_fixtures

__all__ = ["add_fixtures"]
