"""The look of another file, which a photo takes over before its request is followed."""

from dataclasses import dataclass
from pathlib import Path

from graph.tool_session import current_session
from stylist.destinations import Destination
from tools.types import Json


@dataclass(frozen=True)
class Look:
    """A photo with the look of a file, by reference, and how it came to it."""

    image: str
    photo: str
    """Reference of the photo as it was opened."""
    steps: list[Json]

    def before(self, state: Json) -> Json:
        """The state of a run that went on from here, told as a run from the photo."""
        plan = {**state["plan"], "steps": [*self.steps, *state["plan"]["steps"]]}
        return {**state, "plan": plan, "image": self.photo}

    async def export(self, destination: Destination, *, overwrite: bool) -> None:
        """Write the picture; a run that found nothing more to change writes none."""
        session = await current_session(None)
        target = str(destination.picture.resolve())
        await session.call("export_image", image=self.image, path=target, overwrite=overwrite)


async def take_over(photo: Path, like: Path) -> Look:
    """Give a photo the look of a file.

    Raises:
        ToolError: if one of them cannot be read.
    """
    session = await current_session(None)
    styled = await session.call("apply_style", image=str(photo.resolve()), style=str(like.resolve()))
    history = await session.call("history", image=styled["uri"])
    return Look(styled["uri"], styled["parent"], history["entries"][-1]["added"])
