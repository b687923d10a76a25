"""langchain-mcp-adapters as client, in an environment of its own: it needs an older SDK than the server's.

python langchain_client.py SERVER_COMMAND ARGUMENT...
"""

import asyncio
import sys
from typing import Any

from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools


async def main(command: str, *args: str) -> None:
    client = MultiServerMCPClient({"stylist": {"transport": "stdio", "command": command, "args": list(args)}})
    async with client.session("stylist") as session:
        tools = {tool.name: tool for tool in await load_mcp_tools(session)}
        assert len(tools) == 15, list(tools)

        async def call(name: str, **arguments: Any) -> Any:
            return await tools[name].ainvoke({"type": "tool_call", "id": "1", "name": name, "args": arguments})

        listed = (await call("list_photos")).artifact["structured_content"]
        opened = await call("open_image", path=listed["photos"][0]["path"])
        assert [block["type"] for block in opened.content] == ["text", "image"]
        image = opened.artifact["structured_content"]["uri"]
        step = {"tool": "exposure", "args": {"stops": 0.3}}
        done = (await call("apply_step", image=image, step=step)).artifact["structured_content"]
        assert done["steps"] == 1
        refused = await call("apply_step", image=image, step={"tool": "exposre"})
        assert "did you mean 'exposure'?" in str(refused.content)
    prompt = await client.get_prompt("stylist", "try_style", arguments={"photo": "x.jpg", "style": "portra"})
    assert "portra" in str(prompt[0].content)


asyncio.run(main(*sys.argv[1:]))
