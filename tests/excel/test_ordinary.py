"""Ordinary sheets are read by patterns, all others tag by tag: both ways give the same cells, and so does openpyxl."""

from __future__ import annotations

import random
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.demo_city import Demo
from support.markdown_book import TABLE, book, codes

from toolkit.excel.reading import texts, xlsx
from toolkit.excel.reading.ordinary import read_ordinary
from toolkit.excel.reading.package import open_zip
from toolkit.excel.reading.read import read_book
from toolkit.excel.reading.values import decoded
from toolkit.excel.reading.xlsx import scan_xlsx
from toolkit.model import Book, CellError, Percent

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e300, 1e300),
    st.dates(date(1900, 3, 1)),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8),
    st.sampled_from(["=1+1", "_x000D_", "a&b<c>\"'", " 前后 ", "甲\n乙", "&#65;", "1_0"]),
)
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def trimmed(cells: list[list[Any]]) -> list[list[Any]]:
    """Without what lies blank at the end of rows and below the last one."""
    rows = [list(row) for row in cells]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def said(read: Book) -> Any:
    """All that a book says, in a form that can be compared. Of two faults either reader may find the other first."""
    if read.findings:
        return codes(read)
    return {name: (repr(trimmed(g.cells)), g.hidden_rows, g.merged, g.struck_rows) for name, g in read.grids.items()}


def exactly(path: Path) -> Book:
    """The workbook with every sheet, and the shared texts, read tag by tag."""
    with pytest.MonkeyPatch.context() as m:
        m.setattr(xlsx, "read_ordinary", lambda xml, ways: None)
        m.setattr(texts, "ordinary_texts", lambda xml: None)
        return read_book(path)


def ordinary(path: Path) -> list[bool]:
    """For each sheet whether it is ordinary."""
    found = []
    with pytest.MonkeyPatch.context() as m:
        m.setattr(xlsx, "read_ordinary", lambda xml, ways: found.append(read_ordinary(xml, ways)) or found[-1])
        scan_xlsx(open_zip(path.read_bytes()))
    return [s is not None for s in found]


def with_sheet(made: Path, xml: bytes, part: str = SHEET) -> Path:
    """A copy of a workbook with another first sheet, or another part."""
    target = made.with_name("sheet.xlsx")
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, xml if name == part else old.read(name))
    return target


def test_the_sheets_of_the_demo_are_ordinary_and_read_the_same(city: Demo) -> None:
    for path in (city.source("situation"), city.source("plan"), city.source("summary"), city.units[1]):
        assert all(ordinary(path))
        assert said(read_book(path)) == said(exactly(path))


def plain(value: Any) -> Any:
    """The value as both readers have it."""
    if value == CellError(""):  # a formula without a result
        return None
    if isinstance(value, str):  # openpyxl leaves such signs as they are written
        return decoded(value)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    return float(value) if isinstance(value, (int, Percent)) and not isinstance(value, bool) else value


def test_openpyxl_sees_the_same_values_in_the_demo(city: Demo) -> None:
    for path in city.units[:2]:
        read = read_book(path)
        for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
            there = [[plain(c.value) for c in row] for row in sheet.iter_rows(min_row=1, min_col=1)]
            here = [[plain(v) for v in row] for row in read.grids[sheet.title].cells]
            assert trimmed(here) == trimmed(there), sheet.title


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, max_size=4), max_size=4))
def test_whatever_another_writer_puts_in_a_cell(rows: list[list[Any]], tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            made.worksheets[0].cell(r, c).value = value
    made.save(tmp_path / "x.xlsx")
    read = read_book(tmp_path / "x.xlsx")
    assert said(read) == said(exactly(tmp_path / "x.xlsx"))
    there = openpyxl.load_workbook(tmp_path / "x.xlsx", data_only=True).worksheets[0]
    assert trimmed([[plain(v) for v in row] for row in read.grids["Sheet"].cells]) == trimmed(
        [[plain(c.value) for c in row] for row in there.iter_rows()]
    )


def mutants(xml: bytes, seed: int, count: int) -> list[bytes]:
    """Sheets with one or two pieces of XML left out, doubled, moved or replaced."""
    chance = random.Random(seed)
    pieces = re.findall(rb'<|>|/|"|=|\s|[^<>/"=\s]+', xml)
    others = [b" ", b"'", b"<v>", b"</v>", b"<!-- -->", b"&#49;", b"-1", b"1e3", b"NaN", b't="s"', b't="b"', b"<f/>"]
    found = []
    for _ in range(count):
        made = list(pieces)
        for _ in range(chance.choice((1, 1, 2))):
            at, to = chance.randrange(len(made)), chance.randrange(len(made))
            way = chance.randrange(4)
            if way == 0:
                del made[at]
            elif way == 1:
                made.insert(to, made[at])
            elif way == 2:
                made[at], made[to] = made[to], made[at]
            else:
                made[at] = chance.choice(others)
        found.append(b"".join(made))
    return found


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml"])
@pytest.mark.parametrize("seed", range(4))
def test_no_mutant_of_a_sheet_is_read_in_two_ways(tmp_path: Path, seed: int, part: str) -> None:
    made = book(tmp_path, {"组织生活": TABLE})
    with zipfile.ZipFile(made) as archive:
        xml = archive.read(part)
    ways = set()
    for mutant in mutants(xml, seed, 150):
        bad = with_sheet(made, mutant, part)
        read = read_book(bad)
        assert said(read) == said(exactly(bad)), mutant
        ways.add(bool(read.findings))
    assert ways == {False, True}


ROWS = [
    ('<c r="B2"><v>7</v></c>', 7.0, True),
    ('<c r="B2" t="b"><v>1</v></c>', True, True),
    ('<c r="B2" t="s"><v>1</v></c>', "两段", True),
    ('<c r="B2" t="str"><f>A1</f><v>甲&lt;乙</v></c>', "甲<乙", True),
    ('<c r="B2"><f>A1</f></c>', CellError(""), True),
    ('<c r="B2" t="inlineStr"><is><t>丙</t></is></c>', "丙", True),
    ('<c r="B2" t="e"><f>A1/0</f><v>#DIV/0!</v></c>', CellError("#DIV/0!"), True),
    ('<c r="B2" t="inlineStr"><is><t xml:space="preserve"> 丙</t></is></c>', " 丙", True),
    ('<c r="B2" t="inlineStr"><is><r><t>丙</t></r><rPh sb="0" eb="1"><t>bing</t></rPh></is></c>', "丙", False),
    ('<c r="B2"><v>527</v></c >', 527.0, False),
    ("<c r='B2'><v>527</v></c>", 527.0, False),
    ('<c r="B2"><!-- 1 --><v>527</v></c>', 527.0, False),
    ('<c r="B2"><v><![CDATA[527]]></v></c>', 527.0, False),
    ('<c r="B2"><v>5&#50;7</v></c>', 527.0, True),
    ('<c r="B2"> <v>527</v> </c>', 527.0, False),
    ('<c r="B2"><is><t>9</t></is><v>527</v></c>', 527.0, False),
    ('<c r="B2" cm="1"><v>527</v></c>', 527.0, False),
    ("<c/><c><v>527</v></c>", 527.0, False),
    ('<c r="B2" t="str"><v>a_x0041_b</v></c>', "aAb", True),
    ('<c r="B2" t="str"><v>甲&#13;&#x4E59;&quot;</v></c>', '甲\r乙"', True),
    ('<c r="B2" t="str"><v>甲\r\n乙</v></c>', "甲\n乙", False),
    ('<c r="B2" t="str"><f t="shared" si="0"/><v/></c><c r="C2"><v>1</v></c>', None, True),
    ('<c r="B2" s="0" t="n"><f ref="a>b">A1</f><v>7</v></c>', 7.0, True),
    ('<c r="C2"/><c r="B2"><v>527</v></c>', 527.0, True),
    ('<c r="C2"><v>1</v></c><c r="B2"><v>527</v></c>', 527.0, False),
    ('<c r="B2"><v xmlns="urn:x">9</v><v>527</v></c>', 527.0, False),
    ('<c r="B2" t="d"><v>2026-03-01</v></c>', "2026-03-01", False),
]
TEXTS = {"甲": "| 甲 | 两段 |"}


def one_row(cells: str) -> bytes:
    return f'<worksheet xmlns="{SPACE}"><sheetData><row r="2">{cells}</row></sheetData></worksheet>'.encode(
        errors="surrogateescape"
    )


@pytest.mark.parametrize(("cell", "value", "usual"), ROWS)
def test_what_a_cell_holds(tmp_path: Path, cell: str, value: Any, usual: bool) -> None:
    made = with_sheet(book(tmp_path, TEXTS), one_row(cell))
    assert ordinary(made) == [usual]
    for read in (read_book(made), exactly(made)):
        assert repr(read.grids["甲"].cells[1][1]) == repr(value)


@given(st.lists(st.integers(0, 0xFFFF)))
def test_escapes_never_make_half_a_character(units: list[int]) -> None:
    """A lone surrogate in a title of the standard ended the import; a pair is one character."""
    text = decoded("".join(f"_x{code:04X}_" for code in units))
    assert text.encode().decode() == text
    assert decoded("_xD83D__xDE00_") == "\U0001f600" and decoded("_xD83D_") == "\x1a"


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="B2"><v>527</v></c><c r="B2"><v>10509</v></c>',  # a cell given twice
        '<c r="B2" t="str"><v>\udcff</v></c>',  # a byte that is no UTF-8
        '<c r="B2" t="str"><v>&#0;</v></c>',
        '<c r="B2" t="str"><v>&#xFFFFFFFF;</v></c>',
        pytest.param(f'<c r="B2" t="str"><v>&#{"9" * 5000};</v></c>', id="5000 digits"),
        '<c r="B2" t="s"><v>-1</v></c>',
        '<c r="B2" t="s"><v>NaN</v></c>',
        '<c r="B2" t="s"><v>9</v></c>',
        '<c r="B2"><v>1_0</v></c>',
        '<c r="B2"><v>inf</v></c>',
        f'<c r="B2"><v>{"9" * 400}</v></c>',
        '<c r="B2"><v>9e308</v></c>',
        '<c r="B2"><v>5</v><v>27</v></c>',
        '<c r="B2" t="d"><v>1048</v></c>',
        '<c r="B2" t="odd"><v>1</v></c>',
        '<c r="ZZZZ2"><v>1</v></c>',
        '<c r="B3"><v>1</v></c>',  # in row 2
        '<c r="B2"><v>527</c>',
    ],
)
def test_what_excel_would_refuse_is_refused(tmp_path: Path, cells: str) -> None:
    made = with_sheet(book(tmp_path, TEXTS), one_row(cells))
    assert codes(read_book(made)) == ["F01"]


def test_numbers_are_what_their_format_shows(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    near = '[>=1]0.0%;[>=0.9995]"99.9%";0.0%'
    formats = [
        near,
        "General",
        "0%",
        "0.0%",
        "yyyy-mm-dd",
        'yyyy"年"m"月"d"日";@',
        "h:mm",
        "[$-804]yyyy年m月d日",
        "0.00",
    ]
    for column, code in enumerate(formats, 1):
        sheet.cell(1, column, 0.5 if "%" in code or code == "h:mm" else 46000).number_format = code
    made.save(tmp_path / "x.xlsx")
    day = date(2025, 12, 9)
    values = [Percent(0.5), 46000.0, Percent(0.5), Percent(0.5), day, day, "12:00:00", day, 46000.0]
    assert read_book(tmp_path / "x.xlsx").grids["Sheet"].cells == [values]
    assert [type(v) for v in read_book(tmp_path / "x.xlsx").grids["Sheet"].cells[0]] == [type(v) for v in values]
    assert [type(v) for v in exactly(tmp_path / "x.xlsx").grids["Sheet"].cells[0]] == [type(v) for v in values]


@pytest.mark.parametrize("prefix", ["", "x15:"])
def test_dates_are_counted_from_the_workbooks_own_first_day(tmp_path: Path, prefix: str) -> None:
    """date1904 stands in workbookPr; an extension's element of that name does not override it."""
    made = openpyxl.Workbook()
    made.epoch = datetime(1904, 1, 1)
    made.worksheets[0]["A1"] = date(2026, 3, 1)
    made.save(tmp_path / "x.xlsx")
    if prefix:
        with zipfile.ZipFile(tmp_path / "x.xlsx") as old, zipfile.ZipFile(tmp_path / "y.xlsx", "w") as new:
            for name in old.namelist():
                extra = b'<x15:workbookPr xmlns:x15="urn:x15" date1904="0"/></workbook>'
                data = old.read(name)
                new.writestr(name, data.replace(b"</workbook>", extra) if name == "xl/workbook.xml" else data)
        (tmp_path / "y.xlsx").replace(tmp_path / "x.xlsx")
    assert read_book(tmp_path / "x.xlsx").grids["Sheet"].cells == [[date(2026, 3, 1)]]
