"""Style a photo, kill the process with SIGKILL at a random moment, resume, again and again.

    python -m tests.stylist.kill_runs FOLDER KILLS [SEED]

FOLDER holds `meadow.jpg`. Each run is a forked child of this process, so that only the first pays for the imports.
The moment is a little after one of the events of its trace, so that a busy machine is killed at as many places as an
idle one. Prints a JSON list of what was found after each kill: the events waited for, the seconds after them, and the
last event before it.
"""

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import stylist.styling  # noqa: F401
from graph.trace import read_trace
from stylist.main import main
from tools.declare import ToolError

REQUEST = "warmer and darker, with film grain"


def start(folder: Path, out: Path, *options: str) -> int:
    """Begin a run in a child process and return its number."""
    child = os.fork()
    if child:
        return child
    with (folder / "said.txt").open("a") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    try:
        main.main(["style", str(folder / "meadow.jpg"), REQUEST, "-o", str(out), *options], standalone_mode=False)
    except BaseException as error:  # noqa: BLE001  (the child ends here whatever happens)
        print(repr(error), flush=True)
        os._exit(1)
    os._exit(0)


def finish(folder: Path, out: Path, *options: str) -> None:
    """Run to the end."""
    _, status = os.waitpid(start(folder, out, *options), 0)
    if status:
        sys.exit(f"{out} failed: {(folder / 'said.txt').read_text()[-1500:]}")


def kill(folder: Path, out: Path, events: int, seconds: float) -> str:
    """Begin a run, kill it some time after its trace has so many events, and return the last event that it left."""
    trace = out.with_suffix(".trace.jsonl.part")
    child = start(folder, out, "--resume")
    while _count(trace) < events and os.waitpid(child, os.WNOHANG) == (0, 0):
        time.sleep(0.002)
    time.sleep(seconds)
    with suppress(ProcessLookupError, ChildProcessError):  # it may have come to its end
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    try:
        return read_trace(trace)[-1].kind
    except (ToolError, IndexError):
        return "nothing" if not out.exists() else "the end"


def _count(trace: Path) -> int:
    return trace.read_bytes().count(b"\n") if trace.exists() else 0


def run(folder: Path, kills: int, seed: int) -> list[dict[str, object]]:
    """Run once undisturbed, then once for each kill; every other run is killed twice."""
    chance = random.Random(seed)
    whole = folder / "whole.png"
    finish(folder, whole)
    last = _count(whole.with_suffix(".trace.jsonl"))
    found: list[dict[str, object]] = []
    for number in range(kills):
        out = folder / f"killed-{number}.png"
        for _ in range(1 + number % 2):
            events, seconds = chance.randint(0, last), chance.uniform(0, 0.1)
            after = kill(folder, out, events, seconds)
            found.append({"run": number, "events": events, "seconds": round(seconds, 3), "after": after})
        finish(folder, out, "--resume")
    return found


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)))
