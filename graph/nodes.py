"""The nodes: each takes the state and the runtime settings and returns what changes, or where to go next."""

import time
from typing import Any, Literal

import anyio.to_thread
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt

from graph.policies import Attempt, make_policy
from graph.record import Record, recorded
from graph.settings import LocalSettings, Settings, settings_of
from graph.state import State
from graph.thumbnails import thumbnail
from graph.tool_session import ToolSession, current_session
from graph.trace import StepRecord
from tools.context import Context
from tools.declare import ToolError
from tools.plan import Plan, read_plan
from tools.quality import Assessment
from tools.request import parse_request
from tools.types import Json

GOOD_ENOUGH = 4.2
"""A picture score from which the policy does not revise."""
MAX_REQUEST_CHARACTERS = 100_000
_GIVEN_ONCE: Json = {"goals": None, "output": None}
"""Optional input is of one run; the next run of the thread does not inherit it."""
_ANSWERS: list[Json] = [
    {"decision": "accept"},
    {"decision": "edit", "plan": "..."},
    {"decision": "reject", "reason": "..."},
]
"""What a person may answer when asked to approve a plan."""


@recorded
async def perceive(state: State, runtime: Runtime[Settings], record: Record) -> Json:
    """Open the photo, measure its context, and read the request."""
    settings = settings_of(runtime)
    request = _checked_request(state["request"])
    session = await current_session(settings.root)
    started = {
        "photo": state["photo"],
        "request": request,
        "goals": state.get("goals"),
        "settings": settings.model_dump(include=set(Settings.model_fields)),
    }
    await record.write("start", started)
    opened, preview = await session.call_seeing("open_image", path=state["photo"])
    context = await session.call("measure_image", image=opened["uri"])
    reading = (await anyio.to_thread.run_sync(parse_request, request)).model_dump()
    seen = {"image": opened["uri"], "context": context["context"], "reading": reading}
    observed = {"photo_sha256": opened["source_sha256"], "words": context["words"], "notes": opened["notes"]}
    await record.write("perceive", {**seen, **observed}, {opened["uri"]: preview})
    return {**seen, "request": request, "history": [], "best": None, "decision": None}


@recorded
async def plan(
    state: State, runtime: Runtime[Settings], record: Record
) -> Command[Literal["approve", "act", "assess"]]:
    """Let the policy write a plan."""
    settings = settings_of(runtime)
    session = await current_session(settings.root)
    image = await session.read_picture(state["image"])
    history = [_attempt(entry, await session.read_picture(entry["result"])) for entry in state["history"]]
    context = Context.model_validate(state["context"])
    policy = await anyio.to_thread.run_sync(make_policy, settings)
    planned = await anyio.to_thread.run_sync(policy.plan, context, state["request"], image, history)
    proposal = planned.model_dump()
    await record.write("plan", {"policy": policy.name, "attempt": len(history) + 1, "plan": proposal})
    goto: Literal["approve", "act"] = "approve" if settings.approve else "act"
    return Command(update=_fresh(state, proposal), goto=goto if planned.steps else "assess")


@recorded
async def approve(
    state: State, runtime: Runtime[Settings], record: Record
) -> Command[Literal["act", "assess", "__end__"]]:
    """Show the plan and wait for a person: accept it, edit it, or reject it with a reason."""
    proposed = state["plan"]
    decision, agreed, reason = _decision(proposed)
    said: Json = {"decision": decision, "proposed": proposed}
    if agreed is None:
        said["reason"] = reason
        await record.write("approve", said)
        outcome: Json = {"result": state["image"], "message": "The plan was rejected; nothing was changed."}
        await record.write("finish", {**outcome, "plan": proposed, "assessment": None, "output": None})
        return Command(update={**outcome, "decision": said, **_GIVEN_ONCE}, goto="__end__")
    said["plan"] = agreed
    await record.write("approve", said)
    return Command(update={**_fresh(state, agreed), "decision": said}, goto="act" if agreed["steps"] else "assess")


def _decision(proposed: Json) -> tuple[str, Json | None, str]:
    """Ask until the answer is one: the decision, the plan agreed on or None, and the reason given."""
    question: Json = {"question": "Accept, edit or reject this plan?", "plan": proposed, "answers": _ANSWERS}
    while True:
        answer = interrupt(question)
        try:
            return _read_answer(answer, proposed)
        except ToolError as error:
            question = {**question, "problem": str(error)}


def _read_answer(answer: Any, proposed: Json) -> tuple[str, Json | None, str]:
    given: Json = answer if isinstance(answer, dict) else {"decision": answer}
    match given.get("decision"):
        case "accept":
            return "accept", proposed, ""
        case "edit":
            if not isinstance(given.get("plan"), dict | str):
                raise ToolError("the decision 'edit' brings the edited plan with it, under 'plan'")
            return "edit", read_plan(given["plan"]).model_dump(), ""
        case "reject":
            return "reject", None, str(given.get("reason", ""))
    raise ToolError(f"the decision {given.get('decision')!r} is not known; it is accept, edit or reject")


@recorded
async def act(state: State, runtime: Runtime[Settings], record: Record) -> Command[Literal["act", "assess"]]:
    """Run one step of the plan on the proxy and measure what it changed; a step that cannot be done is left out."""
    settings = settings_of(runtime)
    session = await current_session(settings.root)
    plan, position = state["plan"], state["position"]
    step = plan["steps"][position]
    started = time.perf_counter()
    result, change, error = state["current"], {}, None
    pictures = {}
    try:
        done, preview = await session.call_seeing("apply_step", image=result, step=step, seed=settings.seed)
        result, change = done["uri"], done["changes"]
        pictures[result] = thumbnail(preview)
    except ToolError as failure:
        error = str(failure)
    taken = StepRecord(
        **step,
        image=state["current"],
        result=result,
        change=change,
        seconds=round(time.perf_counter() - started, 3),
        error=error,
    ).model_dump()
    await record.write("step", taken, pictures)
    if error is None:
        position += 1
    else:
        plan = _without(plan, position, error)
    return Command(
        update={
            "plan": plan,
            "current": result,
            "position": position,
            "observed": [*state["observed"], taken],
        },
        goto="act" if position < len(plan["steps"]) else "assess",
    )


def _without(plan: Json, position: int, error: str) -> Json:
    """The plan without a step that could not be done, and with a word about it."""
    steps = [step for index, step in enumerate(plan["steps"]) if index != position]
    return {"summary": f"{plan['summary']} (Left out: {error}.)", "steps": steps}


@recorded
async def assess(state: State, runtime: Runtime[Settings], record: Record) -> Command[Literal["revise", "finish"]]:
    """Judge the result against the request, and remember it if it is the best so far."""
    settings = settings_of(runtime)
    session = await current_session(settings.root)
    judged = await session.call(
        "assess_edit",
        before=state["image"],
        after=state["current"],
        request=state["request"],
        goals=state.get("goals"),
    )
    assessment = Assessment.model_validate(judged["assessment"])
    attempt = {
        "plan": state["plan"],
        "result": state["current"],
        "assessment": assessment.model_dump(),
        "observed": state["observed"],
    }
    best = state.get("best")
    better = best is None or assessment.scores["picture"] > best["assessment"]["scores"]["picture"]
    await record.write("assess", {"assessment": attempt["assessment"], "result": state["current"]})
    revisable = (
        better
        and len(state["history"]) < settings.revisions
        and assessment.scores["picture"] < GOOD_ENOUGH
        and bool(state["plan"]["steps"])
        and state.get("decision") is None
    )
    update: Json = {"best": attempt if better else best}
    if revisable:
        return Command(update={**update, "history": [*state["history"], attempt]}, goto="revise")
    return Command(update=update, goto="finish")


def revise(state: State) -> Command[Literal["plan"]]:
    """Start over from the photo with what was learned; the policy sees the history."""
    return Command(update={"current": state["image"]}, goto="plan")


@recorded
async def finish(state: State, runtime: Runtime[Settings], record: Record) -> Json:
    """Render the best plan at full size in one call and write it where it was asked for."""
    settings = settings_of(runtime)
    session = await current_session(settings.root)
    best = state["best"]
    assert best is not None
    written = await _export(session, state, settings, best) if best["plan"]["steps"] else None
    message = f"Wrote {written}." if written else _why_unchanged(state, best)
    outcome = {
        "result": best["result"],
        "plan": best["plan"],
        "assessment": best["assessment"],
        "message": message,
    }
    await record.write("finish", {**outcome, "output": written})
    return {**outcome, **_GIVEN_ONCE}


async def _export(session: ToolSession, state: State, settings: LocalSettings, best: Json) -> str | None:
    output = state.get("output")
    if output is None:
        return None
    exported = await session.call("export_image", image=best["result"], path=output, overwrite=settings.overwrite)
    return str(exported["path"])


def _why_unchanged(state: State, best: Json) -> str:
    if best["plan"]["steps"]:
        return "The styled picture is ready."
    return best["plan"]["summary"] or "Nothing to change."


def _checked_request(request: Any) -> str:
    if not isinstance(request, str) or not request.strip():
        raise ToolError(
            "the request is empty; say in words how the photo should look, such as 'a moody autumn evening'"
        )
    if len(request) > MAX_REQUEST_CHARACTERS:
        raise ToolError(f"the request has {len(request)} characters; at most {MAX_REQUEST_CHARACTERS} are read")
    try:
        request.encode()
    except UnicodeEncodeError:
        raise ToolError("the request is not UTF-8 text; check the encoding of the terminal it comes from") from None
    return request.strip()


def _fresh(state: State, proposal: Json) -> Json:
    return {"plan": proposal, "current": state["image"], "position": 0, "observed": []}


def _attempt(entry: Json, image: bytes) -> Attempt:
    return Attempt(
        plan=Plan.model_validate(entry["plan"]),
        image=image,
        assessment=Assessment.model_validate(entry["assessment"]),
        observed=entry["observed"],
    )
