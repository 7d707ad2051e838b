"""Rows, figures and findings as pandas tables, with the titles that the clerk sees as column names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import CannotRun
from ..findings import LEVELS, nearest
from ..model import Catalog, Figure, Finding, Ledger, Row
from ..rows.conditions import Context

if TYPE_CHECKING:
    import pandas

Rows = Mapping[str, Sequence[tuple[Row, Context]]]  # by ledger
_TYPES = {"integer": "Int64", "number": "Float64", "boolean": "boolean", "string": "string"}


def rows_frame(catalog: Catalog, rows: Rows, ledger: str) -> pandas.DataFrame:
    """The rows of a ledger (name or sheet title) that count, one line each; the index is the sheet's row number.

    The first column is the code of the unit. Dates are datetime64, codes of a list are joined by 、.
    Raises CannotRun for an unknown ledger.
    """
    import pandas

    found = _ledger(catalog, ledger)
    lines = [row for row, _ in rows.get(found.name, ())]
    columns: dict[str, Any] = {"单位编码": pandas.Series([r.sheet.unit for r in lines], dtype="string")}
    for f in found.fields:
        values = [r.values.get(f.name) for r in lines]
        if f.type == "date":
            columns[f.title] = pandas.to_datetime(pandas.Series(values, dtype="object"))
        elif f.type == "list":
            columns[f.title] = pandas.Series(["、".join(v) if v else None for v in values], dtype="string")
        else:
            kept = [float(v) if v is not None and f.type == "number" else v for v in values]
            columns[f.title] = pandas.Series(kept, dtype=_TYPES[f.type])
    return pandas.DataFrame(columns).set_axis(pandas.Index([r.number for r in lines], name="行"), axis="index")


def _ledger(catalog: Catalog, name: str) -> Ledger:
    ledgers = catalog.ledgers
    by_title = {x.title: x for x in ledgers.values()}
    if found := ledgers.get(name) or by_title.get(name):
        return found
    near = nearest(name, by_title)
    raise CannotRun(f"没有台账“{name}”" + (f"，是否为“{near}”？" if near else f"。现有：{'、'.join(by_title)}。"))


def figures_frame(figures: Mapping[str, Figure]) -> pandas.DataFrame:
    """Figures, one line each; the index is the indicator's name.

    数值 of a share is a fraction of 1. It is blank where the figure is not known; 状态 says why.
    """
    import pandas

    table = pandas.DataFrame(
        {
            "编号": [f.indicator.id for f in figures.values()],
            "标题": [f.indicator.title for f in figures.values()],
            "数值": [None if f.value is None else float(f.value) for f in figures.values()],
            "量词": [f.indicator.classifier for f in figures.values()],
            "分子": [None if f.numerator is None else float(f.numerator) for f in figures.values()],
            "分母": [None if f.denominator is None else float(f.denominator) for f in figures.values()],
            "状态": [f.state for f in figures.values()],
            "估算": [f.est for f in figures.values()],
            "行数": [f.cells for f in figures.values()],
        },
        index=pandas.Index(list(figures), name="指标"),
    )
    return table.astype({"数值": "Float64", "分子": "Float64", "分母": "Float64"})


def findings_frame(found: Iterable[Finding]) -> pandas.DataFrame:
    """Findings, one line each: file, unit, place, code, severity, message and remedy."""
    import pandas

    lines = [
        (f.place.file, f.place.unit, f.place.sheet, f.place.cell, f.code, LEVELS[f.severity], f.message, f.remedy)
        for f in found
    ]
    titles = ["文件", "单位编码", "工作表", "单元格", "代码", "级别", "问题", "处理"]
    return pandas.DataFrame(lines, columns=titles, dtype="string")
