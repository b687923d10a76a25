"""Exports write the plans that the run wrote, keep the processor's video part, and tell where they come from."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from datasets import Dataset
from graph.messages import read_completion
from graph.policies.checkpoint import CheckpointPolicy
from graph.policies.qwen import load_model, load_processor
from rl.export import export
from rl.export import main as export_command
from rl.train import main as train
from stylist.serve_policy import serve_policy, vllm_arguments
from tools.context import Context
from tools.declare import ToolError

LOOP = str(Path(__file__).parent.parent.parent / "runs" / "loop.yaml")
STEPS = 80


ASKED = {"a warm evening": "policy0", "softer, please": "policy2"}
"""Whose plan is learned for each request."""


@pytest.fixture(scope="module")
def writer(scored: Dataset, planner: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base that writes either plan for either request; an adapter alone teaches random weights nothing."""
    folder = tmp_path_factory.mktemp("writer")
    return learned(folder, scored, planner, "--policies", ",".join(ASKED.values()), "--max_steps", "90")


@pytest.fixture(scope="module")
def run(scored: Dataset, writer: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with LoRA that learned by heart which plan is asked for, and one checkpoint."""
    folder = tmp_path_factory.mktemp("export")
    kept = scored.filter(lambda row: row["policy"] == ASKED[row["request"]])
    saved = ["--max_steps", str(STEPS), "--save_strategy", "steps", "--save_steps", str(STEPS)]
    return learned(folder, kept, writer, "--use_peft", "true", *saved)


def learned(folder: Path, rows: Dataset, base: Path, *words: str) -> Path:
    """What training leaves of a base and rows."""
    rows.to_parquet(folder / "rows.parquet")
    train(
        [
            *["--config", LOOP, "--trajectories", str(folder / "rows.parquet"), "--method", "sft"],
            *["--model_name_or_path", str(base), "--output_dir", str(folder / "run"), "--disable_tqdm", "true"],
            *["--learning_rate", "0.01", "--lr_scheduler_type", "constant", "--warmup_steps", "0", *words],
            *["--per_device_train_batch_size", "4"],
        ]
    )
    return folder / "run"


def greedy_plans(folder: Path, scored: Dataset) -> list[str]:
    """What the policy in this process writes by itself for each photo and request."""
    policy = CheckpointPolicy(load_model(folder), load_processor(folder), constrained=False)
    rows = scored.filter(lambda name: name == "policy0", input_columns="policy")
    answers = []
    for row in rows:
        picture = io.BytesIO()
        row["images"][0].save(picture, "PNG")
        context = Context.model_validate_json(row["context"])
        answers.append(policy.complete(context, row["request"], picture.getvalue()))
    return answers


def test_before_and_after_export_merged_or_not_the_greedy_plans_are_the_same(
    run: Path, scored: Dataset, tmp_path: Path
) -> None:
    assert export(run, tmp_path / "adapter", merge=False) == "a LoRA adapter"
    assert export(run / f"checkpoint-{STEPS}", tmp_path / "merged", merge=True) == "all weights, merged"
    before, apart, merged = (greedy_plans(path, scored) for path in (run, tmp_path / "adapter", tmp_path / "merged"))
    assert before == apart == merged
    steps = {len(read_completion(answer).steps) for answer in before}
    assert steps == {2, 3}, "each request has its plan, and every answer is one"


def test_an_export_is_complete(run: Path, writer: Path, tmp_path: Path) -> None:
    out = tmp_path / "merged"
    done = CliRunner().invoke(export_command, [str(run), "-o", str(out), "--merge"])
    assert done.exit_code == 0, done.output
    assert "stylist serve-policy" in done.output
    assert json.loads((out / "processor_config.json").read_text()) == json.loads(
        (writer / "processor_config.json").read_text()
    )
    assert json.loads((out / "planner.json").read_text()) == {"inputs": "image+context"}
    assert "all weights" in (out / "README.md").read_text()
    again = CliRunner().invoke(export_command, [str(run), "-o", str(out)])
    assert again.exit_code == 2
    assert "is not empty" in again.output


def test_what_cannot_be_exported_is_said(planner: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="holds no model"):
        export(tmp_path, tmp_path / "out", merge=False)
    with pytest.raises(ToolError, match="nothing to merge"):
        export(planner, tmp_path / "out", merge=True)


def test_the_line_for_vllm_names_model_adapter_and_backend(run: Path, writer: Path, planner: Path) -> None:
    whole = vllm_arguments(planner, "127.0.0.1", 8000, cpu=False)
    assert whole[whole.index("--model") + 1] == str(planner)
    assert json.loads(whole[whole.index("--structured-outputs-config") + 1]) == {"backend": "guidance"}
    adapted = vllm_arguments(run, "127.0.0.1", 8000, cpu=True)
    assert adapted[adapted.index("--model") + 1] == str(writer)
    assert adapted[adapted.index("--lora-modules") + 1] == f"planner={run}"
    printed = CliRunner().invoke(serve_policy, [str(planner), "--print-only"])
    assert printed.exit_code == 0
    assert "vllm.entrypoints.openai.api_server" in printed.output


def test_a_missing_vllm_is_said_with_the_remedy(planner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(serve_policy, [str(planner)])
    assert done.exit_code == 2
    assert "make serving" in done.output
