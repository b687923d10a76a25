"""Preprocessed pictures kept on the disk by the hash of their pixels, for all runs, methods and data workers.

Resizing and cutting a preview into patches takes longer than reading the patches back (`python -m
benchmarks.training_step` prints both), and every plan of a photo, in every epoch, needs the same ones.
"""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from transformers import BatchFeature


def cache_pixels(processor: Any, folder: Path) -> None:
    """Let a processor remember what its image processor makes of each picture.

    Args:
        processor: a `Qwen3VLProcessor`; its image processor becomes a `CachedPixels` of its own kind.
        folder: where the patches are kept; about 4 MB for a preview of 512 px.
    """
    settings = json.dumps(processor.image_processor.to_dict(), sort_keys=True, default=str)
    cache = folder / hashlib.sha256(settings.encode()).hexdigest()[:16]
    cache.mkdir(parents=True, exist_ok=True)
    kind = type(processor.image_processor)
    processor.image_processor = _rebuilt(kind, vars(processor.image_processor), cache)


class CachedPixels:
    """Looks patches up by the picture's pixels before they are made; comes before an image processor's class."""

    kind: type
    """The class of the image processor itself."""
    cache: Path

    def preprocess(self, images: Any, **options: Any) -> BatchFeature:
        """Patches `(patches, values)` float32 and grids `(pictures, 3)`, as the image processor makes them."""
        tensor_type = options.pop("return_tensors", None)
        patches, grids = zip(*(self._kept(image, options) for image in _flat(images)), strict=True)
        data = {"pixel_values": np.concatenate(patches), "image_grid_thw": np.concatenate(grids)}
        return BatchFeature(data=data, tensor_type=tensor_type)

    def _kept(self, image: Any, options: dict[str, Any]) -> tuple[Any, Any]:
        pixels = image.convert("RGB")
        asked = json.dumps([pixels.size, options], sort_keys=True, default=str)
        path = self.cache / f"{hashlib.sha256(asked.encode() + pixels.tobytes()).hexdigest()}.npz"
        if path.exists():
            with np.load(path) as kept:
                return kept["patches"], kept["grid"]
        made = super().preprocess([pixels], return_tensors="pt", **options)  # type: ignore[misc]
        patches, grid = made["pixel_values"].numpy(), made["image_grid_thw"].numpy()
        with tempfile.NamedTemporaryFile(dir=self.cache, suffix=".part", delete=False) as file:
            np.savez(file, patches=patches, grid=grid)
        Path(file.name).replace(path)
        return patches, grid

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.kind, vars(self), self.cache)


def _rebuilt(kind: type, attributes: dict[str, Any], cache: Path) -> Any:
    """An image processor with a cache; it keeps its class's name, which is written into the model's configuration."""
    made: Any = object.__new__(type(kind.__name__, (CachedPixels, kind), {"kind": kind, "cache": cache}))
    made.__dict__.update(attributes)
    return made


def _flat(images: Any) -> list[Any]:
    if not isinstance(images, list | tuple):
        return [images]
    return [image for entry in images for image in _flat(entry)]
