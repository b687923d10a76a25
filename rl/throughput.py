"""How fast a run is: tokens a second, and how much of the device's peak the model's own arithmetic takes."""

import time
from typing import Any

from transformers import TrainerCallback

from rl.footprint import ModelShape


class Throughput(TrainerCallback):  # type: ignore[misc]
    """Logs `tokens_per_second` and, where the peak is known, `mfu` (0 to 1) of each step, all processes together.

    Seconds are those from the end of one step to the end of the next, waiting for data included; saving and evaluating
    are left out. The formula of the arithmetic is in `rl.footprint`; a step's rows count with their mean length.

    Args:
        trainer: TRL's trainer, which averages what is logged between two logs.
        shape: of the model, or None to log tokens alone.
        plan_tokens: mean of a row.
        patches: mean of a row.
        peak: FLOP/s of one device, or None.
    """

    def __init__(
        self, trainer: Any, shape: ModelShape | None, plan_tokens: float, patches: float, peak: float | None
    ) -> None:
        self.trainer = trainer
        self.shape = shape
        self.plan_tokens = plan_tokens
        self.patches = patches
        self.peak = peak
        self.started: float | None = None
        self.tokens_seen = 0

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the clock where no step has just ended."""
        if self.started is None:
            self.started, self.tokens_seen = time.perf_counter(), state.num_input_tokens_seen

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Count what the step did."""
        assert self.started is not None
        now = time.perf_counter()
        tokens, seconds = state.num_input_tokens_seen - self.tokens_seen, now - self.started
        self.started, self.tokens_seen = now, state.num_input_tokens_seen
        logged = self.trainer._metrics["train"]
        logged["tokens_per_second"].append(tokens / seconds)
        if self.shape is not None and self.peak is not None:
            rows = args.train_batch_size * args.gradient_accumulation_steps * args.world_size
            flops = rows * self.shape.row_flops(tokens / rows, self.plan_tokens, self.patches)
            logged["mfu"].append(flops / (seconds * self.peak * args.world_size))

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop the clock: what follows is no step."""
        self.started = None

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Stop the clock: what follows is no step."""
        self.started = None
