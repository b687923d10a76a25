"""A run whose record ends anywhere goes on from there: every write of the checkpointer may have been the last."""

from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from rich.console import Console

from graph.settings import LocalSettings
from graph.tool_session import tool_session
from mcp_server.settings import ServerSettings
from stylist.run import Runs
from tests.stylist.conftest import small
from tools.types import Json


class KilledError(Exception):
    """The process is gone."""


class DyingSaver(InMemorySaver):
    """Keeps the first writes and fails at the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 1000

    def _live(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KilledError

    async def aput(self, *args: Any, **more: Any) -> Any:
        self._live()
        return await super().aput(*args, **more)

    async def aput_writes(self, *args: Any, **more: Any) -> None:
        self._live()
        await super().aput_writes(*args, **more)


async def _run(saver: DyingSaver) -> Json:
    given = {"photo": "meadow.jpg", "request": "warmer and darker"}
    return await Runs(saver).run("killed", given, LocalSettings(), Console(quiet=True))


async def test_a_run_goes_on_after_any_write(tmp_path: Path) -> None:
    small("meadow.jpg", 100).save(tmp_path / "meadow.jpg", quality=92)
    async with tool_session(ServerSettings(root=tmp_path, store=tmp_path / "store")):
        undisturbed = DyingSaver()
        whole = await _run(undisturbed)
        writes = 1000 - undisturbed.left
        assert writes > 10
        for kept in range(writes):
            saver = DyingSaver()
            saver.left = kept
            with pytest.raises(KilledError):
                await _run(saver)
            saver.left = 1000
            resumed = await _run(saver)
            for name in ("result", "plan", "assessment", "message"):
                assert resumed[name] == whole[name], kept
            assert [step["result"] for step in resumed["observed"]] == [step["result"] for step in whole["observed"]]
