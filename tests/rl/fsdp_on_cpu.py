"""`python -m rl.train` with FSDP on CPU processes, which accelerate keeps for accelerators: for the tests.

Accelerate calls CPU processes MULTI_CPU and shards for the other kinds alone; PyTorch's FSDP itself does not mind.
"""

import torch
from accelerate.state import DistributedType, PartialState

from rl.train import main

_prepared = PartialState._prepare_backend


def _as_accelerators(self: PartialState, *arguments: object, **options: object) -> tuple[str, DistributedType]:
    backend, _ = _prepared(self, *arguments, **options)
    self.device = torch.device("cpu")
    return backend, DistributedType.MULTI_GPU


if __name__ == "__main__":
    torch.distributed.init_process_group("gloo")
    PartialState._prepare_backend = _as_accelerators
    main()
