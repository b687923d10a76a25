"""What one arm of a comparison did, sample by sample."""

from dataclasses import dataclass, field
from typing import Any

from evals.styling import SCORES


@dataclass
class ArmResult:
    """What one arm did."""

    name: str
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    """Score name -> sample id -> value."""
    photo_of: dict[str, str] = field(default_factory=dict)
    plans: dict[str, Any] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    """References of the photos as they were."""
    results: dict[str, str] = field(default_factory=dict)
    """References of what became of them."""
    requests: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_log(cls, name: str, log: Any) -> "ArmResult":
        """Read an inspect_ai log."""
        arm = cls(name, {score: {} for score in SCORES})
        for sample in log.samples or []:
            key = str(sample.id)
            arm.photo_of[key] = sample.metadata["photo"]
            arm.requests[key] = str(sample.input)
            if "error" in sample.store or sample.error:
                arm.errors[key] = sample.store.get("error") or sample.error.message
                continue
            arm.plans[key] = sample.store["plan"]
            arm.images[key], arm.results[key] = sample.store["image"], sample.store["result"]
            values = sample.scores["measured"].value
            for score in SCORES:
                arm.scores[score][key] = float(values[score])
        return arm
