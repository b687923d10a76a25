"""How long rows are for a model, told without touching pixels: tokens of prompt, picture and plan."""

import io
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from PIL import Image

BATCH = 256


class RowLength(NamedTuple):
    """What one row holds."""

    tokens: int
    """Prompt, picture and plan."""
    plan_tokens: int
    patches: int
    """Of the picture; a token stands for `merge_size` squared of them."""


class TooLongError(ValueError):
    """Rows do not fit into the length they are given."""


def row_lengths(rows: Any, processor: Any) -> list[RowLength]:
    """The length of every row of a prepared dataset; of a pair, the longer plan counts."""
    from datasets import Image as ImageFeature
    from datasets import List

    undecoded = rows.cast_column("images", List(ImageFeature(decode=False)))
    return [length for batch in undecoded.iter(BATCH) for length in _batch_lengths(batch, processor)]


def check_lengths(lengths: Sequence[RowLength], limit: int | None, source: str) -> None:
    """Refuse rows that are longer than the limit.

    Raises:
        TooLongError: with counts and the remedy; nothing is cut, because half a plan teaches nothing.
    """
    over = [length.tokens for length in lengths if limit is not None and length.tokens > limit]
    if over:
        raise TooLongError(
            f"{len(over)} of {len(lengths)} rows are longer than {source} {limit} tokens, the longest {max(over)}; "
            f"raise it to {max(over)}, or leave out the context or the picture with --inputs"
        )


def mean_length(lengths: Sequence[RowLength]) -> tuple[float, float, float]:
    """Mean tokens, plan tokens and patches of a row."""
    tokens, plans, patches = zip(*lengths, strict=True)
    return fmean(tokens), fmean(plans), fmean(patches)


def _batch_lengths(batch: dict[str, list[Any]], processor: Any) -> Iterator[RowLength]:
    plans = [name for name in ("completion", "chosen", "rejected") if name in batch]
    prompts = _counts([_prompt(row, images, processor) for row, images in _rows(batch)], processor)
    answers = [_counts([f"{plan[0]['content']}<|im_end|>\n" for plan in batch[name]], processor) for name in plans]
    for index, images in enumerate(batch["images"]):
        patches = sum(_patches(image, processor) for image in images)
        plan = max(counts[index] for counts in answers)
        pictures = patches // processor.image_processor.merge_size**2 - len(images)
        yield RowLength(prompts[index] + pictures + plan, plan, patches)


def _rows(batch: dict[str, list[Any]]) -> Iterator[tuple[Any, Any]]:
    return zip(batch["prompt"], batch["images"], strict=True)


def _prompt(messages: list[Any], images: list[Any], processor: Any) -> str:
    from trl.data_utils import prepare_multimodal_messages

    filled = prepare_multimodal_messages(messages, images=images)
    return str(processor.apply_chat_template(filled, tokenize=False, add_generation_prompt=True))


def _counts(texts: list[str], processor: Any) -> list[int]:
    return [len(ids) for ids in processor.tokenizer(texts, add_special_tokens=False)["input_ids"]]


def _patches(image: Any, processor: Any) -> int:
    source = io.BytesIO(image["bytes"]) if image["bytes"] else image["path"]
    width, height = Image.open(source).size
    return int(processor.image_processor.get_number_of_image_patches(height, width))
