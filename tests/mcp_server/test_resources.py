"""Resources, prompts and completions."""

import base64
import io
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp.types import PromptReference, ResourceTemplateReference
from PIL import Image


async def test_a_reference_reads_as_a_preview(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        opened = await caller.call("open_image", path="coast.jpg")
        read = await caller.client.read_resource(opened.structured_content["uri"])
    assert read.contents[0].mime_type == "image/jpeg"
    assert read.contents[0].blob == opened.content[1].data
    with Image.open(io.BytesIO(base64.b64decode(read.contents[0].blob))) as shown:
        assert shown.size == (240, 160)


async def test_the_library_and_the_styles_read_as_pages(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        for uri, said in (
            ("library://tools", "- exposure: "),
            ("library://tools/exposure", "-3..3 EV"),
            ("style://portra", "kodak_portra"),
        ):
            assert said in (await caller.client.read_resource(uri)).contents[0].text


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("image://sha256/" + "0" * 64, "no edit is known"),
        ("image://sha256/..%2f..%2fetc", "etc"),
        ("library://tools/exposre", "did you mean 'exposure'?"),
        ("style://portre", "did you mean 'portra'?"),
    ],
)
async def test_unknown_resources_are_explained(connect: Any, settings: Any, uri: str, said: str) -> None:
    async with connect(settings) as caller:
        with pytest.raises(MCPError, match=said.replace("?", r"\?")):
            await caller.client.read_resource(uri)


async def test_prompts_teach_the_method(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        prompts = {prompt.name: prompt for prompt in (await caller.client.list_prompts()).prompts}
        assert set(prompts) == {"style_this_photo", "match_reference", "try_style"}
        for prompt in prompts.values():
            assert prompt.description
            assert all(argument.description for argument in prompt.arguments or [])
            arguments = {argument.name: "coast.jpg" for argument in prompt.arguments or []}
            text = (await caller.client.get_prompt(prompt.name, arguments)).messages[0].content.text
            assert all(name in text for name in ("coast.jpg", "measure_image", "apply_step", "assess_edit"))


async def test_names_are_completed(connect: Any, settings: Any) -> None:
    async with connect(settings) as caller:
        for reference, argument, expected in (
            (ResourceTemplateReference(uri="style://{name}"), {"name": "name", "value": "port"}, ["portra"]),
            (ResourceTemplateReference(uri="library://tools/{tool}"), {"name": "tool", "value": "expo"}, ["exposure"]),
            (PromptReference(name="try_style"), {"name": "style", "value": "cyan"}, ["cyanotype"]),
            (PromptReference(name="style_this_photo"), {"name": "wish", "value": "w"}, []),
        ):
            answer = await caller.client.complete(reference, argument)
            assert answer.completion.values == expected
