"""Credit: the picture score after each step of a plan, from which each step's share in the reward follows.

The plan is carried out again, step by step, on the preview that the trace keeps, and each picture is judged against
the request's own goals. The last score is the recorded reward itself, so that the steps' shares add up to it.
"""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from tools.engine import render
from tools.goals import Request
from tools.maps import Maps
from tools.picture import Picture
from tools.plan import Plan
from tools.quality import assess


def step_scores(
    preview: bytes, plan: Plan, done: Sequence[bool], asked: Request, reward: float, *, seed: int = 0
) -> list[float]:
    """Picture scores, 1 to 5, of the untouched photo and after each step: one more than the plan has steps.

    Args:
        preview: the photo as the planner saw it, a compressed picture.
        plan: its steps.
        done: for each step, whether it could be carried out; one that could not leaves the score as it was.
        asked: goals of the request.
        reward: picture score of the whole plan, as recorded.
        seed: of the tools' random patterns.
    """
    before = Picture(np.asarray(Image.open(io.BytesIO(preview)).convert("RGB"), np.float32) / 255)
    maps = Maps(before.srgb)
    carried_out = [index for index, works in enumerate(done) if works]
    scores = [assess(before, before, asked, maps=maps).scores["picture"] if carried_out else reward]
    for index, works in enumerate(done):
        if works and index == carried_out[-1]:
            scores.append(reward)
        elif works:
            steps = [plan.steps[earlier] for earlier in carried_out if earlier <= index]
            after = render(before, Plan(steps=steps), seed=seed, maps=maps)
            scores.append(assess(before, after, asked, maps=maps).scores["picture"])
        else:
            scores.append(scores[-1])
    return scores
