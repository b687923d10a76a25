"""`stylist --help`: the verbs, loaded when they are used, so that help appears at once."""

import importlib
import io
import sys

import click

_VERBS = {
    "style": "stylist.style:style",
    "apply": "stylist.apply:apply",
    "tools": "stylist.library:tools",
    "assess": "stylist.assess:assess",
    "trace": "stylist.trace:trace",
    "mcp": "stylist.mcp:mcp",
    "serve-policy": "stylist.serve_policy:serve_policy",
}


class _Verbs(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order in which a newcomer needs them."""
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the verb."""
        if cmd_name not in _VERBS:
            return None
        module, name = _VERBS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stylist")
def main() -> None:
    """Style photographs from a sentence, with a plan that explains itself.

    \b
    stylist style coast.jpg "a moody autumn evening, like an old film"
    stylist apply styled/coast.plan.json other.jpg
    stylist tools
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
