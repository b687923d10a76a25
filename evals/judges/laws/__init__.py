"""The laws that a judge of edits must keep, each tried on forty contexts of real photos.

    python -m evals.judges.laws photos/*.jpg

A law is an order of scores within one context: the rules' plan over the same plan perturbed, doing nothing over a
wreck. It is kept where it holds in at least nine of ten contexts; magnitudes are fixed in `contexts` and `wrecks`.
"""

from collections.abc import Callable, Iterable, Mapping

from evals.judges.laws.contexts import CONTRARY, MILD, STRONG, Context, contexts
from evals.judges.laws.wrecks import UNSEEN, WRECKS
from tools.plan import Plan
from tools.types import FloatImage

__all__ = ["LAWS", "LEAST_SHARE", "Context", "broken", "contexts"]

LEAST_SHARE = 0.9
"""Share of the contexts in which a law must hold."""
MARGIN = 0.3
"""How much more than doing nothing the rules' plan must score."""
STILL = 0.3
"""Most that a change which nobody sees may change a score."""

Law = Callable[[Context], bool]


def beats_nothing(context: Context) -> bool:
    """The rules' plan scores plainly more than the untouched photo."""
    return context.best > context.nothing + MARGIN


def beats_detuned(context: Context) -> bool:
    """The rules' plan scores more than itself with amounts moved mildly, and that more than with amounts far off."""
    return _falls(context, context.detuned)


def beats_perturbed(context: Context) -> bool:
    """The same where a stray step comes along with each."""
    return _falls(context, context.perturbed)


def _falls(context: Context, perturbed: Callable[[float], Plan]) -> bool:
    mild, strong = (context.score(context.rendered(perturbed(share))) for share in (MILD, STRONG))
    return context.best > mild > strong


def beats_contrary(context: Context) -> bool:
    """The rules' plan scores more than their plan for the contrary request."""
    return context.best > context.score(context.rendered(context.plan_for(CONTRARY[context.words])))


def _wreck_law(wreck: Callable[[FloatImage], FloatImage]) -> Law:
    def law(context: Context) -> bool:
        if any(effect.kind == "medium" for effect in context.request.effects):
            return True  # a painting may be flat, and a print made of dots
        return context.nothing > context.score_pixels(wreck(context.result.srgb))

    return law


def _stillness_law(same: Callable[[FloatImage], FloatImage]) -> Law:
    return lambda context: abs(context.best - context.score_pixels(same(context.result.srgb))) < STILL


LAWS: Mapping[str, Law] = {
    "the rules beat doing nothing": beats_nothing,
    "the rules beat their plan with amounts moved mildly, and that the same with amounts far off": beats_detuned,
    "the rules beat their plan perturbed mildly, and that the same perturbed strongly": beats_perturbed,
    "the rules beat their plan for the contrary": beats_contrary,
    **{f"doing nothing beats the rules' result {wreck.__name__}": _wreck_law(wreck) for wreck in WRECKS},
    **{f"the rules' result scores the same {same.__name__}": _stillness_law(same) for same in UNSEEN},
}


def broken(law: Law, tried: Iterable[Context]) -> list[str]:
    """Names of the contexts in which a law does not hold."""
    return [context.name for context in tried if not law(context)]
