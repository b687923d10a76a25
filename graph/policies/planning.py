"""The making of a plan from goals, for this photo: what `rules` does once, and `search` many times over.

Effects come first (night, autumn, a film look), then each attribute that is not yet where the person wants it is moved
by its tool, with an argument found by trying it on a small copy of the photo. What the photo already is, is left alone.
Kept regions are cut out of every step. At the end the whole is looked at once more: the amounts are balanced so that no
step undoes what another was for, and attributes that should have stayed are brought back. `refine` tunes them by score.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from graph.policies import Attempt, Progress
from graph.policies.balance import Dial, balance, fine_tune
from graph.policies.drafts import draft
from graph.policies.moves import MOVES, ORDER, Move
from graph.policies.reasons import goal_in_words, plain, quoted, reason_for_effect, reason_for_goal, summary
from graph.policies.restraint import left_to_effects, undenied
from graph.policies.sketch import Sketch, is_balanced
from tools.attributes import UNIT
from tools.context import Context
from tools.goals import EFFECT_TOOLS, Effect, Goal, Request
from tools.plan import MAX_STEPS, Plan, Step
from tools.quality import (
    ALREADY,
    describe,
    is_there_already,
    wanted_change,
    wanted_presence,
)
from tools.region import outside

_DONE_SHARE = 0.35
"""Share of the wanted change from which a goal needs no step of its own."""
_BESIDE_EFFECTS = 0.7
"""Goals that only spell out an effect are pursued with this much of their strength: the effect carries the rest."""
_REACH = 1.4
"""How far beyond its usual limit an amount may be turned where other steps work against it."""
_LEAST_EFFECT = 0.5
"""Share of its strength that an effect keeps where plain wishes speak against it."""
_LEAST_MEDIUM = 0.8
"""The same of a medium: a photo that shows through a drawing spoils both."""
_PLAIN = (0.9, 1.7)
"""Presence of an effect, as a share of the one wanted, that is aimed for."""
_FINE_EFFECTS = ("medium", "rain")
"""Kinds and values of effects whose marks are finer than the sketch."""
_NEARLY_THERE = 0.75
"""Share of its way at which a plain wish is nearly there."""
_LOST_UNITS = 0.1
"""What the photo had already is brought back where the steps have taken so much of it."""
_FINE_ATTRIBUTES = ("grain", "sharpness")
"""Attributes finer than the sketch, of which a step's amount is found on the preview."""
_LEAST_SHOWN = 0.1
"""Units of change from which it can be told how much more or less of a step is wanted."""
_TURNED = (0.5, 1.6)
"""Share of its usual amount to which such a step may be turned."""
_HARSH = ("contrast", "saturation", "fade", "clarity")
"""Attributes that spoil an effect when a mood beside it is pursued to the end."""


class Purpose(NamedTuple):
    """What a step is for, and how its amount may be turned."""

    wish: Goal | Effect
    dial: Dial | None = None
    """None where the amount is not a matter of degree."""


class Planning:
    """One plan in the making: its steps stand in `sketch`, what each is for in `purposes`."""

    def __init__(
        self,
        context: Context,
        request: Request,
        sketch: Sketch,
        history: Sequence[Attempt] = (),
        progress: Progress | None = None,
    ) -> None:
        """Begin a plan for a photo, or with `progress` the rest of one that is under way."""
        self.context = context
        self.request = request
        self.sketch = sketch
        self.boost = _boosts(history)
        self.keeps = [keep.region for keep in request.keeps if keep.region and sketch.has(keep.region)]
        self.notes = [
            f"no {keep.region} is found in this photo to keep"
            for keep in request.keeps
            if keep.region and not sketch.has(keep.region)
        ]
        self.purposes: list[Purpose | None] = []
        """Of each step; None for those that are taken already."""
        if progress is not None:
            sketch.resume(progress.steps, progress.image)
            self.purposes = [None] * len(progress.steps)
        self.goals = [goal for goal in sorted(request.goals, key=_order) if self._is_open(goal)]

    def draft(self) -> None:
        """Take a step for each effect and goal, then settle the amounts of all."""
        for kind in EFFECT_TOOLS:
            for effect in self.request.effects:
                if effect.kind == kind:
                    self._take_effect(effect)
        self.goals = [goal for goal in self.goals if not left_to_effects(goal, self.request, self.sketch)]
        for goal in self.goals:
            self._take_goal(goal)
        self._settle()
        self._bring_back()

    def plan(self) -> Plan:
        """The steps that are not taken yet, each with its reason."""
        done, steps = [], []
        for index, (purpose, step) in enumerate(zip(self.purposes, self.sketch.steps, strict=True)):
            if purpose is None:
                continue
            if isinstance(purpose.wish, Goal):
                reasoning = reason_for_goal(purpose.wish, self.sketch, index)
                done.append(goal_in_words(purpose.wish))
            else:
                reasoning = reason_for_effect(purpose.wish, self.context, self.sketch, index)
                done.append(plain(purpose.wish.value))
            steps.append(step.model_copy(update={"reasoning": reasoning}))
        return Plan(summary=summary(self.request, done, self.notes), steps=steps)

    def _is_open(self, goal: Goal) -> bool:
        """Whether a goal can be pursued in this photo and is not reached yet; if not, a note says why."""
        if goal.attribute != "bokeh" and not self._found(goal.region, goal.words):
            return False
        if goal.attribute == "saturation" and self._is_drained(goal.region):
            return False
        if self._already(goal):
            self.notes.append(f"{goal.attribute} is where {quoted(goal.words)} wants it already")
            return False
        return True

    def _is_drained(self, region: str) -> bool:
        """Whether a place is to be black and white, which leaves no colours to make stronger or weaker."""
        drained = (goal for goal in self.request.goals if goal.attribute == "monochrome" and goal.direction > 0)
        return any(goal.region == region for goal in drained)

    def _take_effect(self, effect: Effect) -> None:
        if not self._found(effect.region, effect.words):
            return
        if is_there_already(effect, self.sketch.before):
            self.notes.append(f"the photo is {plain(effect.value)} already")
            return
        tool, argument = EFFECT_TOOLS[effect.kind]
        shared = len(self.request.effects) ** -0.35
        strength = round(min(100, (40 + 60 * effect.strength) * shared * self.boost.get(describe(effect), 1)))
        args = {argument: effect.value, "strength": strength}
        if any(step.tool == tool and step.args[argument] == effect.value for step in self.sketch.steps):
            return
        step = Step(tool=tool, args=args, region=self.region(effect.region))
        most = min(100, _REACH * strength)
        self._push(step, Purpose(effect, Dial("strength", _least_share(effect) * strength, most)))

    def _take_goal(self, goal: Goal) -> None:
        """Take the step that moves a goal as far as it should go from where the steps so far have brought it."""
        if len(self.sketch.steps) >= MAX_STEPS:
            return
        drafted = draft(goal, self.request, self.sketch, self.region(goal.region))
        if isinstance(drafted, str):
            self.notes.append(drafted)
            return
        step, move = drafted
        if move.tool == "colour_wash" and self.request.implies(goal):
            return
        if self._was_tried(step) and (not move.solved or self._progress(goal) > _DONE_SHARE):
            return
        if move.solved:
            solved = self.sketch.solve(step, move.argument, self._limit(goal, move), goal, self._wanted(goal))
            if solved is not None:
                self._push(solved, Purpose(goal, self.dial(goal, move)))
            return
        amount = move.limit * self._share(goal, move)
        step.args[move.argument] = round(amount)
        if goal.attribute in _FINE_ATTRIBUTES:
            shown = self.sketch.fine_change(step, goal)
            share = abs(self._wanted(goal)) / shown if shown > _LEAST_SHOWN else 1.0
            step.args[move.argument] = round(min(amount * float(np.clip(share, *_TURNED)), move.limit))
        self._push(step, Purpose(goal, self.dial(goal, move)))

    def _share(self, goal: Goal, move: Move) -> float:
        """Share of its limit at which a tool is set whose amount is not found by trying."""
        if move.always:
            return 1.0
        beside = _BESIDE_EFFECTS if self.request.implies(goal) else 1.0
        return min(1.0, beside * (0.35 + 0.5 * goal.strength) * self.boost.get(describe(goal), 1))

    def _was_tried(self, step: Step) -> bool:
        """Whether a step that is taken already used the same tool in the same place."""
        taken = [other for purpose, other in zip(self.purposes, self.sketch.steps, strict=True) if purpose is None]
        return any(other.tool == step.tool and other.region == step.region for other in taken)

    def _push(self, step: Step, purpose: Purpose) -> None:
        self.sketch.push(step)
        self.purposes.append(purpose)

    def _settle(self) -> None:
        """Look at the finished plan as a whole: take steps that are missing, then balance the amounts of all."""
        pursued = [purpose.wish for purpose in self.purposes if purpose]
        for goal in self.goals:
            if is_balanced(goal) and goal not in pursued and self._progress(goal) < _DONE_SHARE:
                self._take_goal(goal)
        for goal in self.request.goals:
            if self._already(goal) and goal.direction * self.sketch.change(goal) < -_LOST_UNITS:
                self._take_goal(goal)
        balance(self.sketch, [_turnable(purpose) for purpose in self.purposes], self._loss)

    def dial(self, goal: Goal, move: Move) -> Dial | None:
        """How the amount of a move may be turned for a goal."""
        reach = min(1.0, _REACH * self._limit(goal, move) / move.limit)
        return None if move.always else Dial(move.argument, 0.0, move.limit * reach)

    def _loss(self) -> float:
        """How far the plan is from what was asked: 0 when wishes are nearly there, descriptions half, and keeps kept.

        Explicit wishes weigh more than descriptions, and those more than what an effect implies; a reversed goal counts
        extra, as do effects that show too little or too much, overshooting, clipping and burnt colours.
        """
        loss = 0.0
        for goal in self.goals:
            if is_balanced(goal):
                implied = self.request.implies(goal)
                weight = 0.25 if implied else 1.0 if goal.relative else 0.55
                progress = self._progress(goal)
                enough = _NEARLY_THERE if goal.relative else 0.5
                loss += weight * (max(0.0, enough - progress) ** 2 + (0.3 if progress < 0.08 else 0))
                loss += 0 if implied else 0.4 * weight * max(0.0, progress - 1.4) ** 2
        for purpose, step in zip(self.purposes, self.sketch.steps, strict=True):
            if purpose and purpose.dial and isinstance(purpose.wish, Effect):
                shown = self._shown(purpose.wish)
                share = float(step.args["strength"]) * _least_share(purpose.wish) / purpose.dial.least
                loss += (max(0.0, 1 - share) if shown is None else _beyond(shown, _PLAIN)) ** 2
        for attribute in dict.fromkeys(keep.attribute for keep in self.request.keeps if keep.attribute in UNIT):
            drift = self.sketch.change(Goal.model_validate({"attribute": attribute, "direction": 1}))
            loss += 0.3 * max(0.0, abs(drift) - 0.4) ** 2
        for goal in filter(self._already, self.request.goals):
            loss += 0.3 * max(0.0, -goal.direction * self.sketch.change(goal) - 0.4) ** 2
        loss += 0.4 * max(0.0, self.sketch.newly_burnt() - 0.06)
        return loss + 10 * max(0.0, self.sketch.new_clipping() - 0.03)

    def _shown(self, effect: Effect) -> float | None:
        """Presence of an effect as a share of the one wanted; None for those that are finer than the sketch."""
        if _is_fine(effect):
            return None
        presence = self.sketch.presence(effect, self.request)
        return None if presence is None else presence / wanted_presence(effect)

    def _progress(self, goal: Goal) -> float:
        wanted = self._wanted(goal)
        return self.sketch.change(goal) / wanted if wanted else 1.0

    def _bring_back(self) -> None:
        """Return attributes that should have stayed, and did not, to where they were."""
        for keep in self.request.keeps:
            if keep.attribute not in UNIT or len(self.sketch.steps) >= MAX_STEPS:
                continue
            drift = self.sketch.change(Goal.model_validate({"attribute": keep.attribute, "direction": 1}))
            direction = -1 if drift > 0 else 1
            move = MOVES.get((keep.attribute, direction))
            if abs(drift) < 0.4 or move is None or not move.solved:
                continue
            words = f"{keep.words} (keep {keep.attribute})"
            goal = Goal.model_validate({"attribute": keep.attribute, "direction": direction, "words": words})
            start = Step(tool=move.tool, args=dict(move.fixed), region=self.region("everywhere"))
            step = self.sketch.solve(start, move.argument, move.limit, goal, 0)
            if step is not None:
                self._push(step, Purpose(goal, Dial(move.argument, 0.0, move.limit)))

    def refine(self) -> None:
        """Turn the amounts once more, on the whole preview and by the judge, who sees what no wish speaks of.

        What a plain wish loses by that must bring as much in score; descriptions and effects are the judge's to weigh.
        """
        self.sketch = self.sketch.whole()
        was = self._short_of_wishes()

        def short_of_best() -> float:
            lost = max(0.0, self._short_of_wishes() - was)
            return 5 - self.sketch.assess(self.request).scores["picture"] + lost

        fine_tune(self.sketch, [purpose.dial if purpose else None for purpose in self.purposes], short_of_best)

    def _short_of_wishes(self) -> float:
        """By what share of its way each plain wish is not nearly there, summed up."""
        wishes = (goal for goal in self.goals if goal.relative and is_balanced(goal))
        return sum(max(0.0, _NEARLY_THERE - self._progress(goal)) for goal in wishes)

    def _wanted(self, goal: Goal) -> float:
        """Change to aim for, in units: by strength, less where the photo is near the end of the scale already."""
        share = _BESIDE_EFFECTS if self.request.implies(goal) else 1.0
        value = self.sketch.value(self.sketch.before, goal)
        wanted = wanted_change(goal, value, share=share * self.boost.get(describe(goal), 1))
        return goal.direction * min(abs(wanted), undenied(goal, self.request))

    def _limit(self, goal: Goal, move: Move) -> float:
        """How far the argument may go: mild wishes and mere descriptions do not get extreme steps."""
        share = min(1.0, 0.4 + 0.6 * goal.strength * self.boost.get(describe(goal), 1))
        tempered = goal.attribute in _HARSH and not goal.relative and bool(self.request.effects)
        return move.limit * share * (0.6 if tempered else 1.0)

    def _already(self, goal: Goal) -> bool:
        """Whether a described attribute is there already: "a warm light" on a warm photo."""
        if goal.attribute not in ALREADY or goal.region != "everywhere":
            return False
        if goal.relative and goal.attribute != "monochrome":
            return False
        value = self.sketch.value(self.sketch.before, goal)
        return goal.direction * (value - ALREADY[goal.attribute][goal.direction]) >= 0

    def _found(self, region: str, words: str) -> bool:
        if region == "everywhere" or self.sketch.has(region):
            return True
        self.notes.append(f"no {region} is found in this photo, so {quoted(words)} was left out")
        return False

    def region(self, region: str) -> str:
        """The region less what should be kept."""
        kept = " | ".join(dict.fromkeys(self.keeps))
        if not kept:
            return region
        rest = outside(kept)
        if region in ("everywhere", rest):
            return rest
        combined = f"({region}) & {rest}" if "|" in region else f"{region} & {rest}"
        return combined if self.sketch.has(combined) else region


def _boosts(history: Sequence[Attempt]) -> dict[str, float]:
    """How much harder to try for each goal that earlier attempts missed."""
    boosts: dict[str, float] = {}
    for attempt in history:
        for result in attempt.assessment.results:
            if result.status in ("missed", "partly"):
                boosts[result.goal] = boosts.get(result.goal, 1.0) * 1.5
    return boosts


def _least_share(effect: Effect) -> float:
    """Share of its strength that an effect keeps in any case."""
    return _LEAST_MEDIUM if effect.kind == "medium" else _LEAST_EFFECT


def _is_fine(wish: Goal | Effect) -> bool:
    """Whether the marks of an effect are finer than the sketch."""
    return isinstance(wish, Effect) and (wish.kind in _FINE_EFFECTS or wish.value in _FINE_EFFECTS)


def _beyond(value: float, span: tuple[float, float]) -> float:
    """How far a value is outside a span."""
    return max(0.0, span[0] - value, value - span[1])


def _turnable(purpose: Purpose | None) -> Dial | None:
    """The dial of a step whose outcome the sketch shows."""
    if purpose is None or (isinstance(purpose.wish, Goal) and not is_balanced(purpose.wish)):
        return None
    return purpose.dial


def _order(goal: Goal) -> int:
    """Place of a goal's step in the usual order of work."""
    move = MOVES.get((goal.attribute, goal.direction))
    stand_in = {"monochrome": "temperature", "colour": "saturation", "hue": "saturation"}
    tool = stand_in.get(goal.attribute) or (move.tool if move else None)
    return ORDER.index(tool) if tool else len(ORDER)
