"""The record of runs: SQLite without a word, Postgres when STYLIST_DATABASE names it, either one across processes."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.types import Command

from graph.agent import builder
from graph.checkpoints import VARIABLE, open_checkpointer
from graph.history import read_history
from graph.settings import LocalSettings
from graph.tool_session import ToolSession
from graph.trace import read_trace
from mcp_server.settings import default_store
from tests.graph.conftest import thread
from tools.declare import ToolError


def _programs() -> Path | None:
    """The folder of Debian's, or another, installation of PostgreSQL."""
    found = shutil.which("initdb")
    return Path(found).parent if found else max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server that is started for these tests."""
    pytest.importorskip("psycopg", reason="needs the postgres extra: pip install 'stylist[postgres]'")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed; on Debian: apt-get install postgresql")
    owner = None
    if os.getuid() == 0:  # the server refuses to run as root
        owner = "postgres"
        if owner not in {entry.pw_name for entry in pwd.getpwall()}:
            pytest.skip("there is no user `postgres` as whom the server could run")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if owner:
        shutil.chown(folder, owner)

    def run(program: str, *options: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *options]
        with (folder.parent / f"{folder.name}.log").open("a") as log:
            subprocess.run(command, check=True, user=owner, cwd="/", stdout=log, stderr=log)

    try:
        run("initdb", "--auth=trust", "--username=me", "--no-sync")
        run("pg_ctl", "start", "-w", "-o", f"-k {folder} -c listen_addresses='' -c fsync=off")
        try:
            yield f"postgresql://me:hunter22pass@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)
        (folder.parent / f"{folder.name}.log").unlink()


@pytest.fixture(params=["sqlite", "postgres"])
def record(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which record of runs is used."""
    monkeypatch.delenv(VARIABLE, raising=False)
    if request.param == "postgres":
        monkeypatch.setenv(VARIABLE, request.getfixturevalue("postgres"))
    return str(request.param)


async def test_a_run_goes_on_from_the_record_alone(record: str, session: ToolSession, folder: Path) -> None:
    trace = folder / "trace.jsonl"
    settings = LocalSettings(approve=True, trace_path=str(trace))
    given: Any = {"photo": "meadow.jpg", "request": "warmer"}
    for todo in (given, Command(resume="accept")):
        async with open_checkpointer() as saver:
            made = await builder.compile(checkpointer=saver).ainvoke(todo, thread(record), context=settings)
    assert made["result"] != made["image"]
    async with open_checkpointer() as saver:
        assert await read_history(builder.compile(checkpointer=saver), thread(record), session) == read_trace(trace)
        await saver.adelete_thread(record)
    assert (default_store() / "runs.sqlite").exists() or record == "postgres"


async def test_a_record_that_cannot_be_used_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(ToolError, match="set XDG_CACHE_HOME to a folder that can be written to"):
        async with open_checkpointer():
            pass


async def test_a_database_that_is_not_there_is_explained_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg", reason="needs the postgres extra: pip install 'stylist[postgres]'")
    monkeypatch.setenv(VARIABLE, "postgresql://me:hunter22pass@127.0.0.1:9/none")
    with pytest.raises(ToolError, match="the database that STYLIST_DATABASE names cannot be used") as caught:
        async with open_checkpointer():
            pass
    assert "hunter22pass" not in str(caught.value)
