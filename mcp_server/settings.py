"""What a person sets when they start the server."""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mcp_server.editor import EditorSettings, editor_of_environment
from tools.declare import ToolError
from tools.picture import MAX_PIXELS

MAX_MESSAGE_BYTES = 1024 * 1024
"""Of one request; pictures go by reference, so that the longest that is of use has a tenth of it."""
Profile = Literal["core", "all"]


def default_store() -> Path:
    """Folder of edits and of the photos they need: `stylist` in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache:
        return Path(cache) / "stylist"
    try:
        return Path.home() / ".cache" / "stylist"
    except RuntimeError:  # a number without an account, as some containers run under
        return Path(tempfile.gettempdir()) / f"stylist-{os.getuid()}"


@dataclass(frozen=True)
class ServerSettings:
    """Settings of one server; making them touches no file.

    Raises:
        ToolError: if a limit is not positive.
    """

    root: Path = field(default_factory=Path)
    """The one folder whose photos are read and to which results are written."""
    store: Path = field(default_factory=default_store)
    """Where edits are kept."""
    profile: Profile = "core"
    """`core`: the fifteen tools an agent needs. `all`: every tool of the library under its own name as well."""
    max_pixels: int = MAX_PIXELS
    """Larger photos are refused before they are decoded."""
    max_bytes: int = 256_000_000
    """Larger files are refused before they are read, and never written."""
    max_frames: int = 1_000
    """Animations and stacks of more frames are refused; of others the first frame is used."""
    timeout_s: float = 120.0
    """Longer calls are given up; `math.inf` where a person waits and can stop them."""
    concurrency: int = 4
    """Pictures that are worked on at a time, and as many exports beside them; further calls wait."""
    store_bytes: int = 10_000_000_000
    """Above this the photos longest out of use leave the store, with their edits."""

    editor: EditorSettings | None = field(default_factory=editor_of_environment)
    """The generative editor, by default the one that the environment names; without one, what needs it is refused."""

    def __post_init__(self) -> None:
        """Check the limits."""
        for name in ("max_pixels", "max_bytes", "max_frames", "timeout_s", "concurrency", "store_bytes"):
            value = getattr(self, name)
            if value <= 0:
                raise ToolError(f"{name} = {value} is not right; it is a number above 0")
