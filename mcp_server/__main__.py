"""`python -m mcp_server`: serve the tools over stdio or HTTP."""

import sys
from pathlib import Path
from typing import Any

import click

from mcp_server.access import BearerToken, auth_settings, check_host, read_token
from mcp_server.server import build_server
from mcp_server.settings import MAX_MESSAGE_BYTES, ServerSettings, default_store
from tools.declare import ToolError

_DEFAULTS = ServerSettings()


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help="The one folder it reads and writes.")
@click.option("--transport", type=click.Choice(["stdio", "http"]), default="stdio", help="How clients connect.")
@click.option("--host", default="127.0.0.1", help="HTTP: address to listen on; another one needs --token-file.")
@click.option("--port", type=click.IntRange(1, 65535), default=8765, help="HTTP: port to listen on.")
@click.option(
    "--token-file", type=click.Path(path_type=Path), help="HTTP: file with the bearer token clients must send."
)
@click.option("--profile", type=click.Choice(["core", "all"]), default="core", help="all: library tools by name, too.")
@click.option("--store", type=click.Path(path_type=Path), help=f"Where edits are kept. [default: {default_store()}]")
@click.option("--max-pixels", type=int, default=_DEFAULTS.max_pixels, help="Largest photo that is decoded.")
@click.option("--max-bytes", type=int, default=_DEFAULTS.max_bytes, help="Largest file that is read or written.")
@click.option("--max-frames", type=int, default=_DEFAULTS.max_frames, help="Most frames of an animation.")
@click.option("--timeout", type=float, default=_DEFAULTS.timeout_s, help="Seconds that a call may take.")
@click.option("--concurrency", type=int, default=_DEFAULTS.concurrency, help="Pictures worked on at a time.")
@click.option(
    "--store-bytes", type=int, default=_DEFAULTS.store_bytes, help="Photos kept for edits before old ones go."
)
@click.option("--conformance", is_flag=True, hidden=True, help="Add the fixtures of the conformance suite.")
def main(
    root: Path,
    transport: str,
    host: str,
    port: int,
    token_file: Path | None,
    profile: Any,
    store: Path | None,
    max_pixels: int,
    max_bytes: int,
    max_frames: int,
    timeout: float,
    concurrency: int,
    store_bytes: int,
    conformance: bool,
) -> None:
    """Serve the photo tools to MCP clients.

    \b
    python -m mcp_server --root ~/Pictures
    python -m mcp_server --root ~/Pictures --transport http --port 8765
    """
    try:
        if not root.is_dir():
            raise ToolError(f"--root {root} is not a folder; name the folder with your photos")
        settings = ServerSettings(
            root=root,
            store=store or default_store(),
            profile=profile,
            max_pixels=max_pixels,
            max_bytes=max_bytes,
            max_frames=max_frames,
            timeout_s=timeout,
            concurrency=concurrency,
            store_bytes=store_bytes,
        )
        token = None if token_file is None or transport == "stdio" else read_token(token_file)
        if token is None:
            server = build_server(settings)
        else:
            server = build_server(settings, verifier=BearerToken(token), auth=auth_settings(host, port))
        if conformance:
            from mcp_server.conformance import add_fixtures

            add_fixtures(server)
        if transport == "http":
            check_host(host, token)
            server.run("streamable-http", host=host, port=port, max_request_body_size=MAX_MESSAGE_BYTES)
        else:
            server.run("stdio")
    except ToolError as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
