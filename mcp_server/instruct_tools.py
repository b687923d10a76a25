"""Tools that are there when a generative image editor is set up: an instruction in words, and steps that need it."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

from mcp.types import CallToolResult
from pydantic import Field

from mcp_server.answers import ImageAnswer, image_answer
from mcp_server.arguments import PhotoArg, SeedArg
from mcp_server.darkroom import Progress
from mcp_server.editor import Editor
from mcp_server.edits import Edit
from mcp_server.previews import preview
from mcp_server.results import ImageResult
from mcp_server.served_tool import ADDS, ServedTool, served
from mcp_server.studio import Studio
from mcp_server.workers import Workers
from tools.declare import lookup
from tools.instruction import instruction as in_words
from tools.plan import Step

MAX_INSTRUCTION = 4_000
"""Characters of the longest instruction that is sent."""


class InstructTools:
    """The tools of a server that instruct the editor."""

    def __init__(self, studio: Studio, workers: Workers, exports: Workers, editor: Editor) -> None:
        self._studio = studio
        self._workers = workers
        self._exports = exports
        self._editor = editor

    def all(self) -> list[ServedTool]:
        """The tools, as an agent meets them."""
        return [served(self.apply_instruction, ADDS, "Apply an instruction")]

    async def apply_instruction(
        self,
        image: PhotoArg,
        instruction: Annotated[
            str, Field(min_length=1, max_length=MAX_INSTRUCTION, description="what the editor is to do, in words")
        ],
        seed: SeedArg = None,
    ) -> ImageAnswer:
        """Let the generative image editor change a picture as an instruction says. Slow; gives a new reference."""
        start = await self._workers.quick(lambda: self._studio.open(image))
        return await self._answer(start, await self._instruct(start, instruction, seed))

    async def take(self, image: str, steps: Sequence[Step], seed: int | None) -> CallToolResult:
        """Take steps, those that need the editor as an instruction and the others on the tools."""
        start = edit = await self._workers.quick(lambda: self._studio.open(image))
        for needs_editor, group in groupby(steps, key=lambda step: lookup(step.tool).needs_editor):
            some = list(group)
            if needs_editor:
                edit = await self._instruct(edit, in_words(some), seed)
            else:
                edit = await self._tools(edit, some, seed)
        return await self._answer(start, edit)

    async def _tools(self, start: Edit, steps: list[Step], seed: int | None) -> Edit:
        return await self._workers.heavy(lambda progress: self._studio.take_steps(start, steps, seed, progress))

    async def _instruct(self, start: Edit, instruction: str, seed: int | None) -> Edit:
        photo = await self._exports.heavy(lambda progress: self._studio.darkroom.full(start, progress))
        made = await self._editor.edit(photo, instruction, start.seed if seed is None else seed)
        return await self._workers.heavy(lambda _: self._studio.keep_made(start, made, instruction, self._editor.model))

    async def _answer(self, start: Edit, edit: Edit) -> CallToolResult:
        def work(progress: Progress) -> tuple[ImageResult, bytes]:
            return self._studio.result(edit, start), preview(self._studio.darkroom.proxy(edit, progress))

        return image_answer(*await self._workers.heavy(work))
