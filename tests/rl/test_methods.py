"""Weights survive normalisation, and what cannot be trained on is said before training starts."""

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from trl import SFTConfig, SFTTrainer

from datasets import Dataset
from graph.policies.qwen import load_processor
from rl.methods import MethodArguments, NothingToTrainOnError, weigh
from rl.tiny import make_checkpoint
from rl.train import load_rows
from rl.trainer import WeightedSFTTrainer

ANSWERS = ["warm it by forty mired", "darken", "more contrast please and then some more", "grain"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("methods") / "tiny"
    make_checkpoint(ANSWERS * 4, out, hidden_size=64, layers=1)
    return out


def rows(weights: list[float], answers: list[str]) -> Dataset:
    return Dataset.from_list(
        [
            {
                "prompt": [{"role": "user", "content": f"Request {index}"}],
                "completion": [{"role": "assistant", "content": answer}],
                "images": [Image.new("RGB", (64, 64), (60 * index, 90, 30))],
                "weight": weight,
            }
            for index, (weight, answer) in enumerate(zip(weights, answers, strict=True))
        ]
    )


def gradient(
    trainer_class: type, tiny: Path, data: Dataset, out: Path, *, batch: int, accumulation: int
) -> torch.Tensor:
    """The gradient of the first optimiser step, as one vector."""
    config = SFTConfig(
        output_dir=str(out),
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=accumulation,
        max_steps=1,
        max_grad_norm=0.0,
        learning_rate=0.0,
        report_to="none",
        use_cpu=True,
        bf16=False,
        activation_checkpointing=False,
        max_length=None,
        completion_only_loss=True,
        save_strategy="no",
        disable_tqdm=True,
    )
    if trainer_class is SFTTrainer:
        data = data.remove_columns("weight")
    trainer = trainer_class(model=str(tiny), args=config, train_dataset=data, processing_class=load_processor(tiny))
    kept: list[torch.Tensor] = []

    def keep(*_: Any) -> None:
        parameters = [p for name, p in trainer.model.named_parameters() if "visual" not in name and p.grad is not None]
        kept.append(torch.cat([p.grad.flatten().clone() for p in parameters]))

    trainer.create_optimizer()
    trainer.optimizer.register_step_pre_hook(keep)
    trainer.train()
    return kept[0]


def test_weights_survive_a_batch_of_one(tiny: Path, tmp_path: Path) -> None:
    first = gradient(WeightedSFTTrainer, tiny, rows([1, 3], ANSWERS[:2]), tmp_path, batch=1, accumulation=2)
    second = gradient(WeightedSFTTrainer, tiny, rows([3, 1], ANSWERS[:2]), tmp_path, batch=1, accumulation=2)
    assert (first - second).norm() > 0.1 * first.norm()


def test_weight_one_is_trl_s_own_sft(tiny: Path, tmp_path: Path) -> None:
    data = rows([1, 1, 1, 1], ANSWERS)
    ours = gradient(WeightedSFTTrainer, tiny, data, tmp_path, batch=4, accumulation=1)
    stock = gradient(SFTTrainer, tiny, data, tmp_path, batch=4, accumulation=1)
    assert torch.allclose(ours, stock, atol=1e-6)


def test_batch_times_accumulation_does_not_matter(tiny: Path, tmp_path: Path) -> None:
    data = rows([0.5, 2, 1, 3], ANSWERS)
    together = gradient(WeightedSFTTrainer, tiny, data, tmp_path, batch=4, accumulation=1)
    apart = gradient(WeightedSFTTrainer, tiny, data, tmp_path, batch=1, accumulation=4)
    assert torch.allclose(together, apart, atol=1e-5)


SCORED = Dataset.from_dict(
    {
        "photo": ["a", "a", "b", "b"],
        "request": ["x", "x", "x", "x"],
        "policy": ["rules", "preset", "rules", "preset"],
        "reward": [4.5, 2.0, 3.5, 4.0],
    }
)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("sft", {4.5: 1.0, 2.0: 1.0, 3.5: 1.0, 4.0: 1.0}),
        ("filtered", {4.5: 1.0, 4.0: 1.0}),
        ("best_of_m", {4.5: 1.0, 4.0: 1.0}),
        ("rw", {4.5: 1.5, 3.5: 0.5, 4.0: 1.0}),
    ],
)
def test_rewards_become_weights(method: Any, expected: dict[float, float]) -> None:
    weighed = weigh(SCORED, MethodArguments(trajectories="", method=method))
    assert dict(zip(weighed["reward"], weighed["weight"], strict=True)) == expected


def test_no_row_over_the_threshold_is_said_with_the_remedy() -> None:
    with pytest.raises(NothingToTrainOnError, match=r"none of 4 rows \(rewards 2.00 to 4.50\); lower --threshold"):
        weigh(SCORED, MethodArguments(trajectories="", method="filtered", threshold=4.9))


def test_unknown_policies_are_named() -> None:
    with pytest.raises(NothingToTrainOnError, match="the data holds"):
        weigh(SCORED, MethodArguments(trajectories="", policies="teacher"))


def test_missing_data_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"no file of trajectories 'no.parquet'"):
        load_rows("no.parquet")
