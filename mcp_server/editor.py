"""A generative image editor behind an OpenAI-compatible images/edits endpoint, such as vLLM-Omni with Qwen-Image-Edit.

    editor = Editor(EditorSettings(url="http://localhost:8000/v1"))
    edited = await editor.edit(photo, "Edit this photograph: move the subject to a beach.", seed=0)

Set by STYLIST_EDITOR_URL, STYLIST_EDITOR_MODEL and, where the endpoint wants one, STYLIST_EDITOR_KEY.
"""

import base64
import binascii
import io
import json
import math
import os
from dataclasses import dataclass, replace

import anyio
import anyio.to_thread
import cv2
import httpx
from PIL import Image, UnidentifiedImageError

from tools.declare import ToolError
from tools.picture import Picture, decode, encode
from tools.picture.profile import SRGB
from tools.types import FloatImage, Json

SENT_PIXELS = 1024 * 1024
"""Larger photos are sent, and come back, at this area: what such models are trained on."""
MULTIPLE_PX = 16
"""Sides of what is sent are multiples of this, which the models need."""
MAX_ANSWER_BYTES = 64_000_000
MAX_ANSWER_PIXELS = 16_000_000
MOST_SKEWED = 1.1
"""An answer whose sides have another ratio than the photo, by more than this factor, is not an edit of it."""
KEY = "STYLIST_EDITOR_KEY"


@dataclass(frozen=True)
class EditorSettings:
    """Where the editor is.

    Raises:
        ToolError: if the address is not right.
    """

    url: str
    """Base of the API, `http://localhost:8000/v1`."""
    model: str | None = None
    """Name of the model; the endpoint's own if None."""
    timeout_s: float = 300.0
    """Longer edits are given up."""

    def __post_init__(self) -> None:
        """Check the address."""
        address = httpx.URL(self.url)
        if address.scheme not in ("http", "https") or not address.host:
            raise ToolError("STYLIST_EDITOR_URL is not an http(s) address, such as http://localhost:8000/v1")
        if address.userinfo or address.query:
            raise ToolError(f"STYLIST_EDITOR_URL carries a secret; give the key in {KEY}")


def editor_of_environment() -> EditorSettings | None:
    """The editor that the environment names, if there is one."""
    url = os.environ.get("STYLIST_EDITOR_URL")
    return EditorSettings(url, os.environ.get("STYLIST_EDITOR_MODEL") or None) if url else None


class Editor:
    """Sends pictures to the endpoint and checks what comes back."""

    def __init__(self, settings: EditorSettings) -> None:
        self._settings = settings

    @property
    def model(self) -> str:
        """The name under which edits are recorded."""
        return self._settings.model or "the endpoint's model"

    async def edit(self, photo: Picture, instruction: str, seed: int) -> bytes:
        """The edited photo as PNG with the photo's metadata, at the photo's size or `SENT_PIXELS`, what is smaller.

        Raises:
            ToolError: if the endpoint fails, takes too long, or answers with what is no edit of the photo.
        """
        width, height = _sent_size(photo)
        sent = await anyio.to_thread.run_sync(lambda: encode(Picture(_resized(photo, (width, height))), "PNG"))
        fields = {"prompt": instruction, "n": "1", "size": f"{width}x{height}", "response_format": "b64_json"}
        fields |= {"output_format": "png", "seed": str(seed)}
        if self._settings.model:
            fields["model"] = self._settings.model
        answer = await self._post(fields, sent)
        return await anyio.to_thread.run_sync(_checked, answer, photo)

    async def _post(self, fields: dict[str, str], photo: bytes) -> bytes:
        """The picture in the endpoint's answer, which is read up to `MAX_ANSWER_BYTES`."""
        key = os.environ.get(KEY)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        files = {"image": ("photo.png", photo, "image/png")}
        address = self._settings.url.rstrip("/") + "/images/edits"
        limit_s = self._settings.timeout_s
        try:
            with anyio.fail_after(limit_s):
                async with (
                    httpx.AsyncClient(timeout=limit_s, headers=headers) as client,
                    client.stream("POST", address, data=fields, files=files) as response,
                ):
                    body = await _limited(response)
        except (TimeoutError, httpx.TimeoutException):
            raise ToolError(f"the image editor gave no answer within {limit_s:g} s; is it busy?") from None
        except httpx.HTTPError as error:
            raise ToolError(
                f"the image editor at {self._settings.url} cannot be reached: {error or type(error).__name__}"
            ) from None
        if response.status_code != httpx.codes.OK:
            raise ToolError(f"the image editor answered {response.status_code}: {_said(body)}")
        return _picture_in(body)


async def _limited(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise ToolError(f"the image editor sends more than {MAX_ANSWER_BYTES / 1e6:g} MB, which is no edited photo")
    return bytes(body)


def _said(body: bytes) -> str:
    """The endpoint's own words about an error, in one short line, without the key that some repeat."""
    try:
        parsed = json.loads(body)
        text = str(parsed["error"]["message"])
    except (ValueError, KeyError, TypeError):
        text = body[:500].decode(errors="replace")
    key = os.environ.get(KEY)
    text = text.replace(key, "[secret]") if key else text
    return " ".join(text.split())[:200] or "nothing more"


def _picture_in(body: bytes) -> bytes:
    try:
        answer: Json = json.loads(body)
        return base64.b64decode(answer["data"][0]["b64_json"], validate=True)
    except (ValueError, KeyError, IndexError, TypeError, binascii.Error):
        raise ToolError(
            f"the image editor's answer has no picture in data[0].b64_json; it begins {_said(body[:80])!r}"
        ) from None


def _sent_size(photo: Picture) -> tuple[int, int]:
    """Width and height in px that the models take."""
    width, height = _made_size(photo)
    return _multiple(width), _multiple(height)


def _multiple(side: int) -> int:
    return max(MULTIPLE_PX, round(side / MULTIPLE_PX) * MULTIPLE_PX)


def _made_size(photo: Picture) -> tuple[int, int]:
    """Width and height in px of the edited photo, in the photo's own format."""
    width, height = photo.size
    scale = min(1.0, math.sqrt(SENT_PIXELS / (width * height)))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _checked(answer: bytes, photo: Picture) -> bytes:
    """The answer as PNG, in the photo's format and with its metadata."""
    try:
        with Image.open(io.BytesIO(answer)) as header:
            width, height = header.size
        if width * height > MAX_ANSWER_PIXELS:
            raise ToolError(f"it has {width} x {height} px, more than the {MAX_ANSWER_PIXELS / 1e6:g} megapixels taken")
        edited = decode(answer, "it")
    except UnidentifiedImageError:
        raise ToolError("the image editor did not answer with a picture that can be used: it is none") from None
    except (ToolError, OSError, ValueError) as error:
        raise ToolError(f"the image editor did not answer with a picture that can be used: {error}") from None
    skew = width / height * photo.size[1] / photo.size[0]
    if not 1 / MOST_SKEWED <= skew <= MOST_SKEWED:
        asked = "{} x {}".format(*_sent_size(photo))
        raise ToolError(f"the image editor answered with another format: {width} x {height} px instead of {asked}")
    pixels = _resized(edited, _made_size(photo))
    return encode(replace(photo, pixels=pixels, alpha=None, bits=8, profile=SRGB, notes=()), "PNG")


def _resized(picture: Picture, size: tuple[int, int]) -> FloatImage:
    """Encoded sRGB of the picture at another size."""
    if picture.size == size:
        return picture.srgb
    method = cv2.INTER_AREA if size[0] < picture.size[0] else cv2.INTER_CUBIC
    return cv2.resize(picture.srgb, size, interpolation=method)
