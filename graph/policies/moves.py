"""Which tool moves which attribute: the table by which the rules turn goals into steps."""

from dataclasses import dataclass, field

from tools.types import Json


@dataclass(frozen=True)
class Move:
    """A tool and the argument that moves an attribute."""

    tool: str
    argument: str
    limit: float
    """The argument at full strength; signed."""
    solved: bool = True
    """True when the argument is found by trying it on the photo; False when it follows from the strength alone."""
    always: bool = False
    """True when the argument is at its limit whatever the strength: black and white is not a matter of degree."""
    fixed: Json = field(default_factory=dict)
    """Other arguments."""


MOVES: dict[tuple[str, int], Move] = {
    ("noise", -1): Move("denoise", "luminance", 80, solved=False),
    ("grain", -1): Move("denoise", "luminance", 80, solved=False),
    ("brightness", 1): Move("exposure", "stops", 2.4),
    ("brightness", -1): Move("exposure", "stops", -2.4),
    ("haze", -1): Move("dehaze", "amount", 80),
    ("haze", 1): Move("fog", "density", 85),
    ("rays", 1): Move("light_rays", "amount", 80, solved=False),
    ("leak", 1): Move("light_leak", "amount", 75, solved=False),
    ("bloom", 1): Move("bloom", "amount", 90, solved=False),
    ("contrast", 1): Move("contrast", "amount", 90),
    ("contrast", -1): Move("contrast", "amount", -90),
    ("highlights", 1): Move("highlights", "amount", 100),
    ("highlights", -1): Move("highlights", "amount", -100),
    ("shadows", 1): Move("shadows", "amount", 100),
    ("shadows", -1): Move("shadows", "amount", -100),
    ("fade", 1): Move("fade", "amount", 90),
    ("fade", -1): Move("blacks", "amount", -80),
    ("saturation", 1): Move("saturation", "amount", 90),
    ("saturation", -1): Move("saturation", "amount", -90),
    ("cast", -1): Move("white_balance", "amount", 100),
    ("warmth", 1): Move("temperature", "warmer", 90),
    ("warmth", -1): Move("temperature", "warmer", -90),
    ("tint", 1): Move("tint", "amount", 90),
    ("tint", -1): Move("tint", "amount", -90),
    ("clarity", 1): Move("clarity", "amount", 90),
    ("clarity", -1): Move("clarity", "amount", -90),
    ("sharpness", 1): Move("sharpen", "amount", 80, solved=False),
    ("sharpness", -1): Move("soften", "amount", 70, solved=False),
    ("bokeh", 1): Move("background_blur", "amount", 80, solved=False),
    ("bloom", -1): Move("highlights", "amount", -60, solved=False),
    ("vignette", 1): Move("vignette", "amount", -85),
    ("vignette", -1): Move("vignette", "amount", 70),
    ("grain", 1): Move("grain", "amount", 80, solved=False),
}
"""Also the order in which the steps are taken: corrections, light, tone, colour, detail, optics, medium. Rays, leaks
and bloom veil the tones, which are set after them; saturation comes before warmth, which it would thin out."""

ALTERNATIVES: dict[tuple[str, int], tuple[Move, ...]] = {
    ("brightness", 1): (Move("midtones", "amount", 100), Move("shadows", "amount", 100)),
    ("brightness", -1): (Move("midtones", "amount", -100), Move("highlights", "amount", -100)),
    ("contrast", 1): (Move("blacks", "amount", -80), Move("whites", "amount", 80)),
    ("contrast", -1): (Move("fade", "amount", 60), Move("shadows", "amount", 100)),
    ("highlights", 1): (Move("whites", "amount", 100),),
    ("highlights", -1): (Move("whites", "amount", -100),),
    ("shadows", 1): (Move("blacks", "amount", 100), Move("midtones", "amount", 80)),
    ("shadows", -1): (Move("blacks", "amount", -100), Move("midtones", "amount", -80)),
    ("saturation", 1): (Move("vibrance", "amount", 100),),
    ("saturation", -1): (Move("vibrance", "amount", -100),),
    ("haze", 1): (Move("weather", "strength", 80, fixed={"weather": "fog"}),),
    ("haze", -1): (Move("contrast", "amount", 60),),
    ("fade", 1): (Move("blacks", "amount", 100),),
    ("clarity", 1): (Move("texture", "amount", 90),),
    ("clarity", -1): (Move("texture", "amount", -90),),
    ("sharpness", 1): (Move("texture", "amount", 90, solved=False),),
    ("sharpness", -1): (Move("soft_focus", "amount", 70, solved=False), Move("blur", "amount", 40, solved=False)),
    ("bloom", 1): (Move("soft_focus", "amount", 70, solved=False), Move("halation", "amount", 80, solved=False)),
}
"""Other tools that move an attribute, which the rules leave alone and `search` tries."""

ORDER = [*dict.fromkeys(move.tool for move in MOVES.values())]
