"""Style a photo, kill the process with SIGKILL at a random moment, resume, again and again.

    python -m tests.stylist.kill_runs FOLDER KILLS [SEED]

FOLDER holds `meadow.jpg`. Each run is a forked child of this process, so that only the first pays for the imports.
Prints a JSON list of what was found after each kill: the moment in seconds, and the last event before it.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import stylist.run
import stylist.sheet
import stylist.style  # noqa: F401
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


def finish(folder: Path, out: Path, *options: str) -> float:
    """Run to the end and return the seconds it took."""
    began = time.perf_counter()
    _, status = os.waitpid(start(folder, out, *options), 0)
    if status:
        sys.exit(f"{out} failed: {(folder / 'said.txt').read_text()[-1500:]}")
    return time.perf_counter() - began


def kill(folder: Path, out: Path, seconds: float) -> str:
    """Begin a run, kill it after some time, and return the last event that it left."""
    child = start(folder, out, "--resume")
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        return read_trace(out.with_suffix(".trace.jsonl.part"))[-1].kind
    except (ToolError, IndexError):
        return "nothing" if not out.exists() else "the end"


def run(folder: Path, kills: int, seed: int) -> list[dict[str, object]]:
    """Run once undisturbed, then once for each kill; every other run is killed twice."""
    chance = random.Random(seed)
    finish(folder, folder / "warm.png")
    takes = finish(folder, folder / "whole.png")
    found: list[dict[str, object]] = []
    for number in range(kills):
        out = folder / f"killed-{number}.png"
        for _ in range(1 + number % 2):
            seconds = chance.uniform(0, 1.1 * takes)
            found.append({"run": number, "seconds": round(seconds, 3), "after": kill(folder, out, seconds)})
        finish(folder, out, "--resume")
    return found


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)))
