"""A trained Qwen3-VL planner, run in this process.

With `constrained` the model can only write what the plan's JSON schema allows (llguidance); without it, what it
writes by itself must be a valid plan. Constrained decoding makes any model valid and so proves nothing about it.
"""

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from graph.messages import PROMPT_VERSION, Inputs, read_completion, render_prompt
from graph.policies import Attempt, Policy
from graph.policies.qwen import load_model, load_processor, planner_inputs
from graph.record import note
from graph.settings import LocalSettings
from tools.context import Context
from tools.declare import ToolError
from tools.goals import Request
from tools.plan import Plan, plan_schema
from tools.types import Json

MAX_NEW_TOKENS = 640


class CheckpointPolicy:
    """Plans with the greedy answer of a checkpoint, which sees of the photo what it was trained to see."""

    name = "checkpoint"

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        constrained: bool,
        inputs: Inputs = "image+context",
        editor: bool = False,
    ) -> None:
        self.model = model
        self.processor = processor
        self.constrained = constrained
        self.inputs = inputs
        self.editor = editor

    def plan(self, context: Context, request: str, image: bytes, history: list[Attempt]) -> Plan:
        """Plan for one photo; see `graph.policies.Policy.plan`."""
        text = self.complete(context, request, image)
        try:
            return read_completion(text)
        except ToolError as error:
            raise ToolError(f"the checkpoint did not write a valid plan: {error}") from None

    def complete(self, context: Context, request: str, image: bytes) -> str:
        """The raw text that the model writes for a photo and a request."""
        import torch

        inputs = self.encode(context, request, image)
        with torch.inference_mode():
            output = self.model.generate(
                **inputs,
                max_new_tokens=MAX_NEW_TOKENS,
                do_sample=False,
                logits_processor=self._schema() if self.constrained else None,
            )
        read = inputs["input_ids"].shape[1]
        written = output[0, read:]
        note(
            model=str(self.model.name_or_path),
            prompt_version=PROMPT_VERSION,
            input_tokens=int(read),
            output_tokens=len(written),
        )
        return str(self.processor.tokenizer.decode(written, skip_special_tokens=True))

    def _schema(self) -> list[Any]:
        """What holds the next answer to the plan's JSON schema."""
        return [_schema_processor(self.processor.tokenizer, self.model, plan_schema(editor=self.editor))]

    def encode(self, context: Context, request: str, image: bytes) -> Any:
        """Model inputs for a photo and a request, by the renderer that training uses."""
        messages = render_prompt(context, request, inputs=self.inputs, editor=self.editor)
        prompt = self.processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        pictures = None if self.inputs == "context" else [Image.open(io.BytesIO(image)).convert("RGB")]
        return self.processor(text=[prompt], images=pictures, return_tensors="pt").to(self.model.device)


@lru_cache(maxsize=2)
def load_checkpoint_policy(folder: str | None, *, constrained: bool, editor: bool) -> CheckpointPolicy:
    """Load a checkpoint once for all runs of this process.

    Raises:
        ToolError: if no folder is named, it is no Qwen3-VL checkpoint, or the training extra is not installed.
    """
    if folder is None:
        raise ToolError("policy 'checkpoint' needs a model folder: --checkpoint DIR, or STYLIST_CHECKPOINT")
    try:
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError:
        raise ToolError("policy 'checkpoint' needs the training extra: pip install 'stylist[train]'") from None
    path = Path(folder)
    return CheckpointPolicy(
        load_model(path),
        load_processor(path),
        constrained=constrained,
        inputs=planner_inputs(path),
        editor=editor,
    )


def _schema_processor(tokenizer: Any, model: Any, schema: Json) -> Any:
    """A logits processor that allows only tokens which continue a plan of the JSON schema."""
    import llguidance
    import llguidance.hf
    import llguidance.torch as masks
    from transformers import LogitsProcessor

    vocabulary = model.config.get_text_config().vocab_size
    known = llguidance.hf.from_tokenizer(tokenizer, n_vocab=vocabulary)
    grammar = llguidance.LLMatcher.grammar_from_json_schema(
        json.dumps(schema),
        overrides={"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "},
    )

    class PlanOnly(LogitsProcessor):  # type: ignore[misc]
        """Masks the logits of one sequence; created anew for each generation."""

        def __init__(self) -> None:
            self.matcher = llguidance.LLMatcher(known, grammar)
            self.mask = masks.allocate_token_bitmask(1, vocabulary)
            self.started = False

        def __call__(self, input_ids: Any, scores: Any) -> Any:
            if self.started and not self.matcher.is_stopped():
                self.matcher.consume_token(int(input_ids[0, -1]))
            self.started = True
            masks.fill_next_token_bitmask(self.matcher, self.mask, 0)
            masks.apply_token_bitmask_inplace(scores, self.mask.to(scores.device))
            return scores

    return PlanOnly()


def make(settings: LocalSettings, goals: Request | None) -> Policy:
    """The policy of a run."""
    editor = settings.renderer == "editor"
    return load_checkpoint_policy(settings.checkpoint, constrained=settings.constrained, editor=editor)
