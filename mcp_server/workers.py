"""Threads for heavy work, with a limit on how many pictures are worked on at once and on how long one may take."""

import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import anyio
import anyio.from_thread
import anyio.to_thread

from mcp_server.darkroom import Progress
from mcp_server.interruption import Interrupted, Interruptible
from tools.declare import ToolError

T = TypeVar("T")
Report = Callable[[float, float], Coroutine[Any, Any, None]]
"""Tells a client how far its call has come."""
PATIENCE_S = 0.05
"""How often work that waits for a place looks whether anybody still wants it."""


class Workers:
    """Runs blocking work off the event loop.

    Work that is given up, because its time is over or the client has cancelled it, is interrupted and makes place for
    others: however impatient clients are, no more than `concurrency` pictures are worked on.
    """

    def __init__(self, concurrency: int, timeout_s: float) -> None:
        self._places = threading.BoundedSemaphore(concurrency)
        self._threads = anyio.CapacityLimiter(4 * concurrency)
        self._timeout_s = timeout_s

    async def quick(self, work: Callable[[], T]) -> T:
        """Run work that only reads or writes small files."""
        return await self._within_time(work, None)

    async def heavy(self, work: Callable[[Progress], T], report: Report | None = None) -> T:
        """Run work on a picture when a place is free.

        Args:
            work: gets a function to call with its progress.
            report: passes the progress on to the client.

        Raises:
            ToolError: if it takes too long or does not fit into memory.
        """
        call = Interruptible()

        def progress(done: int, total: int) -> None:
            if report:
                anyio.from_thread.run(report, done, total)

        def in_place() -> T:
            while not self._places.acquire(timeout=PATIENCE_S):
                if call.stopped:
                    raise Interrupted
            try:
                return call.run(lambda: work(progress))
            finally:
                self._places.release()

        def answered() -> T:
            try:
                return in_place()
            except Interrupted:
                raise ToolError("the call was given up") from None

        try:
            return await self._within_time(answered, self._threads)
        except MemoryError:
            raise ToolError("there is not enough memory for a picture of this size") from None
        finally:
            call.stop()

    async def _within_time(self, work: Callable[[], T], limiter: anyio.CapacityLimiter | None) -> T:
        with anyio.move_on_after(self._timeout_s):
            return await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=limiter)
        raise ToolError(
            f"it took longer than the {self._timeout_s:g} s that this server allows; "
            "use a smaller picture or fewer steps, or start the server with a larger --timeout"
        )
