"""Prompts that teach a model to work as a photo editor does: look, plan, act, check."""

from typing import Annotated

from mcp.server.mcpserver import MCPServer
from pydantic import Field

_METHOD = """\
Work as a careful photo editor does:
1. Look. open_image shows the photo and gives its reference; measure_image says in numbers what is there. Name what the
   photo has and what it lacks for the wish.
2. Plan. Choose one to five steps from describe_library, each with a reason from the measurements. Move few things, by
   as much as the wish calls for. Give a step a region (sky, subject, "not skin") where the wish is about a part.
3. Act. apply_step takes one step and shows it; apply_plan takes a whole plan at once.
4. Check. Look at every preview and read the measured changes. assess_edit scores the result against the wish, compare
   shows before and after. If a step did not help, go on from the reference before it (undo gives it) with another.
5. Finish. export_image writes the result under a new name; say in two sentences what was done and why."""


def add_prompts(server: MCPServer[None]) -> None:
    """Give a server its prompts."""

    @server.prompt(title="Style this photo")
    def style_this_photo(
        photo: Annotated[str, Field(description="path of the photo in the photo folder")],
        wish: Annotated[str, Field(description="how it should look, in your own words")],
    ) -> str:
        """Style a photo as a wish says: look, plan, act, check, export."""
        return f"Style the photo {photo!r} so that it answers this wish: {wish}\n\n{_METHOD}"

    @server.prompt(title="Match a reference")
    def match_reference(
        photo: Annotated[str, Field(description="path of the photo to style")],
        reference: Annotated[str, Field(description="path of the photo whose look is wanted")],
    ) -> str:
        """Give a photo the look of another one, as far as its own light allows."""
        return (
            f"Give the photo {photo!r} the look of {reference!r}. Open and measure both. apply_style with style "
            f"{reference!r} takes over its tones and colours; lower the strength where that is too much, as where "
            "skin or snow looks wrong. Then compare words and attributes: grain, vignette, sharpness, haze, glow. "
            "Close what is left with further steps, and stop when it is the subject, not the look. Do not "
            f"change what the photo shows.\n\n{_METHOD}"
        )

    @server.prompt(title="Try a named style")
    def try_style(
        photo: Annotated[str, Field(description="path of the photo in the photo folder")],
        style: Annotated[str, Field(description="a named style")],
    ) -> str:
        """Start from a named style and fit it to the photo."""
        return (
            f"Open {photo!r} and apply the style {style!r} with apply_style. A style does not know the photo: look at "
            "the preview and the measured changes, lower its strength where it is too much, and correct with further "
            f"steps what it does badly here.\n\n{_METHOD}"
        )
