"""Runtime settings of a run; LangGraph Studio shows them as a form."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PolicyName = Literal["rules", "preset", "checkpoint"]


class Settings(BaseModel):
    """How a run is done; the defaults are the recommended values."""

    model_config = ConfigDict(extra="forbid")

    policy: PolicyName = Field(
        "rules",
        description="Who plans. rules: embedded, no weights. preset: the named style nearest to the sentence, blind to "
        "the photo (baseline). checkpoint: a trained Qwen3-VL model.",
    )
    checkpoint: str | None = Field(
        None, description="Folder of the Qwen3-VL checkpoint or LoRA adapter that `checkpoint` loads."
    )
    constrained: bool = Field(True, description="Let the checkpoint write only what the plan's JSON schema allows.")
    approve: bool = Field(False, description="Show the plan and wait for a person to accept, edit or reject it.")
    revisions: int = Field(
        1, ge=0, le=3, description="How often the policy may plan again after looking at the result."
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Fixes grain, rain and every other random pattern.")
    overwrite: bool = Field(False, description="Whether an existing output file may be replaced.")
    root: str | None = Field(None, description="Folder that holds the photos; by default the server's working folder.")
    trace_path: str | None = Field(None, description="File to append the trace to, one JSON event a line.")
