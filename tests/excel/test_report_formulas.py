"""报送表 shows what counts: its formulas, calculated by LibreOffice, against the figures of the tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from support.small_city import write
from support.soffice import recalculated

from toolkit.cli.main import main
from toolkit.excel.parts.layout import END_ROW, PERIOD
from toolkit.excel.reading.read import read_book
from toolkit.excel.samples import sample
from toolkit.excel.unit.formulas import indicator_formula
from toolkit.figures.printed import lines, report_cells
from toolkit.model import Catalog, Figure, Finding, Ledger
from toolkit.submissions.source import open_source

pytestmark = [pytest.mark.office, pytest.mark.filterwarnings("ignore:Cell .* is marked as a date")]
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Shown:
    """One workbook, calculated by LibreOffice: what 报送表 shows, what counts, and what the check says."""

    numbers: Mapping[str, Any]  # by name of the indicator
    figures: Mapping[str, Figure]
    unclear: Mapping[str, int]  # by ledger
    said: Sequence[Finding]

    @property
    def unlike(self) -> set[str]:
        """The indicators that have a formula whose number is not the figure."""
        return {name for name, shown in self.numbers.items() if not agree(shown, self.figures[name])}


def agree(shown: Any, f: Figure) -> bool:
    if f.value is None or f.state != "known":
        return shown in (None, "", "—", 0)
    return isinstance(shown, (int, float)) and shown == pytest.approx(float(f.value))


def shown(catalog: Catalog, path: Path, folder: Path) -> Shown:
    done = recalculated([path], folder)[path]
    source = open_source(catalog, done)
    grid = read_book(done).grids["报送表"]
    names = {i.id: i.name for i in catalog.indicators.values()}
    formulas = {i.name for i in catalog.indicators.values() if indicator_formula(catalog.ledgers, i)}
    numbers = {names[x.code]: x.number for x in lines(grid) if names[x.code] in formulas}
    assert len(numbers) == len(formulas) > 120
    titles = {x.title: name for name, x in catalog.ledgers.items()}
    unclear = {titles[r[0]]: r[2] for r in grid.cells if r and r[0] in titles}
    said = [f for f in source.findings if f.code == "I02"]
    return Shown(numbers, source.figures, unclear, said)


def sample_rows(catalog: Catalog) -> tuple[dict[str, Any], Rows]:
    values, rows, _ = next(iter(sample(catalog, "situation")))
    return values, rows


# ------------------------------------------------------------------ rows as people leave them


def messy(catalog: Catalog, ledger: Ledger, row: dict[str, Any], n: int) -> dict[str, Any]:
    """The n-th row with a fault, or as the clerk would write it."""
    days = [f.name for f in ledger.fields if f.type == "date" and isinstance(row.get(f.name), date)]
    numbers = [f.name for f in ledger.fields if f.type == "integer" and isinstance(row.get(f.name), int)]
    needed = [f.name for f in ledger.fields if f.constraints.required and f.default is None and row.get(f.name)]
    options = [f.name for f in ledger.fields if f.constraints.enum and isinstance(row.get(f.name), str)]
    faults: list[dict[str, Any]] = [{}, {"status": "草稿"}, {"status": "已核 "}, {"status": "作废"}]
    for name in days[:1]:
        day = row[name]
        faults += [
            {name: f"{day:%Y.%-m.%-d}"},
            {name: int(f"{day:%Y%m%d}")},
            {name: day.replace(year=day.year - 1)},
            {name: "去年"},
        ]
    for name in numbers[:2]:
        faults += [
            {name: f"{row[name]}人"},
            {name: "同上"},
            {name: f"{row[name]}"},
            {name: row[name] + 0.5},
            {name: -3},
        ]
    faults += [{name: None} for name in needed[:3]] + [{name: "〃"} for name in needed[1:3]]
    faults += [{name: f" {row[name]}"} for name in options[:2]] + [{name: "别的"} for name in options[:2]]
    faults += [{"scope": None}] if "scope" in row else []
    return row | faults[n % len(faults)]


def messy_rows(catalog: Catalog, rows: Rows, status: str = "") -> Rows:
    made: Rows = {}
    for name, found in rows.items():
        ledger = catalog.ledgers[name]
        again = [row | {"rec_id": None} for row in found]
        changed = [messy(catalog, ledger, row, n) for n, row in enumerate([*found, *again, *again])]
        if status and any(f.name == "status" for f in ledger.fields):
            changed = [row | {"status": status} for row in changed]
        made[name] = [line for row in changed for line in ((row, {}) if len(changed) < 30 else (row,))]
    return made


def book(catalog: Catalog, path: Path, values: Mapping[str, Any], rows: Rows) -> Path:
    return write(catalog, path, values, rows)


# ------------------------------------------------------------------ the tests


def test_of_clean_rows_every_formula_gives_the_figure(catalog: Catalog, tmp_path: Path) -> None:
    values, rows = sample_rows(catalog)
    found = shown(catalog, book(catalog, tmp_path / "a.xlsx", values, rows), tmp_path)
    assert found.unlike == set()
    assert found.said == []
    assert not any(found.unclear.values())


def test_of_messy_rows_no_formula_differs_in_silence(catalog: Catalog, tmp_path: Path) -> None:
    values, rows = sample_rows(catalog)
    found = shown(catalog, book(catalog, tmp_path / "a.xlsx", values, messy_rows(catalog, rows)), tmp_path)
    assert len(found.unlike) > 30  # else this test shows nothing
    assert [f.message[: f.message.index("个数")] for f in found.said] == [f"报送表有{len(found.unlike)}"]
    ledgers = {catalog.indicators[name].numerator.ledger for name in found.unlike}
    assert all(found.unclear[name] > 0 for name in ledgers)


def test_once_approved_the_formulas_give_the_figures(catalog: Catalog, tmp_path: Path) -> None:
    values, rows = sample_rows(catalog)
    path = book(catalog, tmp_path / "a.xlsx", values, messy_rows(catalog, rows, "草稿"))
    done = CliRunner().invoke(main, ["approve", str(path), "-o", str(tmp_path / "b.xlsx")])
    assert done.exit_code == 1, done.output
    found = shown(catalog, tmp_path / "b.xlsx", tmp_path)
    assert found.unlike == set()
    assert found.said == []
    with_status = {name for name, x in catalog.ledgers.items() if any(f.name == "status" for f in x.fields)}
    assert not any(found.unclear[name] for name in with_status)


def test_what_the_tool_fills_is_the_figure(catalog: Catalog, tmp_path: Path) -> None:
    values, rows = sample_rows(catalog)
    path = book(catalog, tmp_path / "a.xlsx", values, messy_rows(catalog, rows))
    source, grid = open_source(catalog, path), read_book(path).grids["报送表"]
    sheet = openpyxl.load_workbook(path)["报送表"]
    formulas = {(c.row, c.column) for row in sheet for c in row if c.data_type == "f"}
    cells = report_cells(grid, source.figures.values(), formulas)
    at = {(x.row, x.column): x.code for x in lines(grid)}
    by_code = {f.indicator.id: f for f in source.figures.values()}
    known = {f.indicator.id for f in by_code.values() if f.state == "known" and f.value is not None}
    without = {i.id for i in catalog.indicators.values() if indicator_formula(catalog.ledgers, i) is None}
    assert {at[cell] for cell in cells} == known & without
    assert all(number == pytest.approx(float(by_code[at[cell]].value or 0)) for cell, number in cells.items())


def test_the_last_day_counts_whatever_its_hour(catalog: Catalog, tmp_path: Path) -> None:
    values, rows = sample_rows(catalog)
    values |= {"fill_date": values["period_end"]}
    path = book(catalog, tmp_path / "a.xlsx", values, {"org": rows["org"], "orglife": rows["orglife"]})
    sheets = openpyxl.load_workbook(path)
    sheet = sheets["组织生活"]
    column = [c.value for c in sheet[3]].index("日期") + 1
    sheet.cell(5, column).value = datetime.combine(values["period_end"], time(19, 30))
    sheets.save(path)
    found = shown(catalog, path, tmp_path)
    assert found.unlike == set()


def test_a_blank_period_is_the_whole_year(catalog: Catalog, tmp_path: Path) -> None:
    values, rows = sample_rows(catalog)
    path = book(catalog, tmp_path / "a.xlsx", values, rows)
    titles = {f.title for f in catalog.unit if f.name in PERIOD}
    sheets = openpyxl.load_workbook(path)
    for row in sheets["封面"].iter_rows():
        for cell in row:
            if cell.value in titles:
                sheets["封面"].cell(cell.row, cell.column + 1).value = None
                titles.remove(cell.value)
    sheets.save(path)
    assert not titles
    assert shown(catalog, path, tmp_path).unlike == set()


def test_rows_below_the_prepared_ones_are_seen_and_those_out_of_sight_are_said(
    catalog: Catalog, tmp_path: Path
) -> None:
    values, rows = sample_rows(catalog)
    many: Rows = {"org": rows["org"], "orglife": [row | {"rec_id": None} for row in rows["orglife"]] * 60}
    assert len(many["orglife"]) > 2000
    found = shown(catalog, book(catalog, tmp_path / "a.xlsx", values, many), tmp_path)
    assert found.unlike == set()
    path = book(catalog, tmp_path / "b.xlsx", values, {"org": rows["org"], "orglife": rows["orglife"]})
    sheets = openpyxl.load_workbook(path)
    sheet = sheets["组织生活"]
    for column, cell in enumerate(sheet[5], 1):
        sheet.cell(END_ROW + 5, column).value = cell.value
    sheets.save(path)
    assert shown(catalog, path, tmp_path).unclear["orglife"] == -1
