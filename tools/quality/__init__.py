"""The measured judge: how well an edited picture does what was asked, and what it cost.

    assess(before, after, parse_request("warmer")).scores      # {"picture": 4.4, "instruction": 4.9, ...}

`assess` gives six scores from 1 to 5. The headline is the **picture** score, one formula:

    picture = 1 + 4 * instruction^0.6 * preservation^0.5 * technical^0.7 * strength^0.15 * coherence^0.5

each factor in [0, 1] (a score s stands for the factor (s - 1) / 4). Doing nothing leaves an instruction of 0.1, so that
a wreck that does what was asked falls below it. A picture that was asked for nothing and left alone has all factors 1.
The judge sees before, after and the request, never the plan. `docs/judge.md` has every formula.
"""

from tools.quality.assessment import VERSION, WEIGHTS, Assessment, assess, assess_comparison, picture_score
from tools.quality.comparison import Comparison
from tools.quality.costs import kept_outside
from tools.quality.effects import presence
from tools.quality.wishes import (
    ALREADY,
    FULL_SCALE_UNITS,
    GoalResult,
    Status,
    describe,
    goal_change,
    is_there_already,
    wanted_change,
    wanted_presence,
)

__all__ = [
    "ALREADY",
    "FULL_SCALE_UNITS",
    "VERSION",
    "WEIGHTS",
    "Assessment",
    "Comparison",
    "GoalResult",
    "Status",
    "assess",
    "assess_comparison",
    "describe",
    "goal_change",
    "is_there_already",
    "kept_outside",
    "picture_score",
    "presence",
    "wanted_change",
    "wanted_presence",
]
