"""Exports are complete: they plan as the run did, keep the processor's video part, and tell where they come from."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from datasets import Dataset
from graph.policies.checkpoint import CheckpointPolicy
from graph.policies.qwen import load_model, load_processor
from rl.export import export
from rl.export import main as export_command
from rl.train import main as train
from stylist.serve_policy import serve_policy, vllm_arguments
from tools.context import Context
from tools.declare import ToolError

LOOP = str(Path(__file__).parent.parent.parent / "runs" / "loop.yaml")


@pytest.fixture(scope="module")
def run(scored: Dataset, planner: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with LoRA and one checkpoint."""
    folder = tmp_path_factory.mktemp("export")
    scored.to_parquet(folder / "rows.parquet")
    train(
        [
            *["--config", LOOP, "--trajectories", str(folder / "rows.parquet"), "--method", "sft"],
            *["--model_name_or_path", str(planner), "--output_dir", str(folder / "run"), "--use_peft", "true"],
            *["--max_steps", "3", "--learning_rate", "0.02", "--warmup_steps", "0", "--disable_tqdm", "true"],
            *["--save_strategy", "steps", "--save_steps", "3", "--per_device_train_batch_size", "4"],
        ]
    )
    return folder / "run"


def first_token_logits(folder: Path, scored: Dataset) -> object:
    import io

    import torch

    policy = CheckpointPolicy(load_model(folder), load_processor(folder), constrained=False)
    row = scored[0]
    picture = io.BytesIO()
    row["images"][0].save(picture, "PNG")
    context = Context.model_validate_json(row["context"])
    with torch.inference_mode():
        return policy.model(**policy.encode(context, row["request"], picture.getvalue())).logits[0, -1]


def test_merged_and_kept_apart_the_model_is_the_same(run: Path, planner: Path, scored: Dataset, tmp_path: Path) -> None:
    import torch

    assert export(run, tmp_path / "adapter", merge=False) == "a LoRA adapter"
    assert export(run / "checkpoint-3", tmp_path / "merged", merge=True) == "all weights, merged"
    apart, merged = (first_token_logits(tmp_path / name, scored) for name in ("adapter", "merged"))
    assert torch.allclose(apart, merged, atol=1e-4)
    assert not torch.allclose(merged, first_token_logits(planner, scored), atol=1e-2)


def test_an_export_is_complete(run: Path, planner: Path, tmp_path: Path) -> None:
    out = tmp_path / "merged"
    done = CliRunner().invoke(export_command, [str(run), "-o", str(out), "--merge"])
    assert done.exit_code == 0, done.output
    assert "stylist serve-policy" in done.output
    assert json.loads((out / "processor_config.json").read_text()) == json.loads(
        (planner / "processor_config.json").read_text()
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


def test_the_line_for_vllm_names_model_adapter_and_backend(run: Path, planner: Path) -> None:
    whole = vllm_arguments(planner, "127.0.0.1", 8000, cpu=False)
    assert whole[whole.index("--model") + 1] == str(planner)
    assert json.loads(whole[whole.index("--structured-outputs-config") + 1]) == {"backend": "guidance"}
    adapted = vllm_arguments(run, "127.0.0.1", 8000, cpu=True)
    assert adapted[adapted.index("--model") + 1] == str(planner)
    assert adapted[adapted.index("--lora-modules") + 1] == f"planner={run}"
    printed = CliRunner().invoke(serve_policy, [str(planner), "--print-only"])
    assert printed.exit_code == 0
    assert "vllm.entrypoints.openai.api_server" in printed.output


def test_a_missing_vllm_is_said_with_the_remedy(planner: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(serve_policy, [str(planner)])
    assert done.exit_code == 2
    assert "make serving" in done.output
