"""The bound on threads holds for the whole process, libraries included."""

import subprocess
import sys
from pathlib import Path

import pytest

_WORK = """
import os
from tools.engine import render
from tools.picture import Picture
from tools.plan import Plan, Step
from tools.quality import assess
from tools.request import parse_request
import numpy as np

photo = Picture(np.random.default_rng(0).random((512, 512, 3)).astype(np.float32))
after = render(photo, Plan(steps=[Step(tool="clarity", args={"amount": 30})]))
assess(photo, after, parse_request("a foggy autumn morning"))
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted by Linux")
def test_one_thread_is_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STYLIST_THREADS", "1")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    done = subprocess.run([sys.executable, "-c", _WORK], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "1"
