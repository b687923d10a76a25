"""Malformed pictures and arguments: every answer is a result or words, and comes soon.

FUZZ_SEED=7 FUZZ_CASES=1000 python -m pytest tests/mcp_server/test_fuzz.py      # a thousand of each
"""

import io
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from mcp.types import CallToolResult, TextContent
from PIL import Image

from mcp_server.library_text import description
from tools.plan import MAX_STEPS

SEED = int(os.environ.get("FUZZ_SEED", "1"))
CASES = int(os.environ.get("FUZZ_CASES", "40"))
SLOWEST_S = 20
ROTATED = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\6\0\0\0"
EXTREMES = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\xff\xff")
STYLED = {"steps": [{"tool": "exposure", "args": {"stops": 0.5}}, {"tool": "grain", "args": {"amount": 50}}]}


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def originals() -> list[tuple[str, bytes]]:
    """A small picture in every format and in most of the ways it is stored."""
    noise = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    rgb = Image.fromarray(noise)
    deep = Image.fromarray(noise[..., 0].astype(np.uint16) * 257)
    return [
        (".jpg", saved(rgb, "JPEG")),
        (
            ".jpg",
            saved(rgb, "JPEG", progressive=True, exif=ROTATED),
        ),
        (".jpg", saved(rgb.convert("CMYK"), "JPEG")),
        (".png", saved(rgb, "PNG")),
        (".png", saved(rgb.quantize(16), "PNG")),
        (".png", saved(deep, "PNG")),
        (".png", saved(rgb, "PNG", save_all=True, append_images=[rgb.rotate(180)])),
        (".gif", saved(rgb.quantize(64), "GIF", save_all=True, append_images=[rgb.rotate(90)])),
        (".webp", saved(rgb.convert("RGBA"), "WEBP", lossless=True)),
        (".tif", saved(rgb, "TIFF")),
        (".tif", saved(rgb, "TIFF", compression="tiff_lzw")),
        (".tif", saved(deep, "TIFF")),
        (".bmp", saved(rgb, "BMP")),
        (".ppm", saved(rgb, "PPM")),
        (".avif", saved(rgb, "AVIF")),
    ]


def malformed(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Damage a file in one to four ways."""
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(max(1, len(damaged)))
        if chance.random() < 0.5:
            at = min(at, chance.randrange(64))  # headers are where it hurts
        match chance.randrange(7):
            case 0:
                del damaged[at:]
            case 1:
                damaged[at : at + 1] = bytes([chance.randrange(256)])
            case 2:
                damaged[at : at + 4] = chance.choice(
                    [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\xff\xff"]
                )
            case 3:
                damaged[at:at] = chance.randbytes(chance.randint(1, 40))
            case 4:
                damaged[at:at] = damaged[at : at + chance.randint(1, 400)]
            case 5:
                del damaged[at : at + chance.randint(1, 60)]
            case _:
                damaged[at:] = chance.choice(others)[at:]
    return bytes(damaged)


def checked(result: CallToolResult, hidden: Path, taken_s: float) -> bool:
    """Whether a call worked; what it said is words for a person, without a place on this computer."""
    said = "\n".join(block.text for block in result.content if isinstance(block, TextContent))
    for opaque in ("Error executing", "Traceback", "object at 0x", "pydantic", "NoneType", str(hidden)):
        assert opaque not in said, said
    assert len(said) < 20_000
    assert said.strip()
    assert taken_s < SLOWEST_S
    return not result.is_error


async def timed(caller: Any, tool: str, arguments: dict[str, Any], hidden: Path) -> tuple[bool, CallToolResult]:
    started = time.perf_counter()
    result = await caller.client.call_tool(tool, arguments)
    return checked(result, hidden, time.perf_counter() - started), result


async def test_malformed_pictures(connect: Any, settings: Any, root: Path) -> None:
    chance = random.Random(SEED)
    whole = originals()
    opened = 0
    async with connect(settings) as caller:
        for number in range(CASES):
            suffix, data = chance.choice(whole)
            if chance.random() < 0.1:
                suffix = chance.choice(whole)[0]
            name = f"f{number}{suffix}"
            (root / name).write_bytes(malformed(data, [other for _, other in whole], chance))
            works, result = await timed(caller, "open_image", {"path": name}, root.parent)
            if works:
                opened += 1
                edit = {"image": result.structured_content["uri"], "plan": STYLED}  # type: ignore[index]
                works, result = await timed(caller, "apply_plan", edit, root.parent)
                assert works
                uri = result.structured_content["uri"]  # type: ignore[index]
                await timed(caller, "measure_image", {"image": uri}, root.parent)
                await timed(caller, "export_image", {"image": uri, "path": f"out/{number}.png"}, root.parent)
            (root / name).unlink()
    assert 0 < opened < CASES


STRANGE: list[Any] = [None, True, 0, -1, 1.5, 2**63, 10**400, -(10**400), 1e308]
STRANGE += ["", " ", "x", "\0", "\u202e", "😀" * 50, "a" * 5000, "1e3", "null", "[]", "{}", "../../etc/passwd", "%00"]
STRANGE += [[], {}, [[]], [None], {"": None}, {"tool": None}, {"steps": None}, {"steps": [[]]}, ["x"] * 2000]
STRANGE += ["everywhere & ", "(" * 3000, "not " * 3000, "image://sha256/", "image://sha256/" + "f" * 64]


def mutated(value: Any, chance: random.Random) -> Any:
    """Change one thing somewhere in a JSON value."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(list(value))
        kind = chance.random()
        if kind < 0.15:
            return {name: kept for name, kept in value.items() if name != key}
        if kind < 0.3:
            return {**value, key[:-1] or "x": chance.choice(STRANGE)}
        return {**value, key: mutated(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.7:
        if chance.random() < 0.2:
            return value * chance.choice([0, 2, MAX_STEPS + 1])
        at = chance.randrange(len(value))
        return [*value[:at], mutated(value[at], chance), *value[at + 1 :]]
    return chance.choice(STRANGE)


GOALS = {"text": "x", "goals": [{"attribute": "warmth", "direction": 1}]}


def calls(image: str) -> list[Callable[[random.Random], tuple[str, dict[str, Any]]]]:
    """Calls that work, to start from."""

    def step(chance: random.Random) -> dict[str, Any]:
        tool = chance.choice(["exposure", "grain", "temperature", "weather", "color_grading", "vignette"])
        example: dict[str, Any] = description(tool).example.model_dump()
        return example

    return [
        lambda chance: ("list_photos", {"folder": ".", "offset": 0, "limit": 5}),
        lambda chance: ("open_image", {"path": "coast.jpg"}),
        lambda chance: ("describe_library", {"axis": "light"}),
        lambda chance: ("describe_tool", {"tool": "exposure"}),
        lambda chance: ("measure_image", {"image": image}),
        lambda chance: ("apply_step", {"image": image, "step": step(chance), "seed": 1}),
        lambda chance: (
            "apply_plan",
            {"image": image, "plan": {"steps": [step(chance), step(chance)]}},
        ),
        lambda chance: ("apply_style", {"image": image, "style": "portra", "strength": 0.5, "seed": 2}),
        lambda chance: (
            "assess_edit",
            {
                "before": image,
                "after": image,
                "request": "warmer",
                "goals": GOALS,
            },
        ),
        lambda chance: ("compare", {"before": image, "after": image}),
        lambda chance: ("history", {"image": image}),
        lambda chance: ("undo", {"image": image}),
        lambda chance: ("branch", {"image": image, "steps": 0, "seed": 3}),
        lambda chance: ("export_image", {"image": image, "path": "x.jpg", "overwrite": True, "quality": 90}),
        lambda chance: ("export_recipe", {"image": image, "path": "x.json", "overwrite": True}),
    ]


async def test_malformed_arguments(connect: Any, settings: Any, root: Path) -> None:
    chance = random.Random(SEED)
    original = (root / "coast.jpg").read_bytes()
    async with connect(settings) as caller:
        image = (await caller.ok("open_image", path="coast.jpg"))["uri"]
        refused = 0
        for _ in range(CASES):
            tool, arguments = chance.choice(calls(image))(chance)
            for _ in range(chance.randint(1, 2)):
                changed = mutated(arguments, chance)
                arguments = changed if isinstance(changed, dict) else arguments
            works, _ = await timed(caller, tool, arguments, root.parent)
            refused += not works
        assert refused > CASES / 4
    assert (root / "coast.jpg").read_bytes() == original
