"""What the commands tell: the same facts as text for the clerk and as JSON for programs (docs/design.md, 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import CannotRun
from ...findings import as_text, nearest
from ...model import Catalog, Figure, Finding, Submission
from ...standard.vocabulary import NOT_APPLICABLE

if TYPE_CHECKING:
    from ...documents.fill import Filled
    from ...submissions.rerun import Outcome

LISTED = 20  # names that a line of text shows before it only counts


# -------------------------------------------------------------------- check


def status(s: Submission) -> str:
    return "unreadable" if not s.rows else "findings" if s.findings else "clean"


def check_json(submissions: Iterable[Submission]) -> dict[str, Any]:
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
            "errors": severities.count("error"),
            "warnings": severities.count("warning"),
        },
    }


def finding_json(f: Finding) -> dict[str, Any]:
    place = {"sheet": f.place.sheet, "cell": f.place.cell}
    return {"code": f.code, "severity": f.severity, **place, "field": f.field, "value": f.value,
            "message": f.message, "remedy": f.remedy}  # fmt: skip


def check_text(submissions: Sequence[Submission]) -> str:
    findings = [f for s in submissions for f in s.findings]
    rows = sum(len(r) for s in submissions for r in s.rows.values())
    clean = sum(status(s) == "clean" for s in submissions)
    lines = [as_text(findings)] if findings else []
    return "\n".join([*lines, f"检查{len(submissions)}份工作簿、{rows}行记录，{clean}份没有问题。"])


# ---------------------------------------------------------------- aggregate


def aggregate_json(o: Outcome, catalog: Catalog) -> dict[str, Any]:
    n = o.counts
    return {
        "period": str(o.year),
        "units": {"expected": n["应报"], "received": n["实报"], "missing": list(o.missing)},
        "rows": dict(o.rows),
        "figures": [figure_json(f, catalog) for f in o.figures.values()],
    }


def figure_json(f: Figure, catalog: Catalog) -> dict[str, Any]:
    return {
        "id": f.indicator.id, "title": f.indicator.title, "name": f.indicator.name, "state": f.state,
        "value": None if f.value is None else float(f.value) if f.indicator.denominator else plain_number(f.value),
        "unit": f.indicator.classifier,
        "numerator": plain_number(f.numerator), "denominator": plain_number(f.denominator),
        "phrase": worded(f, catalog), "cells": f.cells,
    }  # fmt: skip


def plain_number(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def worded(f: Figure, catalog: Catalog) -> str:
    """The figure in words; a zero, which a document leaves out, as a plain 0."""
    from ...wording.phrase import MissingFigure, Words, phrase, plain

    try:
        said = phrase(f, None, Words.of(catalog.wording))
    except MissingFigure:
        return "缺数"
    return (
        NOT_APPLICABLE
        if f.state == "n/a"
        else said or ("—" if f.value is None else f"{plain(f.value)}{f.indicator.classifier}")
    )


def names(found: Sequence[str]) -> str:
    return "、".join(found[:LISTED]) + (f"等{len(found)}家" if len(found) > LISTED else "")


def aggregate_text(o: Outcome, output: Path, written: bool = True) -> str:
    n, rows = o.counts, o.rows
    lines = [
        f"{o.top.name} {o.year}年：应报{n['应报']}家、实报{n['实报']}家" + (f"、迟报{n['迟报']}家" if n["迟报"] else "")
    ]
    if o.missing:
        lines.append(f"缺报：{names(o.missing)}")
    reasons = "、".join(f"{reason}{k}行" for reason, k in sorted(o.reasons.items()))
    lines.append(
        f"读入{rows['read']}行＝计入{rows['counted']}行＋未计入{rows['left_out']}行"
        + (f"（{reasons}）" if reasons else "")
    )
    if o.findings:
        lines.append(as_text(o.findings))
    if o.errors_inside:
        lines.append(f"工作簿内另有{o.errors_inside}处错误，见“问题清单”。")
    return "\n".join([*lines, f"汇总工作簿：{output}" + ("" if written else "（与上次相同，未重写）")])


# ------------------------------------------------------------ fill, explain


def fill_text(done: Filled, output: Path) -> str:
    lines = [f"已生成：{output}（填入{done.printed}个数）"]
    if done.missing:
        lines.append(f"草稿中有{len(done.missing)}处缺数，已标黄：{names(done.missing)}")
    lines += [f"提醒：{w}" for w in done.warnings]
    if done.coverage:
        lines.append(done.coverage)
    return "\n".join(lines)


def explain(catalog: Catalog, indicator: str, path: Path) -> tuple[Figure, list[dict[str, Any]]]:
    """The figure of `indicator` (name or id) and the cells behind it. Raises CannotRun for an unknown name."""
    from ...submissions.source import open_source

    by_id = {i.id: name for name, i in catalog.indicators.items()}
    name = by_id.get(indicator, indicator)
    if name not in catalog.indicators:
        near = nearest(indicator, [*catalog.indicators, *by_id])
        raise CannotRun(f"没有指标“{indicator}”" + (f"，是否为“{near}”？" if near else "。"))
    source = open_source(path, catalog)
    cells = [
        {
            "cell": str(place), "value": value, "unit": row.sheet.unit, "rec_id": row.values.get("rec_id"),
            "date": row.values.get("date"), "origin": row.values.get("origin_file"),
            "origin_row": row.values.get("origin_row"),
        }
        for place, row, value in source.explain(name)
    ]  # fmt: skip
    return source.figures[name], cells


def explain_json(catalog: Catalog, indicator: str, path: Path) -> dict[str, Any]:
    figure, cells = explain(catalog, indicator, path)
    return {**figure_json(figure, catalog), "cells": cells}


def explain_text(catalog: Catalog, indicator: str, path: Path) -> str:
    from ...figures.formula import formula

    figure, cells = explain(catalog, indicator, path)
    lines = [
        f"{figure.indicator.title}（{figure.indicator.id}）＝{worded(figure, catalog)}，{figure.unit}，{figure.period}年"
    ]
    if figure.indicator.denominator:
        lines.append(f"分子{plain_number(figure.numerator)}，分母{plain_number(figure.denominator)}")
    collected = figure.indicator.numerator.collect
    lines.append(f"口径：{formula(catalog, figure.indicator)}；{collected}，层级{figure.indicator.scope}")
    for c in cells:
        value = "、".join(c["value"]) if isinstance(c["value"], tuple) else c["value"]
        origin = f"　来自 {c['origin']} 第{c['origin_row']}行" if c["origin"] else ""
        lines.append(f"  {c['cell']}　{c['date'] or ''}　{value}{origin}")
    return "\n".join([*lines, f"共{len(cells)}个单元格。"])
