"""What to learn from, and how rewards become a loss: the options of every method."""

from dataclasses import dataclass, field
from typing import Literal, get_args, get_origin, get_type_hints

from graph.messages import Inputs
from tools.declare import ToolError

Method = Literal["sft", "filtered", "best_of_m", "rw", "sw", "step_weighted", "dpo"]
WeightMap = Literal["linear", "exponential"]
Standardise = Literal["context", "dataset"]
StepBaseline = Literal["same_step", "fitted"]
Bound = Literal["none", "drop", "floor"]
Normalise = Literal["tokens", "plans"]
Pairs = Literal["best_worst", "all"]
GoalsSource = Literal["truth", "any"]


SAME_REWARD = 1e-6
"""Rewards that differ by less are equal: files keep them as 32-bit numbers, where 4.1 is a little less than 4.1."""


class NothingToTrainOnError(ToolError):
    """The data cannot teach what was asked; the message says what there was, with counts, and the remedy."""


@dataclass
class MethodArguments:
    """Data, method, and its variants. Rewards are picture scores from 1 to 5."""

    trajectories: str = field(
        metadata={"help": "Parquet or JSONL file, or folder of them (`python -m rl.trajectories`)."}
    )
    method: Method = field(
        default="sft", metadata={"help": "sft | filtered | best_of_m | rw (REFIT) | sw (SWIFT) | step_weighted | dpo"}
    )
    inputs: Inputs = field(
        default="image+context",
        metadata={"help": "What the planner sees of the photo: image+context | image | context."},
    )
    policies: str = field(
        default="", metadata={"help": "Learn only from these policies' plans, comma-separated; empty: all."}
    )
    goals_source: GoalsSource = field(
        default="truth",
        metadata={"help": "truth: rows scored against true goals or by a person | any: self-assessed too."},
    )
    threshold: float = field(default=4.0, metadata={"help": "filtered: least reward of a row that is kept."})
    baseline: float = field(
        default=3.0,
        metadata={"help": "rw: reward below which a row weighs nothing (linear) or less than 1 (exponential)."},
    )
    weight_map: WeightMap = field(
        default="linear", metadata={"help": "rw: linear max(r - baseline, 0) | exponential exp((r - baseline) / T)."}
    )
    temperature: float = field(default=1.0, metadata={"help": "rw, exponential: T, in units of reward."})
    standardise: Standardise = field(
        default="context", metadata={"help": "sw: mean and deviation over the plans of a context | of the dataset."}
    )
    step_baseline: StepBaseline = field(
        default="same_step", metadata={"help": "step_weighted: the context's plans at the same step | fitted."}
    )
    leave_one_out: bool = field(
        default=False, metadata={"help": "step_weighted: leave a plan out of its own baseline."}
    )
    bound: Bound | None = field(
        default=None,
        metadata={
            "help": "Negative weights: none (as they are) | drop (to 0) | floor (see --floor); by default drop with "
            "step_weighted, else none."
        },
    )
    floor: float = field(
        default=0.01, metadata={"help": "bound floor: probability below which a token is pushed down no further."}
    )
    behaviour_kl: float | None = field(
        default=None,
        metadata={
            "help": "Coefficient of KL(data || policy), added to each weight; by default 1 with step_weighted, else 0."
        },
    )
    normalise: Normalise = field(
        default="tokens", metadata={"help": "tokens: every token weighs the same | plans: every plan does."}
    )
    margin: float = field(
        default=0.5, metadata={"help": "dpo: least difference in reward between chosen and rejected."}
    )
    pairs: Pairs = field(
        default="best_worst",
        metadata={"help": "dpo: one pair a context, best against worst | all pairs over the margin."},
    )
    target_tokens: int = field(
        default=0,
        metadata={"help": "Train until so many tokens of plans were learned from, instead of --max_steps; 0: off."},
    )

    def __post_init__(self) -> None:
        for name, hint in get_type_hints(type(self)).items():
            literal = next((part for part in (hint, *get_args(hint)) if get_origin(part) is Literal), None)
            choices = get_args(literal)
            if choices and getattr(self, name) is not None and getattr(self, name) not in choices:
                raise ValueError(f"{name} {getattr(self, name)!r} is not known; it is one of {', '.join(choices)}")
        for name, is_right, right in (
            ("temperature", self.temperature > 0, "above 0"),
            ("floor", 0 < self.floor < 1, "a probability between 0 and 1"),
            ("behaviour_kl", self.added_weight >= 0, "0 or more"),
            ("margin", self.margin > 0, "above 0"),
            ("target_tokens", self.target_tokens >= 0, "0 or more"),
        ):
            if not is_right:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be {right}")

    @property
    def added_weight(self) -> float:
        """What is added to every weight: `behaviour_kl` as told, else 1 with step_weighted and 0 with the others.

        Advantages cancel in what plans share, so that without it a base that writes no plans yet never learns to.
        """
        if self.behaviour_kl is None:
            return 1.0 if self.method == "step_weighted" else 0.0
        return self.behaviour_kl

    @property
    def negative_weights(self) -> Bound:
        """What becomes of negative weights: `bound` as told, else drop with step_weighted and none with the others."""
        return self.bound or ("drop" if self.method == "step_weighted" else "none")
