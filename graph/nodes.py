"""The nodes: each takes the state and the runtime settings and returns what changes; `goto` says where to go next."""

import time

import anyio.to_thread
from langgraph.graph import END
from langgraph.runtime import Runtime

from graph.approval import ask_about, preview_of_plan
from graph.attempts import can_compare, judged_attempt
from graph.claims import checked_claims, claimed_changes
from graph.conversation import account_of, answer, asked, outcome_of
from graph.editing import check_editor, edit_whole, is_for_editor
from graph.policies import Attempt, Progress, looking_again, make_policy
from graph.record import Record, recorded
from graph.settings import LocalSettings, Settings, settings_of
from graph.state import State
from graph.thumbnails import thumbnail
from graph.tool_session import ToolSession, current_session
from graph.trace import StepRecord
from tools.context import Context
from tools.declare import ToolError
from tools.goals import read_goals
from tools.plan import MAX_STEPS, Plan, read_plan
from tools.quality import Assessment
from tools.request import parse_request
from tools.types import Json

GOOD_ENOUGH = 4.2
"""A picture score from which the policy does not revise."""
_LEFT_ALONE: Json = {"summary": "Nothing was changed: what was tried did no better than leaving it alone.", "steps": []}
_GIVEN_ONCE: Json = {"goals": None, "output": None}
"""Optional input is of one run; the next run of the thread does not inherit it."""


@recorded
async def perceive(state: State, runtime: Runtime[Settings], record: Record) -> Json:
    """Open the photo, or the last result of the conversation, measure it, and read the request."""
    settings = settings_of(runtime)
    photo, request, message = asked(state)
    session = await current_session(settings.root)
    started = {
        "photo": photo,
        "request": request,
        "goals": state.get("goals"),
        "settings": settings.model_dump(include=set(Settings.model_fields)),
    }
    await record.write("start", started)
    if settings.renderer == "editor":
        await check_editor(session)
    opened, preview = await session.call_seeing("open_image", path=photo)
    context = await session.call("measure_image", image=opened["uri"])
    reading = (await anyio.to_thread.run_sync(parse_request, request)).model_dump()
    seen = {"image": opened["uri"], "context": context["context"], "reading": reading}
    observed = {"photo_sha256": opened["source_sha256"], "words": context["words"], "notes": opened["notes"]}
    await record.write("perceive", {**seen, **observed}, {opened["uri"]: preview})
    heard = {"photo": photo, "request": request, "messages": [message], "heard": message.id}
    return {**heard, **seen, "observed": [], "history": [], "best": None, "decision": None}


@recorded
async def plan(state: State, runtime: Runtime[Settings], record: Record) -> Json:
    """Let the policy write a plan; after a step, when it looks again, the rest of one."""
    settings = settings_of(runtime)
    session = await current_session(settings.root)
    true = state.get("goals")
    goals = read_goals(true) if true else None
    policy = await anyio.to_thread.run_sync(make_policy, settings, goals)
    image = await session.read_picture(state["image"])
    history = [_attempt(entry, await session.read_picture(entry["result"])) for entry in state["history"]]
    given = Context.model_validate(state["context"]), state["request"], image, history
    said = {"policy": policy.name, "attempt": len(history) + 1}
    if state["observed"]:
        rest = await anyio.to_thread.run_sync(looking_again(policy).plan_on, *given, await _progress(session, state))
        whole = _followed_by(state, rest)
        await record.write("look", {**said, "plan": whole})
        return {"plan": whole, "goto": "act" if rest.steps else "assess"}
    if settings.closed_loop:
        looking_again(policy)
    planned = await anyio.to_thread.run_sync(policy.plan, *given)
    proposal = planned.model_dump()
    await record.write("plan", {**said, "plan": proposal})
    if any(acts(proposal) == acts(entry["plan"]) for entry in state["history"]):
        return {"goto": "finish"}
    goto = "approve" if settings.approve else "act"
    wanted = planned.steps or is_for_editor(state, settings)
    return {**_fresh(state, proposal), "goto": goto if wanted else "assess"}


async def _progress(session: ToolSession, state: State) -> Progress:
    """What a policy sees that looks again."""
    now = await session.call("measure_image", image=state["current"])
    return Progress(
        steps=Plan.model_validate(state["plan"]).steps[: state["position"]],
        observed=state["observed"],
        context=Context.model_validate(now["context"]),
        image=await session.read_picture(state["current"]),
    )


def _followed_by(state: State, rest: Plan) -> Json:
    """The plan whose first steps are those taken and whose others are `rest`."""
    taken, room = state["plan"]["steps"][: state["position"]], MAX_STEPS - len(state["observed"])
    return {"summary": state["plan"]["summary"], "steps": [*taken, *rest.model_dump()["steps"][:room]]}


def acts(plan: Json) -> list[Json]:
    """What a plan does, without what it says."""
    return [{name: step[name] for name in ("tool", "args", "region")} for step in plan["steps"]]


@recorded
async def approve(state: State, runtime: Runtime[Settings], record: Record) -> Json:
    """Show the plan and its preview, and wait for a person: accept it, edit it, or reject it with a reason."""
    settings = settings_of(runtime)
    proposed = state["plan"]
    shown = await preview_of_plan(await current_session(settings.root), state, settings)
    decision, agreed, reason = ask_about(proposed, shown)
    said: Json = {"decision": decision, "proposed": proposed}
    if agreed is None:
        said["reason"] = reason
        await record.write("approve", said)
        outcome: Json = {"result": state["image"], "message": "The plan was rejected; nothing was changed."}
        await record.write("finish", {**outcome, "plan": proposed, "assessment": None, "output": None})
        told = {"messages": [answer(state, outcome["message"])], "decision": said, **_GIVEN_ONCE}
        return {**outcome, **told, "goto": END}
    said["plan"] = agreed
    wanted = agreed["steps"] or is_for_editor(state, settings)
    await record.write("approve", said)
    return {**_fresh(state, agreed), "decision": said, "goto": "act" if wanted else "assess"}


@recorded
async def act(state: State, runtime: Runtime[Settings], record: Record) -> Json:
    """Run one step of the plan on the proxy and measure what it changed; a step that cannot be done is left out.

    With the renderer `editor` the whole plan is carried out at once.
    """
    settings = settings_of(runtime)
    session = await current_session(settings.root)
    if settings.renderer == "editor":
        return {**await edit_whole(state, settings, session, record), "goto": "assess"}
    plan, position = read_plan(state["plan"]).model_dump(), state["position"]  # as a person may have left it in a fork
    if position >= len(plan["steps"]):
        return {"plan": plan, "goto": "assess"}
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
        claimed=claimed_changes(step["reasoning"]),
        change=change,
        seconds=round(time.perf_counter() - started, 3),
        error=error,
    ).model_dump()
    await record.write("step", taken, pictures)
    if error is None:
        position += 1
    else:
        plan = _without(plan, position, error)
    observed = [*state["observed"], taken]
    goto = "act" if position < len(plan["steps"]) else "assess"
    if settings.closed_loop:
        goto = "plan" if len(observed) < MAX_STEPS else "assess"
    return {"plan": plan, "current": result, "position": position, "observed": observed, "goto": goto}


def _without(plan: Json, position: int, error: str) -> Json:
    """The plan without a step that could not be done, and with a word about it."""
    steps = [step for index, step in enumerate(plan["steps"]) if index != position]
    return {"summary": f"{plan['summary']} (Left out: {error}.)", "steps": steps}


@recorded
async def assess(state: State, runtime: Runtime[Settings], record: Record) -> Json:
    """Judge the result, and keep it if it is better than the best so far, the untouched photo among them."""
    settings = settings_of(runtime)
    session = await current_session(settings.root)
    attempt = await judged_attempt(session, state, state["current"], state["plan"], state["observed"])
    claims = checked_claims(state["observed"])
    told = {name: attempt[name] for name in ("assessment", "score", "result")}
    await record.write("assess", {**told, "claims": claims})
    best, decided = state.get("best"), state.get("decision") is not None
    if best is None and state["plan"]["steps"] and can_compare(attempt) and not decided:
        best = await judged_attempt(session, state, state["image"], _LEFT_ALONE, [])
    better = best is None or decided or attempt["score"] > best["score"]
    update: Json = {"best": attempt if better else best}
    revisable = (
        better
        and len(state["history"]) < settings.revisions
        and can_compare(attempt)
        and attempt["score"] < GOOD_ENOUGH
        and bool(state["plan"]["steps"])
        and not decided
    )
    if revisable:
        return {**update, "history": [*state["history"], attempt], "goto": "revise"}
    return {**update, "goto": "finish"}


def revise(state: State) -> Json:
    """Start over from the photo with what was learned; the policy sees the history."""
    return {"current": state["image"], "observed": []}


@recorded
async def finish(state: State, runtime: Runtime[Settings], record: Record) -> Json:
    """Render the best plan at full size in one call and write it where it was asked for."""
    settings = settings_of(runtime)
    session = await current_session(settings.root)
    best = state["best"]
    assert best is not None
    written = await _export(session, state, settings, best) if best["result"] != state["image"] else None
    message = f"Wrote {written}." if written else outcome_of(state, best)
    outcome = {
        "result": best["result"],
        "plan": best["plan"],
        "assessment": best["assessment"],
        "message": message,
    }
    await record.write("finish", {**outcome, "output": written})
    going_on = {"photo": best["result"], "messages": [answer(state, account_of(best, message))]}
    return {**outcome, **going_on, **_GIVEN_ONCE}


async def _export(session: ToolSession, state: State, settings: LocalSettings, best: Json) -> str | None:
    output = state.get("output")
    if output is None:
        return None
    exported = await session.call("export_image", image=best["result"], path=output, overwrite=settings.overwrite)
    return str(exported["path"])


def _fresh(state: State, proposal: Json) -> Json:
    return {"plan": proposal, "current": state["image"], "position": 0, "observed": []}


def _attempt(entry: Json, image: bytes) -> Attempt:
    return Attempt(
        plan=Plan.model_validate(entry["plan"]),
        image=image,
        assessment=Assessment.model_validate(entry["assessment"]),
        observed=entry["observed"],
    )
