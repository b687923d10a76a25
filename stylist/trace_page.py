"""A trace as one HTML page that needs nothing else: what was seen, planned, done and measured, with the pictures."""

import html
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from graph.trace import Event
from stylist.narration import changes_in_words, error_in_words
from stylist.sheet import describe_call
from tools.types import Json

if TYPE_CHECKING:
    from stylist.trace import Run

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#222;background:#f6f4f0;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem;margin:2.5rem 0 0}h2{font-size:1rem;margin:0}p{margin:.2rem 0}
.of{color:#777}.event{background:#fff;border-radius:8px;padding:.8rem 1rem;margin:.8rem 0;overflow-wrap:anywhere}
.event header{display:flex;justify-content:space-between;gap:1rem}
.pictures{display:flex;gap:.6rem;align-items:center;flex-wrap:wrap;margin:.5rem 0}
.pictures img{max-width:min(100%,24rem);max-height:20rem;border-radius:4px}
.step .pictures img,.edit .pictures img{max-width:calc(50% - 1rem);max-height:16rem;width:16rem;object-fit:contain}
.error{border-left:5px solid #b3261e}.error p,.missed,.overdone,.reversed{color:#b3261e}.met{color:#2e6b34}
td{padding:.1rem 1rem .1rem 0}td.bar{width:12rem}.bar i{display:block;height:.6rem;border-radius:3px;background:#7a8f6a}
details{margin-top:.5rem;color:#777}pre{white-space:pre-wrap;font-size:.8rem}
"""


_READING = {
    "understood": "understood",
    "ignored": "not used",
    "unlocated": "not found",
    "needs_editor": "needs an image editor",
}
"""How the request was read, in the words of the page."""


def trace_page(runs: Sequence["Run"]) -> str:
    """The page of these runs; whatever a trace holds is escaped."""
    title = _text(f"Trace of {len(runs)} runs" if len(runs) > 1 else str(runs[0].latest("start").get("request", "")))
    body = "\n".join(_run(run) for run in runs)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    return f'<!doctype html>\n<html lang="en"><head>{head}<style>{_STYLE}</style></head>\n<body>{body}</body></html>\n'


def _run(run: "Run") -> str:
    start = run.latest("start")
    pictures = {uri: jpeg for event in run.events for uri, jpeg in event.pictures.items()}
    heading = f"<h1>{_text(start.get('request', ''))}</h1>"
    line = f'<p class="of">{_text(start.get("photo", ""))} &middot; {_text(run.outcome)}</p>'
    return heading + line + "".join(_event(event, pictures) for event in run.events)


def _event(event: Event, pictures: dict[str, str]) -> str:
    failed = event.kind == "error" or bool(event.data.get("error"))
    took = "" if event.seconds is None else f"{event.seconds:.2f} s"
    told = "".join(_told(event, pictures))
    data = _text(json.dumps(event.data, indent=1, ensure_ascii=False))
    return (
        f'<section class="event {event.kind}{" error" * failed}"><header><h2>{event.number}. {event.kind}</h2>'
        f'<span class="of">{took}</span></header>{told}<details><summary>data</summary><pre>{data}</pre></details>'
        "</section>\n"
    )


def _told(event: Event, pictures: dict[str, str]) -> Iterator[str]:
    """What an event says to a person."""
    data = event.data
    match event.kind:
        case "start":
            yield f"<p><b>{_text(data['request'])}</b></p>"
            chosen = (f"{name} {value}" for name, value in data["settings"].items() if value not in (None, False))
            yield _paragraph(", ".join(chosen), "of")
        case "perceive":
            yield _pictures([data["image"]], pictures)
            yield _paragraph("; ".join(data["words"]))
            for field, label in _READING.items():
                if data["reading"][field]:
                    yield _paragraph(f"{label}: {', '.join(data['reading'][field])}")
        case "plan" | "look":
            used = (data.get(name) for name in ("policy", "model", "prompt_version"))
            yield _paragraph(data["plan"]["summary"])
            yield _steps("", data["plan"])
            yield _paragraph(", ".join(str(name) for name in used if name), "of")
            if "input_tokens" in data:
                yield _paragraph(f"{data['input_tokens']} tokens read, {data['output_tokens']} written", "of")
        case "approve":
            yield _paragraph(": ".join(filter(None, (data["decision"], data.get("reason")))))
            if data["decision"] == "edit":
                yield _steps("proposed", data["proposed"])
                yield _steps("agreed on", data["plan"])
        case "step":
            yield _pictures([data["image"], data["result"]], pictures)
            yield f"<p><b>{_text(describe_call(data))}</b></p>"
            yield _paragraph(data["reasoning"])
            yield _paragraph(data["error"] or f"changed: {changes_in_words(data['change'])}")
        case "edit":
            yield _pictures([data["image"], data["result"]], pictures)
            yield f"<p><b>{_text(data['instruction'])}</b></p>"
            yield _paragraph(f"changed: {changes_in_words(data['change'])}")
        case "assess":
            yield from _assessment(data["assessment"])
            for claim in data.get("claims", []):
                foretold = f"{claim['attribute']} {claim['claimed']:+.1f} was foretold, {claim['observed']:+.1f} came"
                yield _paragraph(f"step {claim['step']}, {claim['tool']}: {foretold}: {claim['verdict']}", "of")
        case "finish":
            yield _paragraph(data["message"])
        case "error":
            yield _paragraph(f"{data['node']}: {error_in_words(data['error'])}")


def _steps(label: str, plan: Json) -> str:
    """The calls of a plan, in one line."""
    calls = "; ".join(map(describe_call, plan["steps"])) or "no step"
    return _paragraph(f"{label}: {calls}" if label else calls)


def _assessment(assessment: Json) -> Iterator[str]:
    yield "<table>"
    for name, score in assessment["scores"].items():
        bar = f'<i style="width:{25 * (score - 1):.0f}%"></i>'
        yield f'<tr><td>{_text(name)}</td><td>{score:.2f}</td><td class="bar">{bar}</td></tr>'
    yield "</table>"
    yield _paragraph(f"scores from 1 to 5; goals: {assessment['goals_source']}; judge: {assessment['version']}", "of")
    for result in assessment["results"]:
        yield _paragraph(f"{result['goal']}: {result['status']}", result["status"])
    for remark in assessment["remarks"]:
        yield _paragraph(remark)


def _pictures(uris: Sequence[str], pictures: dict[str, str]) -> str:
    held = [pictures[uri] for uri in dict.fromkeys(uris) if uri in pictures]
    images = "".join(f'<img alt="" src="data:image/jpeg;base64,{_text(jpeg)}">' for jpeg in held)
    return f'<div class="pictures">{images}</div>'


def _paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{_text(kind)}">{_text(text)}</p>' if text else ""


def _text(text: str) -> str:
    return html.escape(text)
