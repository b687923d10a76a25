"""The report of a comparison: a Markdown table, the plans, and a contact sheet of the pictures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.arm_result import ArmResult
from evals.sheet import write_sheet
from evals.statistics import cluster_bootstrap, paired, win_rate
from evals.styling import SCORES
from tools.picture import write_atomically


def write_report(arms: Sequence[ArmResult], pictures: Mapping[str, bytes], out: Path) -> Path:
    """Write `report.md`, `plans.json` and `sheet.png` into `out`; return the report's path.

    Args:
        arms: the arms; the first is the one the others are compared with.
        pictures: previews by reference, for the contact sheet.
        out: folder.
    """
    lines = ["# Comparison of policies", "", _score_table(arms), "", _paired_table(arms), ""]
    lines += [f"- {arm.name}, {key}: no picture ({why})" for arm in arms for key, why in arm.errors.items()]
    lines += ["", "Scores are 1 to 5 by the measured judge against the task's own goals."]
    lines += ["95 % intervals by bootstrap over photos.", "", "![Pictures](sheet.png)", ""]
    plans = {arm.name: {key: _planned(arm, key) for key in arm.plans} for arm in arms}
    write_atomically(out / "plans.json", json.dumps(plans, indent=1, ensure_ascii=False).encode())
    write_sheet(arms, pictures, out / "sheet.png")
    write_atomically(out / "report.md", "\n".join(lines).encode())
    return out / "report.md"


def _planned(arm: ArmResult, key: str) -> dict[str, Any]:
    return {"request": arm.requests[key], "plan": arm.plans[key]}


def _score_table(arms: Sequence[ArmResult]) -> str:
    rows = ["| policy | samples | unscored | " + " | ".join(SCORES) + " |", "|---" * (3 + len(SCORES)) + "|"]
    for arm in arms:
        cells = []
        for score in SCORES:
            values = arm.scores[score]
            if values:
                interval = cluster_bootstrap(list(values.values()), [arm.photo_of[key] for key in values])
                cells.append(f"{interval.estimate:.2f} [{interval.low:.2f}, {interval.high:.2f}]")
            else:
                cells.append("-")
        total = len(arm.photo_of)
        rows.append(f"| {arm.name} | {total} | {len(arm.errors)} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _paired_table(arms: Sequence[ArmResult]) -> str:
    rows = [f"| against {arms[0].name} | picture, paired difference | win rate |", "|---|---|---|"]
    base = arms[0].scores["picture"]
    for arm in arms[1:]:
        mine = arm.scores["picture"]
        if base.keys() & mine.keys():
            gap = paired(mine, base, arm.photo_of)
            difference = f"{gap.estimate:+.2f} [{gap.low:+.2f}, {gap.high:+.2f}]"
            rows.append(f"| {arm.name} | {difference} | {win_rate(mine, base):.0%} |")
    return "\n".join(rows)
