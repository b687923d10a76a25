"""The machine's own cost of a run: `python -m benchmarks.graph_cost`.

A plan of five steps runs through the graph, the MCP client and server, the trace and the checkpointer. Reading the
request, planning and all work on pixels, thumbnails too, are taken out; what is left is what the machine itself costs.
Beside it stands what the libraries cost: a graph of as many nodes, each making one call of a tool that does nothing,
and of one that works on pixels, which is taken out here too: after that the same code finds cold caches.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypedDict
from unittest.mock import patch

import anyio.to_thread
import click
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command
from mcp import Client
from mcp.server.mcpserver import MCPServer

from graph import nodes
from graph.agent import builder, graph
from graph.checkpoints import open_checkpointer
from graph.policies.preset import PresetPolicy
from graph.settings import LocalSettings
from graph.tool_session import tool_session
from mcp_server.settings import ServerSettings
from mcp_server.store import Store
from mcp_server.workers import Workers
from tools.attributes import Attributes
from tools.picture import PROXY_PX, load
from tools.plan import Plan, Step

PLAN = Plan(
    summary="Brighter, warmer, with more contrast and colour, the corners darker.",
    steps=[
        Step(reasoning="The photo is darker than what was asked for.", tool="exposure", args={"stops": 0.3}),
        Step(reasoning="Its light is cooler than an evening's.", tool="temperature", args={"warmer": 20}),
        Step(reasoning="Its tones lie close together.", tool="contrast", args={"amount": 10}),
        Step(reasoning="Its colours are pale.", tool="saturation", args={"amount": 10}),
        Step(reasoning="The corners are to lead the eye inwards.", tool="vignette", args={"amount": -10}),
    ],
)


Graph = CompiledStateGraph[Any, Any, Any, Any]


class Cost(NamedTuple):
    """What one run cost."""

    own_ms: float
    """By the clock, without reading the request, planning and pixels."""
    cpu_ms: float
    """The same in processor time, which hardly depends on what else the machine does."""
    whole_ms: float
    state_bytes: int
    """Of the final state as JSON."""
    stored_bytes: int
    """Of what the checkpointer wrote: all checkpoints of the run together."""


class Counted(TypedDict):
    """State of the empty graph."""

    count: int


NODES = 4 + len(PLAN.steps)
"""Of a run: perceive, plan, the steps, assess, finish."""


async def libraries_alone(
    saver: BaseCheckpointSaver[str] | None, repeats: int, work: Callable[[], object]
) -> list[tuple[float, float]]:
    """Clock and processor times in ms of a graph that does nothing, with the same calls, threads and checkpoints.

    Args:
        saver: keeps the checkpoints.
        repeats: runs.
        work: what each call does meanwhile; it is taken out of the times.
    """
    server = MCPServer("empty", log_level="WARNING")
    watch = Stopwatch()
    timed_work = watch.around(work)

    def counted(number: int) -> int:
        timed_work()
        return number + 1

    @server.tool()
    async def count(number: int) -> int:
        """Count on."""
        return await anyio.to_thread.run_sync(counted, number)

    async with Client(server) as client:

        async def node(state: Counted) -> Command[Literal["node", "__end__"]]:
            counted = (await client.call_tool("count", {"number": state["count"]})).structured_content or {}
            goto: Literal["node", "__end__"] = "node" if counted["result"] < NODES else "__end__"
            return Command(update={"count": counted["result"]}, goto=goto)

        empty = StateGraph(Counted).add_node("node", node).add_edge(START, "node").compile(checkpointer=saver)
        times_ms = []
        for repeat in range(repeats + 2):
            config: Any = {"configurable": {"thread_id": f"empty-{repeat}"}}
            watch.clock_s = watch.cpu_s = 0
            clock, cpu = time.perf_counter(), time.process_time()
            await empty.ainvoke({"count": 0}, config, durability="sync" if saver else None)
            whole, used = time.perf_counter() - clock, time.process_time() - cpu
            times_ms.append((1000 * (whole - watch.clock_s), 1000 * (used - watch.cpu_s)))
            if saver:
                await saver.adelete_thread(f"empty-{repeat}")
    return times_ms[2:]


class Stopwatch:
    """Adds up the time of what is not the machine's own."""

    def __init__(self) -> None:
        self.clock_s = 0.0
        self.cpu_s = 0.0

    def around(self, function: Callable[..., Any], sign: int = 1) -> Callable[..., Any]:
        """The function, timed."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            clock, cpu = time.perf_counter(), time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.clock_s += sign * (time.perf_counter() - clock)
                self.cpu_s += sign * (time.process_time() - cpu)

        return timed

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time what is taken out: the parser and the work on pixels, but not keeping the manifests of edits."""
        heavy = Workers.heavy

        async def timed_heavy(workers: Workers, work: Callable[..., Any], report: Any = None) -> Any:
            return await heavy(workers, self.around(work), report)

        with (
            patch.object(Workers, "heavy", timed_heavy),
            patch.object(Store, "put", self.around(Store.put, sign=-1)),
            patch.object(nodes, "parse_request", self.around(nodes.parse_request)),
            patch.object(nodes, "thumbnail", self.around(nodes.thumbnail)),
            patch.object(PresetPolicy, "plan", lambda *_: PLAN),
        ):
            yield


async def one_run(graph: Graph, name: str, photo: Path, trace: Path | None, seed: int) -> Cost:
    """Style the photo with the plan."""
    saver = graph.checkpointer
    config: Any = {"configurable": {"thread_id": name}}
    settings = LocalSettings(policy="preset", revisions=0, seed=seed, trace_path=str(trace) if trace else None)
    given: Any = {"photo": photo.name, "request": "a warm evening"}
    watch = Stopwatch()
    with watch.running():
        clock, cpu = time.perf_counter(), time.process_time()
        state = await graph.ainvoke(given, config, context=settings, durability="sync" if saver else None)
        whole, used = time.perf_counter() - clock, time.process_time() - cpu
    stored = 0
    if isinstance(saver, AsyncSqliteSaver):
        state = (await graph.aget_state(config)).values
        for table, columns in (("checkpoints", "length(checkpoint)+length(metadata)"), ("writes", "length(value)")):
            rows = await saver.conn.execute(f"SELECT sum({columns}) FROM {table} WHERE thread_id = ?", (name,))
            stored += (await rows.fetchone() or (0,))[0]
    own = 1000 * (whole - watch.clock_s), 1000 * (used - watch.cpu_s)
    return Cost(*own, 1000 * whole, len(json.dumps(state, default=str)), stored)


async def measured(
    photo: Path, repeats: int, folder: Path
) -> tuple[dict[str, list[Cost]], dict[str, list[tuple[float, float]]]]:
    """The costs of runs with and without a checkpointer, turn by turn, and of the libraries alone."""
    costs: dict[str, list[Cost]] = {"SQLite and trace": [], "trace alone": [], "neither": []}
    async with (
        tool_session(ServerSettings(root=photo.parent, store=folder / "store")),
        open_checkpointer() as saver,
    ):
        kept = builder.compile(checkpointer=saver)
        for seed in range(repeats + 2):
            trace = folder / f"{seed}.trace.jsonl"
            costs["SQLite and trace"].append(await one_run(kept, f"{folder.name}-{seed}", photo, trace, seed))
            costs["trace alone"].append(await one_run(graph, "alone", photo, trace, 1000 + seed))
            costs["neither"].append(await one_run(graph, "neither", photo, None, 2000 + seed))
            await saver.adelete_thread(f"{folder.name}-{seed}")
        proxy = load(photo).reduced(PROXY_PX)
        alone = {
            f"{kept} SQLite, between {pauses}": await libraries_alone(saver if kept == "with" else None, repeats, work)
            for pauses, work in (("nothing", lambda: None), ("pixels", lambda: Attributes(proxy).all()))
            for kept in ("with", "without")
        }
    return {name: found[2:] for name, found in costs.items()}, alone  # the first ones warm up


@click.command()
@click.option("--photo", type=click.Path(exists=True, path_type=Path), default=Path("photos/street.jpg"))
@click.option("--repeats", type=click.IntRange(min=1), default=30, show_default=True)
def main(photo: Path, repeats: int) -> None:
    """Print the median costs of a five-step run."""
    with tempfile.TemporaryDirectory() as folder:
        costs, alone = asyncio.run(measured(photo.resolve(), repeats, Path(folder)))
    click.echo(f"Medians of {repeats} runs of {len(PLAN.steps)} steps, in ms (10th to 90th percentile).")
    for name, runs in costs.items():
        clock, cpu = _spread([cost.own_ms for cost in runs]), _spread([cost.cpu_ms for cost in runs])
        whole = statistics.median(cost.whole_ms for cost in runs)
        click.echo(f"{name:>17}  own {clock}   processor {cpu}   whole run {whole:.0f}")
    for name, times_ms in alone.items():
        clock, cpu = (_spread(list(column)) for column in zip(*times_ms, strict=True))
        click.echo(f"The libraries alone, {name}: own {clock}   processor {cpu}")
    kept = costs["SQLite and trace"][-1]
    click.echo(f"Final state {kept.state_bytes / 1e3:.1f} kB; all checkpoints {kept.stored_bytes / 1e3:.1f} kB.")


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    low, high = (ordered[int(share * (len(ordered) - 1))] for share in (0.1, 0.9))
    return f"{statistics.median(values):.1f} ({low:.1f} to {high:.1f})"


if __name__ == "__main__":
    main()
