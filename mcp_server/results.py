"""What the tools answer: the structured content of their results.

Pictures are named by reference and looked at as previews; no result carries pixels in its structured content.
"""

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import SkipJsonSchema

from tools.context import Context
from tools.plan import Plan, Step
from tools.quality import Assessment
from tools.types import Json


class Result(BaseModel):
    """Base of all results; the line under each field describes it in the published schema."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class ImageResult(Result):
    """A picture: the one answer of all tools that open, change or compare pictures.

    Some sixty tools publish its schema, so only what a caller goes on with stands in it: the reference, the number of
    steps, and what changed, in words and by attribute in its own unit.
    """

    uri: str
    steps: int
    words: list[str]
    changes: dict[str, float]
    parent: SkipJsonSchema[str | None]
    """Reference of the picture before its last edit; None for the photo as opened."""
    source: SkipJsonSchema[str]
    """Path of the photo in the photo folder."""
    source_sha256: SkipJsonSchema[str]
    width: SkipJsonSchema[int]
    """Of the full-size picture, in px."""
    height: SkipJsonSchema[int]
    notes: SkipJsonSchema[list[str]]
    """What was converted on reading."""


class PhotoFile(Result):
    """A picture file."""

    path: str
    """As open_image takes it."""
    bytes: int


class PhotoList(Result):
    """One page of the photo folder."""

    photos: list[PhotoFile]
    total: int
    next_offset: int | None
    """Where the next page starts; null on the last."""


class Measurement(Result):
    """What was measured in a picture."""

    uri: str
    words: list[str]
    """The context as a photographer would say it."""
    context: Context


class Judgement(Result):
    """How well an edit does what was asked."""

    assessment: Assessment


class ToolSummary(Result):
    """A tool of the library in one line."""

    name: str
    axis: str
    meaning: str
    arguments: str


class StyleSummary(Result):
    """A named style in one line."""

    name: str
    description: str


class Library(Result):
    """What can be done to a picture, and where."""

    tools: list[ToolSummary]
    regions: list[str]
    styles: list[StyleSummary]


class ToolDescription(Result):
    """A tool of the library in full."""

    name: str
    axis: str
    meaning: str
    arguments: Json
    """JSON schema of its arguments, with ranges, units, defaults."""
    example: Step


class HistoryEntry(Result):
    """One edit on the way from the photo."""

    uri: str
    added: list[Step]
    """The steps that this edit added."""


class History(Result):
    """How a picture came to be, the photo first."""

    source: str
    seed: int
    entries: list[HistoryEntry]


class ExportedImage(Result):
    """A written picture."""

    path: str
    """As it was asked for."""
    bytes: int
    width: int
    height: int
    format: str


class Recipe(Result):
    """The steps of a picture as a plan for other photos."""

    plan: Plan
    seed: int
    path: str | None
    """Where it was written, as it was asked for."""
