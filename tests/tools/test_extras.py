"""Commands whose extra is not installed say so in one line."""

import sys

import pytest

from tools.extras import check_extra


@pytest.mark.parametrize(
    ("argv", "package", "ends"),
    [
        (["python", "-m", "rl.train", "--help"], "no_such_package", True),
        (["python", "-X", "dev", "-m", "rl.train"], "no_such_package", True),
        (["python", "-m", "rl.train"], "numpy", False),
        (["python", "-m", "rl.record"], "no_such_package", False),
        (["python", "-m"], "no_such_package", False),
        (["stylist", "rl.train"], "no_such_package", False),
    ],
)
def test_only_a_command_that_lacks_its_package_ends(
    monkeypatch: pytest.MonkeyPatch, argv: list[str], package: str, ends: bool
) -> None:
    monkeypatch.setattr(sys, "orig_argv", argv)
    if ends:
        with pytest.raises(
            SystemExit, match=r"python -m rl.train needs the train extra: pip install 'stylist\[train\]'"
        ):
            check_extra("train", package, "rl.train")
    else:
        check_extra("train", package, "rl.train")
