"""The embedded policy: goals read from the sentence, turned into steps for this photo. No weights, no network.

Effects come first (night, autumn, a film look), then each attribute that is not yet where the person wants it is moved
by its tool, with an argument found by trying it on a small copy of the photo. What the photo already is, is left alone.
Kept regions are cut out of every step and kept attributes are brought back at the end.
"""

from collections.abc import Iterator

from graph.policies import Attempt
from graph.policies.moves import EFFECT_TOOLS, MOVES, ORDER, Move
from graph.policies.sketch import Sketch, unit
from tools.attributes import UNIT
from tools.context import Context
from tools.declare import REGISTRY
from tools.goals import Effect, Goal, Request
from tools.plan import MAX_STEPS, Plan, Step
from tools.quality import ALREADY, FULL_SCALE_UNITS, describe
from tools.region import COLOURS
from tools.request import parse_request
from tools.signatures import signature

_BAND_OF = {"pink": "magenta", "brown": "orange"}
_UNMEASURED_COLOURS = ("white", "black", "grey")


class RulesPolicy:
    """Plans by rules; `seed` is the seed with which the plan will be rendered."""

    name = "rules"

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def plan(self, context: Context, request: str, image: bytes, history: list[Attempt]) -> Plan:
        """Plan for one photo; see `graph.policies.Policy.plan`."""
        return _Planning(context, parse_request(request), Sketch(image, self.seed), history).run()


class _Planning:
    """The making of one plan."""

    def __init__(self, context: Context, request: Request, sketch: Sketch, history: list[Attempt]) -> None:
        self.context = context
        self.request = request
        self.sketch = sketch
        self.boost = _boosts(history)
        self.keeps = [keep.region for keep in request.keeps if keep.region and sketch.has(keep.region)]
        self.notes: list[str] = []
        self.done: list[str] = []
        self.owners: list[Goal | None] = []
        """For each step, the goal whose attribute it was solved for."""

    def run(self) -> Plan:
        """Write the plan."""
        self._note_what_cannot_be_done()
        for kind in EFFECT_TOOLS:
            for effect in self.request.effects:
                if effect.kind == kind:
                    self._take_effect(effect)
        for goal in sorted(self.request.goals, key=_order):
            if len(self.sketch.steps) >= MAX_STEPS - 1 and _is_implied(goal, self.request):
                continue
            self._take_goal(goal)
        self._keep_attributes()
        self._settle()
        return Plan(summary=self._summary(), steps=self.sketch.steps[:MAX_STEPS])

    def _take_effect(self, effect: Effect) -> None:
        if not self._found(effect.region, effect.words):
            return
        if self._is_already(effect):
            self.notes.append(f"the photo is {_plain(effect.value)} already")
            return
        tool, argument = EFFECT_TOOLS[effect.kind]
        if len(self.sketch.steps) >= MAX_STEPS - 2 or not _offers(tool, argument, effect.value):
            return
        strength = round(min(100, (40 + 55 * effect.strength) * self.boost.get(describe(effect), 1)))
        reasoning = (
            f"{self._seen()}; you asked for {_quoted(effect.words or effect.value)}. Expected: {self._promise(effect)}."
        )
        self._push(
            Step(
                reasoning=reasoning,
                tool=tool,
                args={argument: effect.value, "strength": strength},
                region=self._region(effect.region),
            )
        )
        self.done.append(_plain(effect.value))

    def _take_goal(self, goal: Goal) -> None:
        if goal.attribute != "bokeh" and not self._found(goal.region, goal.words):
            return
        if self._already(goal):
            self.notes.append(f"{goal.attribute} is where {_quoted(goal.words)} wants it already")
            return
        step, move = self._draft(goal)
        if step is None or move is None:
            return
        if not move.solved:
            amount = round(move.limit * (0.35 + 0.5 * goal.strength) * self.boost.get(describe(goal), 1))
            limit = abs(move.limit)
            step.args[move.argument] = max(-limit, min(limit, amount))
        else:
            solved = self.sketch.solve(step, move.argument, self._limit(goal, move), goal, self._wanted(goal))
            if solved is None:
                return
            step = solved
        self._push(step, goal)
        self.sketch.steps[-1].reasoning = self._reason(goal, len(self.sketch.steps) - 1)
        self.done.append(_in_words(goal))

    def _draft(self, goal: Goal) -> tuple[Step | None, Move | None]:
        """The step that moves a goal, with its amount still to be found."""
        region = self._region(goal.region)
        if goal.attribute == "monochrome":
            return self._monochrome(goal, region)
        if goal.attribute == "colour":
            return self._colour(goal, region)
        if goal.attribute == "hue":
            return self._hue(goal, region)
        move = MOVES.get((goal.attribute, goal.direction))
        if move is None or move.tool not in REGISTRY:
            return None, None
        if move.tool == "background_blur":
            region = "everywhere"
            if not self.sketch.has("subject"):
                self.notes.append("no subject stands out, so the background was not blurred")
                return None, None
        return Step(tool=move.tool, args=dict(move.fixed), region=region), move

    def _monochrome(self, goal: Goal, region: str) -> tuple[Step | None, Move | None]:
        if goal.direction < 0:
            return None, None
        warm = any(other.attribute == "warmth" and other.direction > 0 for other in self.request.goals)
        move = Move("monochrome", "amount", 100, solved=False, fixed={"toning": "sepia" if warm else "none"})
        return Step(tool=move.tool, args={**move.fixed, "amount": 100}, region=region), _fixed_at(move, goal)

    def _colour(self, goal: Goal, region: str) -> tuple[Step | None, Move | None]:
        if goal.colour is None or goal.colour in _UNMEASURED_COLOURS:
            return None, None
        band = _BAND_OF.get(goal.colour, goal.colour)
        move = Move("colour_band", "saturation", 90 * goal.direction, fixed={"band": band})
        return Step(tool=move.tool, args=dict(move.fixed), region=region), move

    def _hue(self, goal: Goal, region: str) -> tuple[Step | None, Move | None]:
        if goal.to_colour is None or not _offers("recolour", "hue", goal.to_colour):
            return None, None
        source = _BAND_OF.get(goal.colour or "", goal.colour or "")
        if source in COLOURS:
            region = source if region == "everywhere" else f"({region}) & {source}"
            if not self.sketch.has(region):
                self.notes.append(f"there is no {goal.colour} to change")
                return None, None
        move = Move("recolour", "amount", 100, solved=False, fixed={"hue": goal.to_colour})
        return Step(tool="recolour", args=dict(move.fixed), region=region), move

    def _push(self, step: Step, goal: Goal | None = None) -> None:
        self.sketch.push(step)
        self.owners.append(goal)

    def _keep_attributes(self) -> None:
        """Bring attributes that should have stayed back to where they were."""
        for keep in self.request.keeps:
            if keep.attribute is None or keep.attribute not in UNIT or len(self.sketch.steps) >= MAX_STEPS:
                continue
            probe = Goal(attribute=keep.attribute, direction=1, words=keep.words)
            drift = self.sketch.change(probe)
            goal = probe.model_copy(update={"direction": -1 if drift > 0 else 1})
            move = MOVES.get((goal.attribute, goal.direction))
            if abs(drift) < 0.4 or move is None or not move.solved or move.tool not in REGISTRY:
                continue
            step = self.sketch.solve(
                Step(tool=move.tool, region=self._region("everywhere")), move.argument, move.limit, goal, 0
            )
            if step is None:
                continue
            step.reasoning = (
                f"The other steps would have moved {keep.attribute} by {drift * UNIT[keep.attribute]:+.1f}; "
                f"you asked to keep it ({_quoted(keep.words)}), so it goes back."
            )
            self._push(step)

    def _settle(self) -> None:
        """Later steps may have undone earlier goals: solve those again with everything in place."""
        for index, goal in enumerate(self.owners):
            if goal is None or self._already(goal):
                continue
            wanted, change = self._wanted(goal), self.sketch.change(goal)
            if change / wanted >= 0.35:
                continue
            step, move = self._draft(goal)
            if step is None or move is None or not move.solved:
                continue
            strengthened = self._strengthen(index, move, goal, wanted)
            if strengthened is not None:
                self.sketch.replace(index, strengthened)
                self.sketch.steps[index].reasoning = self._reason(goal, index)
        for index, goal in enumerate(self.owners):
            if goal is not None:
                self.sketch.steps[index].reasoning = self._reason(goal, index)

    def _strengthen(self, index: int, move: Move, goal: Goal, wanted: float) -> Step | None:
        """Push the step at `index` further, in three strides up to the tool's limit, until the end result is right."""
        original = self.sketch.steps[index]
        start = float(original.args[move.argument])
        best: Step | None = None
        for share in (0.4, 0.7, 1.0):
            amount = start + share * (move.limit - start)
            amount = round(amount, 2) if abs(move.limit) < 4 else round(amount)
            best = Step(tool=move.tool, args={**original.args, move.argument: amount}, region=original.region)
            self.sketch.replace(index, best)
            if self.sketch.change(goal) / wanted >= 0.5:
                break
        return best

    def _wanted(self, goal: Goal) -> float:
        """Change to aim for, in units: by strength, less where the photo is near the end of the scale already."""
        wanted = goal.direction * goal.strength * FULL_SCALE_UNITS * self.boost.get(describe(goal), 1)
        if goal.attribute in ALREADY and not goal.relative and goal.region == "everywhere":
            value = self.sketch.value(self.sketch.before, goal)
            left = abs(ALREADY[goal.attribute][goal.direction] - value) / unit(goal)
            wanted = goal.direction * min(abs(wanted), max(0.5, left))
        if goal.attribute == "brightness":
            value = self.sketch.value(self.sketch.before, goal)
            room = (94 - value) if goal.direction > 0 else (value - 8)
            wanted = goal.direction * min(abs(wanted), max(0.25, 0.45 * room / UNIT["brightness"]))
        return wanted

    def _limit(self, goal: Goal, move: Move) -> float:
        return move.limit * min(1.0, 0.4 + 0.6 * goal.strength * self.boost.get(describe(goal), 1))

    def _already(self, goal: Goal) -> bool:
        """Whether a described attribute is there already: "a warm light" on a warm photo."""
        if goal.attribute not in ALREADY or goal.region != "everywhere":
            return False
        if goal.relative and goal.attribute != "monochrome":
            return False
        value = self.sketch.value(self.sketch.before, goal)
        return goal.direction * (value - ALREADY[goal.attribute][goal.direction]) >= 0

    def _is_already(self, effect: Effect) -> bool:
        """Whether every sign of an effect is in the photo already."""
        signs = [sign for sign in signature(effect.kind, effect.value) if sign[0] in ALREADY]
        if not signs or effect.kind in ("weather", "season", "medium") or effect.region != "everywhere":
            return False
        values = self.context.attributes
        return all(direction * (values[name] - ALREADY[name][direction]) >= 0 for name, direction in signs)

    def _found(self, region: str, words: str) -> bool:
        if region == "everywhere" or self.sketch.has(region):
            return True
        self.notes.append(f"no {region} is found in this photo, so {_quoted(words)} was left out")
        return False

    def _region(self, region: str) -> str:
        """The region less what should be kept."""
        kept = " | ".join(dict.fromkeys(self.keeps))
        if not kept:
            return region
        outside = f"not ({kept})" if "|" in kept else f"not {kept}"
        if region == "everywhere":
            return outside
        combined = f"({region}) & {outside}" if "|" in region else f"{region} & {outside}"
        return combined if self.sketch.has(combined) else region

    def _note_what_cannot_be_done(self) -> None:
        for phrase in self.request.needs_editor:
            self.notes.append(f"{_quoted(phrase)} needs a generative editor, which is not set up, so it was left out")
        for thing in self.request.unlocated:
            self.notes.append(f"{_quoted(thing)} cannot be found by measurement, so wishes about it were left out")

    def _seen(self) -> str:
        words = self.context.words()
        return f"The photo is {words[1]}, {words[3]}"

    def _promise(self, effect: Effect) -> str:
        signs = signature(effect.kind, effect.value)
        shown = " and ".join(f"{'more' if sign > 0 else 'less'} {name}" for name, sign in signs)
        return f"{_plain(effect.value)}" + (f", with {shown}" if shown else ", plain to see")

    def _reason(self, goal: Goal, index: int) -> str:
        """What was measured, what is wanted, and what the step is predicted to change."""
        asked = f"you asked for {_quoted(goal.words or describe(goal))}"
        place = "" if goal.region == "everywhere" else f" in the {goal.region}"
        if goal.attribute not in UNIT and goal.attribute != "hue":
            return f"The photo shows no {goal.attribute}; {asked}. Expected: {goal.attribute}{place}."
        name = {"colour": goal.colour, "hue": goal.to_colour}.get(goal.attribute, goal.attribute)
        before = self.sketch.value(self.sketch.before, goal)
        after = self.sketch.value(self.sketch.attributes(), goal)
        return (
            f"{str(name).capitalize()}{place} measures {before:.1f}; {asked}. "
            f"Expected in the finished picture: {name} {before:.1f} -> {after:.1f}."
        )

    def _summary(self) -> str:
        notes = "; ".join(dict.fromkeys(self.notes))
        if self.done:
            made = ", ".join(dict.fromkeys(self.done))
            return f"{made[0].upper()}{made[1:]}." + (f" ({notes}.)" if notes else "")
        if notes:
            return f"Nothing was changed: {notes}."
        if self.request.nothing_asked:
            return "Nothing was changed: the request asks for no change."
        return (
            "Nothing was changed: no word of the request says how the photo should look. "
            "Say what you want in words such as 'warmer', 'a foggy morning', 'like an old film', 'darken the sky'."
        )


def _boosts(history: list[Attempt]) -> dict[str, float]:
    """How much harder to try for each goal that earlier attempts missed."""
    boosts: dict[str, float] = {}
    for attempt in history:
        for result in attempt.assessment.results:
            if result.status in ("missed", "partly"):
                boosts[result.goal] = boosts.get(result.goal, 1.0) * 1.5
    return boosts


def _order(goal: Goal) -> tuple[int, int]:
    if goal.attribute == "monochrome":
        return (ORDER.index("temperature"), 0)
    if goal.attribute in ("colour", "hue"):
        return (ORDER.index("saturation"), 1)
    move = MOVES.get((goal.attribute, goal.direction))
    return (ORDER.index(move.tool) if move else len(ORDER), 0)


def _is_implied(goal: Goal, request: Request) -> bool:
    """Whether a goal only spells out an effect that has a step of its own."""
    return any(effect.words == goal.words for effect in request.effects)


def _fixed_at(move: Move, goal: Goal) -> Move:
    """A move whose amount is the same at every strength: black and white is not a matter of degree."""
    full = move.limit / (0.35 + 0.5 * goal.strength)
    return Move(move.tool, move.argument, max(full, move.limit), solved=False, fixed=move.fixed)


def _offers(tool: str, argument: str, value: str) -> bool:
    """Whether the library has the tool and its argument takes the value."""
    if tool not in REGISTRY:
        return False
    return value in REGISTRY[tool].schema()["properties"].get(argument, {}).get("enum", ())


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _quoted(words: str) -> str:
    return f"'{words}'"


def _in_words(goal: Goal) -> str:
    return next(_phrases(goal))


def _phrases(goal: Goal) -> Iterator[str]:
    place = "" if goal.region == "everywhere" else f" in the {goal.region}"
    if goal.attribute == "hue":
        yield f"{goal.colour or 'colours'} turned {goal.to_colour}{place}"
    name = goal.colour if goal.attribute == "colour" else goal.attribute
    yield f"{'more' if goal.direction > 0 else 'less'} {name}{place}"
