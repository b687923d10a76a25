"""The report of a comparison: a Markdown table, the plans, and a contact sheet of the pictures."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from evals.statistics import cluster_bootstrap, paired, win_rate
from evals.styling import SCORES
from tools.picture import decode, to_uint8, write_atomically

_TILE_PX = 240


@dataclass
class ArmResult:
    """What one arm did."""

    name: str
    scores: dict[str, dict[str, float]] = field(default_factory=dict)
    """Score name -> sample id -> value."""
    photo_of: dict[str, str] = field(default_factory=dict)
    plans: dict[str, Any] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_log(cls, name: str, log: Any) -> "ArmResult":
        """Read an inspect_ai log."""
        arm = cls(name, {score: {} for score in SCORES})
        for sample in log.samples or []:
            key = str(sample.id)
            arm.photo_of[key] = sample.metadata["photo"]
            arm.requests[key] = str(sample.input)
            if "error" in sample.store or sample.error:
                arm.errors[key] = sample.store.get("error") or sample.error.message
                continue
            arm.plans[key] = sample.store["plan"]
            arm.results[key] = sample.store["result"]
            values = sample.scores["measured"].value
            for score in SCORES:
                arm.scores[score][key] = float(values[score])
        return arm


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
    _write_sheet(arms, pictures, out / "sheet.png")
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


def _write_sheet(arms: Sequence[ArmResult], pictures: Mapping[str, bytes], path: Path) -> None:
    keys = [key for key in arms[0].photo_of if any(key in arm.results for arm in arms)][:12]
    sheet = Image.new("RGB", (_TILE_PX * len(arms), max(1, len(keys)) * (_TILE_PX * 3 // 4 + 22) + 22), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for column, arm in enumerate(arms):
        draw.text((column * _TILE_PX + 6, 4), arm.name, fill="black", font=font)
    for row, key in enumerate(keys):
        top = 22 + row * (_TILE_PX * 3 // 4 + 22)
        for column, arm in enumerate(arms):
            if key in arm.results:
                tile = Image.fromarray(to_uint8(decode(pictures[arm.results[key]]).srgb))
                tile.thumbnail((_TILE_PX - 8, _TILE_PX * 3 // 4))
                sheet.paste(tile, (column * _TILE_PX + 4, top))
        caption = f"{arms[0].photo_of[key]}: {arms[0].requests[key]}"
        draw.text((6, top + _TILE_PX * 3 // 4 + 2), caption, fill="black", font=font)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path)
