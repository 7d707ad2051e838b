"""Plain sheets are read by our own reader: the same cells as python-calamine gives, or none at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.demo_city import Demo

from toolkit.excel.reading import prescan
from toolkit.excel.reading.plain import Ways, cells_of, date_styles, shared_strings
from toolkit.excel.reading.read import read_book
from toolkit.model import CellError

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8),
    st.sampled_from(["=1+1", "_x000D_", "a&b<c>\"'", " 前后 ", "甲\n乙", "&#65;", "1_0"]),
)


def sheet(rows: str, rest: str = "", head: str = "") -> bytes:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return f"<?xml version='1.0'?>{head}<worksheet {space}><sheetData>{rows}</sheetData>{rest}</worksheet>".encode()


def ways(strings: str = "", dates: dict[bytes, bool | None] | None = None) -> Ways:
    return Ways(shared_strings(f"<sst>{strings}</sst>".encode()), dates or {b"0": False, b"1": True, b"2": None})


def trimmed(cells: list[list[Any]]) -> list[list[Any]]:
    """Without what lies blank at the end of rows and below the last one."""
    rows = [list(row) for row in cells]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def same_as_calamine(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = read_book(path)
    with monkeypatch.context() as m:
        m.setattr(prescan, "cells_of", lambda xml, ways: None)
        other = read_book(path)
    assert own.findings == other.findings and list(own.grids) == list(other.grids)
    for name, grid in own.grids.items():
        there = other.grids[name]
        assert repr(trimmed(grid.cells)) == repr(trimmed(there.cells)), name
        assert (grid.hidden_rows, grid.merged) == (there.hidden_rows, there.merged)


def test_every_sheet_of_the_demo_is_plain_and_reads_the_same(city: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (city.source("situation"), city.source("plan"), city.source("summary"), city.units[1]):
        assert prescan.scan_xlsx(prescan.open_zip(path.read_bytes())).plain
        same_as_calamine(path, monkeypatch)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, max_size=4), max_size=4))
def test_whatever_another_writer_puts_in_a_cell(
    rows: list[list[Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            book.worksheets[0].cell(r, c).value = value
    book.save(tmp_path / "x.xlsx")
    same_as_calamine(tmp_path / "x.xlsx", monkeypatch)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="B2"><v>7</v></c>', 7.0),
        ('<c r="B2" s="1"><v>46000</v></c>', date(2025, 12, 9)),
        ('<c r="B2" t="b"><v>1</v></c>', True),
        ('<c r="B2" t="e"><f>A1/0</f><v>#DIV/0!</v></c>', CellError("#DIV/0!")),
        ('<c r="B2"><f>A1</f></c>', CellError("")),
        ('<c r="B2" t="str"><f t="shared" ref="B2:B3" si="0">A1&amp;"x"</f><v></v></c>', None),
        ('<c r="B2" t="s"><v>0</v></c>', "甲<乙"),
        ('<c r="B2" t="s"><v>1</v></c>', "两段"),
        ('<c r="B2" t="inlineStr"><is><t xml:space="preserve"> 丙</t></is></c>', " 丙"),
    ],
)
def test_what_a_plain_cell_holds(cell: str, value: Any) -> None:
    strings = "<si><t>甲&lt;乙</t></si><si><r><t>两</t></r><r><rPr/><t>段</t></r><rPh sb='0'><t>liang</t></rPh></si>"
    read = cells_of(sheet(f'<row r="2">{cell}<c r="C2" s="4"/></row>'), ways(strings))
    assert read == [[None, None], [None, value]]


@pytest.mark.parametrize(
    "xml",
    [
        sheet('<row r="1"><c r="A1" s="2"><v>46000.5</v></c></row>'),  # a format that may be a time of day
        sheet('<row r="1"><c r="A1" s="1"><v>46000.5</v></c></row>'),
        sheet('<row r="1"><c r="A1"><v>1_0</v></c></row>'),
        sheet('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'),
        sheet("<row r='1'><c r='A1'><v>1</v></c></row>"),
        sheet('<row r="1"><c><v>1</v></c></row>'),
        sheet('<row r="1"><c r="A1" cm="1"><v>1</v></c></row>'),
        sheet('<row r="1"><c r="A1"> <v>1</v> </c></row>'),
        sheet('<row r="1"><x:c r="A1"><v>1</v></x:c></row>'),
        sheet('<row r="1"><!-- --><c r="A1"><v>1</v></c></row>'),
        sheet('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'),
        sheet('<row r="9999999"><c r="ZZ9999999"><v>1</v></c></row>'),
        sheet('<row spans="1:1" hidden="1" r="1"><c r="A1"><v>1</v></c></row>'),
        sheet('<row r="1"><c r="A1"><v>1</v></c></row>')[:-3],
        sheet('<row r="1"><c r="A1"><v>1</v></c></row>', head="<!DOCTYPE x>"),
        sheet("").decode().replace("'1.0'", "'1.0' encoding='GBK'").encode(),
    ],
)
def test_what_is_left_to_the_other_reader(xml: bytes) -> None:
    assert cells_of(xml, ways()) is None


def test_which_formats_are_dates() -> None:
    codes = ["yyyy\\-mm\\-dd", "0.00", "h:mm", "General", "[$-804]yyyy年m月d日;@", '"d"0', "[h]:mm"]
    formats = "".join(
        f'<numFmt numFmtId="{164 + n}" formatCode="{c.replace(chr(34), "&quot;")}"/>' for n, c in enumerate(codes)
    )
    styles = "".join(f'<xf numFmtId="{n}"/>' for n in (0, 14, 22, *range(164, 164 + len(codes))))
    found = date_styles(f"<styleSheet><numFmts>{formats}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>".encode())
    assert list(found.values()) == [False, True, None, True, False, None, False, True, False, None]


def test_a_workbook_is_read_by_one_reader_or_the_other_sheet_by_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "甲"  # type: ignore[index]
    book.create_sheet("乙")["B2"] = "_x000D_"
    book.save(tmp_path / "x.xlsx")
    scan = prescan.scan_xlsx(prescan.open_zip((tmp_path / "x.xlsx").read_bytes()))
    assert [s.cells is None for s in scan.sheets.values()] == [False, True] and not scan.plain
    assert [g.cells[-1][-1] for g in read_book(tmp_path / "x.xlsx").grids.values()] == ["甲", "\r"]
