"""The tools served over MCP: pictures by reference, edits like commits, one folder, limits on everything.

    from mcp_server.server import build_server

    server = build_server(ServerSettings(root=Path("photos")))
    async with Client(server) as client:
        photo = await client.call_tool("open_image", {"path": "coast.jpg"})
        uri = photo.structured_content["uri"]
        step = {"tool": "temperature", "args": {"warmer": 30}}
        await client.call_tool("apply_step", {"image": uri, "step": step})

Over a wire: `python -m mcp_server --root photos`. It imports `tools` alone. `mcp_server.studio` does the same work
without a protocol, and does not load the MCP library.
"""

from mcp_server.settings import ServerSettings

__all__ = ["ServerSettings"]
