"""Standard input and output as streams of the event loop.

The SDK reads and writes them on threads: three hand-overs a call, which take longer than a small call, and lines of
any length. Here the event loop waits for the pipes, and a line is no longer than any request may be.
"""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from mcp.server.stdio import stdio_server

from mcp_server.settings import MAX_MESSAGE_BYTES
from mcp_server.unreadable import TOO_LONG, problem, refusal


def can_wait() -> bool:
    """Whether the event loop can wait for standard input and output: they are pipes or sockets, not on Windows."""
    modes = [os.fstat(descriptor).st_mode for descriptor in (0, 1)]
    return sys.platform != "win32" and all(stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) for mode in modes)


@asynccontextmanager
async def pipe_server() -> AsyncIterator[Any]:
    """The streams of messages of `mcp.server.stdio.stdio_server`, over pipes.

    While it serves, what else reads standard input finds its end, and what is printed goes to standard error.
    """
    loop = asyncio.get_running_loop()
    own = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    reader = asyncio.StreamReader(limit=MAX_MESSAGE_BYTES)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(own[0], "rb"))
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(own[1], "wb"))
    transport.set_write_buffer_limits(high=0)  # so that flushed means written
    stdout: Any = _Output(asyncio.StreamWriter(transport, protocol, None, loop))
    stdin: Any = _Lines(reader, stdout)
    async with stdio_server(stdin, stdout) as streams:
        yield streams


class _Lines:
    """The lines of a stream that are messages; a request that cannot be read, or is too long, is refused here."""

    def __init__(self, reader: asyncio.StreamReader, output: "_Output") -> None:
        self._reader = reader
        self._output = output

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            try:
                line = await self._line()
                error = problem(line)
            except asyncio.LimitOverrunError as overrun:
                line, error = await self._ends(overrun.consumed), TOO_LONG
            if not line:
                return
            if error is None:
                yield line
            elif answer := refusal(line, error):
                await self._output.write(answer)
                await self._output.flush()

    async def _line(self) -> bytes:
        """The next line, or what stands before the end of the stream."""
        try:
            return await self._reader.readuntil()
        except asyncio.IncompleteReadError as end:
            return end.partial

    async def _ends(self, length: int) -> bytes:
        """Read the line that begins with `length` bytes; what lies between its first and its last part is dropped."""
        first = await self._reader.readexactly(length)
        while True:
            try:
                return first + await self._line()
            except asyncio.LimitOverrunError as overrun:
                await self._reader.readexactly(overrun.consumed)


class _Output:
    """Where messages are written to."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    async def write(self, text: str) -> None:
        self._writer.write(text.encode())

    async def flush(self) -> None:
        try:
            await self._writer.drain()
        except ConnectionError:
            raise anyio.ClosedResourceError from None
