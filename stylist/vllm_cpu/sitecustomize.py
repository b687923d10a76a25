"""Lets torchvision be imported beside a CPU build of torch that it was not compiled for.

torchvision registers fake kernels for operators that its compiled part, which cannot be loaded, would have declared.
Declaring them first is enough: image models of vLLM never call them. `stylist serve-policy` puts this folder on the
PYTHONPATH of a CPU build of vLLM; Python imports a module of this name when it starts.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
OPERATORS = (f"nms{_SIGNATURE}", f"qnms{_SIGNATURE}")


class DeclareOperators(MetaPathFinder):
    """Finds nothing; declares the operators when torchvision is looked for."""

    library: object = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Declare the operators once, then leave the search to others."""
        if fullname == "torchvision" and self.library is None:
            import torch

            library = torch.library.Library("torchvision", "DEF")
            for operator in OPERATORS:
                library.define(operator)
            self.library = library  # the operators live as long as it
        return None


sys.meta_path.insert(0, DeclareOperators())
