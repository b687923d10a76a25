"""Photos of every kind come out as what they were: depth, transparency, turning."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.stylist.conftest import Cli, files, small
from tools.picture import load, to_float


def _deep(path: Path, *, alpha: bool = False) -> None:
    pixels = np.asarray(small("meadow.jpg", 128), np.uint16)[..., ::-1] * 257 + 3
    if alpha:
        fall = np.linspace(0, 65535, pixels.shape[1], dtype=np.uint16)
        pixels = np.dstack([pixels, np.broadcast_to(fall, pixels.shape[:2])])
    cv2.imwrite(str(path), pixels)


def _rotated(path: Path) -> None:
    photo = small("meadow.jpg", 128)
    exif = photo.getexif()
    exif[274] = 6
    photo.save(path, exif=exif)


def _translucent(path: Path) -> None:
    photo = small("meadow.jpg", 128)
    photo.putalpha(Image.linear_gradient("L").resize(photo.size))
    photo.save(path)


def _animated(path: Path) -> None:
    photo = small("meadow.jpg", 128)
    photo.save(path, save_all=True, append_images=[photo.rotate(9)])


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "cmyk.jpg": (lambda path: small("meadow.jpg", 128).convert("CMYK").save(path), "cmyk.jpg"),
    "grey.png": (lambda path: small("meadow.jpg", 128).convert("L").save(path), "grey.png"),
    "palette.png": (lambda path: small("meadow.jpg", 128).convert("P").save(path), "palette.png"),
    "deep.png": (_deep, "deep.png"),
    "deep.tif": (_deep, "deep.tif"),
    "deep-alpha.png": (lambda path: _deep(path, alpha=True), "deep-alpha.png"),
    "alpha.png": (_translucent, "alpha.png"),
    "alpha.webp": (_translucent, "alpha.webp"),
    "rotated.jpg": (_rotated, "rotated.jpg"),
    "animated.gif": (_animated, "animated.png"),
    "pixel.png": (lambda path: Image.new("RGB", (1, 1), "teal").save(path), "pixel.png"),
    "nameless": (lambda path: small("meadow.jpg", 128).save(path, "PNG"), "nameless.png"),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_photo_of_this_kind_is_styled(desk: Path, cli: Cli, name: str) -> None:
    make, result = KINDS[name]
    make(desk / name)
    original = (desk / name).read_bytes()
    run = cli("style", name, "darker")
    assert run.exit_code == 0, run.output
    before, after = load(desk / name), load(desk / "styled" / result)
    assert after.size == before.size
    assert after.bits == before.bits
    assert after.srgb.mean() < before.srgb.mean()
    assert (after.alpha is None) == (before.alpha is None)
    if before.alpha is not None and after.alpha is not None:
        assert np.abs(to_float(after.alpha) - to_float(before.alpha)).max() < 0.01
    assert (desk / name).read_bytes() == original
    stem = f"styled/{Path(result).stem}"
    assert {f"{stem}.plan.json", f"{stem}.trace.jsonl", f"{stem}.sheet.png"} <= files(desk)


def test_a_turned_photo_is_shown_upright(desk: Path, cli: Cli) -> None:
    _rotated(desk / "rotated.jpg")
    assert "portrait format" in cli("style", "rotated.jpg", "darker").stdout


def test_what_was_converted_is_said(desk: Path, cli: Cli) -> None:
    KINDS["cmyk.jpg"][0](desk / "cmyk.jpg")
    _animated(desk / "animated.gif")
    story = cli("style", "cmyk.jpg", "animated.gif", "darker").stdout
    assert "CMYK converted to sRGB" in story
    assert "the first of 2 frames is used" in story
