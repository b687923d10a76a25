"""What effects look like in attributes, and which side effects a wish excuses."""

from tools.goals import EffectKind

_SIGNATURES: dict[tuple[EffectKind, str], tuple[tuple[str, int], ...]] = {
    ("time", "dawn"): (("warmth", 1),),
    ("time", "golden_hour"): (("warmth", 1),),
    ("time", "noon"): (("brightness", 1),),
    ("time", "dusk"): (("brightness", -1),),
    ("time", "blue_hour"): (("brightness", -1), ("warmth", -1)),
    ("time", "night"): (("brightness", -1), ("highlights", -1)),
    ("season", "winter"): (("warmth", -1),),
    ("season", "summer"): (("warmth", 1),),
    ("weather", "fog"): (("haze", 1), ("contrast", -1)),
    ("weather", "overcast"): (("saturation", -1),),
    ("weather", "rain"): (("saturation", -1), ("warmth", -1)),
    ("weather", "storm"): (("brightness", -1),),
    ("weather", "snow"): (("warmth", -1),),
    ("medium", "pencil"): (("monochrome", 1), ("saturation", -1)),
    ("medium", "ink"): (("monochrome", 1), ("saturation", -1)),
    ("medium", "oil"): (("sharpness", -1),),
    ("look", "noir"): (("monochrome", 1), ("saturation", -1)),
    ("look", "tri_x"): (("monochrome", 1), ("saturation", -1)),
    ("look", "sepia"): (("monochrome", 1), ("warmth", 1)),
    ("look", "cyanotype"): (("monochrome", 1), ("warmth", -1)),
    ("look", "bleach_bypass"): (("saturation", -1), ("contrast", 1)),
    ("look", "kodachrome"): (("saturation", 1),),
    ("look", "velvia"): (("saturation", 1),),
    ("look", "faded"): (("fade", 1), ("saturation", -1)),
    ("look", "matte"): (("fade", 1),),
    ("look", "nordic"): (("warmth", -1),),
    ("look", "candlelight"): (("warmth", 1),),
    ("look", "day_for_night"): (("brightness", -1), ("warmth", -1)),
    ("look", "old_film"): (("fade", 1), ("warmth", 1)),
}

EXCUSES: dict[str, set[str]] = {
    "brightness": {"highlights", "shadows", "haze", "saturation", "contrast", "noise", "warmth"},
    "contrast": {"highlights", "shadows", "haze", "saturation", "brightness"},
    "highlights": {"brightness", "contrast", "haze", "saturation"},
    "shadows": {"brightness", "contrast", "haze", "noise", "saturation"},
    "warmth": {"saturation", "tint"},
    "tint": {"saturation", "warmth"},
    "saturation": {"warmth", "tint"},
    "monochrome": {"saturation", "warmth", "tint", "contrast"},
    "haze": {"contrast", "saturation", "brightness"},
    "fade": {"contrast", "haze", "brightness", "saturation"},
    "vignette": {"brightness", "contrast", "haze"},
    "bloom": {"brightness", "haze", "contrast", "saturation"},
    "rays": {"brightness", "haze", "contrast", "warmth", "saturation"},
    "leak": {"brightness", "haze", "contrast", "warmth", "saturation", "tint"},
    "grain": {"noise"},
    "colour": {"saturation", "warmth", "tint"},
    "hue": {"saturation", "warmth", "tint", "brightness"},
    "clarity": {"contrast", "noise", "haze"},
    "sharpness": {"noise"},
}
"""For each attribute asked for, the attributes that cannot help moving along."""


def signature(kind: EffectKind, value: str) -> tuple[tuple[str, int], ...]:
    """Attributes and directions by which an effect shows; empty where only a visible change can be required."""
    return _SIGNATURES.get((kind, value), ())
