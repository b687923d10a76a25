"""The loop closes, from traces to a trained policy and its evaluation, and it is not a show."""

import asyncio
import json
from pathlib import Path

import pytest

from evals.tasks import read_tasks
from graph.policies.checkpoint import CheckpointPolicy
from graph.policies.qwen import load_model, load_processor
from graph.trace import read_trace
from rl.probe import PAIRS, Findings, cases_of, load_unconstrained, probe
from rl.record import record
from rl.tiny import make_checkpoint
from rl.train import main as train
from rl.trajectories import rows_of, write_parquet

ROOT = Path(__file__).parent.parent.parent
STEPS = 160
REQUESTS = {request for pair in PAIRS for request in (pair.up, pair.down)}
"""What the probe asks; plans for more requests take longer to learn and show no more."""


@pytest.fixture(scope="module")
def trajectories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recorded runs of the rules on two photos with the probe's requests, as Parquet."""
    folder = tmp_path_factory.mktemp("loop")
    photos = [ROOT / "photos" / name for name in ("meadow.jpg", "portrait.jpg")]
    tasks = [task for task in read_tasks(ROOT / "datasets" / "loop" / "tasks.jsonl") if task.text in REQUESTS]
    assert asyncio.run(record(photos, tasks, ["rules"], folder / "traces", seed=0)) == []
    rows = [row for trace in sorted((folder / "traces").iterdir()) for row in rows_of(read_trace(trace))]
    write_parquet([{**row, "split": "train"} for row in rows], folder / "trajectories.parquet")
    return folder / "trajectories.parquet"


@pytest.fixture(scope="module")
def tiny(trajectories: Path) -> Path:
    """A checkpoint with random weights."""
    from datasets import load_dataset

    rows = load_dataset("parquet", data_files=str(trajectories), split="train").remove_columns("images")
    texts = [message["content"] for row in rows for message in (*row["prompt"], *row["completion"])]
    make_checkpoint(texts, trajectories.parent / "tiny")
    return trajectories.parent / "tiny"


@pytest.fixture(scope="module")
def trained(trajectories: Path, tiny: Path) -> Path:
    """The checkpoint, overfitted on the recorded plans."""
    out = trajectories.parent / "model"
    train(
        [
            *["--config", str(ROOT / "runs" / "loop.yaml"), "--trajectories", str(trajectories)],
            *["--model_name_or_path", str(tiny), "--output_dir", str(out)],
            *["--max_steps", str(STEPS), "--disable_tqdm", "true"],
        ]
    )
    return out


def findings(checkpoint: Path, trajectories: Path, photos: int, pairs: int = len(PAIRS)) -> Findings:
    cases = [case for case, _ in zip(cases_of(trajectories), range(photos), strict=False)]
    return probe(load_unconstrained(checkpoint), cases, PAIRS[:pairs])


def test_trajectories_open_with_datasets(trajectories: Path) -> None:
    from datasets import load_dataset

    rows = load_dataset("parquet", data_files=str(trajectories), split="train")
    assert len(rows) == 2 * len(REQUESTS)
    row = rows[0]
    assert max(row["images"][0].size) == 512
    assert json.loads(row["completion"][0]["content"])["steps"] is not None
    assert row["goals_source"] == "truth"
    assert 1 <= row["reward"] <= 5


def test_image_and_context_reach_the_model(tiny: Path, trajectories: Path) -> None:
    import io

    import torch
    from PIL import Image, ImageDraw

    policy = CheckpointPolicy(load_model(tiny), load_processor(tiny), constrained=False)
    case = next(cases_of(trajectories))
    changed = Image.open(io.BytesIO(case.image)).convert("RGB")
    ImageDraw.Draw(changed).rectangle((0, 0, 120, 120), fill="red")
    buffer = io.BytesIO()
    changed.save(buffer, "JPEG", quality=95)
    attributes = {**case.context.attributes, "warmth": case.context.attributes["warmth"] + 3}
    other_context = case.context.model_copy(update={"attributes": attributes})

    def logits(context: object, request: str, image: bytes) -> torch.Tensor:
        with torch.inference_mode():
            return policy.model(**policy.encode(context, request, image)).logits[0, -1]

    base = logits(case.context, "warmer", case.image)
    assert not torch.equal(base, logits(case.context, "warmer", buffer.getvalue()))
    assert not torch.equal(base, logits(other_context, "warmer", case.image))
    assert not torch.equal(base, logits(case.context, "cooler", case.image))


def test_random_weights_are_neither_valid_nor_obedient(tiny: Path, trajectories: Path) -> None:
    found = findings(tiny, trajectories, photos=1, pairs=1)
    assert found.valid_share < 0.1
    assert found.obeyed == 0


def test_constrained_decoding_makes_even_random_weights_follow_the_schema(tiny: Path, trajectories: Path) -> None:
    policy = CheckpointPolicy(load_model(tiny), load_processor(tiny), constrained=True)
    case = next(cases_of(trajectories))
    assert policy.complete(case.context, "warmer", case.image).startswith('{"summary": "')


def test_the_trained_checkpoint_writes_valid_plans_and_obeys(trained: Path, trajectories: Path) -> None:
    found = findings(trained, trajectories, photos=2)
    assert found.valid_share >= 0.9, found.examples
    assert found.obeyed_share >= 0.75, found.examples


def test_the_trained_checkpoint_plans_in_the_graph_and_is_compared(trained: Path, tmp_path: Path) -> None:
    from evals.__main__ import compare

    tasks = read_tasks(ROOT / "datasets" / "loop" / "tasks.jsonl")[:1]
    photos = [ROOT / "photos" / "meadow.jpg"]
    arms = asyncio.run(compare(["rules", "preset", f"checkpoint:{trained}"], photos, tasks, tmp_path))
    assert [arm.name for arm in arms] == ["rules", "preset", f"checkpoint:{trained.name}"]
    assert all(not arm.errors for arm in arms)
    assert f"| checkpoint:{trained.name} |" in (tmp_path / "report.md").read_text()
    assert (tmp_path / "sheet.png").stat().st_size > 1000


def test_what_the_trained_checkpoint_plans_is_recorded_for_the_next_round(trained: Path, tmp_path: Path) -> None:
    tasks = read_tasks(ROOT / "datasets" / "loop" / "tasks.jsonl")[:1]
    photos = [ROOT / "photos" / "meadow.jpg"]
    assert asyncio.run(record(photos, tasks, [f"checkpoint:{trained}"], tmp_path, seed=0)) == []
    [trace] = tmp_path.glob("*.trace.jsonl")
    assert [row["policy"] for row in rows_of(read_trace(trace))] == ["checkpoint"]
