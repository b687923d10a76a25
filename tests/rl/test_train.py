"""`python -m rl.train`: what it refuses, what a run leaves, and that a killed run goes on to the same bit."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

from datasets import Dataset
from rl.arguments import read_arguments
from rl.train import main

ROOT = Path(__file__).parent.parent.parent
LOOP = str(ROOT / "runs" / "loop.yaml")


@pytest.fixture
def words(trajectories: Path, planner: Path, tmp_path: Path) -> list[str]:
    """A run of four steps with LoRA, whose dropout draws random numbers."""
    return [
        *["--config", LOOP, "--trajectories", str(trajectories), "--model_name_or_path", str(planner)],
        *["--output_dir", str(tmp_path / "run"), "--method", "rw", "--baseline", "1", "--use_peft", "true"],
        *["--max_steps", "4", "--warmup_steps", "0", "--per_device_train_batch_size", "4", "--logging_steps", "1"],
        *["--save_strategy", "steps", "--save_steps", "1", "--disable_tqdm", "true"],
    ]


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What a call that is refused says; one line."""
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("error: ")
    return said


def without(package: str) -> pytest.MarkDecorator:
    """Marks a test of what is said where a package is missing."""
    return pytest.mark.skipif(find_spec(package) is not None, reason=f"{package} is installed")


def adapter(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "adapter_model.safetensors")


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def test_flags_override_the_file() -> None:
    arguments = read_arguments(["--config", LOOP, "--learning-rate", "3e-4", "--method=rw"])
    assert arguments.training.learning_rate == 3e-4
    assert (
        arguments.training.per_device_train_batch_size
        == yaml.safe_load(Path(LOOP).read_text())["per_device_train_batch_size"]
    )
    assert (arguments.method.method, arguments.told["method"]) == ("rw", "rw")


def test_dpo_takes_dpo_s_arguments_and_sft_does_not() -> None:
    assert read_arguments(["--config", LOOP, "--method", "dpo", "--beta", "0.1"]).training.beta == 0.1
    with pytest.raises(ValueError, match="'beta', which is no argument"):
        read_arguments(["--config", LOOP, "--beta", "0.1"])


@pytest.mark.parametrize("path", sorted((ROOT / "runs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_configuration_is_read(path: Path) -> None:
    assert read_arguments(["--config", str(path), "--use_cpu", "true"]).told["trajectories"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--config", LOOP, "--learnin_rate", "1"], "did you mean 'learning_rate'?"),
        (["--config", LOOP, "--learning", "1"], "'learning', which is no argument"),
        (["--config", "runs/none.yaml"], "there is no configuration 'runs/none.yaml'"),
        (["--config"], "--config needs a file"),
        (["--trajectories", "t.parquet"], "--output_dir"),
        (["--config", LOOP, "--max_steps", "many"], "invalid int value: 'many'"),
        (["--config", LOOP, "--method", "ppo"], "invalid choice: 'ppo'"),
        (["--config", LOOP, "--dev_plans", "-1"], "dev_plans is -1"),
        (["--config", LOOP, "--learning_rate", "nan"], "learning_rate is nan; it must be 0 or more"),
        (["--config", LOOP, "--per_device_train_batch_size", "0"], "per_device_train_batch_size is 0; it must be 1 or"),
        (["--config", LOOP, "--max_steps", "0"], "max_steps is 0; it must be 1 or more, or -1"),
        (["--config", LOOP, "--load_best_model_at_end", "true"], "needs evaluations and checkpoints to choose from"),
        (["--config", LOOP, "--output_dir", "README.md/x"], "README.md is a file"),
        *(
            pytest.param(["--config", LOOP, f"--{option}", value], f"pip install {package}", marks=without(module))
            for option, value, package, module in (
                ("report_to", "wandb", "wandb", "wandb"),
                ("report_to", "trackio", "trackio", "trackio"),
                ("report_to", "comet_ml", "comet-ml", "comet_ml"),
                ("deepspeed", "ds.json", "deepspeed", "deepspeed"),
                ("use_liger_kernel", "true", "liger-kernel", "liger_kernel"),
                ("attn_implementation", "flash_attention_2", "flash-attn", "flash_attn"),
                ("optim", "adamw_bnb_8bit", "bitsandbytes", "bitsandbytes"),
                ("optim", "paged_adamw_32bit", "bitsandbytes", "bitsandbytes"),
                ("load_in_4bit", "true", "bitsandbytes", "bitsandbytes"),
            )
        ),
        (["--config", LOOP, "--report_to", "nosuch"], "report_to names 'nosuch'; it is none, all, or of"),
        (["--config", LOOP, "--push_to_hub", "true"], "send what `python -m rl.export` makes"),
        (
            [
                *["--config", LOOP, "--load_best_model_at_end", "true", "--eval_strategy", "epoch"],
                *["--save_strategy", "epoch", "--metric_for_best_model", "eval_beauty"],
            ],
            "metric_for_best_model is 'eval_beauty'; it is one of loss, eval_loss, eval_score",
        ),
        (["--config", LOOP, "--assistant_only_loss", "true"], "plans alone carry loss"),
        (["--config", LOOP, "--trajectories", "no.parquet"], "no file of trajectories 'no.parquet'"),
    ],
)
def test_wrong_words_are_refused_in_one_line(words: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert reason in refused(words, capsys)


def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text(Path(LOOP).read_text() + "learning_rat: 1\n")
    assert "the configuration has 'learning_rat'" in refused(["--config", str(config)], capsys)


def test_help_is_read_in_one_sitting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    page = capsys.readouterr().out
    assert done.value.code == 0
    assert len(page.splitlines()) < 150
    assert "--method" in page
    assert "--lora_r" in page
    assert "--adam_beta2" not in page


def test_rows_that_are_too_long_are_counted_and_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "16 of 16 rows are longer than --max_length 50 tokens" in refused([*words, "--max_length", "50"], capsys)


def test_another_architecture_is_refused(
    words: list[str], planner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text(json.dumps({"model_type": "qwen2"}))
    assert "of type 'qwen2'" in refused([*words, "--model_name_or_path", str(other)], capsys)


def test_a_checkpoint_in_pieces_is_refused(
    words: list[str], planner: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there is no checkpoint" in refused([*words, "--model_name_or_path", str(tmp_path / "none")], capsys)
    bare, cut = (Path(shutil.copytree(planner, tmp_path / name)) for name in ("bare", "cut"))
    for file in bare.glob("tokenizer*"):
        file.unlink()
    assert "has no tokenizer of its model" in refused([*words, "--model_name_or_path", str(bare)], capsys)
    weights = cut / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100_000])
    assert "cut cannot be loaded" in refused([*words, "--model_name_or_path", str(cut)], capsys)


def test_a_person_s_own_files_are_not_overwritten(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "run" / "README.md"
    mine.parent.mkdir()
    mine.write_text("mine")
    assert "holds README.md, which a run would overwrite" in refused(words, capsys)
    assert mine.read_text() == "mine"


@pytest.mark.parametrize(
    ("option", "remedy"),
    [
        pytest.param(["--optim", "schedule_free_adamw"], "pip install schedulefree", marks=without("schedulefree")),
        pytest.param(["--attn_implementation", "org/kernel"], "Install it, or", marks=without("kernels")),
        (["--adam_beta2", "1.5"], "Invalid beta parameter at index 1: 1.5"),
    ],
)
def test_what_is_noticed_last_leaves_nothing_behind(
    option: list[str], remedy: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Kernels and optimisers are made when all else is ready; the same command must work once they can be."""
    assert remedy in refused([*words, *option], capsys)
    assert not list((tmp_path / "run").glob("*"))


def test_a_full_disk_is_said_in_one_line(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The limit on the size of a file stands for the disk: the adapter fits, Adam's state, twice as big, does not."""
    main([*words, "--max_steps", "1", "--output_dir", str(tmp_path / "roomy")])
    limit = 3 * (tmp_path / "roomy" / "adapter_model.safetensors").stat().st_size // 2
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limits[1]))
    try:
        assert "make room if the disk is full" in refused(words, capsys)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert "no complete checkpoint" in refused([*words, "--resume_from_checkpoint", "true"], capsys)


def test_a_folder_that_may_not_be_written_is_said(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Root may write anywhere but on a disk that is mounted for reading, so the answer is put in the system's mouth."""
    monkeypatch.setattr("rl.dry_run.os.access", lambda path, mode: False)
    assert f"{tmp_path} may not be written to" in refused(words, capsys)


def test_an_evaluation_without_held_out_rows_is_refused(
    words: list[str], scored: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scored.to_parquet(tmp_path / "train.parquet")
    words = [*words, "--trajectories", str(tmp_path / "train.parquet"), "--eval_strategy", "epoch"]
    assert "nothing is held out" in refused(words, capsys)


def test_a_dry_run_trains_nothing(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([*words, "--dry_run"])
    said = capsys.readouterr().out
    assert "it fits" in said
    assert not (tmp_path / "run").exists()
    main([*words, "--dry_run", "--device_memory_gib", "0.001", "--per_device_train_batch_size", "8"])
    said = capsys.readouterr().out
    assert "DOES NOT FIT" in said
    assert "--per_device_train_batch_size 1 --gradient_accumulation_steps 8" in said


def test_a_run_leaves_what_is_needed_to_do_it_again(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    watched = ["--eval_strategy", "steps", "--eval_steps", "4", "--save_steps", "4", "--dev_plans", "1"]
    best = ["--load_best_model_at_end", "true", "--metric_for_best_model", "eval_loss", "--report_to", "tensorboard"]
    main([*words, *watched, *best])
    run = tmp_path / "run"
    record = json.loads((run / "run.json").read_text())
    assert record["steps"] == 4
    assert record["versions"]["trl"]
    assert [len(digest) for digest in record["data"].values()] == [64]
    assert record["last"]["eval_valid_share"] == 0
    assert 1 <= record["last"]["eval_score"] <= 5
    assert record["last"]["tokens_per_second"] > 0
    assert 0 < record["last"]["mfu"] < 1
    assert Path(record["best"]["checkpoint"]).parent == run
    assert list((run / "runs").rglob("events.out.tfevents.*"))
    assert (run / "curves.png").stat().st_size > 10_000
    card = (run / "README.md").read_text()
    assert "LoRA adapter" in card
    assert "held-out loss" in card
    assert "holds a run already" in refused(words, capsys)
    again = ["--config", str(run / "config.yaml"), "--output_dir", str(tmp_path / "again")]
    main(again)
    assert same(adapter(run), adapter(tmp_path / "again"))


ALONE = [sys.executable, "-m", "rl.train"]
FSDP = [
    *[sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(ROOT / "runs" / "launch" / "fsdp.yaml")],
    *["--mixed_precision", "no", "--num_processes", "2", str(Path(__file__).parent / "fsdp_on_cpu.py")],
]
"""Commands that train: in one process, and in two that share the weights."""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def kill_after(command: list[str], checkpoint: Path) -> None:
    """Run a command, and kill all its processes as soon as a checkpoint is complete."""
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL, start_new_session=True)
    while not (checkpoint / "trainer_state.json").exists():
        assert process.poll() is None, "the run ended by itself"
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def test_a_killed_run_goes_on_to_the_same_bit(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*words, "--output_dir", str(tmp_path / "whole")])
    kill_after([*ALONE, *words], tmp_path / "run" / "checkpoint-2")
    cut_off = tmp_path / "run" / "checkpoint-9"
    cut_off.mkdir()  # as a kill in the middle of saving leaves it
    assert "holds a run already" in refused(words, capsys)
    main([*words, "--resume_from_checkpoint", "true"])
    assert same(adapter(tmp_path / "whole"), adapter(tmp_path / "run"))
    whole, resumed = (
        json.loads((tmp_path / name / "trainer_state.json").read_text())["log_history"] for name in ("whole", "run")
    )
    losses = [[entry["loss"] for entry in log if "loss" in entry] for log in (whole, resumed)]
    assert losses[0] == losses[1]


def test_a_run_is_not_resumed_on_other_data_or_another_method(
    words: list[str], trajectories: Path, scored: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.parquet"
    mine.write_bytes(trajectories.read_bytes())
    words = [*words, "--trajectories", str(mine), "--max_steps", "1"]
    main(words)
    words += ["--resume_from_checkpoint", "true"]
    assert "baseline 1.0 is 2.0 now" in refused([*words, "--baseline", "2"], capsys)
    assert "bound 'none' is 'floor' now" in refused([*words, "--bound", "floor"], capsys)
    scored.select(range(8)).to_parquet(tmp_path / "other.parquet")
    changed = [*words, "--trajectories", str(tmp_path / "other.parquet")]
    assert "is not what the run began with" in refused(changed, capsys)
    scored.select(range(8)).to_parquet(mine)
    assert "is not what the run began with" in refused(words, capsys)


def test_nothing_to_resume_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "no complete checkpoint" in refused([*words, "--resume_from_checkpoint", "true"], capsys)


def test_the_vision_tower_is_left_alone_in_full_training(words: list[str], planner: Path, tmp_path: Path) -> None:
    main([*words, "--use_peft", "false", "--max_steps", "1"])
    before, after = load_file(planner / "model.safetensors"), load_file(tmp_path / "run" / "model.safetensors")
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert not any("visual" in name for name in changed)


def test_two_processes_with_fsdp_learn_what_one_learns_and_go_on_after_a_kill(words: list[str], tmp_path: Path) -> None:
    def launched(folder: str, *more: str) -> list[str]:
        return [*FSDP, *words, "--output_dir", str(tmp_path / folder), "--per_device_train_batch_size", "2", *more]

    def ran(command: list[str]) -> None:
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]

    words = [*words, "--lora_dropout", "0", "--max_steps", "2"]
    main(words)
    ran(launched("two"))
    record = json.loads((tmp_path / "two" / "run.json").read_text())
    assert (record["processes"], record["distributed"]) == (2, "FSDP")
    alone, shared = adapter(tmp_path / "run"), adapter(tmp_path / "two")
    assert alone.keys() == shared.keys()
    assert all(torch.allclose(alone[name], shared[name], atol=1e-5) for name in alone)
    kill_after(launched("killed"), tmp_path / "killed" / "checkpoint-1")
    ran(launched("killed", "--resume_from_checkpoint", "true"))
    assert same(shared, adapter(tmp_path / "killed"))
