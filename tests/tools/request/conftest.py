"""What a request comes to, in short, for the tests of its parser."""

from tools.goals import Goal, Request


def signs(request: Request) -> set[str]:
    """Goals, effects and keeps in short: `warmth+@skin`, `sat:blue-`, `hue:pink>orange`, `time=dusk`, `keep=sky`."""
    goals = {_short(goal) + ("" if goal.region == "everywhere" else f"@{goal.region}") for goal in request.goals}
    effects = {f"{effect.kind}={effect.value}" for effect in request.effects}
    return goals | effects | {f"keep={keep.region or keep.attribute}" for keep in request.keeps}


def _short(goal: Goal) -> str:
    if goal.attribute == "hue":
        return f"hue:{goal.colour or ''}>{goal.to_colour}"
    name = f"sat:{goal.colour}" if goal.attribute == "colour" else goal.attribute
    return name + ("+" if goal.direction > 0 else "-")
