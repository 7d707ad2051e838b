"""The handbook's morning (教程.md), followed to the letter: its rows are typed, its commands are run as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from support.paths import ROOT

from toolkit.cli.main import main

PAGE = (ROOT / "docs" / "handbook" / "教程.md").read_text(encoding="utf-8")
BLOCKS = [b.strip().splitlines() for b in re.findall(r"^```\n(.*?)^```", PAGE, re.M | re.S)]
BOOK = Path("SL001_云州市示例局_2026.xlsx")
COVER = {"单位类型": "党政机关", "填报日期": "2026-3-31", "填报人": "甲某某", "审核人": "乙某某"}
FIRST = 5  # the row below the example


def rows_of(title: str) -> list[dict[str, str]]:
    """The rows of the table that stands below the step about a sheet."""
    after = PAGE[PAGE.index(f"打开“{title}”表") :]
    lines = re.search(r"(?:^\|.*\|\n)+", after, re.M)
    assert lines
    head, _, *rows = ([c.strip() for c in line.strip("|").split("|")] for line in lines[0].splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def typed(sheets: dict[str, list[dict[str, str]]]) -> None:
    """Types rows into the ledgers, and what the steps say into the front page."""
    book = openpyxl.load_workbook(BOOK)
    cover = book["封面"]
    for row in cover.iter_rows(max_col=1):
        label = row[0].value
        if label in COVER:
            cover.cell(row[0].row, 2).value = COVER[label]
    start = next(r[0].row for r in cover.iter_rows(max_col=1) if r[0].value == "台账") + 1
    for n in range(start, cover.max_row):
        if not (title := cover.cell(n, 1).value):
            break
        cover.cell(n, 2).value = "有" if title in sheets else "本年无"
    for title, rows in sheets.items():
        columns = {cell.value: cell.column for cell in book[title][3]}
        for n, cells in enumerate(rows, FIRST):
            for name, value in cells.items():
                book[title].cell(n, columns[name]).value = int(value) if value.isdigit() else value
    book.save(BOOK)


def run(line: str, code: int = 0) -> Result:
    assert line.startswith("dangjian ")
    done = CliRunner().invoke(main, shlex.split(line)[1:])
    assert done.exit_code == code, f"{line}\n{done.output}"
    return done


def test_the_morning_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (new,), (check,), (approve, export), (fill, explain) = BLOCKS
    run(new)
    sheets = {"党组织": rows_of("党组织"), "组织生活": rows_of("组织生活")}
    typed(sheets)

    said = run(check, 1).output
    assert "组织生活!H6：实到与请假人数之和超过应到人数" in said and "共1处错误" in said

    book = openpyxl.load_workbook(BOOK)
    assert book["组织生活"]["H6"].value == 7
    book["组织生活"]["H6"].value = 6
    book.save(BOOK)
    assert "共0处错误" in run(check).output

    assert "1-5 → 2026-01-05" in run(approve).output
    assert Path("SL001_云州市示例局_2026_已核.xlsx").exists()
    run(export)
    assert Path("SL001_2026_报送件.xlsx").exists() and Path("SL001_2026_报送件.json").exists()

    assert "问题、打算" in run(fill, 1).output
    said = run(explain).output
    assert "＝3次" in said
    assert all(f"组织生活!C{n}" in said for n in (5, 6, 7))
