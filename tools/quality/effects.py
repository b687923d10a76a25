"""How plainly an effect shows in the pixels, and what it brings along."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np

from tools.attributes import UNIT, Attributes
from tools.declare import ToolError
from tools.goals import Effect, Request
from tools.maps import Maps
from tools.quality.added import redrawn
from tools.quality.comparison import Comparison
from tools.quality.look import towards_look
from tools.quality.veil import deepening
from tools.quality.ways import brings, by_library
from tools.signatures import also_by, amounts, denials, light, told_by

SCARCE = ("contrast", "saturation", "clarity", "sharpness", "noise", "grain", "haze")
"""Attributes that end at zero: no more than six tenths of what there is can be asked away."""
LEAST_SIGN = 0.3
"""Share of a sign's usual amount that an effect must bring on a photo to be known by it there."""
HALF = 0.5
"""Most that shows of a fog which veils near and far alike, and of a winter in which nothing is pale."""
_LEAST_DEPTH = 0.1
"""Log ratio by which the library's own fog must deepen with a photo for that to be asked of a fog there."""
_REDRAWN = {
    "oil": (0.11, 0.17),
    "watercolor": (0.08, 0.14),
    "pencil": (0.07, 0.13),
    "ink": (0.14, 0.22),
    "comic": (0.07, 0.13),
    "pastel": (0.19, 0.25),
    "halftone": (0.40, 0.60),
    "pixel": (0.15, 0.25),
}
"""What share of the drawing is another than the photo's at least in each medium, and where that is plain."""
_IN_PATCHES = (0.07, 0.13)
"""The same of an oil painting that is seen by its patches."""
SCALES_WITH_LIGHT = ("contrast", "saturation")
"""Attributes of which less light takes its share."""


def presence(comparison: Comparison, effect: Effect, request: Request | None = None) -> float | None:
    """How plainly an effect was added: 1 plainly, 0 not at all, below 0 where its contrary was.

    Each of its signs is measured as a share of its plain amount on this photo, at most three; the effect is there by
    (mean + 2 least) / 3 of them, so that no single sign carries it, as far as nothing denies it. Where people know it
    by several sets of signs, the set that shows best decides. What other effects of the request bring along speaks
    neither against a sign nor for a denial. None where its region is not in the photo, or where nothing would tell it:
    no bearer of its signs, or a photo that is so already.
    """
    if effect.kind == "look":
        return towards_look(comparison, effect, request)
    others = [other for other in request.effects if other != effect] if request else []
    if request:
        effect = effect.model_copy(update={"region": comparison.outside_kept(effect.region, request.keeps)})
    named = effect.kind, effect.value
    scaled = partial(_plain_amount, comparison, effect)
    try:
        shown = [_shown(comparison, effect, others, signs, partial(scaled, least=0.4)) for signs in told_by(*named)]
        if all(each is None for each in shown):
            shown = [_shown(comparison, effect, others, amounts(*named), scaled)]
            shown += [
                min(_own_change(comparison, effect, name) / usual for name, usual in signs.items())
                for signs in also_by(*named)
            ]
        known = [each for each in shown if each is not None]
        if not known:
            return None
        shows = min(max(known), _most(comparison, effect))
        return shows * _undenied(comparison, effect, others) * _dark_enough(comparison, effect, others)
    except ToolError:
        return None


def _shown(
    comparison: Comparison,
    effect: Effect,
    others: Sequence[Effect],
    signs: Mapping[str, float],
    plain: Callable[..., float | None],
) -> float | None:
    """(mean + 2 least) / 3 of the shares that a set of signs has of their `plain` amounts; None where none tells.

    In the mean none counts for more than 1.25 above the least, and beyond its plain amount each is a share of what the
    library's own tool brings, where that is more.
    """
    shares = []
    for name, usual in signs.items():
        amount = plain(name, usual)
        if amount is not None:
            change = _own_change(comparison, effect, name) + _excused(comparison, name, usual, others)
            share = change / amount
            if share > 1:
                brought = _brought_by_tool(comparison, effect).get(name, amount) / amount
                share = max(1.0, share / max(1.0, brought))
            shares.append(float(np.clip(share, -1, 3)))
    if not shares:
        return None
    least = min(shares)
    return (float(np.mean(np.minimum(shares, least + 1.25))) + 2 * least) / 3


def _undenied(comparison: Comparison, effect: Effect, others: Sequence[Effect]) -> float:
    """What is left of an effect by all that speaks against it, 0 to 1."""
    left = 1.0
    for name, amount in denials(effect.kind, effect.value).items():
        against = _own_change(comparison, effect, name) + _excused(comparison, name, -amount, others)
        against /= _denying_amount(comparison, effect, name, amount)
        left *= float(np.interp(against, [0.7, 1.7], [1.0, 0.0]))
    return left


def _most(comparison: Comparison, effect: Effect) -> float:
    """The most that an effect may show: a fog by how it thickens with depth, beside the library's own; a cold by snow.

    Any paler picture makes a winter of a cold one.
    """
    if (effect.kind, effect.value, effect.region) == ("weather", "fog", "everywhere"):
        brought = _brought_by_tool(comparison, effect).get("deepening", math.nan)
        return HALF + max(0.0, deepening(comparison) / brought) if brought > _LEAST_DEPTH else math.inf
    if effect.kind == "medium" and effect.region == "everywhere":
        in_patches = effect.value == "oil" and comparison.change("patches") > HALF
        span = _IN_PATCHES if in_patches else _REDRAWN[effect.value]
        return 3 * float(np.interp(redrawn(comparison, flat=effect.value == "comic"), span, [0.0, 1.0]))
    if (effect.kind, effect.value) == ("season", "winter"):
        paler = (2 * comparison.change(name, effect.region) for name in ("brightness", "snow cover"))
        return HALF + max(0.0, *paler)
    return math.inf


def _dark_enough(comparison: Comparison, effect: Effect, others: Sequence[Effect]) -> float:
    """What is left of an effect where the picture is not as dark as that, 0 to 1; other effects may bring light."""
    mask, left = comparison.mask(effect.region), 1.0
    for name, limits in light(effect.kind, effect.value).items():
        brought = sum(max(0.0, effect_brings(comparison, other, name)) for other in others) * UNIT[name]
        left = min(left, float(np.interp(comparison.after.measure(name, mask) - brought, limits, [1.0, 0.0])))
    return left


def darker_is_asked(request: Request) -> bool:
    """Whether a wish is for less light."""
    return any(goal.attribute == "brightness" and goal.direction < 0 for goal in request.goals) or any(
        amounts(effect.kind, effect.value).get("brightness", 0.0) < 0 for effect in request.effects
    )


def effect_brings(comparison: Comparison, effect: Effect, attribute: str) -> float:
    """Units by which an effect names an attribute's change.

    A look and a weather name all that they do to this photo, others their signs.
    """
    if effect.kind in ("look", "weather"):
        return brings(comparison, effect, attribute)
    return amounts(effect.kind, effect.value).get(attribute, 0.0) if effect.region == "everywhere" else 0.0


def _own_change(comparison: Comparison, effect: Effect, name: str) -> float:
    """Change of an attribute or mark; with an effect that darkens, of colour beside what goes with the light."""
    change = comparison.change(name, effect.region)
    darkens = amounts(effect.kind, effect.value).get("brightness", 0.0) < 0
    if name not in ("warmth", "tint", "saturation") or not darkens:
        return change
    return change - taken_by_darkness(comparison, name, effect.region)


def taken_by_darkness(comparison: Comparison, name: str, region: str) -> float:
    """Units of an attribute that go with the light where a region became darker, in proportion."""
    mask = comparison.mask(region)
    was, now = (picture.measure("brightness", mask) for picture in (comparison.before, comparison.after))
    return min(0.0, now / max(was, 1.0) - 1) * max(0.0, comparison.before.measure(name, mask) / UNIT[name])


def gone_with_light(before: Attributes, after: Attributes, units: float) -> float:
    """Part of so many units, 0 or less, that a picture loses by being darker."""
    light = after.measure("brightness") / max(before.measure("brightness"), 1.0)
    return min(0.0, light - 1) * max(0.0, units)


_BROUGHT: WeakKeyDictionary[Maps, dict[tuple[str, str, str], dict[str, float]]] = WeakKeyDictionary()
"""What the tool of an effect brings, by photo: numbers alone, since a value that knew the photo would keep it."""


def _brought_by_tool(comparison: Comparison, effect: Effect) -> Mapping[str, float]:
    """Units by which the library's own tool plainly moves each sign and denial on this photo; empty where it cannot."""
    known = _BROUGHT.setdefault(comparison.maps, {})
    key = effect.kind, effect.value, effect.region
    if key not in known:
        own = by_library(comparison, effect)
        signs = amounts(effect.kind, effect.value), denials(effect.kind, effect.value)
        names = set().union(*signs, *told_by(effect.kind, effect.value), *also_by(effect.kind, effect.value))
        known[key] = {} if own is None else {name: _own_change(own, effect, name) for name in names}
        if own is not None and effect.value == "fog":
            known[key] |= {"deepening": deepening(own)}
    return known[key]


def _plain_amount(
    comparison: Comparison, effect: Effect, name: str, usual: float, *, least: float | None = None
) -> float | None:
    """Amount of a sign that is plain on this photo: what the library's tool brings, from 0.7 to twice the usual.

    With `least` from that share of the usual on. Without, None where the tool brings hardly any: a flat photo loses no
    contrast, a white one does not brighten. None too where the photo has no bearer of the sign.
    """
    share = _brought_by_tool(comparison, effect).get(name, usual) / usual
    if np.isnan(share) or (least is None and share < LEAST_SIGN):
        return None
    return usual * float(np.clip(share, least or 0.7, 2))


def _denying_amount(comparison: Comparison, effect: Effect, name: str, usual: float) -> float:
    """Amount of a denial on this photo: more than the usual where the library's tool itself comes near that."""
    return usual * max(1.0, _brought_by_tool(comparison, effect).get(name, 0.0) / usual / 0.7)


def _excused(comparison: Comparison, name: str, amount: float, others: Sequence[Effect]) -> float:
    """Units, with the sign of `amount`, to add to a change that other effects of the request have held back.

    No more than would undo a change the other way.
    """
    direction = 1 if amount > 0 else -1
    back = max(0.0, -direction * comparison.change(name))
    brought = sum(max(0.0, -direction * effect_brings(comparison, other, name)) for other in others)
    return direction * min(back, brought)
