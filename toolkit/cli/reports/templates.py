"""Output of the commands on templates: text for the clerk, JSON for programs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from ...documents.drafting.draft import Drafted
from ...documents.drafting.proposals import BARE_KINDS, DOUBTFUL, FIGURE, LEFT, PUT, TAKEN
from ...findings import listed, remarks_json, remarks_text

SHOWN = 8  # old figures that the summary lists


def drafted_text(done: Drafted, output: Path, sheet: Path | None) -> str:
    """Returns the text of `template from`."""
    figures = done.counts
    others = Counter(p.kind for p in done.proposals if p.kind != FIGURE and p.decision == PUT)
    lines = [f"已生成模板：{output}"]
    lines.append(
        f"数{sum(figures.values())}个：已取{figures[TAKEN]}个，待定{figures[DOUBTFUL]}个，留存{figures[LEFT]}个"
    )
    if others:
        lines.append("另已替换：" + "、".join(f"{kind}{n}种" for kind, n in others.items()))
    if bare := done.bare:
        said = listed(list(dict.fromkeys(p.text for p in bare)), SHOWN, "种")
        lines.append(f"还有{sum(len(p.places) for p in bare)}处旧报告的数没有定下，模板里已标黄：{said}")
    if sheet:
        lines.append(f"复核表：{sheet}（定好以后，加 --review {sheet.name} 再生成一遍）")
    if done.remarks:
        lines.append(remarks_text(list(done.remarks)))
    return "\n".join(lines)


def drafted_json(output: Path, done: Drafted) -> dict[str, Any]:
    """Returns the JSON of `template from`: all proposals, the remarks and the counts."""
    return {
        **remarks_json(output, done.remarks),
        "proposals": [
            {
                "key": p.key,
                "kind": p.kind,
                "text": p.text,
                "places": len(p.places),
                "state": p.state,
                "decision": p.decision,
                "name": p.name,
                "choices": list(p.choices),
                "reason": p.reason,
            }
            for p in done.proposals
        ],
        "summary": {
            "figures": sum(done.counts.values()),
            "taken": done.counts[TAKEN],
            "doubtful": done.counts[DOUBTFUL],
            "left": done.counts[LEFT],
            "bare": sum(p.is_bare for p in done.proposals if p.kind in BARE_KINDS),
        },
    }
