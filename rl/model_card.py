"""The model card: what was trained, on what, how it did, and how to use it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_CARD = """\
---
library_name: {library}
base_model: {base}
pipeline_tag: image-text-to-text
tags: [stylist, planner, offline-rl, {method}]
---

# {name}

Plans edits of photographs: it reads a photo, what was measured in it and a request in plain words, and writes a plan
of steps as JSON, each with its reasoning, a tool of the stylist's library and its arguments.

| | |
|---|---|
| base model | `{base}` |
| kind | {kind} |
| method | `{method}` |
| rows | {rows} |
| steps | {steps} |
| seed | {seed} |
| device | {device}, {processes} process(es) |
| seconds | {seconds} |

{notes}

## How it did

{results}

Held-out figures are of photos of the dev split, which no row of the training comes from; plans were written without
constrained decoding. They choose checkpoints and say little about photos of another kind: compare planners with
`python -m evals`.{curves}

## Use

```
stylist style photo.jpg "warmer" --policy checkpoint --checkpoint {name}
stylist serve-policy {name}
```

## Data

{data}

## Versions

{versions}
"""

_RESULTS = {
    "loss": "training loss, last",
    "eval_loss": "held-out loss, last",
    "eval_valid_share": "share of valid plans, unconstrained, last",
    "eval_score": "picture score of dev plans (1 to 5), last",
    "eval_rewards/accuracies": "held-out pairs ranked rightly, last",
}


def model_card(record: Mapping[str, Any], folder: Path) -> str:
    """The card of the model in a folder, from the record of its run."""
    adapter = (folder / "adapter_config.json").exists()
    last = record.get("last", {})
    results = [f"- {words}: {last[name]:.4g}" for name, words in _RESULTS.items() if name in last]
    if record.get("best"):
        results.append(
            f"- best checkpoint: `{Path(record['best']['checkpoint']).name}`, {record['best']['metric']:.4g}"
        )
    return _CARD.format(
        library="peft" if adapter else "transformers",
        base=record["base"],
        name=folder.name,
        kind="LoRA adapter" if adapter else "all weights",
        method=record["method"],
        rows=record["rows"],
        steps=record.get("steps", "not finished"),
        seed=record["seed"],
        device=record["device"],
        processes=record["processes"],
        seconds=f"{record['seconds']:.0f}" if record.get("seconds") else "not finished",
        notes="\n".join(f"- {note}" for note in record["notes"]),
        results="\n".join(results) or "Nothing was measured.",
        curves="\n\n![Curves](curves.png)" if (folder / "curves.png").exists() else "",
        data="\n".join(f"- `{Path(name).name}`, SHA-256 `{digest}`" for name, digest in record["data"].items()),
        versions=", ".join(f"{name} {number}" for name, number in record["versions"].items() if number),
    )
