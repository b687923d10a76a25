"""What the rules say: the reason for each step, checkable against measurements, and the plan's summary."""

from collections.abc import Sequence

from graph.policies.sketch import Sketch
from tools.attributes import UNIT
from tools.context import Context
from tools.goals import Effect, Goal, Request
from tools.quality import describe
from tools.signatures import signature

_ASK_FOR = "'warmer', 'a foggy morning', 'like an old film', 'darken the sky'"


def reason_for_effect(effect: Effect, context: Context, sketch: Sketch, index: int) -> str:
    """What the photo is, what was asked for, and what the effect's step at `index` is expected to bring."""
    seen = context.words()
    shown = ", " + (", ".join(_expected_signs(effect, sketch, index)) or "plain to see")
    asked = quoted(effect.words or plain(effect.value))
    return f"The photo is {seen[1]}, {seen[3]}; you asked for {asked}. Expected: {plain(effect.value)}{shown}."


def _expected_signs(effect: Effect, sketch: Sketch, index: int) -> list[str]:
    """The attributes by which an effect shows, before and after its step."""
    place = "" if effect.region == "everywhere" else f" in the {effect.region}"
    before, after = sketch.attributes(index), sketch.attributes(index + 1)
    mask = None if effect.region == "everywhere" else sketch.mask(effect.region)
    return [
        f"{name}{place} {before.measure(name, mask):.1f} -> {after.measure(name, mask):.1f}"
        for name, _ in signature(effect.kind, effect.value)
    ]


def reason_for_goal(goal: Goal, sketch: Sketch, index: int) -> str:
    """What is measured before the step at `index`, what was asked for, and the value expected after the step."""
    asked = f"you asked for {quoted(goal.words or describe(goal))}"
    place = "" if goal.region == "everywhere" else f" in the {goal.region}"
    if goal.attribute not in UNIT and goal.attribute != "hue":
        return f"The photo shows no {goal.attribute}; {asked}. Expected: {goal.attribute}{place}."
    name = str({"colour": goal.colour, "hue": goal.to_colour}.get(goal.attribute, goal.attribute))
    before = sketch.value(sketch.attributes(index), goal)
    after = sketch.value(sketch.attributes(index + 1), goal)
    expected = f"{name}{place} {before:.1f} -> {after:.1f}"
    return f"{name.capitalize()}{place} measures {before:.1f}; {asked}. Expected: {expected}."


def summary(request: Request, done: Sequence[str], notes: Sequence[str]) -> str:
    """The plan in one line, with what was left out and why."""
    remarks = list(dict.fromkeys([*_left_out(request), *notes]))
    aside = "; ".join(remarks)
    if done:
        made = ", ".join(dict.fromkeys(done))
        return f"{made[0].upper()}{made[1:]}." + (f" ({aside}.)" if aside else "")
    if aside:
        return f"Nothing was changed: {aside}."
    if request.nothing_asked:
        return "Nothing was changed: the request asks for no change."
    return f"Nothing was changed: no word of the request says how the photo should look. Try words such as {_ASK_FOR}."


def goal_in_words(goal: Goal) -> str:
    """A goal as a phrase: "more warmth in the sky"."""
    place = "" if goal.region == "everywhere" else f" in the {goal.region}"
    if goal.attribute == "hue":
        return f"{goal.colour or 'colours'} turned {goal.to_colour}{place}"
    name = goal.colour if goal.attribute == "colour" else goal.attribute
    return f"{'more' if goal.direction > 0 else 'less'} {name}{place}"


def plain(name: str) -> str:
    """A value of the library in plain words."""
    return name.replace("_", " ")


def quoted(words: str) -> str:
    """Words of the request, marked as such."""
    return f"'{words}'"


def _left_out(request: Request) -> list[str]:
    editor = [f"{quoted(phrase)} needs a generative editor" for phrase in request.needs_editor]
    lost = [
        f"{quoted(thing)} cannot be found by measurement, so wishes about it were left out"
        for thing in request.unlocated
    ]
    return editor + lost
