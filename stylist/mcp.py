"""`stylist mcp`: the tools as an MCP server."""

import click

from stylist.errors import Mistake


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def mcp(arguments: tuple[str, ...]) -> None:
    """Serve the tools to MCP clients; the same as `python -m mcp_server`."""
    from mcp_server.__main__ import main

    try:
        main.main(list(arguments), prog_name="stylist mcp", standalone_mode=False)
    except click.UsageError:
        raise
    except click.ClickException as error:
        raise Mistake(error.format_message()) from None
