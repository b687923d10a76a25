"""Where the command line keeps the state of runs after each step: SQLite, or Postgres if STYLIST_DATABASE names one.

    async with open_checkpointer() as saver:
        graph = builder.compile(checkpointer=saver)

A LangGraph server brings a checkpointer of its own. STYLIST_DATABASE is a URL, `postgresql://user:password@host/name`.
"""

import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from langgraph.checkpoint.base import BaseCheckpointSaver

from graph.secrets import without_secrets
from mcp_server.settings import default_store
from tools.declare import ToolError

VARIABLE = "STYLIST_DATABASE"


@asynccontextmanager
async def open_checkpointer() -> AsyncIterator[BaseCheckpointSaver[str]]:
    """Open the record of runs for the block.

    Raises:
        ToolError: if it cannot be used, saying what would be right.
    """
    url = os.environ.get(VARIABLE)
    async with _postgres(url) if url else _sqlite() as saver:
        yield saver


@asynccontextmanager
async def _sqlite() -> AsyncIterator[BaseCheckpointSaver[str]]:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    database = default_store() / "runs.sqlite"
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        async with AsyncSqliteSaver.from_conn_string(os.fspath(database)) as saver:
            # With the write-ahead log that the saver turns on, a killed process still loses nothing.
            await saver.conn.execute("PRAGMA synchronous=NORMAL")
            yield saver
    except (sqlite3.Error, OSError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ToolError(
            f"the record of runs {database} cannot be used: {reason}; "
            "set XDG_CACHE_HOME to a folder that can be written to"
        ) from None


@asynccontextmanager
async def _postgres(url: str) -> AsyncIterator[BaseCheckpointSaver[str]]:
    try:
        import psycopg
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    except ImportError:
        raise ToolError(f"{VARIABLE} needs the postgres extra: pip install 'stylist[postgres]'") from None
    try:
        async with AsyncPostgresSaver.from_conn_string(url) as saver:
            await saver.setup()
            yield saver
    except psycopg.Error as error:
        reason = without_secrets(" ".join(str(error).split()))
        raise ToolError(f"the database that {VARIABLE} names cannot be used: {reason}") from None
