"""A small checkpoint and small trajectories that the tests of training share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from trl import DPOConfig, SFTConfig

from datasets import Dataset, concatenate_datasets
from graph.messages import render_plan
from graph.policies.qwen import load_processor
from rl.methods import MethodArguments
from rl.rows import plain_prompt
from rl.tiny import make_checkpoint
from rl.trainer import make_trainer
from rl.trajectories import features
from tools.context import measure_context
from tools.picture import Picture
from tools.plan import Plan, Step

WARM = Step(reasoning="It is neutral; warmth 0 -> 8.", tool="temperature", args={"warmer": 40})
DARK = Step(reasoning="Evening is dark; L 60 -> 45.", tool="exposure", args={"stops": -0.8}, region="not sky")
FLAT = Step(reasoning='Café haze, "soft": {contrast} down.', tool="contrast", args={"amount": -30})
PLANS = (
    (Plan(summary="a warm, dark evening", steps=[WARM, DARK]), [2.0, 3.0, 4.5]),
    (Plan(summary="evening", steps=[WARM]), [2.0, 3.2]),
    (Plan(summary="soft — flat", steps=[FLAT, WARM, DARK]), [2.0, 1.5, 2.5, 4.0]),
    (Plan(summary="leave it"), [2.0]),
)
"""Plans with the picture score before the first step and after each."""
GOALS = json.dumps({"text": "a warm evening", "goals": [{"attribute": "warmth", "direction": 1}]})


def _picture(seed: int) -> Picture:
    generator = np.random.default_rng(seed)
    return Picture(generator.uniform(0.1, 0.9, (48, 64, 3)).astype(np.float32))


def _rows() -> list[dict[str, Any]]:
    from PIL import Image

    rows = []
    for photo in range(2):
        picture = _picture(photo)
        context = measure_context(picture)
        shown = Image.fromarray((picture.srgb * 255).astype(np.uint8))
        for request in ("a warm evening", "softer, please"):
            for number, (plan, scores) in enumerate(PLANS):
                shift = 0.3 * photo + 0.1 * number * (request == "softer, please")
                step_scores = [score - shift for score in scores]
                rows.append(
                    {
                        **dict.fromkeys(("goals", "judge", "prompt_version"), ""),
                        **{"run": f"{photo}-{number}", "photo": f"photo{photo}", "request": request, "seed": 0},
                        **{"context": context.model_dump_json(), "prompt": plain_prompt(context, request)},
                        **{"completion": [{"role": "assistant", "content": render_plan(plan)}], "images": [shown]},
                        **{"plan": plan.model_dump_json(), "step_changes": [[] for _ in plan.steps], "scores": []},
                        **{"step_scores": step_scores, "reward": step_scores[-1], "policy": f"policy{number}"},
                        **{"goals_source": "truth", "split": "train", "renderer": "local"},
                    }
                )
    return rows


@pytest.fixture(scope="session")
def scored() -> Dataset:
    """Sixteen trajectories: two photos x two requests x four plans of zero to three steps."""
    torch.set_num_threads(1)
    return Dataset.from_list(_rows(), features=features())


@pytest.fixture(scope="session")
def trajectories(scored: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small trajectories as a file, a third photo of the dev split among them."""
    path = tmp_path_factory.mktemp("trajectories") / "trajectories.parquet"
    dev = scored.filter(lambda photo: photo == "photo1", input_columns="photo")
    dev = dev.map(lambda row: {"photo": "photo2", "split": "dev", "goals": GOALS})
    concatenate_datasets([scored, dev]).to_parquet(path)
    return path


@pytest.fixture(scope="session")
def planner(scored: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of one layer with random weights."""
    out = tmp_path_factory.mktemp("planner") / "planner"
    texts = [message["content"] for rows in (scored["prompt"], scored["completion"]) for row in rows for message in row]
    make_checkpoint(texts, out, hidden_size=64, layers=1)
    return out


@pytest.fixture(scope="session")
def processor(planner: Path) -> Any:
    return load_processor(planner)


@pytest.fixture
def trainer_for(planner: Path, processor: Any, tmp_path: Path) -> Callable[..., Any]:
    """Makes the trainer of a method on rows; the first argument may also be a class of TRL's trainers."""

    def make(
        method: MethodArguments | type, rows: Dataset, *, batch: int = 16, peft_config: Any = None, **options: Any
    ) -> Any:
        preferred = isinstance(method, MethodArguments) and method.method == "dpo"
        completion_only = {} if preferred else {"completion_only_loss": True}
        settings = {"max_steps": 1, "learning_rate": 0.0, "max_grad_norm": 0.0, **completion_only, **options}
        config = (DPOConfig if preferred else SFTConfig)(
            output_dir=str(tmp_path / "out"),
            per_device_train_batch_size=batch,
            report_to="none",
            use_cpu=True,
            bf16=False,
            activation_checkpointing=False,
            max_length=None,
            save_strategy="no",
            disable_tqdm=True,
            **settings,
        )
        given = {"model": str(planner), "args": config, "train_dataset": rows, "processing_class": processor}
        given["peft_config"] = peft_config
        return make_trainer(method, **given) if isinstance(method, MethodArguments) else method(**given)

    return make


@pytest.fixture
def first_gradient() -> Callable[[Any], torch.Tensor]:
    """Runs a trainer and gives the language model's gradient at its first optimiser step, as one vector."""

    def run(trainer: Any) -> torch.Tensor:
        kept: list[torch.Tensor] = []
        trainer.create_optimizer()
        trainer.optimizer.register_step_pre_hook(lambda *_: kept.append(language_gradient(trainer.model)))
        trainer.train()
        return kept[0]

    return run


def language_gradient(model: Any) -> torch.Tensor:
    """Gradients of all parameters outside the vision tower."""
    parameters = [parameter for name, parameter in model.named_parameters() if "visual" not in name]
    return torch.cat([parameter.grad.flatten().clone() for parameter in parameters if parameter.grad is not None])
