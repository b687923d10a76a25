"""The measured judge of `tools.quality`, with the face that all judges have."""

from evals.judges.verdict import Verdict
from tools.goals import Request, Source
from tools.picture import Picture
from tools.quality import assess


class MeasuredJudge:
    """Scores by the published formulas; what search and training optimise."""

    name = "measured"

    def judge(self, before: Picture, after: Picture, request: Request, source: Source = "truth") -> Verdict:
        """Score one edit.

        Raises:
            ToolError: if the pictures have different shapes.
        """
        assessment = assess(before, after, request, source=source)
        remarks = [f"{result.goal}: {result.status}" for result in assessment.results] + assessment.remarks
        return Verdict(
            judge=self.name,
            version=assessment.version,
            scores=assessment.scores,
            remarks=remarks,
            goals_source=source,
        )
