from pathlib import Path

from graph.tool_session import tool_session
from mcp_server.settings import ServerSettings


async def test_a_picture_is_the_same_seen_read_and_read_by_another_session(folder: Path) -> None:
    settings = ServerSettings(root=folder, store=folder / "store")
    async with tool_session(settings) as session:
        opened, _ = await session.call_seeing("open_image", path="meadow.jpg")
        step = {"tool": "exposure", "args": {"stops": 1}}
        made, seen = await session.call_seeing("apply_step", image=opened["uri"], step=step)
        read = await session.read_picture(made["uri"])
    async with tool_session(settings) as session:
        assert seen == read == await session.read_picture(made["uri"])
