"""What the commands tell: the same facts as text for the clerk and as JSON for programs (docs/design.md, 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .aggregate import Consolidation, read_all, workbooks
from .errors import CannotRun
from .figures import parts_of
from .findings import as_text, nearest
from .model import Catalog, Figure, Finding, Submission
from .source import open_source
from .vocabulary import NOT_APPLICABLE
from .wording import MissingFigure, Words, phrase, plain

if TYPE_CHECKING:
    from .fill import Filled

LISTED = 20  # names that a line of text shows before it only counts


# -------------------------------------------------------------------- check


def checked(
    paths: Sequence[Path], catalog: Catalog, jobs: int | None, progress: Callable[[int, int], None]
) -> list[Submission]:
    """All workbooks below the paths, read and checked. Raises CannotRun when there are none."""
    files = workbooks(paths)
    if not files:
        raise CannotRun("没有找到工作簿：请检查路径，支持 .xlsx .xlsm .xls .xlsb .ods。")
    found: list[Submission] = []
    for n, readings in enumerate(read_all(files, catalog, jobs), 1):
        found += [r.submission for r in readings]
        progress(n, len(files))
    return found


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


def aggregate_json(c: Consolidation) -> dict[str, Any]:
    n = c.counts
    return {
        "period": str(c.year),
        "units": {"expected": n["应报"], "received": n["实报"], "missing": missing_units(c)},
        "rows": c.rows,
        "figures": [figure_json(f, c.catalog) for f in c.figures_of("").values()],
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
    try:
        said = phrase(f, None, Words.of(catalog.wording))
    except MissingFigure:
        return "缺数"
    return (
        NOT_APPLICABLE
        if f.state == "n/a"
        else said or ("—" if f.value is None else f"{plain(f.value)}{f.indicator.classifier}")
    )


def missing_units(c: Consolidation) -> list[str]:
    return [x.unit.name for x in c.covered if x.unit.expected and not x.digest]


def names(found: Sequence[str]) -> str:
    return "、".join(found[:LISTED]) + (f"等{len(found)}家" if len(found) > LISTED else "")


def aggregate_text(c: Consolidation, output: Path) -> str:
    n, rows, missing = c.counts, c.rows, missing_units(c)
    lines = [
        f"{c.top.name} {c.year}年：应报{n['应报']}家、实报{n['实报']}家" + (f"、迟报{n['迟报']}家" if n["迟报"] else "")
    ]
    if missing:
        lines.append(f"缺报：{names(missing)}")
    reasons = "、".join(f"{reason}{k}行" for reason, k in sorted(c.reasons.items()))
    lines.append(
        f"读入{rows['read']}行＝计入{rows['counted']}行＋未计入{rows['left_out']}行"
        + (f"（{reasons}）" if reasons else "")
    )
    own = [f for f in c.findings if f.code[0] in "UF"]
    if own:
        lines.append(as_text(own))
    data = len([f for f in c.findings if f.severity == "error" and f not in own])
    if data:
        lines.append(f"工作簿内另有{data}处错误，见“问题清单”。")
    return "\n".join([*lines, f"汇总工作簿：{output}"])


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
    figure, cells = explain(catalog, indicator, path)
    lines = [
        f"{figure.indicator.title}（{figure.indicator.id}）＝{worded(figure, catalog)}，{figure.unit}，{figure.period}年"
    ]
    if figure.indicator.denominator:
        lines.append(f"分子{plain_number(figure.numerator)}，分母{plain_number(figure.denominator)}")
    for key, m in parts_of(figure.indicator).items():
        ledger = catalog.ledgers[m.ledger].title
        lines.append(
            f"{'分母' if key.endswith('/') else '口径'}：{ledger}表，{_OPS[m.op]}，{m.collect}，层级{figure.indicator.scope}"
        )
    for c in cells:
        value = "、".join(c["value"]) if isinstance(c["value"], tuple) else c["value"]
        origin = f"　来自 {c['origin']} 第{c['origin_row']}行" if c["origin"] else ""
        lines.append(f"  {c['cell']}　{c['date'] or ''}　{value}{origin}")
    return "\n".join([*lines, f"共{len(cells)}个单元格。"])


_OPS = {"count": "计行数", "sum": "相加", "distinct": "去重计数", "latest": "取最新值", "max": "取最大值"}
