"""Tools that make edits and write results: steps, plans, styles, undo, export."""

from collections.abc import Sequence
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult
from pydantic import Field

from mcp_server import view
from mcp_server.answers import ImageAnswer, image_answer
from mcp_server.arguments import ImageArg, OverwriteArg, PhotoArg, PlanArg, SeedArg, StepArg
from mcp_server.darkroom import Progress
from mcp_server.edits import MAX_EDIT_STEPS
from mcp_server.instruct_tools import InstructTools
from mcp_server.previews import preview
from mcp_server.results import ExportedImage, ImageResult, Recipe
from mcp_server.served_tool import ADDS, LOOKS, WRITES, ServedTool, served
from mcp_server.studio import Studio
from mcp_server.workers import Workers
from tools.declare import ToolError, lookup
from tools.plan import Step
from tools.styles import STYLES
from tools.types import Json

_STYLES = (
    f"one of {', '.join(STYLES)}; or a picture whose look is wanted, by path or reference; or a path of a .cube file"
)


class EditTools:
    """The tools of a server that act."""

    def __init__(
        self, studio: Studio, workers: Workers, exports: Workers, instructing: InstructTools | None = None
    ) -> None:
        """Work on proxies with `workers` and at full size with `exports`, so that none waits for the other.

        Steps that need a generative editor are left to `instructing`, if there is one.
        """
        self._studio = studio
        self._workers = workers
        self._exports = exports
        self._instructing = instructing

    def all(self) -> list[ServedTool]:
        """The tools, as an agent meets them."""
        return [
            served(self.apply_step, ADDS, "Apply a step"),
            served(self.apply_plan, ADDS, "Apply a plan", meta=view.TOOL_META),
            served(self.apply_style, ADDS, "Apply a named style", meta=view.TOOL_META),
            served(self.undo, LOOKS, "Undo"),
            served(self.branch, ADDS, "Branch off"),
            served(self.export_image, WRITES, "Export a picture"),
            served(self.export_recipe, WRITES, "Export the recipe"),
        ]

    async def apply_step(self, image: PhotoArg, step: StepArg, seed: SeedArg = None) -> ImageAnswer:
        """Take one step on a picture: run one tool of the library. Gives a new reference; the picture given stays."""
        return await self.take(image, [step], seed)

    async def apply_plan(
        self, image: PhotoArg, plan: PlanArg, ctx: Context[None, None], seed: SeedArg = None
    ) -> ImageAnswer:
        """Run a whole plan on a picture in one call. Gives a new reference; undo takes the whole plan back."""
        return await self.take(image, plan.steps, seed, ctx)

    async def apply_style(
        self,
        image: PhotoArg,
        style: Annotated[str, Field(description=_STYLES)],
        ctx: Context[None, None],
        strength: Annotated[float, Field(ge=0, le=1, description="0 does nothing, 1 is the style as written")] = 1.0,
        seed: SeedArg = None,
    ) -> ImageAnswer:
        """Give a picture a named style, the tones and colours of another picture, or those of a .cube table."""
        steps = await self._workers.heavy(lambda _: self._studio.style(style, strength))
        return await self.take(image, steps, seed, ctx)

    async def undo(self, image: ImageArg) -> ImageAnswer:
        """Go back to the picture before the last edit; nothing is lost, every reference keeps working."""

        def work(progress: Progress) -> tuple[ImageResult, bytes]:
            edit = self._studio.store.get(image)
            if edit.parent is None:
                raise ToolError("there is nothing to undo: this is the photo as it was opened")
            parent = self._studio.store.get(edit.parent)
            return self._studio.result(parent, edit), preview(self._studio.darkroom.proxy(parent, progress))

        return image_answer(*await self._workers.heavy(work))

    async def branch(
        self,
        image: ImageArg,
        steps: Annotated[int, Field(ge=0, le=MAX_EDIT_STEPS, description="first steps to keep, 0 is the photo")],
        seed: SeedArg = None,
    ) -> ImageAnswer:
        """Go on from an earlier step, or with another seed: gives a picture with only the first steps of this one."""

        def work(progress: Progress) -> tuple[ImageResult, bytes]:
            edit = self._studio.store.get(image)
            start = self._studio.branch(edit, steps, seed, progress)
            return self._studio.result(start, edit), preview(self._studio.darkroom.proxy(start))

        return image_answer(*await self._workers.heavy(work))

    async def export_image(
        self,
        image: ImageArg,
        path: Annotated[str, Field(description="file to write in the photo folder, .jpg .png .webp .tif or .avif")],
        ctx: Context[None, None],
        overwrite: OverwriteArg = False,
        quality: Annotated[int, Field(ge=1, le=100, description="of JPEG, WebP and AVIF")] = 95,
    ) -> ExportedImage:
        """Render a picture at full size and write it into the photo folder."""

        def work(progress: Progress) -> ExportedImage:
            edit = self._studio.store.get(image)
            return self._studio.export(edit, path, overwrite=overwrite, quality=quality, progress=progress)

        return await self._exports.heavy(work, ctx.report_progress)

    async def export_recipe(
        self,
        image: ImageArg,
        path: Annotated[
            str | None,
            Field(description="a .json file to write, or .cube if all steps are pointwise; null only returns it"),
        ] = None,
        overwrite: OverwriteArg = False,
    ) -> Recipe:
        """Get the steps of a picture as a plan that apply_plan takes for other photos."""

        def write() -> Recipe:
            edit = self._studio.store.get(image)
            plan = self._studio.recipe(edit)
            if path is not None:
                self._studio.write_recipe(edit, path, overwrite=overwrite)
            return Recipe(plan=plan, seed=edit.seed, path=path)

        return await self._workers.quick(write)

    async def take(
        self, image: str, steps: Sequence[Step], seed: int | None = None, ctx: Context[None, Any] | None = None
    ) -> CallToolResult:
        """Take steps on a picture and answer with the new one; with a context, tell the progress and show a view."""
        if self._instructing and any(lookup(step.tool).needs_editor for step in steps):
            return await self._instructing.take(image, steps, seed)

        def work(progress: Progress) -> tuple[ImageResult, bytes, Json | None]:
            start = self._studio.open(image)
            edit = self._studio.take_steps(start, steps, seed, progress)
            room = self._studio.darkroom
            meta = None if ctx is None else view.comparison(ctx, start, edit, room)
            return self._studio.result(edit, start), preview(room.proxy(edit)), meta

        return image_answer(*await self._workers.heavy(work, None if ctx is None else ctx.report_progress))
