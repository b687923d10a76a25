"""Packages that belong to an optional extra."""

import sys
from importlib.util import find_spec


def check_extra(extra: str, package: str, *commands: str) -> None:
    """End in one line where one of the commands was called as `python -m COMMAND` and lacks a package of an extra.

    The package that holds the commands calls it, before any of them is imported.

    Raises:
        SystemExit: saying what to install.
    """
    called = sys.orig_argv[sys.orig_argv.index("-m") + 1 :][:1] if "-m" in sys.orig_argv else []
    if set(called) & set(commands) and find_spec(package) is None:
        raise SystemExit(f"python -m {called[0]} needs the {extra} extra: pip install 'stylist[{extra}]'")
