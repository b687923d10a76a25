"""What is left of a styled photo: the report, and the files beside the picture."""

import json

from graph.trace import counting, read_trace
from stylist.destinations import Destination
from stylist.errors import shown
from stylist.sheet import write_sheet
from tools.picture import write_atomically
from tools.types import Json


def report_of(destination: Destination, state: Json) -> Json:
    """What `--json` says of a photo."""
    return {
        "photo": shown(destination.photo),
        "request": state["request"],
        "context": state["context"],
        "reading": state["reading"],
        "plan": state["plan"],
        "decision": state.get("decision"),
        "assessment": state.get("assessment"),
        "message": state.get("message", ""),
    }


def write_beside(destination: Destination, state: Json, *, replace: bool) -> Json:
    """Write the plan and the sheet of a picture that was made, and in any case the trace; name the files."""
    files: Json = {}
    rejected = (state.get("decision") or {}).get("decision") == "reject"
    made = state["result"] != state["image"] and not rejected
    if made:
        text = json.dumps(state["plan"], indent=2, ensure_ascii=False) + "\n"
        write_atomically(destination.plan, text.encode())
        write_sheet(destination.photo, destination.picture, state["request"], state["plan"], destination.sheet)
        files = {"picture_file": destination.picture, "plan_file": destination.plan, "sheet_file": destination.sheet}
    earlier = read_trace(destination.trace) if destination.trace.exists() and not (made and replace) else []
    events = counting([*earlier, *read_trace(destination.running_trace)])
    write_atomically(destination.trace, "".join(event.model_dump_json() + "\n" for event in events).encode())
    files["trace_file"] = destination.trace
    return {name: shown(file) for name, file in files.items()}
