"""What a run tells the person who started it: one line for what they can put right, and an exit code."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import torch
from safetensors import SafetensorError

from tools.declare import ToolError

MISTAKE, STOPPED = 2, 130
"""Exit codes: something that can be put right; a person stopped the run."""
_RESUME = "make room if the disk is full; what is complete can be resumed with --resume_from_checkpoint true"
_WRITER_OF_TORCH = "inline_container"
"""In the words of the RuntimeError that `torch.save` raises where a file system takes no more."""


@contextmanager
def explained() -> Iterator[None]:
    """Say in one line what a person can put right, and exit with 2."""
    try:
        yield
    except (ValueError, OSError, ImportError, RuntimeError, ToolError) as error:
        stop(_in_one_line(error))


@contextmanager
def explained_while_training(remedies: Callable[[], Iterator[str]], has_begun: Callable[[], bool]) -> Iterator[None]:
    """Say what to do when memory or disk runs out or a person stops the run; every other error is a bug and shown.

    Until training has begun, a wrong value or a package that is missing is said in one line too: optimisers, kernels
    and loaders are made as late as that.

    Args:
        remedies: what would make the run fit into the device's memory, asked only when that ran out.
        has_begun: whether the first step is about to be taken, or was.
    """
    try:
        yield
    except torch.OutOfMemoryError:
        words = "; ".join(remedies()) or "lower --per_device_train_batch_size and raise --gradient_accumulation_steps"
        stop(f"the device's memory ran out: {words}")
    except (OSError, SafetensorError) as error:
        stop(f"{error}; {_RESUME}")
    except (ValueError, ImportError) as error:
        if has_begun():
            raise
        stop(_in_one_line(error))
    except RuntimeError as error:
        if _WRITER_OF_TORCH not in str(error):
            raise
        stop(f"a checkpoint could not be written; {_RESUME}")
    except KeyboardInterrupt:
        say("stopped; go on with --resume_from_checkpoint true, if a checkpoint was saved")
        sys.exit(STOPPED)


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def stop(reason: str) -> NoReturn:
    """Say what is wrong and exit with 2."""
    say(f"error: {reason}")
    sys.exit(MISTAKE)


def say(*lines: str, file: Any = None) -> None:
    """Print lines once, whatever the number of processes."""
    if os.environ.get("RANK", "0") == "0":
        print(*lines, sep="\n", file=file or sys.stderr)
