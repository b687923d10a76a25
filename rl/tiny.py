"""A tiny Qwen3-VL checkpoint with random weights: `python -m rl.tiny trajectories.parquet -o tiny/`.

It has the real architecture: layers, chat template, processor and special tokens, and a tokenizer trained on the
trajectories. It knows nothing: it exists to try the whole loop on a CPU in minutes, and what it learns is called
what it is.
"""

import json
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from evals.command import Command
from graph.messages import system_message

SPECIAL_TOKENS = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip
"""Qwen's special tokens, by whose names its processor and template work."""
MAX_IMAGE_PIXELS = 128 * 128


def make_checkpoint(texts: Iterable[str], out: Path, *, seed: int = 0, hidden_size: int = 256, layers: int = 2) -> None:
    """Make a checkpoint whose tokenizer is trained on `texts`.

    Each line of the system message, which is the same in every prompt, is one token: prompts are then four times
    shorter, and a CPU trains four times as fast.

    Args:
        texts: what the model will read and write.
        out: folder to write to.
        seed: of the random weights.
        hidden_size: width of the language model.
        layers: depth of the language model.
    """
    import torch
    from tokenizers import AddedToken
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    tokenizer = _train_tokenizer(texts)
    tokenizer.add_tokens([AddedToken(line, normalized=False) for line in system_message().splitlines()])
    identity = {token: tokenizer.convert_tokens_to_ids(token) for token in SPECIAL_TOKENS}
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": (len(tokenizer) + 63) // 64 * 64,
            "hidden_size": hidden_size,
            "intermediate_size": 3 * hidden_size,
            "num_hidden_layers": layers,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 32,
            "max_position_embeddings": 8192,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 5_000_000.0,
                "mrope_section": [6, 5, 5],
                "mrope_interleaved": True,
            },
            "tie_word_embeddings": True,
            "bos_token_id": identity["<|endoftext|>"],
            "eos_token_id": identity["<|im_end|>"],
            "pad_token_id": identity["<|endoftext|>"],
        },
        vision_config={
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_heads": 4,
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": hidden_size,
            "num_position_embeddings": 256,
            "deepstack_visual_indexes": [0],
        },
        image_token_id=identity["<|image_pad|>"],
        video_token_id=identity["<|video_pad|>"],
        vision_start_token_id=identity["<|vision_start|>"],
        vision_end_token_id=identity["<|vision_end|>"],
        tie_word_embeddings=True,
    )
    torch.manual_seed(seed)
    model = Qwen3VLForConditionalGeneration(config)
    model.generation_config.eos_token_id = [identity["<|im_end|>"], identity["<|endoftext|>"]]
    model.generation_config.pad_token_id = identity["<|endoftext|>"]
    out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    write_processor_config(out)


def write_processor_config(folder: Path) -> None:
    """Write the processor's configuration, complete with the video part that vLLM asks for."""
    shared = {
        "do_convert_rgb": True,
        "do_normalize": True,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "merge_size": 2,
        "patch_size": 16,
        "resample": 3,
        "rescale_factor": 1 / 255,
        "temporal_patch_size": 2,
    }
    image = {**shared, "image_processor_type": "Qwen2VLImageProcessor"}
    image["size"] = {"longest_edge": MAX_IMAGE_PIXELS, "shortest_edge": 32 * 32}
    video = {**shared, "video_processor_type": "Qwen3VLVideoProcessor", "do_sample_frames": True, "fps": 2}
    video |= {"max_frames": 768, "min_frames": 4, "max_video_tokens": 768, "return_metadata": False}
    video["size"] = {"longest_edge": 786432, "shortest_edge": 131072}
    config = {"image_processor": image, "video_processor": video, "processor_class": "Qwen3VLProcessor"}
    (folder / "processor_config.json").write_text(json.dumps(config, indent=2))


def _train_tokenizer(texts: Iterable[str]) -> Any:
    """A byte-level BPE as Qwen's, of about 3,000 entries."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, trainers
    from tokenizers.models import BPE
    from transformers import Qwen2Tokenizer
    from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

    bpe = Tokenizer(BPE())
    bpe.normalizer = normalizers.NFC()
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=3000, initial_alphabet=alphabet, special_tokens=[], show_progress=False)
    bpe.train_from_iterator(texts, trainer)
    model = json.loads(bpe.to_str())["model"]
    merges = [tuple(merge) if isinstance(merge, list) else tuple(merge.split(" ")) for merge in model["merges"]]
    tokenizer = Qwen2Tokenizer(
        vocab=model["vocab"],
        merges=merges,
        unk_token=None,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        bos_token=None,
        model_max_length=32768,
    )
    added = [AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS]
    tokenizer.add_tokens(added, special_tokens=True)
    tokenizer.chat_template = (files("trl") / "chat_templates" / "qwen3_vl.jinja").read_text()
    return tokenizer


@click.command(cls=Command)
@click.argument("trajectories", type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), default=Path("tiny"), show_default=True)
@click.option(
    "--hidden-size", type=click.IntRange(32), default=256, show_default=True, help="Width of the language model."
)
@click.option("--layers", type=click.IntRange(1), default=2, show_default=True, help="Depth of the language model.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
def main(trajectories: Path, out: Path, hidden_size: int, layers: int, seed: int) -> None:
    """Make a tiny Qwen3-VL checkpoint with random weights and a tokenizer trained on TRAJECTORIES."""
    from rl.methods import load_trajectories

    rows = load_trajectories(str(trajectories)).remove_columns("images")
    texts = [message["content"] for row in rows for message in (*row["prompt"], *row["completion"])]
    make_checkpoint(texts, out, seed=seed, hidden_size=hidden_size, layers=layers)
    click.echo(f"{out}: a tiny Qwen3-VL with random weights")


if __name__ == "__main__":
    main()
