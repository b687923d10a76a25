"""The house: imports run downward only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ["tools", "mcp_server", "graph", "evals", "rl", "stylist"]
"""From the ground up. `stylist` is the front door: nothing imports it."""


def imported_floors(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
    return {name.split(".")[0] for name in names} & set(FLOORS)


@pytest.mark.parametrize("floor", FLOORS)
def test_no_import_runs_upward(floor: str) -> None:
    above = set(FLOORS[FLOORS.index(floor) + 1 :])
    wrong = {
        str(file.relative_to(ROOT)): sorted(up)
        for file in (ROOT / floor).rglob("*.py")
        if (up := imported_floors(file) & above)
    }
    assert not wrong


def test_datasets_stays_hugging_faces() -> None:
    assert not list((ROOT / "datasets").rglob("__init__.py"))
