"""Tools that find, look at, measure and compare; of these only `open_image` adds anything."""

from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context
from mcp.types import CallToolResult
from pydantic import Field

from mcp_server import view
from mcp_server.answers import ImageAnswer, answer, image_answer
from mcp_server.arguments import ImageArg, PhotoArg
from mcp_server.darkroom import Progress
from mcp_server.library_text import description, description_markdown, library, library_markdown
from mcp_server.previews import preview, side_by_side
from mcp_server.results import (
    History,
    HistoryEntry,
    ImageResult,
    Judgement,
    Library,
    Measurement,
    PhotoFile,
    PhotoList,
    ToolDescription,
)
from mcp_server.served_tool import ADDS, LOOKS, ServedTool, served
from mcp_server.studio import Studio
from mcp_server.workers import Workers
from tools.declare import ToolError
from tools.goals import read_goals
from tools.quality import assess
from tools.request import parse_request
from tools.types import Json

MAX_REQUEST = 100_000
"""Characters of the longest request that is read."""
AxisName = Literal["light", "colour", "detail", "optics", "atmosphere", "medium", "scene"]


class LookTools:
    """The tools of a server that look."""

    def __init__(self, studio: Studio, workers: Workers) -> None:
        self._studio = studio
        self._workers = workers

    def all(self) -> list[ServedTool]:
        """The tools, as an agent meets them."""
        return [
            served(self.list_photos, LOOKS, "List photos"),
            served(self.open_image, ADDS, "Open a photo"),
            served(self.describe_library, LOOKS, "Describe the library"),
            served(self.describe_tool, LOOKS, "Describe a tool"),
            served(self.measure_image, LOOKS, "Measure a picture"),
            served(self.assess_edit, LOOKS, "Assess an edit"),
            served(self.compare, LOOKS, "Compare two pictures", meta=view.TOOL_META),
            served(self.history, LOOKS, "Show the history"),
        ]

    async def list_photos(
        self,
        folder: Annotated[str, Field(description="subfolder to look in")] = ".",
        offset: Annotated[int, Field(ge=0, le=1_000_000, description="photos to skip")] = 0,
        limit: Annotated[int, Field(ge=1, le=200, description="photos on a page")] = 50,
    ) -> PhotoList:
        """List the photos of the photo folder and its subfolders, page by page."""

        def page() -> PhotoList:
            paths = list(self._studio.folder.photos(folder))
            shown = paths[offset : offset + limit]
            following = offset + len(shown)
            return PhotoList(
                photos=[PhotoFile(path=self._studio.folder.name(path), bytes=path.stat().st_size) for path in shown],
                total=len(paths),
                next_offset=following if shown and following < len(paths) else None,
            )

        return await self._workers.quick(page)

    async def open_image(self, path: PhotoArg) -> ImageAnswer:
        """Open a photo and get the image reference that the other tools take. The file itself is never changed."""

        def work(progress: Progress) -> tuple[ImageResult, bytes]:
            edit = self._studio.open(path)
            return self._studio.result(edit), preview(self._studio.darkroom.proxy(edit, progress))

        return image_answer(*await self._workers.heavy(work))

    async def describe_library(
        self, axis: Annotated[AxisName | None, Field(description="only tools of this axis; null for all")] = None
    ) -> Annotated[CallToolResult, Library]:
        """List what can be done: all tools with their arguments and ranges, the regions, the named styles."""
        shown = library(axis, editor=self._studio.has_editor)
        return answer(library_markdown(shown), shown)

    async def describe_tool(
        self, tool: Annotated[str, Field(description="name of a tool of the library")]
    ) -> Annotated[CallToolResult, ToolDescription]:
        """Explain one tool of the library: its arguments with ranges, units and defaults, and an example step."""
        shown = description(tool)
        return answer(description_markdown(shown), shown)

    async def measure_image(self, image: ImageArg) -> Annotated[CallToolResult, Measurement]:
        """Measure a picture: exposure, contrast, colour, palette, haze, noise, clipping, and the regions it has."""

        def work(progress: Progress) -> Measurement:
            edit = self._studio.store.get(image)
            context = self._studio.darkroom.context(edit)
            return Measurement(uri=edit.uri, words=context.words(), context=context)

        measured = await self._workers.heavy(work)
        return answer("; ".join(measured.words), measured)

    async def assess_edit(
        self,
        before: ImageArg,
        after: ImageArg,
        request: Annotated[
            str, Field(min_length=1, max_length=MAX_REQUEST, description="what the person asked for, in their words")
        ],
        goals: Annotated[
            Json | None,
            Field(description="for evaluations, the request's true goals; left out, they are read from its words"),
        ] = None,
    ) -> Annotated[CallToolResult, Judgement]:
        """Judge from the pixels how well an edit does what was asked, with scores from 1 to 5 and remarks."""

        def work(progress: Progress) -> Judgement:
            first, second = self._studio.store.get(before), self._studio.store.get(after)
            room = self._studio.darkroom
            pictures = room.proxy(first), room.proxy(second)
            maps = room.negative(first.source).maps
            if goals is None:
                return Judgement(assessment=assess(*pictures, parse_request(request), maps=maps))
            return Judgement(assessment=assess(*pictures, read_goals(goals), source="truth", maps=maps))

        judged = await self._workers.heavy(work)
        return answer(_verdict(judged), judged)

    async def compare(self, before: ImageArg, after: ImageArg, ctx: Context[None, Any]) -> ImageAnswer:
        """See two pictures of one photo together, before left or on top, with what changed from one to the other."""

        def work(progress: Progress) -> tuple[ImageResult, bytes, Json | None]:
            first, second = self._studio.store.get(before), self._studio.store.get(after)
            if first.photo.sha256 != second.photo.sha256:
                raise ToolError(
                    f"before is of {first.source.name} and after of {second.source.name}; "
                    "two pictures of the same photo can be compared"
                )
            room = self._studio.darkroom
            sheet = side_by_side(room.proxy(first), room.proxy(second))
            return self._studio.result(second, first), sheet, view.comparison(ctx, first, second, room)

        return image_answer(*await self._workers.heavy(work))

    async def history(self, image: ImageArg) -> History:
        """Show how a picture came to be: every edit from the photo on, with its reference and its steps."""

        def read() -> History:
            chain = self._studio.store.history(self._studio.store.get(image))
            counts = [0, *(len(edit.steps) for edit in chain)]
            entries = [
                HistoryEntry(uri=edit.uri, added=list(edit.steps[count:]))
                for edit, count in zip(chain, counts, strict=False)
            ]
            return History(source=chain[-1].source.name, seed=chain[-1].seed, entries=entries)

        return await self._workers.quick(read)


def _verdict(judged: Judgement) -> str:
    assessment = judged.assessment
    scores = ", ".join(f"{name} {score:g}" for name, score in assessment.scores.items())
    lines = [f"{scores} (of 5)"]
    lines += [f"- {result.goal}: {result.status}" for result in assessment.results]
    return "\n".join([*lines, *(f"- {remark}" for remark in assessment.remarks)])
