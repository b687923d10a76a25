"""Assistants: settings under a name, as a LangGraph server offers them in Studio and as tools at its MCP endpoint.

python -m graph.assistants http://127.0.0.1:2024
"""

import asyncio
import uuid
from typing import NamedTuple

import click
import httpx
from langgraph_sdk import get_client

from graph.settings import Settings
from tools.types import Json

GRAPH = "style"
_NAMESPACE = uuid.UUID("6f1d7c9e-53f4-4c5e-9a3e-0f6f0c7f4f11")


class Preset(NamedTuple):
    """An assistant."""

    description: str
    settings: Settings


PRESETS: dict[str, Preset] = {
    "quick": Preset("Style a photo at once, planned by rules and not revised.", Settings(revisions=0)),
    "careful": Preset(
        "Style a photo with care: the best of many plans, and twice again if the result falls short.",
        Settings(policy="search", candidates=96, revisions=2),
    ),
    "watchful": Preset(
        "Style a photo step by step, looking again after each step before the next is planned.",
        Settings(closed_loop=True),
    ),
    "ask-first": Preset(
        "Show the plan for a photo, and wait for a person to accept, edit or reject it.", Settings(approve=True)
    ),
}


async def offer(url: str) -> list[str]:
    """Make the presets assistants of the server at `url`, with the settings that they have here; return their names."""
    async with get_client(url=url) as client:
        for name, preset in PRESETS.items():
            about: Json = {
                "name": name,
                "description": preset.description,
                "context": preset.settings.model_dump(exclude_defaults=True),
            }
            assistant = str(uuid.uuid5(_NAMESPACE, name))
            await client.assistants.create(GRAPH, assistant_id=assistant, if_exists="do_nothing", **about)
            await client.assistants.update(assistant, **about)
    return list(PRESETS)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("url")
def main(url: str) -> None:
    """Offer the presets as assistants of the LangGraph server at URL."""
    try:
        names = asyncio.run(offer(url))
    except httpx.HTTPError as error:
        raise click.ClickException(f"the LangGraph server at {url} does not answer as one: {error}") from None
    click.echo(f"{url} offers the assistants {', '.join(names)}")


if __name__ == "__main__":
    main()
