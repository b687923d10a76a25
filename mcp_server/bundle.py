"""`python -m mcp_server.bundle`: one file, `stylist.mcpb`, that desktop clients install with a click.

A bundle is a zip of this server's sources with a manifest. It names the packages that the server needs; the client
fetches them with uv for the computer that it runs on, since some of them are compiled.
"""

import asyncio
import json
import tomllib
import zipfile
from pathlib import Path

import click

from mcp_server.server import VERSION, build_server
from mcp_server.settings import ServerSettings
from tools.types import Json

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("tools", "mcp_server")
SUFFIXES = (".py", ".toml", ".html")
NOT_NEEDED = ("langgraph",)
"""Dependencies of the project that the server does not import."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Time of every file in the bundle, so that the same sources make the same bytes."""


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("out/stylist.mcpb"), show_default=True)
def main(output: Path) -> None:
    """Write the bundle."""
    project = REPOSITORY / "pyproject.toml"
    if not project.is_file():
        raise click.UsageError(f"{project} is not there; a bundle is made from a checkout of the project")
    output.parent.mkdir(parents=True, exist_ok=True)
    write_bundle(output, tomllib.loads(project.read_text())["project"])
    click.echo(f"{output}, {output.stat().st_size / 1e6:.1f} MB")


def write_bundle(output: Path, project: Json) -> None:
    """Write the sources, the manifest and the list of packages as one zip."""
    files = {"manifest.json": json.dumps(manifest(project), indent=2), "pyproject.toml": requirements(project)}
    files["LICENSE"] = (REPOSITORY / "LICENSE").read_text()
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*")):
            if path.suffix in SUFFIXES:
                files[path.relative_to(REPOSITORY).as_posix()] = path.read_text(encoding="utf-8")
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in files.items():
            bundle.writestr(zipfile.ZipInfo(name, LONG_AGO), text, zipfile.ZIP_DEFLATED)


def manifest(project: Json) -> Json:
    """What a client shows before it installs the bundle, what it asks for, and how it starts the server."""
    python = ["run", "--directory", "${__dirname}", "python", "-m", "mcp_server"]
    return {
        "manifest_version": "0.4",
        "name": project["name"],
        "display_name": "Photo stylist",
        "version": VERSION,
        "description": "Measures, styles and assesses the photographs in a folder of yours, on this computer alone.",
        "author": {"name": "The Stylist authors"},
        "license": project["license"],
        "keywords": ["photo", "image", "editing", "style"],
        "server": {
            "type": "uv",
            "entry_point": "mcp_server/__main__.py",
            "mcp_config": {"command": "uv", "args": [*python, "--root", "${user_config.photos}"]},
        },
        "user_config": {
            "photos": {
                "type": "directory",
                "title": "Photo folder",
                "description": "The one folder that is read and written; original photos are never changed.",
                "required": True,
                "default": "${HOME}/Pictures",
            }
        },
        "compatibility": {
            "platforms": ["darwin", "win32", "linux"],
            "runtimes": {"python": project["requires-python"]},
        },
        "tools": asyncio.run(_tools()),
        "prompts_generated": True,
    }


def requirements(project: Json) -> str:
    """The `pyproject.toml` from which uv makes the server's environment."""
    needed = [name for name in project["dependencies"] if not name.startswith(NOT_NEEDED)]
    lines = [f"    {json.dumps(name)}," for name in needed]
    head = [
        f'name = "{project["name"]}"',
        f'version = "{VERSION}"',
        f'requires-python = "{project["requires-python"]}"',
    ]
    return "\n".join(["[project]", *head, "dependencies = [", *lines, "]", "", "[tool.uv]", "package = false", ""])


async def _tools() -> list[Json]:
    tools = await build_server(ServerSettings()).list_tools()
    return [{"name": tool.name, "description": tool.description} for tool in tools]


if __name__ == "__main__":
    main()
