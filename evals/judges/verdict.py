"""What every judge says: scores, or why there are none."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from tools.goals import Request, Source
from tools.picture import Picture

DIMENSIONS = ("instruction", "preservation", "technical", "strength", "coherence")


class Verdict(BaseModel):
    """One edit, judged."""

    model_config = ConfigDict(extra="forbid")

    judge: str
    version: str
    """Changes with the formula or the rubric; scores of different versions are not compared."""
    scores: dict[str, float] | None
    """`picture` and the five dimensions, 1 to 5; None where the edit is unscored."""
    unscored: str = ""
    """Why there are no scores."""
    remarks: list[str] = []
    goals_source: Source


class Judge(Protocol):
    """Anything that scores an edit."""

    name: str

    def judge(self, before: Picture, after: Picture, request: Request, source: Source = "truth") -> Verdict:
        """Score the edit from `before` to `after`; they have the same shape."""
        ...
