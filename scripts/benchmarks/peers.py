"""The same work with other libraries; each function is written as users of those libraries write it.

A function imports and prepares what it needs and returns the work to be timed.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FRONT, UNIT, COUNTED = "封面", "单位全称", "已核"
HEAD = 2  # rows above a ledger's headings
FILL, LINE = "D9E2F3", "BFBFBF"


def _standard() -> tuple[dict[str, Any], dict[str, Any]]:
    """The ledgers by their sheets, and what is counted or summed in them: 指标 -> (sheet, column or None, filters)."""
    from toolkit.standard.catalog import load_catalog

    catalog = load_catalog()
    ledgers = {x.title: x for x in catalog.ledgers.values()}
    sums = {}
    for name, i in catalog.indicators.items():
        m, ledger = i.numerator, catalog.ledgers[i.numerator.ledger]
        if m.op not in ("count", "sum") or not all(c.op in ("eq", "in") and "." not in c.path for c in m.where):
            continue
        filters = {ledger.field(c.path).title: c.value if c.op == "in" else (c.value,) for c in m.where}
        words = {True: "是", False: "否"}
        filters = {t: [words.get(v, v) if isinstance(v, bool) else v for v in values] for t, values in filters.items()}
        sums[name] = (ledger.title, ledger.field(m.field).title if m.field else None, filters)
    return ledgers, sums


def _read(folder: str, engine: Any, ledgers: Mapping[str, Any]) -> dict[str, Any]:
    """The ledgers of all workbooks as one table each: headings from their row, no example, no blank rows."""
    import pandas as pd

    found: dict[str, list[Any]] = {title: [] for title in ledgers}
    for path in sorted(Path(folder).iterdir()):
        book = pd.read_excel(path, sheet_name=None, header=None, engine=engine)
        front = book[FRONT]
        unit = str(front.loc[front[0].astype(str).str.startswith(UNIT), 1].iloc[0])
        for title in ledgers:
            raw = book[title]
            table = raw.iloc[HEAD + 1 :].copy()
            table.columns = [str(c).rstrip("*").strip() for c in raw.iloc[HEAD]]
            table = table[table.iloc[:, 0] != "示例"].dropna(how="all")
            table.insert(0, UNIT, unit)
            found[title].append(table)
    return {title: pd.concat(tables, ignore_index=True) for title, tables in found.items()}


def _add_up(tables: Mapping[str, Any], sums: Mapping[str, Any]) -> dict[str, Any]:
    """The indicators by unit."""
    import pandas as pd

    counted = {title: t[t["状态"] == COUNTED] if "状态" in t else t for title, t in tables.items()}
    found = {}
    for name, (title, column, filters) in sums.items():
        table = counted[title]
        for heading, values in filters.items():
            table = table[table[heading].isin(values)]
        if column is None:
            found[name] = table.groupby(UNIT).size()
        else:
            found[name] = pd.to_numeric(table[column], errors="coerce").groupby(table[UNIT]).sum()
    return found


def _check(tables: Mapping[str, Any], ledgers: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Required cells, options and bounds: what such a script usually checks."""
    import pandas as pd

    wrong = []
    for title, table in tables.items():
        for f in ledgers[title].fields:
            if f.title not in table:
                continue
            column, c = table[f.title], f.constraints
            if c.required and f.default is None:
                wrong += [(unit, title, f"{f.title}未填") for unit in table[UNIT][column.isna()]]
            if c.enum:
                bad = column.notna() & ~column.astype(str).isin(map(str, c.enum))
                wrong += [(unit, title, f"{f.title}不在选项中") for unit in table[UNIT][bad]]
            if f.type in ("integer", "number"):
                number = pd.to_numeric(column, errors="coerce")
                wrong += [(unit, title, f"{f.title}不是数") for unit in table[UNIT][column.notna() & number.isna()]]
                if c.minimum is not None:
                    wrong += [(unit, title, f"{f.title}过小") for unit in table[UNIT][number < c.minimum]]
    return wrong


def _loop(folder: str, engine: str) -> Callable[[], Any]:
    import pandas  # noqa: F401  (imports are not what is timed)

    ledgers, sums = _standard()

    def run() -> Any:
        tables = _read(folder, engine, ledgers)
        wrong = _check(tables, ledgers)
        return {name: float(by_unit.sum()) for name, by_unit in _add_up(tables, sums).items()}, len(wrong)

    return run


def loop_openpyxl(folder: str) -> Callable[[], Any]:
    """Read, check and add up every workbook of a folder: pandas with openpyxl."""
    return _loop(folder, "openpyxl")


def loop_calamine(folder: str) -> Callable[[], Any]:
    """The same: pandas with calamine."""
    return _loop(folder, "calamine")


def script(folder: str, out: str, template: str) -> Callable[[], Any]:
    """The usual script, whole: read, check, add up, one workbook of all rows, a document for each unit."""
    import pandas as pd

    ledgers, sums = _standard()

    def run() -> Any:
        sheets = _read(folder, "openpyxl", ledgers)
        wrong = _check(sheets, ledgers)
        totals = pd.DataFrame(_add_up(sheets, sums)).fillna(0)
        sheets["指标汇总"] = totals.reset_index()
        sheets["问题清单"] = pd.DataFrame(wrong, columns=[UNIT, "表", "问题"])
        _write(sheets, f"{out}/汇总.xlsx")
        for unit, known in totals.to_dict("index").items():
            words = {name: f"{value:g}" for name, value in known.items()}
            told = {UNIT: unit, "单位简称": unit, "年度": "2026", "标题": {}, "文字": {}}
            _fill(template, f"{out}/{unit}.docx", {**words, **told})
        return len(totals)

    return run


def _write(sheets: Mapping[str, Any], path: str) -> None:
    """Tables with the full look: styled headings, borders, widths, date formats, filters, frozen panes."""
    import pandas as pd
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    head, line = PatternFill("solid", fgColor=FILL), Side(style="thin", color=LINE)
    border, bold = Border(left=line, right=line, top=line, bottom=line), Font(bold=True)
    wrap = Alignment(vertical="center", wrap_text=True)
    with pd.ExcelWriter(path, engine="openpyxl", date_format="YYYY-MM-DD", datetime_format="YYYY-MM-DD") as writer:
        for title, table in sheets.items():
            table.to_excel(writer, sheet_name=title, index=False)
            ws = writer.sheets[title]
            for n, cells in enumerate(ws.iter_rows(min_row=1, max_row=ws.max_row)):
                for cell in cells:
                    cell.border, cell.alignment = border, wrap
                    if n == 0:
                        cell.fill, cell.font = head, bold
            for n, name in enumerate(table.columns, 1):
                ws.column_dimensions[get_column_letter(n)].width = max(10, min(40, 2 * len(str(name)) + 4))
            ws.auto_filter.ref = ws.dimensions
            ws.freeze_panes = "C2"


def _fill(template: str, out: str, words: Mapping[str, Any]) -> None:
    from docxtpl import DocxTemplate

    document = DocxTemplate(template)
    document.render(dict(words), autoescape=True)
    document.save(out)


def documents(template: str, out: str, words: list[dict[str, Any]]) -> Callable[[], Any]:
    """A document for each of `words`: plain docxtpl."""
    import docxtpl  # noqa: F401  (imports are not what is timed)

    def run() -> int:
        for n, own in enumerate(words):
            _fill(template, f"{out}/{n}.docx", own)
        return len(words)

    return run


def consolidated(tables: str, out: str) -> Callable[[], Any]:
    """Write the row tables that `ours.tables` left as one pickle: pandas with openpyxl."""
    import pandas as pd

    sheets = pd.read_pickle(tables)

    def run() -> Any:
        _write(sheets, out)
        return sum(map(len, sheets.values()))

    return run


def pandera(tables: str) -> Callable[[], Any]:
    """Check the row tables with a pandera schema for each ledger: required cells, options, bounds, lengths."""
    import pandas as pd
    import pandera.pandas as pa

    ledgers, _ = _standard()
    sheets = pd.read_pickle(tables)
    kinds = {"integer": float, "number": float}
    schemas = {}
    for title in sheets:
        columns = {}
        for f in ledgers[title].fields:
            c, checks = f.constraints, []
            if c.enum and f.type == "string":
                checks.append(pa.Check.isin(list(c.enum)))
            if c.minimum is not None:
                checks.append(pa.Check.ge(c.minimum))
            if c.maxLength is not None and f.type == "string":
                checks.append(pa.Check.str_length(max_value=c.maxLength))
            if c.pattern and f.type == "string":
                checks.append(pa.Check.str_matches(f"^(?:{c.pattern})$"))
            columns[f.title] = pa.Column(
                kinds.get(f.type), checks, nullable=not c.required, coerce=f.type in kinds, required=False
            )
        schemas[title] = pa.DataFrameSchema(columns)

    def run() -> Any:
        wrong = 0
        for title, table in sheets.items():
            try:
                schemas[title].validate(table, lazy=True)
            except pa.errors.SchemaErrors as e:
                wrong += len(e.failure_cases)
        return wrong

    return run


# ------------------------------------------------------------ one workbook


def read_openpyxl(path: str) -> Callable[[], Any]:
    import pandas as pd

    return lambda: pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl")


def read_calamine(path: str) -> Callable[[], Any]:
    import pandas as pd

    return lambda: pd.read_excel(path, sheet_name=None, header=None, engine="calamine")


def read_polars(path: str) -> Callable[[], Any]:
    import polars as pl

    return lambda: pl.read_excel(path, sheet_id=0, engine="calamine", has_header=False, raise_if_empty=False)


def scan(path: str) -> Callable[[], Any]:
    """The floor: inflate the XML of a workbook and let expat go over it, building nothing."""
    from xml.parsers import expat

    def run() -> None:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    expat.ParserCreate().Parse(archive.read(name), True)

    return run
