"""Compile every loop over pixels and keep the result on disk, so that the first photo does not wait for it.

python -m tools.warm      # once, after an installation; takes some seconds
"""

import numpy as np

from tools.attributes import Attributes
from tools.engine import render
from tools.picture import Picture, encode
from tools.picture.profile import DISPLAY_P3, SRGB
from tools.plan import Plan, Step
from tools.quality import assess
from tools.request import parse_request

TONES = [Step(tool="exposure", args={"stops": 0.5}), Step(tool="saturation", args={"amount": 40})]
SPACES = [*TONES, Step(tool="clarity", args={"amount": 20}), Step(tool="bloom", args={"amount": 20}), *TONES]
LIGHT = [Step(tool="vignette", args={"amount": -20}), Step(tool="fog", args={"density": 20})]


def warm() -> None:
    """Render small pictures of every depth and kind of profile along every path of the engine; measure and judge."""
    codes = np.random.default_rng(0).integers(0, 256, (560, 560, 3)).astype(np.uint8)
    for profile in (SRGB, DISPLAY_P3):
        for steps in (TONES, SPACES, LIGHT):
            render(Picture(codes, profile=profile), Plan(steps=steps))
        render(Picture(codes.astype(np.uint16) * 257, bits=16, profile=profile), Plan(steps=TONES))
    encode(Picture(codes), "PNG")
    srgb = Picture(codes).srgb
    photo = Attributes(srgb)
    photo.all()
    Attributes(1 - srgb, photo).all()
    assess(Picture(codes), Picture(255 - codes), parse_request("snow on autumn leaves, like a comic"))


if __name__ == "__main__":
    warm()
