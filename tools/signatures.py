"""What effects look like in the pixels, and which side effects a wish excuses.

An effect has **signs**: attributes and marks that move with it, each with a plain amount in units, and **denials**:
what does not go with it, so that one effect is not taken for another. A night must be dark besides, not only darker.
"""

from tools.attributes import UNIT
from tools.goals import EffectKind

_SIGNS: dict[tuple[EffectKind, str], dict[str, float]] = {
    ("time", "dawn"): {"tint": 1.3, "shadows": 1.8, "contrast": -0.9},
    ("time", "golden_hour"): {"warmth": 1.9, "warm lights": 1.7},
    ("time", "noon"): {"contrast": 0.4, "clarity": 0.7, "haze": -0.5},
    ("time", "dusk"): {"brightness": -0.9, "tint": 1.9, "highlights": -1.6},
    ("time", "blue_hour"): {"brightness": -1.2, "warmth": -2.1},
    ("time", "night"): {"brightness": -3.4, "highlights": -5.5, "warmth": -1.1},
    ("season", "spring"): {"brightness": 0.4, "saturation": 0.25, "fresh leaves": 0.5},
    ("season", "summer"): {"warmth": 0.45, "saturation": 0.4, "fresh leaves": 0.35},
    ("season", "autumn"): {"turned leaves": 1.0, "warmth": 0.7},
    ("season", "winter"): {"warmth": -0.7, "saturation": -1.0, "snow cover": 0.5},
    ("weather", "fog"): {"haze": 3.6, "contrast": -2.0, "clarity": -3.0},
    ("weather", "rain"): {"streaks": 1.1, "saturation": -1.3},
    ("weather", "snow"): {"flakes": 1.0, "brightness": 0.9, "saturation": -1.0},
    ("weather", "storm"): {"brightness": -1.3, "saturation": -1.1, "clarity": 0.35},
    ("weather", "clear"): {"haze": -0.5, "saturation": 0.3, "clarity": 0.4},
    ("weather", "overcast"): {"saturation": -0.8, "contrast": -0.8, "highlights": -0.7},
    ("medium", "oil"): {"repainted": 1.2},
    ("medium", "watercolor"): {"fade": 1.7, "brightness": 0.9, "patches": 0.25},
    ("medium", "pencil"): {"grey": 1.0, "brightness": 1.2, "strokes": 0.25, "contrast": -0.5},
    ("medium", "ink"): {"grey": 1.0, "brightness": 1.1, "clarity": 0.8, "black lines": 1.2},
    ("medium", "comic"): {"strokes": 0.3, "clarity": 1.0, "few tones": 1.4},
    ("medium", "pastel"): {"noise": 1.5, "contrast": -0.6, "clarity": -0.8, "repainted": 0.8},
    ("medium", "halftone"): {"dots": 1.0},
    ("medium", "pixel"): {"blocks": 1.1},
}
"""Amounts in units that the effect at a strength of about 0.6 brings."""
_TOLD_BY: dict[tuple[EffectKind, str], tuple[dict[str, float], ...]] = {
    ("season", "autumn"): ({"turned leaves": 1.0},),
    ("season", "winter"): ({"snow cover": 0.5, "saturation": -0.5}, {"cold": 0.7, "saturation": -1.0}),
    ("medium", "watercolor"): (
        {"fade": 1.7, "brightness": 0.9, "patches": 0.3},
        {"fade": 1.7, "brightness": 0.9, "repainted": 0.7},
    ),
}
"""What people call by the name of an effect, whatever else it brings: sets of signs of which one is enough."""
_ALSO_BY: dict[tuple[EffectKind, str], tuple[dict[str, float], ...]] = {
    ("time", "golden_hour"): ({"warmth": 2.4, "warm lights": 1.4},),
    ("weather", "overcast"): ({"saturation": -0.8, "contrast": -0.8},),
    ("medium", "oil"): ({"patches": 0.8},),
    ("medium", "pastel"): ({"chalk": 1.5, "contrast": -1.4, "shadows": 1.4},),
    ("medium", "pencil"): ({"grey": 1.0, "paper": 4.0, "strokes": 0.15},),
    ("medium", "ink"): ({"grey": 1.0, "two tones": 1.0},),
}
"""Other sets of signs, in amounts of other hands: an effect is there by the least of a set as well as by `amounts`."""
_DENIALS: dict[tuple[EffectKind, str], dict[str, float]] = {
    ("time", "dawn"): {"brightness": -1.0, "grey": 0.8},
    ("time", "golden_hour"): {"brightness": -1.2, "grey": 0.6, "shadows": 2.5, "tint": -0.8},
    ("time", "noon"): {"warmth": 1.0, "saturation": -0.5},
    ("time", "blue_hour"): {"brightness": -2.6, "tint": 1.2},
    ("time", "dusk"): {"brightness": -3.0, "warmth": 1.5, "grey": 0.8},
    ("time", "night"): {"warmth": -2.0, "tint": 1.2},
    ("season", "spring"): {"warmth": 0.7},
    ("season", "summer"): {"brightness": 0.5},
    ("season", "autumn"): {"grey": 0.8, "saturation": 0.9},
    ("season", "winter"): {"haze": 3.0, "brightness": -1.2, "tint": 1.2, "violet": 1.0, "grey": 1.4, "streaks": 0.6},
    ("weather", "fog"): {"brightness": -1.0, "streaks": 0.4, "flakes": 0.6},
    ("weather", "rain"): {"flakes": 0.4},
    ("weather", "snow"): {"streaks": 0.8, "clarity": -3.0},
    ("weather", "storm"): {"warmth": -1.2, "brightness": -3.0, "streaks": 0.4},
    ("weather", "overcast"): {"brightness": -1.0, "highlights": 0.4, "haze": 2.5, "streaks": 0.4, "flakes": 0.4},
    ("medium", "oil"): {
        "grey": 0.6,
        "dots": 0.5,
        "blocks": 0.6,
        "fade": 0.9,
        "few tones": 1.2,
        "noise": 1.5,
        "sharpness": -2.0,
        "strokes": 0.4,
    },
    ("medium", "watercolor"): {"grey": 1.3, "chalk": 1.2, "dots": 0.5},
    ("medium", "comic"): {"brightness": 1.5, "grey": 1.0, "dots": 0.5, "blocks": 0.6},
    ("medium", "pastel"): {"grey": 1.0, "highlights": 0.5, "patches": 0.8, "dots": 0.5},
    ("medium", "ink"): {"dots": 0.5, "contrast": -0.5},
    ("medium", "pencil"): {"dots": 0.5, "streaks": 0.5, "two tones": 1.0, "black lines": 0.4},
    ("medium", "pixel"): {"dots": 1.0},
}

_LIGHT: dict[tuple[EffectKind, str], dict[str, tuple[float, float]]] = {
    ("time", "night"): {"brightness": (38.0, 52.0), "highlights": (66.0, 82.0)},
}
"""Up to what value of an attribute a picture may be under an effect, and from what value on it is not."""

EXCUSES: dict[str, set[str]] = {
    "brightness": {
        "highlights",
        "shadows",
        "haze",
        "saturation",
        "contrast",
        "noise",
        "warmth",
        "clarity",
        "sharpness",
    },
    "contrast": {"highlights", "shadows", "haze", "saturation", "brightness", "clarity", "sharpness"},
    "highlights": {"brightness", "contrast", "haze", "saturation", "clarity"},
    "shadows": {"brightness", "contrast", "haze", "noise", "saturation", "clarity"},
    "warmth": {"saturation", "tint", "haze"},
    "tint": {"saturation", "warmth", "haze"},
    "cast": {"warmth", "tint", "saturation", "haze"},
    "saturation": {"haze"},
    "monochrome": {"saturation", "contrast", "haze"},
    "haze": {"contrast", "saturation", "brightness", "clarity", "sharpness"},
    "fade": {"contrast", "haze", "brightness", "saturation", "clarity", "sharpness"},
    "vignette": {"brightness", "contrast", "haze", "clarity"},
    "bloom": {"brightness", "haze", "contrast", "saturation", "clarity", "sharpness"},
    "bokeh": {"sharpness", "clarity", "noise", "contrast", "haze"},
    "rays": {"brightness", "haze", "contrast", "warmth", "saturation", "clarity", "sharpness"},
    "leak": {"brightness", "haze", "contrast", "warmth", "saturation", "tint", "clarity", "vignette", "sharpness"},
    "grain": {"noise", "sharpness"},
    "noise": {"sharpness", "clarity"},
    "colour": {"saturation", "warmth", "tint"},
    "hue": {"saturation", "warmth", "tint", "brightness"},
    "clarity": {"contrast", "noise", "haze", "sharpness"},
    "sharpness": {"noise", "clarity"},
}
"""For each attribute asked for, the attributes that cannot help moving along."""


def amounts(kind: EffectKind, value: str) -> dict[str, float]:
    """Signs of an effect with their plain amounts, signed; empty for looks, which are known by their grade."""
    return _SIGNS.get((kind, value), {})


def told_by(kind: EffectKind, value: str) -> tuple[dict[str, float], ...]:
    """Sets of signs that tell an effect instead of `amounts`, wherever a photo can bear them."""
    return _TOLD_BY.get((kind, value), ())


def also_by(kind: EffectKind, value: str) -> tuple[dict[str, float], ...]:
    """Sets of signs that tell an effect as well as `amounts` do."""
    return _ALSO_BY.get((kind, value), ())


def denials(kind: EffectKind, value: str) -> dict[str, float]:
    """Amounts, signed, from which an attribute or a mark speaks against an effect."""
    return _DENIALS.get((kind, value), {})


def light(kind: EffectKind, value: str) -> dict[str, tuple[float, float]]:
    """Values of attributes up to which a picture may be under an effect, and from which on it is not."""
    return _LIGHT.get((kind, value), {})


def signature(kind: EffectKind, value: str) -> tuple[tuple[str, int], ...]:
    """Attributes by which an effect shows, each with its direction; marks are left out."""
    signs = amounts(kind, value).items()
    return tuple((name, 1 if amount > 0 else -1) for name, amount in signs if name in UNIT)
