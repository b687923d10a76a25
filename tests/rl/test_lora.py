"""LoRA learns in the language model and leaves the eyes alone."""

from typing import Any

from peft import LoraConfig

from datasets import Dataset
from rl.methods import MethodArguments, prepare
from rl.train import LANGUAGE_MODEL_LAYERS


def test_lora_touches_every_projection_of_the_language_model_and_nothing_else(
    scored: Dataset, trainer_for: Any
) -> None:
    method = MethodArguments("", method="sw")
    trainer = trainer_for(
        method,
        prepare(scored, method).rows.select(range(2)),
        learning_rate=0.1,
        peft_config=LoraConfig(r=4, lora_alpha=8, target_modules=LANGUAGE_MODEL_LAYERS),
    )
    before = {name: parameter.detach().clone() for name, parameter in trainer.model.named_parameters()}
    trainer.train()
    changed = {name for name, parameter in trainer.model.named_parameters() if not parameter.equal(before[name])}
    assert changed
    assert all("language_model" in name and "lora_" in name for name in changed)
    assert {name.split(".lora_")[0].rsplit(".", 1)[1] for name in changed} == {
        *("q_proj", "k_proj", "v_proj", "o_proj"),
        *("gate_proj", "up_proj", "down_proj"),
    }
