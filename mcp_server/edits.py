"""An edit: a photo and all the steps taken on it so far, like a commit.

    edit = Edit(source=Source(sha256="9f2c...", name="coast.jpg"))
    warmer = edit.followed_by([Step(tool="temperature", args={"warmer": 30})])
    warmer.uri      # image://sha256/<digest of the manifest>
    warmer.parent   # edit.uri

The manifest is all there is to an edit; its pixels are rendered from it when somebody looks. So nothing is rounded
between steps, undoing is following `parent`, and any edit can be the start of another branch.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from tools.declare import ToolError
from tools.plan import Plan, Step

SCHEME = "image://sha256/"
MAX_EDIT_STEPS = 32
"""Steps that an edit can have; a single plan has at most `tools.plan.MAX_STEPS`."""


class Source(BaseModel):
    """The photo that an edit starts from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    """Digest of the file's bytes."""
    name: str
    """Its path in the photo folder when it was opened."""


class Instructed(BaseModel):
    """How a picture came from a generative editor; its pixels are then a source of their own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    instruction: str
    model: str
    photo: Source
    """The photo that it all began with."""


class Edit(BaseModel):
    """A photo, the steps taken on it, and the edit before the last of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Source
    steps: tuple[Step, ...] = ()
    parent: str | None = None
    """Reference of the edit this one was made from; None for the photo as opened."""
    seed: int = 0
    """Fixes grain, rain and every other random pattern of all steps."""
    instructed: Instructed | None = None
    """Where `source` came from, if an image editor made it."""

    @cached_property
    def manifest(self) -> bytes:
        """The canonical JSON of the edit."""
        unused = {"instructed"} if self.instructed is None else None
        return json.dumps(self.model_dump(mode="json", exclude=unused), sort_keys=True, separators=(",", ":")).encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the manifest, in hex."""
        return hashlib.sha256(self.manifest).hexdigest()

    @property
    def uri(self) -> str:
        """The reference by which clients name the edit."""
        return SCHEME + self.digest

    @property
    def photo(self) -> Source:
        """The photo that it all began with."""
        return self.instructed.photo if self.instructed else self.source

    @property
    def needs(self) -> set[str]:
        """Digests of the photos and tables without which it and its history cannot be rendered."""
        tables = [step.args.get("sha256", "") for step in self.steps if step.tool == "lut"]
        return {self.source.sha256, self.photo.sha256, *filter(None, tables)}

    @property
    def plan(self) -> Plan:
        """The steps as a plan for the engine; it may be longer than a plan that is written in one go."""
        return Plan.model_construct(summary="", steps=list(self.steps))

    def followed_by(self, steps: Sequence[Step], seed: int | None = None) -> "Edit":
        """The edit after further steps; without a seed it keeps its own.

        Raises:
            ToolError: if that is more than `MAX_EDIT_STEPS`.
        """
        together = (*self.steps, *steps)
        if len(together) > MAX_EDIT_STEPS:
            raise ToolError(
                f"that would be {len(together)} steps; an edit has at most {MAX_EDIT_STEPS}. "
                "Export the picture and open the result to go on."
            )
        return Edit(
            source=self.source,
            steps=together,
            parent=self.uri,
            seed=self.seed if seed is None else seed,
            instructed=self.instructed,
        )

    def instructed_by(self, made: str, instruction: str, model: str) -> "Edit":
        """The edit that starts from what an image editor made of this one.

        Args:
            made: digest of the picture that it made.
            instruction: what it was told.
            model: which it is.
        """
        instructed = Instructed(instruction=instruction, model=model, photo=self.photo)
        source = Source(sha256=made, name=self.source.name)
        return Edit(source=source, parent=self.uri, seed=self.seed, instructed=instructed)


def digest_in(uri: str) -> str:
    """The digest in an image reference.

    Raises:
        ToolError: if it is not one.
    """
    if re.fullmatch(re.escape(SCHEME) + "[0-9a-f]{64}", uri):
        return uri.removeprefix(SCHEME)
    shown = ascii(uri if len(uri) <= 90 else uri[:87] + "...")
    raise ToolError(f"{shown} is not an image reference ({SCHEME} and 64 hex digits); open_image gives one for a photo")
