"""Packages that only some options need, missed before a model is loaded."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from transformers.integrations import get_available_reporting_integrations
from transformers.integrations.integration_utils import INTEGRATION_TO_CALLBACK

_OF_ATTENTION = {"flash_attention_2": "flash-attn", "flash_attention_3": "flash-attn-3"}
_OF_REPORT = {"azure_ml": "azureml-core", "comet_ml": "comet-ml", "flyte": "flytekit"}
"""Where a package is not called what its option is."""
_MODULE = {"liger-kernel": "liger_kernel", "flash-attn": "flash_attn", "flash-attn-3": "flash_attn_interface"}
_IN_8_BITS = ("bnb", "8bit", "paged")
"""Parts of the names of bitsandbytes' optimisers; torchao's say `torch`."""


def check_packages(training: Any, model: Any) -> None:
    """Refuse options whose package is not installed.

    Args:
        training: `trl.SFTConfig` or `trl.DPOConfig`.
        model: `trl.ModelConfig`.

    Raises:
        ValueError: naming option and package.
    """
    unknown = sorted(set(training.report_to) - set(INTEGRATION_TO_CALLBACK))
    if unknown:
        raise ValueError(f"report_to names {unknown[0]!r}; it is none, all, or of {', '.join(INTEGRATION_TO_CALLBACK)}")
    for option, package, is_there in _needed(training, model):
        if not is_there:
            raise ValueError(missing(option, package))


def missing(option: str, package: str) -> str:
    """What is said where an option's package is not installed."""
    return f"--{option} needs {package}, which is not installed; pip install {package}, or leave the option out"


def _needed(training: Any, model: Any) -> Iterator[tuple[str, str, bool]]:
    """Option, package, and whether it is installed."""
    for name in training.report_to:
        yield f"report_to {name}", _OF_REPORT.get(name, name), name in get_available_reporting_integrations()
    wanted = []
    if training.use_liger_kernel:
        wanted.append(("use_liger_kernel", "liger-kernel"))
    if model.attn_implementation in _OF_ATTENTION:
        option = f"attn_implementation {model.attn_implementation}"
        wanted.append((option, _OF_ATTENTION[model.attn_implementation]))
    optimiser = str(getattr(training.optim, "value", training.optim))
    if "torch" not in optimiser and any(part in optimiser for part in _IN_8_BITS):
        wanted.append((f"optim {optimiser}", "bitsandbytes"))
    wanted += [(option, "bitsandbytes") for option in ("load_in_8bit", "load_in_4bit") if getattr(model, option)]
    for option, package in wanted:
        yield option, package, find_spec(_MODULE.get(package, package)) is not None
