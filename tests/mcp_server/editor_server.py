"""A real images/edits endpoint: a tiny diffusers image-edit pipeline with random weights behind HTTP.

It speaks the API of vLLM-Omni, and misbehaves on purpose under `/slow/v1`, `/broken/v1` and so on.
"""

import asyncio
import base64
import io
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

PIXELS = 64
"""Side of what the pipeline works at; it is far too small to make anything of a photo."""


@cache
def pipeline() -> Any:
    """InstructPix2Pix of two tiny blocks."""
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionInstructPix2PixPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    blocks: dict[str, Any] = {"block_out_channels": (8, 8), "layers_per_block": 1, "norm_num_groups": 4}
    unet = UNet2DConditionModel(
        sample_size=PIXELS // 2,
        in_channels=8,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=4,
        **blocks,
    )
    vae = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=4,
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        **blocks,
    )
    letters = [*map(chr, range(33, 127))]
    words = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    text = CLIPTextConfig(
        vocab_size=len(words),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        bos_token_id=len(words) - 2,
        eos_token_id=len(words) - 1,
        pad_token_id=len(words) - 1,
    )
    tokenizer = CLIPTokenizer(vocab={word: number for number, word in enumerate(words)}, merges=[], model_max_length=77)
    built = StableDiffusionInstructPix2PixPipeline(
        unet=unet,
        vae=vae,
        text_encoder=CLIPTextModel(text),
        tokenizer=tokenizer,
        scheduler=DDIMScheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    built.set_progress_bar_config(disable=True)
    return built


def edit(photo: Image.Image, prompt: str, seed: int, size: tuple[int, int]) -> Image.Image:
    """Edit a photo with the pipeline."""
    made = pipeline()(
        prompt,
        image=photo.resize((PIXELS, PIXELS)),
        num_inference_steps=1,
        generator=torch.Generator().manual_seed(seed),
    )
    picture: Image.Image = made.images[0]
    return picture.resize(size)


class EditorServer:
    """The endpoint, and what it was sent."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.url = ""

    async def edits(self, request: Request) -> Response:
        """The API as it should be."""
        async with request.form() as form:
            photo = Image.open(io.BytesIO(await form["image"].read())).convert("RGB")  # type: ignore[union-attr]
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
        self.requests.append({**fields, "photo_px": photo.size, "authorization": request.headers.get("authorization")})
        width, height = map(int, fields["size"].split("x"))
        made = await asyncio.to_thread(edit, photo, fields["prompt"], int(fields["seed"]), (width, height))
        return _answer(made)

    def app(self) -> Starlette:
        """The endpoint, and its misbehaving relatives."""
        kinds = {
            "": self.edits,
            "/slow": _slow,
            "/endless": _endless,
            "/broken": _broken,
            "/rubbish": _rubbish,
            "/nopicture": _no_picture,
            "/square": _square,
            "/key": _repeats_key,
        }
        return Starlette(routes=[Route(f"{at}/v1/images/edits", kind, methods=["POST"]) for at, kind in kinds.items()])


def _answer(picture: Image.Image) -> Response:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return JSONResponse({"created": 0, "data": [{"b64_json": base64.b64encode(buffer.getvalue()).decode()}]})


async def _slow(request: Request) -> Response:
    await asyncio.sleep(3)
    return PlainTextResponse("late")


async def _endless(request: Request) -> Response:
    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1000
            await asyncio.sleep(0.01)

    return StreamingResponse(drops())


async def _broken(request: Request) -> Response:
    return JSONResponse({"error": {"message": "out of\nmemory"}}, status_code=500)


async def _rubbish(request: Request) -> Response:
    return PlainTextResponse("<html>welcome</html>")


async def _no_picture(request: Request) -> Response:
    return JSONResponse({"data": [{"b64_json": base64.b64encode(b"GIF89a, or so it says").decode()}]})


async def _square(request: Request) -> Response:
    return _answer(Image.new("RGB", (64, 64), "red"))


async def _repeats_key(request: Request) -> Response:
    said = f"the key {request.headers['authorization'].removeprefix('Bearer ')} is not known"
    return JSONResponse({"error": {"message": said}}, status_code=401)


@contextmanager
def running() -> Iterator[EditorServer]:
    """The server, in a thread, for the block."""
    editor = EditorServer()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        editor.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(editor.app(), log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield editor
        finally:
            server.should_exit = True
            thread.join(timeout=5)
