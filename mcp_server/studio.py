"""What the server does with pictures, without any protocol: open, edit, look, measure, export."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path, PurePath

from mcp_server.changes import in_words, measured_changes
from mcp_server.darkroom import Darkroom, Progress
from mcp_server.edits import SCHEME, Edit, Source
from mcp_server.headers import refuse_excess, refuse_pixels
from mcp_server.paths import PhotoFolder
from mcp_server.results import ExportedImage, ImageResult
from mcp_server.settings import ServerSettings
from mcp_server.store import Store
from tools.brought import CUBE, look_of_picture, look_of_table
from tools.cube import OPENING as CUBE_OPENING
from tools.cube import cube_text
from tools.declare import ToolError
from tools.picture import BEST_QUALITY, READ_SUFFIXES, encoded, output_format
from tools.plan import MAX_STEPS, Plan, Step, read_plan
from tools.styles import at_strength, find_style
from tools.tables import MOST_BYTES, read_table

MAX_MANIFEST_BYTES = 100_000
"""Of an edit, most of which is the reasons of its steps; history shows them all."""


class Studio:
    """The photo folder, the store and the darkroom together; every method blocks and may be called from any thread."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self.has_editor = settings.editor is not None
        self.folder = PhotoFolder(settings.root, settings.store)
        self.store = Store(settings.store, settings.store_bytes)
        self.darkroom = Darkroom(self.store.photo)

    def open(self, text: str) -> Edit:
        """The edit without steps of a photo in the folder, or the edit that an image reference names.

        Raises:
            ToolError: if it cannot be found or read, or is over the server's limits.
        """
        if text.startswith(SCHEME):
            return self.store.get(text)
        data, name = self._read(text, self._settings.max_bytes)
        refuse_excess(data, name, self._settings)
        source = Source(sha256=hashlib.sha256(data).hexdigest(), name=name)
        is_new = self.store.put_photo(source.sha256, data)
        del data  # of a large photo there should be no more in memory than its pixels
        self._develop(source, is_new=is_new)
        return self.store.put(Edit(source=source))

    def _read(self, text: str, max_bytes: int) -> tuple[bytes, str]:
        """The bytes of a file of the folder, and its name there."""
        path = self.folder.photo(text)
        return self.folder.read(path, max_bytes), self.folder.name(path)

    def _develop(self, source: Source, *, is_new: bool, made: bool = False) -> None:
        """Decode a photo that is kept; a new one that cannot be, or is too large, is kept no longer."""
        try:
            refuse_pixels(self.darkroom.negative(source).size, source.name, self._settings)
        except ToolError:
            if is_new:
                self.store.drop_photo(source.sha256, made=made)
            raise

    def style(self, text: str, strength: float) -> list[Step]:
        """The steps of a named style, or the one that takes over the look of a picture or a .cube table.

        Raises:
            ToolError: if there is no such style or file, or the file cannot be read.
        """
        ending = PurePath(text).suffix.lower()
        if ending == CUBE:
            data, name = self._read(text, MOST_BYTES)
            step = look_of_table(data, name)
            self.store.put_photo(step.args["sha256"], data)
        elif text.startswith(SCHEME) or ending in READ_SUFFIXES:
            edit = self.open(text)
            step = look_of_picture(self.darkroom.proxy(edit), edit.source.name)
        else:
            return find_style(text).at(strength).steps
        return [at_strength(step, strength)]

    def _keep_tables(self, steps: Sequence[Step]) -> None:
        """Keep the tables of steps that come from elsewhere, as from a plan that was saved.

        Raises:
            ToolError: if a table is not the one that the step was made with.
        """
        for step in steps:
            digest = step.args.get("sha256") if step.tool == "lut" else None
            if digest and not self.store.holds(digest):
                data, name = self._read(step.args["file"], MOST_BYTES)
                if read_table(data, name) != digest:
                    raise ToolError(f"{name} is no longer the table of this step; apply it anew with apply_style")
                self.store.put_photo(digest, data)

    def take_steps(self, start: Edit, steps: Sequence[Step], seed: int | None, progress: Progress) -> Edit:
        """The edit after further steps, rendered on the proxy so that what cannot be done is refused now.

        Raises:
            ToolError: naming the step that cannot be done on this photo, or if the reasons are too long to keep.
        """
        edit = start.followed_by(steps, seed)
        if len(edit.manifest) > MAX_MANIFEST_BYTES:
            raise ToolError(
                f"the steps with their reasons take {len(edit.manifest)} bytes; at most {MAX_MANIFEST_BYTES} are kept. "
                "Give shorter reasons."
            )
        self._keep_tables(steps)
        self.darkroom.proxy(edit, progress)
        return self.store.put(edit)

    def keep_made(self, start: Edit, made: bytes, instruction: str, model: str) -> Edit:
        """The edit that starts from what an image editor made of another one."""
        digest = hashlib.sha256(made).hexdigest()
        edit = start.instructed_by(digest, instruction, model)
        is_new = self.store.put_photo(digest, made, made=True)
        self._develop(edit.source, is_new=is_new, made=True)
        return self.store.put(edit)

    def branch(self, edit: Edit, count: int, seed: int | None, progress: Progress) -> Edit:
        """The picture after the first `count` steps of an edit: one of its history, if there is such, or a new one.

        Raises:
            ToolError: if the edit has fewer steps.
        """
        if count > len(edit.steps):
            raise ToolError(f"steps = {count} is not right; the picture has {len(edit.steps)} steps")
        seed = edit.seed if seed is None else seed
        before = [past for past in self.store.history(edit) if len(past.steps) <= count][-1]
        if len(before.steps) == count and (before.seed == seed or not count):
            return before
        return self.take_steps(before, edit.steps[len(before.steps) : count], seed, progress)

    def result(self, edit: Edit, since: Edit | None = None) -> ImageResult:
        """Describe an edit, and what changed since another one."""
        negative = self.darkroom.negative(edit.source)
        width, height = negative.size
        changes: dict[str, float] = {}
        if since is not None:
            changes = measured_changes(self.darkroom.attributes(since), self.darkroom.attributes(edit))
        notes = list(negative.proxy.notes)
        if edit.instructed:
            notes.append(f"made by an image editor, {edit.instructed.model}, at {width} x {height} px")
        return ImageResult(
            uri=edit.uri,
            parent=edit.parent,
            source=edit.source.name,
            source_sha256=edit.photo.sha256,
            width=width,
            height=height,
            steps=len(edit.steps),
            words=[] if since is None else in_words(changes),
            changes=changes,
            notes=notes,
        )

    def export(
        self, edit: Edit, text: str, *, overwrite: bool, progress: Progress, quality: int = BEST_QUALITY
    ) -> ExportedImage:
        """Render an edit at full size and write it into the photo folder; once more, after a crash, does no harm.

        Raises:
            ToolError: if the place is wrong, taken, or an original photo.
        """
        path = self.folder.target(text, overwrite=True)
        format_name = output_format(path)
        there = _digest_of(path) if path.exists() else None
        if there is not None and overwrite and self.store.holds(there):
            raise ToolError(f"{text!r} is an original photo, which is never replaced; choose another name")
        picture = self.darkroom.full(edit, progress)
        try:
            file = encoded(picture, format_name, quality=quality)
        except (OSError, ValueError) as error:
            raise ToolError(f"{text!r} cannot be written as {format_name}: {error}; try .png or .tiff") from None
        with file:
            size = file.seek(0, os.SEEK_END)
            if size > self._settings.max_bytes:
                limit = self._settings.max_bytes / 1e6
                raise ToolError(
                    f"{text!r} would have {size / 1e6:.1f} MB; this server writes at most {limit:g} MB. "
                    "Choose .jpg, or a lower quality."
                )
            file.seek(0)
            if hashlib.file_digest(file, "sha256").hexdigest() != there:
                file.seek(0)
                self.folder.write(text, file, overwrite=overwrite)
        width, height = picture.size
        return ExportedImage(path=text, bytes=size, width=width, height=height, format=format_name)

    def recipe(self, edit: Edit) -> Plan:
        """The steps of an edit as one plan.

        Raises:
            ToolError: if there are more than a plan holds.
        """
        if edit.instructed:
            raise ToolError("an image editor made this picture, which no recipe can do again; history tells how")
        if len(edit.steps) > MAX_STEPS:
            raise ToolError(
                f"the picture has {len(edit.steps)} steps and a recipe holds at most {MAX_STEPS}; "
                "history lists them all"
            )
        return Plan(summary=f"the steps taken on {edit.source.name}", steps=list(edit.steps))

    def write_recipe(self, edit: Edit, text: str, *, overwrite: bool) -> None:
        """Write the recipe of an edit into the photo folder; only another recipe is ever replaced.

        Raises:
            ToolError: if the place is wrong or taken, or the steps do not fit into a .cube file.
        """
        plan, ending = self.recipe(edit), Path(text).suffix.lower()
        if ending not in (".json", ".cube"):
            raise ToolError(f"{text!r} does not end in .json or .cube; a recipe is written as 'evening.json', say")
        path = self.folder.target(text, overwrite=overwrite)
        if self.folder.is_hidden(path):
            raise ToolError(
                f"{text!r} is a hidden file; a recipe is written where people see it, as 'evening.json', say"
            )
        if path.exists() and not _is_recipe(path, ending):
            raise ToolError(f"{text!r} is not a recipe and is not replaced; choose another name")
        if ending == ".json":
            recipe = plan.model_dump_json(indent=2) + "\n"
        else:
            negative = self.darkroom.negative(edit.source)
            recipe = cube_text(negative.proxy.srgb, plan, seed=edit.seed, maps=negative.maps)
        self.folder.write(text, recipe.encode(), overwrite=overwrite)


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_recipe(path: Path, ending: str) -> bool:
    if ending == ".cube":
        return path.read_bytes()[: len(CUBE_OPENING)] == CUBE_OPENING.encode()
    try:
        read_plan(path)
    except ToolError:
        return False
    return True
