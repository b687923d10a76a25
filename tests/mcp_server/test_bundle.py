"""The bundle for desktop clients: what it asks for, and that it runs from where it is unpacked."""

import json
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from mcp import Client, StdioServerParameters

from mcp_server.bundle import main


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    done = CliRunner().invoke(main, ["-o", str(tmp_path / "stylist.mcpb")])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "stylist.mcpb") as bundle:
        bundle.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


async def test_it_runs_from_where_it_is_unpacked(unpacked: Path, root: Path, tmp_path: Path) -> None:
    manifest = json.loads((unpacked / "manifest.json").read_text())
    start = manifest["server"]["mcp_config"]
    assert (start["command"], start["args"][:4]) == ("uv", ["run", "--directory", "${__dirname}", "python"])
    arguments = [argument.replace("${user_config.photos}", str(root)) for argument in start["args"][4:]]
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    server = StdioServerParameters(command=sys.executable, args=arguments, cwd=unpacked, env=cache)
    async with Client(server) as client:
        served = {tool.name: tool.description for tool in (await client.list_tools()).tools}
        done = await client.call_tool("apply_style", {"image": "coast.jpg", "style": "portra"})
        assert not done.is_error
    assert served == {tool["name"]: tool["description"] for tool in manifest["tools"]}


def test_it_asks_for_a_folder_and_for_what_the_server_imports(unpacked: Path) -> None:
    manifest = json.loads((unpacked / "manifest.json").read_text())
    assert list(manifest["user_config"]) == ["photos"]
    needed = tomllib.loads((unpacked / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {name.split(">")[0] for name in needed}
    assert {"mcp", "numpy", "pillow", "numba", "opencv-contrib-python-headless"} <= names
    assert not any(name.startswith("langgraph") for name in names)
    assert not (unpacked / "graph").exists()
