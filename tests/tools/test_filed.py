"""An array in a file: the same as one in memory, in any part and from several threads."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tools import filed
from tools.declare import ToolError
from tools.filed import Filed
from tools.strips import in_strips, over_windows

IMAGE = np.random.default_rng(0).random((701, 803, 3)).astype(np.float32)


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32])
@pytest.mark.parametrize("margin", [0, 20])
def test_what_is_set_is_read(dtype: type, margin: int) -> None:
    wanted = (200 * IMAGE).astype(dtype)
    aside = Filed(IMAGE.shape, dtype)
    over_windows(lambda place: aside.__setitem__(place, wanted[place]), *IMAGE.shape[:2], margin)
    np.testing.assert_array_equal(in_strips(lambda part: part, aside, dtype=dtype), wanted)
    np.testing.assert_array_equal(aside[690:701, 3:7], wanted[690:701, 3:7])
    np.testing.assert_array_equal(aside.every(9), wanted[::9, ::9])


def test_a_full_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filed.tempfile, "TemporaryFile", partial(Path("/dev/full").open, "r+b"))
    with pytest.raises(ToolError, match="needs room in"):
        Filed((2, 2, 3), np.uint8)[0:2] = np.zeros((2, 2, 3), np.uint8)
