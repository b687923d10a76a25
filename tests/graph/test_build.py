"""`langgraph build` has what it needs: its Dockerfile installs this package and serves the graph."""

import json
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_dockerfile_installs_the_package_and_names_the_graph(tmp_path: Path) -> None:
    program = Path(sys.executable).parent / "langgraph"
    made = tmp_path / "Dockerfile"
    subprocess.run([program, "dockerfile", made, "--config", ROOT / "langgraph.json"], check=True, capture_output=True)
    text = made.read_text()
    assert "ADD . /deps/" in text
    assert "langchain-openai" in text
    (served,) = (line for line in text.splitlines() if line.startswith("ENV LANGSERVE_GRAPHS="))
    (graph,) = json.loads(served.partition("=")[2].strip("'")).values()
    module, _, name = graph["path"].partition(":")
    assert getattr(import_module(module), name).name == "style"


def test_environments_and_results_are_not_sent_to_docker() -> None:
    left_out = set((ROOT / ".dockerignore").read_text().split())
    assert left_out >= {".git", ".venv", ".venv-serve", ".outside", "out", "styled"}
    assert not left_out & set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
