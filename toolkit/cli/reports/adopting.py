"""Output of `adopt`."""

from __future__ import annotations

from typing import Any

from ...adopting.adopt import Outcome, balance
from ...adopting.model import AS_WRITTEN, ASKED, GUESSED, LEFT, TAKEN
from ...adopting.take import untaken

SHOWN = 8  # workbooks and reasons that are listed


def adopt_text(done: Outcome) -> str:
    """Returns the account of cells and columns, what must be decided, and where it is written."""
    counts, lines = balance(done.files), done.lines
    columns = [x for x in lines if "/" in x.key and x.options == ""]
    by = {s: sum(x.state == s for x in columns) for s in (TAKEN, GUESSED, ASKED, LEFT)}
    out = [
        f"旧台账{len(done.files)}份，非空单元格{counts['全部']}格：取用{counts[TAKEN]}、推断{counts[GUESSED]}、"
        f"照录{counts[AS_WRITTEN]}、未取用{counts['未取用']}。",
        f"栏目{len(columns)}栏：" + "、".join(f"{s}{n}" for s, n in by.items()) + "。",
    ]
    out += [
        f"  [{x.state}] {x.sheet} {x.place} {x.title}：{x.target or '？'}{f'（{x.reason}）' if x.reason else ''}"
        for x in lines
        if x.state != TAKEN
    ]
    reasons: dict[str, int] = {}
    for a in done.files:
        for reason, n in untaken(a).items():
            reasons[reason] = reasons.get(reason, 0) + n
    out += (
        [
            "未取用："
            + "；".join(f"{r}{n}格" for r, n in list(reasons.items())[:SHOWN])
            + ("……" if len(reasons) > SHOWN else "")
        ]
        if reasons
        else []
    )
    asked = sum(len(a.questions) for a in done.files)
    out += [f"有{asked}处要核对，见对照表的“待核”。"] if asked else []
    out += [f"没有读：{why}" for why in done.failed]
    out += [f"记住了{done.learnt}个栏目名，下次照用。"] if done.learnt else []
    shown = [str(p) for p in done.written[:SHOWN]] + (["……"] if len(done.written) > SHOWN else [])
    out += [f"工作簿：{'、'.join(shown)}", f"对照表：{done.mapping}"]
    return "\n".join(out)


def adopt_json(done: Outcome) -> dict[str, Any]:
    """Returns the JSON of `adopt`: files with their rows, the columns, the account of cells."""
    return {
        "files": [
            {
                "path": a.file,
                "output": str(path),
                "rows": {name: len(rows) for name, rows in a.rows.items()},
                "cells": dict(balance([a])),
                "left": dict(untaken(a)),
                "questions": [{"sheet": q.sheet, "cell": q.cell, "asks": q.asks} for q in a.questions],
            }
            for a, path in zip(done.files, done.written, strict=True)
        ],
        "mapping": str(done.mapping),
        "lines": [
            {"key": x.key, "sheet": x.sheet, "place": x.place, "title": x.title, "state": x.state, "target": x.target, "reason": x.reason}
            for x in done.lines
        ],
        "cells": dict(balance(done.files)),
        "failed": done.failed,
    }  # fmt: skip
