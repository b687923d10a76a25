"""Judges: who says how good an edit is, and how far they agree.

    make_judge("independent").judge(before, after, request).scores     # {"picture": 4.1, "instruction": 4.6, ...}

`measured` is the judge that search and training optimise; `independent` is a second opinion by other formulas, used for
reports alone; `vlm` asks a vision-language model behind any OpenAI-compatible endpoint.
"""

from typing import Literal

from evals.judges.independent.judge import IndependentJudge
from evals.judges.measured import MeasuredJudge
from evals.judges.verdict import DIMENSIONS, Judge, Verdict
from evals.judges.vlm import Endpoint, VlmJudge
from tools.declare import ToolError

__all__ = ["DIMENSIONS", "Endpoint", "Judge", "JudgeName", "Verdict", "VlmJudge", "make_judge"]

JudgeName = Literal["measured", "independent", "vlm"]


def make_judge(name: JudgeName, endpoint: Endpoint | None = None) -> Judge:
    """A judge by name.

    Raises:
        ToolError: if `vlm` is asked for without an endpoint.
    """
    match name:
        case "measured":
            return MeasuredJudge()
        case "independent":
            return IndependentJudge()
        case "vlm":
            if endpoint is None:
                raise ToolError("the vlm judge needs an endpoint and a model, such as http://localhost:8000/v1")
            return VlmJudge(endpoint)
