"""Output of the commands on workbooks: the same facts as text for the clerk and as JSON (docs/design.md, 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...findings import NOT_WORKBOOKS, finding_json, findings_text
from ...model import ERROR, WARNING, Catalog, Figure, Finding, Submission
from ...standard.sheets import COVER
from ...wording.phrase import worded

if TYPE_CHECKING:
    from ...rows.approval import Approval
    from ...submissions.rerun import Outcome

LISTED = 20  # names that a line of text lists; the rest is only counted


# -------------------------------------------------------------------- check


def status(s: Submission) -> str:
    """Returns "unreadable", "findings" or "clean" for a submission."""
    return "unreadable" if not s.rows else "findings" if s.findings else "clean"


def check_json(submissions: Iterable[Submission]) -> dict[str, Any]:
    """Returns the JSON of `check`: each file with its findings, and a summary."""
    files: list[dict[str, Any]] = [
        {
            "path": s.path,
            "unit": s.unit.get("unit_id"),
            "status": status(s),
            "rows": sum(map(len, s.rows.values())),
            "findings": [finding_json(f) for f in s.findings],
        }
        for s in submissions
    ]
    severities = [f["severity"] for x in files for f in x["findings"]]
    return {
        "files": files,
        "summary": {
            "files": len(files),
            "rows": sum(x["rows"] for x in files),
            "errors": severities.count(ERROR),
            "warnings": severities.count(WARNING),
        },
    }


def check_text(submissions: Sequence[Submission]) -> str:
    """Returns the text of `check`: the findings, then the counts."""
    findings = [f for s in submissions for f in s.findings]
    rows = sum(len(r) for s in submissions for r in s.rows.values())
    clean = sum(status(s) == "clean" for s in submissions)
    lines = [findings_text(findings)] if findings else []
    read = sum(not all(f.code in NOT_WORKBOOKS for f in s.findings) or not s.findings for s in submissions)
    wrong = len({(f.place.file, f.place.sheet, f.place.row) for f in findings if f.is_error and _in_row(f)})
    said = f"有错误的{wrong}行改正前不计入。" if wrong else ""
    return "\n".join([*lines, f"检查{read}份工作簿、{rows}行记录，{clean}份没有问题。{said}"])


def _in_row(f: Finding) -> bool:
    """Whether a finding is about a row of a ledger, which does not count because of it."""
    return f.place.row > 0 and f.place.sheet != COVER


# ------------------------------------------------------------------ approve


def approve_json(done: Approval, path: Path, output: Path, wrong: int) -> dict[str, Any]:
    """Returns the JSON of `approve`: rows by ledger, the cells written as they were understood, and the objections.

    `wrong` is the number of rows that do not count until their errors are mended.
    """
    return {
        "path": str(path),
        "output": str(output),
        "sheets": [{"sheet": t, "approved": n, "kept": k} for t, (n, k) in done.rows.items() if n or k],
        "understood": [
            {"sheet": c.place.sheet, "cell": c.place.cell, "field": c.field, "old": c.old, "new": c.new}
            for c in done.understood
        ],
        "left_out": wrong,
        "findings": [finding_json(f) for f in done.objections],
    }


def approve_text(done: Approval, output: Path, wrong: int) -> str:
    """Returns the text of `approve`: what was done, then every row that was kept back with its cell and the reason."""
    more = [f"有错误的{wrong}行改正前不计入"] if wrong else []
    return "\n".join([*done.lines(), f"已存为 {output}", *more])


# ---------------------------------------------------------------- aggregate


def aggregate_json(catalog: Catalog, o: Outcome) -> dict[str, Any]:
    """Returns the JSON of `aggregate`: year, units, rows and figures."""
    n = o.counts
    return {
        "period": o.period.code,
        "units": {"expected": n["应报"], "received": n["实报"], "missing": list(o.missing)},
        "rows": dict(o.rows),
        "figures": [figure_json(catalog, f) for f in o.figures.values()],
    }


def figure_json(catalog: Catalog, f: Figure) -> dict[str, Any]:
    """Returns one figure as JSON; the value of a ratio is always a float."""
    return {
        "id": f.indicator.id,
        "title": f.indicator.title,
        "name": f.indicator.name,
        "state": f.state,
        "value": None if f.value is None else float(f.value) if f.indicator.denominator else plain_number(f.value),
        "unit": f.indicator.classifier,
        "numerator": plain_number(f.numerator),
        "denominator": plain_number(f.denominator),
        "phrase": worded(catalog, f),
        "cells": f.cells,
    }


def plain_number(value: Any) -> int | float | None:
    """Returns a whole number as int, any other as float, None as None."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def aggregate_text(o: Outcome, output: Path, written: bool = True) -> str:
    """Returns the text of `aggregate`; `written` is False if the workbook was not written again."""
    same = "" if written else "（与上次相同，未重写）"
    return "\n".join([*o.lines(), f"汇总工作簿：{output}{same}"])
