"""Reminders as notices, sheets and a calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_city import YEAR, party_day
from support.year_plans import book, run, task

from toolkit.year.handout import _folded, beyond_calendar, last_workday, works
from toolkit.year.papers import _short


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """Two bureaus: one held its party days until May, the other none."""
    folder = tmp_path / "报送"
    folder.mkdir()
    days = [party_day(n) for n in (1, 2, 3, 4, 5)]
    book(folder / "a.xlsx", {"orglife": days, "plan": [task(1, target_value=9)]}, code="AA001")
    book(folder / "b.xlsx", {}, code="AA002", name="示例市乙局", parent="AA001")
    return folder


def test_every_unit_gets_a_notice_a_sheet_and_a_calendar(sent: Path, tmp_path: Path) -> None:
    notices, sheet, ics = tmp_path / "提示单", tmp_path / "明细.xlsx", tmp_path / "提醒.ics"
    code, said = run(
        "remind", sent, "--as-of", "2026-06-10", "--notices", notices, "--sheet", sheet, "--ics", ics
    )  # fmt: skip
    assert code == 0, said
    found = sorted(p.name for p in notices.iterdir())
    assert found == ["AA001_示例市甲局_6月提示单.docx", "AA002_示例市乙局_6月提示单.docx"]
    text = "\n".join(p.text for p in docx.Document(str(notices / found[1])).paragraphs)
    assert "2026年6月" in text
    assert "示例市乙局：" in text
    assert "2026年6月10日" in text  # the day of the notice, not the fill date of a workbook
    months = openpyxl.load_workbook(sheet)["支部×月"]
    lines = {row[0].value: row for row in months.iter_rows(min_row=4)}
    good, bad = lines["示例市甲局"], lines["示例市乙局"]
    assert (good[3].value, good[3].fill.start_color.rgb) == ("齐", "FFDDEFD9")
    assert "主题党日" in str(bad[3].value)
    assert bad[3].fill.start_color.rgb == "FFF8D5D0"
    assert str(good[7].value).startswith("待办")
    assert good[8].value in (None, "")  # July has not begun
    items = openpyxl.load_workbook(sheet)["提醒明细"]
    assert items.max_row - 3 == ics.read_text(encoding="utf-8").count("BEGIN:VEVENT")


def test_a_deadline_on_a_holiday_moves_to_the_working_day_before() -> None:
    assert works(date(2026, 10, 1)) is False
    assert last_workday(date(2026, 10, 1)) == date(2026, 9, 30)
    assert last_workday(date(2026, 6, 30)) == date(2026, 6, 30)


def test_beyond_the_decreed_calendar_it_is_said() -> None:
    assert beyond_calendar([date(YEAR, 6, 1)]) == ""
    assert "2031年的放假安排还没有收录" in beyond_calendar([date(2031, 6, 1)])
    assert last_workday(date(2031, 6, 1)) == date(2031, 5, 30)  # the Friday before a Sunday


@given(st.text(st.sampled_from("汉字ab，;\U0001f600"), max_size=200))
def test_a_line_of_the_calendar_is_short_and_whole(text: str) -> None:
    pieces = _folded(text).split("\r\n")
    assert all(len(p.encode()) <= 75 for p in pieces)
    assert pieces[0] + "".join(p[1:] for p in pieces[1:]) == text


_SIGNS = st.one_of(
    st.text("开展主题党日活动次，", min_size=1), st.text("开展主题党日活动次，", min_size=50, max_size=90)
)


@given(st.lists(_SIGNS, min_size=1, max_size=5), st.sampled_from(["", "（支部）", "（本单位）"]))
def test_what_a_notice_shortens_keeps_its_quotation_marks(measures: list[str], whose: str) -> None:
    """Each measure stands in quotation marks; none is left open, and no clause of several is cut in the middle."""
    clauses = [f"GZ{n:02}“{m}”{whose}未达到12次" for n, m in enumerate(measures)]
    said = _short("；".join(clauses))
    assert said.count("“") == said.count("”") > 0
    assert said.startswith("GZ00“")
    assert all(clause in clauses for clause in said.split("；")[:-1])
